"""Decimals of 18 places, held as integers scaled by 10^18, with their two texts.

The Cosmos SDK writes them in protobuf as the scaled integer and in JSON with a point.
"""

import re

PLACES = 18
"""Digits behind the point."""
ONE: int = 10**PLACES
"""The number one."""
MAX_DECIMAL = 2**315 - 1
"""Largest decimal, scaled; that of the Cosmos SDK."""

_PLAIN = re.compile(r"([0-9]{1,78})(?:\.([0-9]{1,18}))?")
_SCALED = re.compile(r"-?[0-9]{1,95}")


def show_decimal(value: int) -> str:
    """Return the text with a point and 18 digits behind it, such as `0.050000000000000000`."""
    sign, value = ("-", -value) if value < 0 else ("", value)
    whole, rest = divmod(value, ONE)
    return f"{sign}{whole}.{rest:018}"


def parse_decimal(text: str) -> int:
    """Return the scaled integer of a text such as `0.05`; not negative. Raises: ValueError."""
    match = _PLAIN.fullmatch(text)
    if match is None:
        raise ValueError(f"{text[:100]!r} is no decimal of at most {PLACES} places")
    return int(match[1]) * ONE + int((match[2] or "").ljust(PLACES, "0"))


def read_scaled(text: str) -> int:
    """Return the scaled integer of protobuf's text; the empty text is zero. Raises: ValueError."""
    if text and _SCALED.fullmatch(text) is None:
        raise ValueError(f"{text[:100]!r} is no decimal scaled by 10^{PLACES}")
    value = int(text or "0")
    if abs(value) > MAX_DECIMAL:
        raise ValueError("decimal is out of range")
    return value


def mul_floor(value: int, decimal: int) -> int:
    """Return an integer times a decimal, rounded down; the caller keeps the dust. Raises: ValueError if negative."""
    if value < 0 or decimal < 0:
        raise ValueError("mul_floor takes no negative operands")
    return value * decimal // ONE
