"""Amounts as people write them: `1.5lamp`, `1500000ulamp`, `1lamp,5uother`."""

import re

from chain.primitives.coins import BASE_DENOM, DISPLAY_DENOM, DISPLAY_EXPONENT, MAX_AMOUNT, Coin, Coins, coins

_AMOUNT = re.compile(r"\s*([0-9][0-9_]*)(?:\.([0-9]+))?\s*([a-zA-Z][a-zA-Z0-9/:._-]{2,127})\s*")


def parse_coin(text: str) -> Coin:
    """Read one amount; LAMP becomes ulamp. Raises: ValueError saying what is wrong."""
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise ValueError(f"expected an amount such as 1.5lamp or 1500000ulamp, got {text!r}")
    whole, decimals, denom = int(match[1].replace("_", "")), match[2] or "", match[3]
    if denom.lower() == DISPLAY_DENOM:
        if len(decimals.rstrip("0")) > DISPLAY_EXPONENT:
            raise ValueError(f"{text!r} is finer than one {BASE_DENOM} (10^-{DISPLAY_EXPONENT} lamp)")
        padded = decimals[:DISPLAY_EXPONENT].ljust(DISPLAY_EXPONENT, "0")
        denom, whole = BASE_DENOM, whole * 10**DISPLAY_EXPONENT + int(padded)
    elif decimals:
        raise ValueError(f"{text!r}: only {DISPLAY_DENOM} may have decimals")
    if whole > MAX_AMOUNT:
        raise ValueError(f"{text[:40]!r} is too large")
    return Coin(denom, whole)


def parse_coins(text: str) -> Coins:
    """Read amounts separated by commas, in any order; zero amounts vanish. Raises: ValueError."""
    parsed = [parse_coin(part) for part in text.split(",") if part.strip()]
    return coins(sorted(coin for coin in parsed if coin.amount))


def parse_price(text: str) -> tuple[int, int, str]:
    """Read a price of gas such as `0.025ulamp` exactly: (numerator, denominator, denomination). Raises: ValueError."""
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise ValueError(f"expected a gas price such as 0.025ulamp, got {text!r}")
    decimals = match[2] or ""
    return int(match[1].replace("_", "") + decimals), 10 ** len(decimals), match[3]


def show_lamp(ulamp: int) -> str:
    """Return an amount of ulamp as LAMP without grouping: `1.5lamp`."""
    whole, rest = divmod(ulamp, 10**DISPLAY_EXPONENT)
    decimals = f"{rest:0{DISPLAY_EXPONENT}d}".rstrip("0")
    return f"{whole}{'.' + decimals if decimals else ''}{DISPLAY_DENOM}"
