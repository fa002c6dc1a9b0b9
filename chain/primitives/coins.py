"""Coins: non-negative amounts of named denominations."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

BASE_DENOM = "ulamp"
"""The denomination that state holds."""
DISPLAY_DENOM = "lamp"
"""The denomination that people read: 10^6 ulamp."""
DISPLAY_EXPONENT = 6
"""Decimal places between the two."""
MAX_AMOUNT = 2**256 - 1
"""Largest amount of one coin, as in the Cosmos SDK's Int."""

_DENOM = re.compile(r"[a-zA-Z][a-zA-Z0-9/:._-]{2,127}")


def valid_denom(denom: str) -> bool:
    """Tell whether a text is a denomination (the Cosmos SDK's rule: 3 to 128 characters, a letter first)."""
    return _DENOM.fullmatch(denom) is not None


@dataclass(frozen=True, slots=True, order=True)
class Coin:
    """An amount of one denomination, in its smallest unit."""

    denom: str
    amount: int

    def __str__(self) -> str:
        return f"{self.amount}{self.denom}"


Coins = tuple[Coin, ...]
"""Coins of distinct denominations in ascending order of denomination, all amounts positive."""


def coins(items: Iterable[Coin]) -> Coins:
    """Return items as Coins. Raises: ValueError for a bad or unsorted denomination or an amount out of range."""
    result = tuple(items)
    previous = ""
    for coin in result:
        if not valid_denom(coin.denom):
            raise ValueError(f"invalid denom: {coin.denom[:140]!r}")
        if not 0 < coin.amount <= MAX_AMOUNT:
            raise ValueError(f"coin {coin.denom} amount is not positive or too large")
        if coin.denom <= previous:
            what = "duplicate" if coin.denom == previous else "unsorted"
            raise ValueError(f"{what} denomination {coin.denom}")
        previous = coin.denom
    return result


def show_coins(items: Coins) -> str:
    """Return the Cosmos text form: `5ulamp,7uother`; the empty text for no coins."""
    return ",".join(map(str, items))
