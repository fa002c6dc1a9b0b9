import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.codec.values import decode, encode
from modules.bank.state import AmountCodec

CODEC = AmountCodec()


@given(st.integers(1, 2**256 - 1))
def test_an_amount_reads_as_it_was_written(amount: int) -> None:
    assert decode(CODEC, encode(CODEC, amount)) == amount


@pytest.mark.parametrize("amount", [0, -1, 2**256])
def test_amounts_out_of_range_are_not_written(amount: int) -> None:
    with pytest.raises(ValueError, match=r"1\.\.2\^256-1"):
        encode(CODEC, amount)


@pytest.mark.parametrize("data", [b"", b"\x00", b"\x00\x01", b"\x01" * 33])
def test_malformed_amounts_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="malformed amount"):
        CODEC.read(data, 0)
