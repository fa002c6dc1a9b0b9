"""Values: round trips, canonical form, ranges, and records that grow."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.codec.values import (
    BLOB,
    FLAG,
    TEXT,
    U8,
    U32,
    U64,
    U128,
    U256,
    Blob,
    Choice,
    Fixed,
    Many,
    Maybe,
    Record,
    Text,
    ValueCodec,
    decode,
    encode,
)
from chain.primitives.ids import Address


class Colour(IntEnum):
    RED = 1
    BLUE = 300


@dataclass(frozen=True, slots=True)
class Point:
    x: int
    name: str
    marks: tuple[int, ...]


POINT = Record(Point, x=U64, name=TEXT, marks=Many(U32))
CASES: list[tuple[ValueCodec[Any], st.SearchStrategy[Any]]] = [
    (U8, st.integers(0, 255)),
    (U64, st.integers(0, 2**64 - 1)),
    (U128, st.integers(0, 2**128 - 1)),
    (U256, st.integers(0, 2**256 - 1)),
    (FLAG, st.booleans()),
    (TEXT, st.text(st.characters(exclude_categories=("Cs",)))),
    (BLOB, st.binary()),
    (Fixed(Address, 20), st.binary(min_size=20, max_size=20).map(Address)),
    (Choice(Colour), st.sampled_from(Colour)),
    (Maybe(U32), st.none() | st.integers(0, 2**32 - 1)),
    (Many(TEXT), st.lists(st.text("ab")).map(tuple)),
    (
        POINT,
        st.builds(Point, st.integers(0, 2**64 - 1), st.text("xyz"), st.lists(st.integers(0, 2**32 - 1)).map(tuple)),
    ),
]


@pytest.mark.parametrize("case", range(len(CASES)))
def test_values_come_back(case: int) -> None:
    codec, values = CASES[case]

    @given(values)
    def check(value: Any) -> None:
        assert decode(codec, encode(codec, value)) == value

    check()


@pytest.mark.parametrize("case", range(len(CASES)))
def test_what_decodes_is_canonical_or_refused_with_a_value_error(case: int) -> None:
    codec, _ = CASES[case]

    @given(st.binary(max_size=40))
    def check(data: bytes) -> None:
        try:
            value = decode(codec, data)
        except ValueError:
            return
        assert encode(codec, value) == data

    check()


@pytest.mark.parametrize(
    ("codec", "value"),
    [
        (U8, 256),
        (U8, -1),
        (U256, 2**256),
        (Blob(3), b"four"),
        (Text(3), "four"),
        (Fixed(Address, 20), b"short"),
        (Many(U8, 2), (1, 2, 3)),
        (POINT, Point(-1, "", ())),
    ],
)
def test_values_out_of_range_are_refused(codec: ValueCodec[Any], value: Any) -> None:
    with pytest.raises(ValueError):
        encode(codec, value)


def test_a_record_written_before_a_field_existed_reads_with_its_default() -> None:
    @dataclass(frozen=True, slots=True)
    class Old:
        a: int

    @dataclass(frozen=True, slots=True)
    class New:
        a: int
        b: str = "none"

    assert decode(Record(New, a=U8, b=TEXT), encode(Record(Old, a=U8), Old(7))) == New(7)


def test_a_record_must_name_its_fields_in_order() -> None:
    with pytest.raises(TypeError):
        Record(Point, name=TEXT, x=U64, marks=Many(U32))
    with pytest.raises(TypeError):
        Record(int)


def test_bytes_left_over_are_refused() -> None:
    with pytest.raises(ValueError, match="1 bytes left over"):
        decode(U8, b"\x01\x00")
