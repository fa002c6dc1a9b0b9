"""Keys: order, round trips, and what they refuse."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.codec.keys import TEXT_KEY, U8_KEY, U32_KEY, U64_KEY, FixedKey, KeyCodec, PairKey, TripleKey, UintKey
from chain.primitives.ids import Address

ADDRESS = FixedKey(Address, 20)
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=8)
ADDRESSES = st.binary(min_size=20, max_size=20).map(Address)
U64S = st.integers(0, 2**64 - 1)

CASES: list[tuple[KeyCodec[Any], st.SearchStrategy[Any]]] = [
    (U8_KEY, st.integers(0, 255)),
    (U32_KEY, st.integers(0, 2**32 - 1)),
    (U64_KEY, U64S),
    (ADDRESS, ADDRESSES),
    (TEXT_KEY, TEXTS),
    (PairKey(TEXT_KEY, U64_KEY), st.tuples(TEXTS, U64S)),
    (PairKey(ADDRESS, TEXT_KEY), st.tuples(ADDRESSES, TEXTS)),
    (TripleKey(TEXT_KEY, TEXT_KEY, U64_KEY), st.tuples(TEXTS, TEXTS, U64S)),
]


def _natural(key: Any) -> Any:
    if isinstance(key, str):
        return key.encode()
    return tuple(map(_natural, key)) if isinstance(key, tuple) else key


@pytest.mark.parametrize("case", range(len(CASES)))
def test_keys_come_back_and_sort_as_their_values_do(case: int) -> None:
    codec, values = CASES[case]

    @given(values, values)
    def check(first: Any, second: Any) -> None:
        one, other = codec.encode(first), codec.encode(second)
        assert codec.decode(b"\x09" + one, 1) == (first, 1 + len(one))
        assert (one < other) == (_natural(first) < _natural(second))
        assert (one == other) == (first == second)

    check()


@given(TEXTS, TEXTS)
def test_no_text_key_is_the_beginning_of_another(first: str, second: str) -> None:
    if first != second:
        assert not TEXT_KEY.encode(second).startswith(TEXT_KEY.encode(first))


@pytest.mark.parametrize(
    ("codec", "value"),
    [
        (U8_KEY, 256),
        (U8_KEY, -1),
        (UintKey(4), 2**32),
        (ADDRESS, b"short"),
        (TEXT_KEY, "a\0b"),
        (TEXT_KEY, "x" * 33),
        (TEXT_KEY, "ü" * 17),
        (PairKey(U8_KEY, U8_KEY), (0, 256)),
    ],
)
def test_keys_out_of_range_are_refused(codec: KeyCodec[Any], value: Any) -> None:
    with pytest.raises(ValueError):
        codec.encode(value)


@pytest.mark.parametrize(
    ("codec", "data"),
    [
        (U64_KEY, b"1234567"),
        (ADDRESS, b"1" * 19),
        (TEXT_KEY, b"open"),
        (TEXT_KEY, b"\xff\0"),
        (PairKey(TEXT_KEY, U8_KEY), b"a\0"),
    ],
)
def test_malformed_keys_are_refused(codec: KeyCodec[Any], data: bytes) -> None:
    with pytest.raises(ValueError):
        codec.decode(data, 0)
