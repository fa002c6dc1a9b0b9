"""Parameters of slashing and their bounds; changed by the authority only."""

from dataclasses import dataclass

from chain.codec.values import U32, U64, Record
from chain.primitives.decimals import ONE, show_decimal
from chain.primitives.ints import NANOS

MAX_WINDOW = 100_000
"""Longest window, in blocks: its bits, 12.5 kB per validator, are written in each block."""
MAX_JAIL = 10 * 366 * 24 * 3600 * NANOS
"""Longest time in jail for being absent, in nanoseconds: ten years."""


@dataclass(frozen=True, slots=True)
class Params:
    """Parameters of slashing; fractions are decimals of 18 places."""

    signed_blocks_window: int = 100
    """Blocks that a validator's absences are counted over: 1 to MAX_WINDOW."""
    min_signed_per_window: int = ONE // 2
    """Fraction of the window that a validator must sign: 0 to 1."""
    downtime_jail_duration: int = 600 * NANOS
    """Time in jail for being absent, in nanoseconds: above 0, at most MAX_JAIL."""
    slash_fraction_double_sign: int = ONE // 20
    """Fraction of the stake that signing twice costs: 0 to 1."""
    slash_fraction_downtime: int = ONE // 100
    """Fraction of the stake that being absent costs: 0 to 1."""

    @property
    def most_missed(self) -> int:
        """Blocks of a window that may be missed: those that need not be signed.

        What must be signed is rounded to the nearest whole block, halves to the even one, as the Cosmos SDK does.
        """
        whole, rest = divmod(self.min_signed_per_window * self.signed_blocks_window, ONE)
        up = 2 * rest > ONE or (2 * rest == ONE and whole % 2 == 1)
        return self.signed_blocks_window - whole - (1 if up else 0)

    def fault(self) -> tuple[str, str] | None:
        """Return the first parameter that is out of bounds and what is wrong with it, or None."""
        if self.signed_blocks_window <= 0:
            return "signed_blocks_window", f"signed blocks window must be positive: {self.signed_blocks_window}"
        if self.signed_blocks_window > MAX_WINDOW:
            return "signed_blocks_window", f"signed blocks window is above {MAX_WINDOW}: {self.signed_blocks_window}"
        if self.downtime_jail_duration <= 0:
            return "downtime_jail_duration", "downtime jail duration must be positive"
        if self.downtime_jail_duration > MAX_JAIL:
            return "downtime_jail_duration", "downtime jail duration is above ten years"
        for name, text in (
            ("min_signed_per_window", "min signed per window"),
            ("slash_fraction_double_sign", "double sign slash fraction"),
            ("slash_fraction_downtime", "downtime slash fraction"),
        ):
            value = getattr(self, name)
            if value < 0:
                return name, f"{text} cannot be negative: {show_decimal(value)}"
            if value > ONE:
                return name, f"{text} too large: {show_decimal(value)}"
        return None


PARAMS = Record(
    Params,
    signed_blocks_window=U32,
    min_signed_per_window=U64,
    downtime_jail_duration=U64,
    slash_fraction_double_sign=U64,
    slash_fraction_downtime=U64,
)
"""Codec of the parameters."""
