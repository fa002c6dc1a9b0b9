"""What evidence needs of other modules; `chain/app.py` hands it in."""

from collections.abc import Callable
from typing import Protocol

from chain.primitives.ids import Address, ConsensusAddress
from chain.sdk.context import Context

Ages = Callable[[Context], tuple[int, int]]
"""Returns the consensus parameters' largest age of evidence, in blocks and in nanoseconds."""


class Validator(Protocol):
    """A validator, read only."""

    @property
    def operator(self) -> Address:
        """The account that runs it."""
        ...

    @property
    def consensus_address(self) -> ConsensusAddress:
        """Its address in votes."""
        ...

    @property
    def jailed(self) -> bool:
        """Whether it is kept from being elected."""
        ...

    @property
    def tokens(self) -> int:
        """Its stake in ulamp."""
        ...

    @property
    def shares(self) -> int:
        """The shares of that stake, a decimal of 18 places."""
        ...

    @property
    def min_self_delegation(self) -> int:
        """What its operator must keep staked, in ulamp."""
        ...

    @property
    def status(self) -> int:
        """1 unbonded, 2 unbonding, 3 bonded."""
        ...


class Staking(Protocol):
    """The keeper of validators."""

    def validator_by_consensus(self, ctx: Context, address: bytes) -> Validator | None:
        """Return the validator of an address in votes, also a removed one, or None."""
        ...


class Slashing(Protocol):
    """The keeper of signing infos."""

    def is_watched(self, ctx: Context, address: ConsensusAddress) -> bool:
        """Tell whether a validator was ever elected."""
        ...

    def is_tombstoned(self, ctx: Context, address: ConsensusAddress) -> bool:
        """Tell whether a validator was punished for this before."""
        ...

    def punish_double_sign(self, ctx: Context, validator: Validator, height: int, power: int) -> None:
        """Slash, jail and tombstone a validator for a deed at a height, when it had a power."""
        ...
