"""A node's prices of gas."""

import pytest

from chain.primitives.coins import Coin
from chain.primitives.errors import SdkCode, SdkError
from chain.runtime.fees import GasPrice, parse_gas_prices, require_fee


@pytest.mark.parametrize(
    ("text", "prices"),
    [
        ("", ()),
        ("0.025ulamp", (GasPrice("ulamp", 25 * 10**15),)),
        ("2uother, 0.000000000000000001ulamp", (GasPrice("ulamp", 1), GasPrice("uother", 2 * 10**18))),
        ("0ulamp", (GasPrice("ulamp", 0),)),
    ],
)
def test_prices_are_read_exactly(text: str, prices: tuple[GasPrice, ...]) -> None:
    assert parse_gas_prices(text) == prices


@pytest.mark.parametrize("text", ["ulamp", "-1ulamp", "1", "1.ulamp", "1.2.3ulamp", "1e5", "1ulamp,2ulamp", "1u!", ","])
def test_bad_prices_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_gas_prices(text)


@pytest.mark.parametrize(
    ("prices", "gas", "fee", "enough"),
    [
        ("", 100, 0, True),
        ("0ulamp", 100, 0, True),
        ("0.025ulamp", 100, 3, True),
        ("0.025ulamp", 100, 2, False),
        ("0.025ulamp,5uother", 100, 3, True),
        ("0.025ulamp,5uother", 100, 0, False),
        ("0.025ulamp", 0, 0, True),
    ],
)
def test_a_fee_must_pay_one_of_the_prices_rounded_up(prices: str, gas: int, fee: int, enough: bool) -> None:
    coins = (Coin("ulamp", fee),) if fee else ()
    if enough:
        require_fee(coins, gas, parse_gas_prices(prices))
    else:
        with pytest.raises(SdkError) as caught:
            require_fee(coins, gas, parse_gas_prices(prices))
        assert caught.value.code is SdkCode.INSUFFICIENT_FEE
