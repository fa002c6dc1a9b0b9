"""Parameters of stake; changed by the authority only."""

from dataclasses import dataclass

from chain.codec.values import TEXT, U32, U64, U128, Record
from chain.primitives.coins import BASE_DENOM
from chain.primitives.decimals import ONE
from chain.primitives.ints import NANOS

MAX_UNBONDING = 366 * 24 * 3600 * NANOS
"""Longest unbonding time, nanoseconds: a year; entries beyond it would bind tokens for good by mistake."""
MAX_SET = 1_000
"""Largest active set: the whole of it is looked at whenever it changes."""
MAX_HISTORY = 100_000
"""Most headers that are kept."""


@dataclass(frozen=True, slots=True)
class Params:
    """Parameters of stake, with the Cosmos SDK's defaults."""

    unbonding_time: int = 21 * 24 * 3600 * NANOS
    """Time from leaving to having the tokens, nanoseconds; at least a second."""
    max_validators: int = 100
    """Size of the active set, 1 to 1,000."""
    max_entries: int = 7
    """Most unbondings at once of a delegator from a validator, and redelegations of one way; 1 to 100."""
    historical_entries: int = 10_000
    """Headers kept for light clients, in blocks; 0 to 100,000."""
    bond_denom: str = BASE_DENOM
    """Denomination of stake: the chain's own token."""
    min_commission_rate: int = 0
    """Least commission, a decimal from 0 to 1."""

    def fault(self) -> tuple[str, str] | None:
        """Return the first bad field and what is wrong with it, or None."""
        if not NANOS <= self.unbonding_time <= MAX_UNBONDING:
            return "unbonding_time", f"must be in 1s..{MAX_UNBONDING // NANOS}s"
        if not 1 <= self.max_validators <= MAX_SET:
            return "max_validators", f"must be in 1..{MAX_SET}"
        if not 1 <= self.max_entries <= 100:
            return "max_entries", "must be in 1..100"
        if not 0 <= self.historical_entries <= MAX_HISTORY:
            return "historical_entries", f"must be in 0..{MAX_HISTORY}"
        if self.bond_denom != BASE_DENOM:
            return "bond_denom", f"must be {BASE_DENOM}, whose burning is accounted for"
        if not 0 <= self.min_commission_rate <= ONE:
            return "min_commission_rate", "must be in 0..1"
        return None


PARAMS = Record(
    Params,
    unbonding_time=U64,
    max_validators=U32,
    max_entries=U32,
    historical_entries=U32,
    bond_denom=TEXT,
    min_commission_rate=U128,
)
"""Codec of the parameters."""
