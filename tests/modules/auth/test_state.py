import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.codec.values import decode, encode
from chain.primitives.ids import Address
from modules.auth.state import Account, AccountCodec

CODEC = AccountCodec()
U64 = st.integers(0, 2**64 - 1)
KEYS = st.sampled_from([b"", b"\x02" + bytes(32), b"\x03" + b"\xff" * 32])
NAMES = st.text(min_size=1, max_size=20)


@given(st.binary(min_size=20, max_size=20), KEYS, U64, U64)
def test_an_account_reads_as_it_was_written(raw: bytes, key: bytes, number: int, sequence: int) -> None:
    account = Account(Address(raw), key, number, sequence)
    assert decode(CODEC, encode(CODEC, account)) == account


@given(st.binary(min_size=20, max_size=20), U64, NAMES, st.lists(NAMES, max_size=4))
def test_a_module_account_reads_as_it_was_written(raw: bytes, number: int, name: str, permissions: list[str]) -> None:
    account = Account(Address(raw), b"", number, 0, name, tuple(permissions))
    assert decode(CODEC, encode(CODEC, account)) == account


@pytest.mark.parametrize("length", range(38 + 33))
def test_every_cut_of_an_account_is_refused(length: int) -> None:
    data = encode(CODEC, Account(Address(bytes(20)), b"\x02" * 33, 1, 2))
    with pytest.raises(ValueError, match="account"):
        CODEC.read(data[:length], 0)


def test_an_unknown_kind_of_account_is_refused() -> None:
    data = encode(CODEC, Account(Address(bytes(20)), b"", 1, 2))
    with pytest.raises(ValueError, match="malformed account"):
        CODEC.read(b"\x02" + data[1:], 0)


@pytest.mark.parametrize("number", [-1, 2**64])
def test_numbers_outside_64_bits_are_not_written(number: int) -> None:
    with pytest.raises(ValueError, match="out of range"):
        encode(CODEC, Account(Address(bytes(20)), b"", number, 0))


def test_replacing_one_field_keeps_the_others() -> None:
    account = Account(Address(bytes(20)), b"", 7, 8, "gov", ("burner",))
    assert account.with_sequence(9) == Account(account.address, b"", 7, 9, "gov", ("burner",))
    assert account.with_public_key(b"k") == Account(account.address, b"k", 7, 8, "gov", ("burner",))
