"""Decimals of 18 places, held as integers: 10^18 is one. The form of the Cosmos SDK's `Dec`.

On the wire the integer itself is written; in genesis and in REST a text with a point and all 18 places.
"""

import re

ONE = 10**18
"""The decimal 1."""
PLACES = 18
"""Places behind the point."""
MAX_DIGITS = 78
"""Longest integer of the wire, in digits; Python reads longer texts slowly."""

_TEXT = re.compile(r"([0-9]{1,60})(?:\.([0-9]{1,18}))?")


def show_decimal(value: int) -> str:
    """Return the text with a point and all 18 places."""
    sign, size = ("-", -value) if value < 0 else ("", value)
    return f"{sign}{size // ONE}.{size % ONE:018d}"


def parse_decimal(text: str) -> int:
    """Read a text such as `0.05` or `1`. Raises: ValueError for more than 18 places, a sign, or no number."""
    found = _TEXT.fullmatch(text)
    if found is None:
        raise ValueError(f"{text[:40]!r} is not a decimal of at most {PLACES} places")
    return int(found[1]) * ONE + int((found[2] or "").ljust(PLACES, "0"))


def read_wire_decimal(text: str) -> int:
    """Read the wire's integer of 10^-18. Raises: ValueError for anything but plain decimal digits."""
    if not (text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS):
        raise ValueError(f"{text[:40]!r} is not a whole number of 10^-{PLACES}")
    return int(text)
