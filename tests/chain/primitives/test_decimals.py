"""Decimals of 18 places: both texts, and rounding down."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.primitives.decimals import MAX_DECIMAL, ONE, mul_floor, parse_decimal, read_scaled, show_decimal


@given(st.integers(0, 10**40))
def test_a_decimal_survives_both_texts(value: int) -> None:
    assert parse_decimal(show_decimal(value)) == value
    assert read_scaled(str(value)) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [("0", 0), ("1", ONE), ("0.05", ONE // 20), ("12.5", 12 * ONE + ONE // 2), ("0.000000000000000001", 1)],
)
def test_a_text_with_a_point_is_read(text: str, value: int) -> None:
    assert parse_decimal(text) == value


@pytest.mark.parametrize("text", ["", ".5", "1.", "-1", "+1", "1e3", "0.0000000000000000001", " 1", "١", "1" * 79])
def test_other_texts_are_no_decimals(text: str) -> None:
    with pytest.raises(ValueError, match="no decimal"):
        parse_decimal(text)


@pytest.mark.parametrize("text", ["1.5", "x", "--1", "+1", "1" * 96])
def test_the_wire_has_whole_numbers_alone(text: str) -> None:
    with pytest.raises(ValueError, match="no decimal scaled"):
        read_scaled(text)


def test_the_wire_has_bounds_and_an_empty_text_is_zero() -> None:
    assert read_scaled("") == 0
    assert read_scaled(str(-MAX_DECIMAL)) == -MAX_DECIMAL
    with pytest.raises(ValueError, match="out of range"):
        read_scaled(str(MAX_DECIMAL + 1))


def test_negative_decimals_are_shown_with_their_sign() -> None:
    assert show_decimal(-ONE // 2) == "-0.500000000000000000"


def test_a_product_is_rounded_down() -> None:
    assert mul_floor(99, ONE // 10) == 9
    for value, decimal in ((-1, 1), (1, -1)):
        with pytest.raises(ValueError, match="negative"):
            mul_floor(value, decimal)
