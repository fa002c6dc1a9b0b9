"""Named integers and the only rounding helpers that consensus code uses."""

from typing import NewType

Height = NewType("Height", int)
"""Number of a block, from the genesis' initial height upward."""
Epoch = NewType("Epoch", int)
"""Number of a reward epoch, from 0 upward."""
Amount = NewType("Amount", int)
"""Count of the base denomination's smallest unit (ulamp)."""
BasisPoints = NewType("BasisPoints", int)
"""Hundredths of a percent: 10,000 is all of it."""
UnixNano = NewType("UnixNano", int)
"""Nanoseconds since 1970-01-01T00:00:00Z."""

FULL_BP = 10_000
"""Basis points in a whole."""
MAX_U64 = 2**64 - 1
"""Largest unsigned 64-bit integer."""
NANOS = 1_000_000_000
"""Nanoseconds in a second."""


def mul_div_floor(value: int, numerator: int, denominator: int) -> int:
    """Return value * numerator / denominator, rounded down; the caller keeps the dust.

    Raises: ValueError for a negative operand or a denominator that is not positive.
    """
    if value < 0 or numerator < 0 or denominator <= 0:
        raise ValueError("mul_div takes non-negative operands and a positive denominator")
    return value * numerator // denominator


def mul_div_ceil(value: int, numerator: int, denominator: int) -> int:
    """Return value * numerator / denominator, rounded up; the caller pays the dust.

    Raises: ValueError for a negative operand or a denominator that is not positive.
    """
    if value < 0 or numerator < 0 or denominator <= 0:
        raise ValueError("mul_div takes non-negative operands and a positive denominator")
    return -(-(value * numerator) // denominator)
