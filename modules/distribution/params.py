"""Parameters of distribution and their bounds; changed by the authority only."""

from dataclasses import dataclass

from chain.codec.values import FLAG, U64, Record
from chain.primitives.decimals import ONE, show_decimal


@dataclass(frozen=True, slots=True)
class Params:
    """Parameters of distribution."""

    community_tax: int = ONE // 50
    """Fraction of fees and of the stakers' emission that the community pool gets, a decimal: 0 to 1."""
    withdraw_addr_enabled: bool = True
    """Whether delegators may name another address for their rewards (true or false)."""

    def fault(self) -> tuple[str, str] | None:
        """Return the first parameter that is out of bounds and what is wrong with it, or None."""
        if self.community_tax < 0:
            return "community_tax", f"community tax must be positive: {show_decimal(self.community_tax)}"
        if self.community_tax > ONE:
            return "community_tax", f"community tax too large: {show_decimal(self.community_tax)}"
        return None


PARAMS = Record(Params, community_tax=U64, withdraw_addr_enabled=FLAG)
"""Codec of the parameters."""
