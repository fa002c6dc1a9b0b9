"""What a node wants to be paid for a transaction; its own choice, so only CheckTx asks."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from chain.primitives.coins import Coin, Coins, show_coins, valid_denom
from chain.primitives.errors import SdkCode, SdkError

DECIMALS = 18
"""Decimal places of a gas price, as in the Cosmos SDK's DecCoin."""

_PRICE = re.compile(r"([0-9]{1,40})(?:\.([0-9]{1,18}))?([a-zA-Z].*)")


class GasPrice(NamedTuple):
    """Price of a unit of gas: `amount` is in 10^-18 of the denomination's smallest unit."""

    denom: str
    amount: int


def parse_gas_prices(text: str) -> tuple[GasPrice, ...]:
    """Read prices such as `0.025ulamp,0.1uother`. Raises: ValueError naming the bad one."""
    prices = []
    for part in text.split(",") if text.strip() else ():
        found = _PRICE.fullmatch(part.strip())
        if found is None or not valid_denom(found[3]):
            raise ValueError(f"not a gas price: {part.strip()!r}; write it as 0.025ulamp")
        prices.append(GasPrice(found[3], int(found[1]) * 10**DECIMALS + int((found[2] or "").ljust(DECIMALS, "0"))))
    if len({price.denom for price in prices}) != len(prices):
        raise ValueError("a denomination has two gas prices")
    return tuple(sorted(prices))


def require_fee(fee: Coins, gas_limit: int, prices: Sequence[GasPrice]) -> None:
    """Refuse a fee that pays none of the prices, rounded up. Raises: SdkError(INSUFFICIENT_FEE)."""
    wanted = [Coin(price.denom, -(-price.amount * gas_limit // 10**DECIMALS)) for price in prices if price.amount]
    if not wanted or any(not coin.amount for coin in wanted):
        return
    offered = {coin.denom: coin.amount for coin in fee}
    if all(offered.get(coin.denom, 0) < coin.amount for coin in wanted):
        text = f"insufficient fees; got: {show_coins(fee)} required: {show_coins(tuple(wanted))}"
        raise SdkError(SdkCode.INSUFFICIENT_FEE, text)
