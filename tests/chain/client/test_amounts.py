import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.client.amounts import parse_coin, parse_coins, parse_price, show_lamp
from chain.primitives.coins import MAX_AMOUNT, Coin


@pytest.mark.parametrize(
    ("text", "coin"),
    [
        ("1500000ulamp", Coin("ulamp", 1_500_000)),
        ("1.5lamp", Coin("ulamp", 1_500_000)),
        ("1.5 LAMP", Coin("ulamp", 1_500_000)),
        ("0.000001lamp", Coin("ulamp", 1)),
        ("1.5000000lamp", Coin("ulamp", 1_500_000)),
        ("1_000lamp", Coin("ulamp", 1_000_000_000)),
        ("0ulamp", Coin("ulamp", 0)),
        (" 7 ibc/ABC ", Coin("ibc/ABC", 7)),
        (f"{MAX_AMOUNT}ulamp", Coin("ulamp", MAX_AMOUNT)),
    ],
)
def test_an_amount_is_read_as_people_write_it(text, coin):
    assert parse_coin(text) == coin


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "expected an amount"),
        ("5", "expected an amount"),
        ("ulamp", "expected an amount"),
        ("-1ulamp", "expected an amount"),
        ("1,5lamp", "expected an amount"),
        (".5lamp", "expected an amount"),
        ("1.lamp", "expected an amount"),
        ("1.5ulamp", "only lamp may have decimals"),
        ("0.0000001lamp", "finer than one ulamp"),
        (f"{MAX_AMOUNT + 1}ulamp", "too large"),
        (f"{MAX_AMOUNT}lamp", "too large"),
        ("1u", "expected an amount"),
        ("١ulamp", "expected an amount"),
    ],
)
def test_what_is_no_amount_is_refused(text, why):
    with pytest.raises(ValueError, match=why):
        parse_coin(text)


def test_several_amounts_come_in_order():
    assert parse_coins("5uzzz, 1lamp,0uabc") == (Coin("ulamp", 1_000_000), Coin("uzzz", 5))
    assert parse_coins("") == ()


@pytest.mark.parametrize("text", ["1ulamp,2ulamp", "1lamp,2ulamp"])
def test_a_denomination_comes_once(text):
    with pytest.raises(ValueError, match="duplicate"):
        parse_coins(text)


@pytest.mark.parametrize(
    ("text", "price"), [("0.025ulamp", (25, 1000, "ulamp")), ("1ulamp", (1, 1, "ulamp")), ("0ulamp", (0, 1, "ulamp"))]
)
def test_a_price_is_exact(text, price):
    assert parse_price(text) == price


@pytest.mark.parametrize("text", ["", "0.025", "x", "-1ulamp"])
def test_what_is_no_price_is_refused(text):
    with pytest.raises(ValueError, match="expected a gas price"):
        parse_price(text)


@given(st.integers(0, 2**100))
def test_what_is_shown_can_be_read(amount):
    assert parse_coin(show_lamp(amount)) == Coin("ulamp", amount)
