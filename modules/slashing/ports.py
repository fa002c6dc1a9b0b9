"""What slashing needs of other modules; `chain/app.py` hands it in."""

from typing import Protocol

from chain.primitives.ids import Address, ConsensusAddress
from chain.sdk.context import Context


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


class Staking(Protocol):
    """The keeper of validators and delegations."""

    def validator(self, ctx: Context, operator: Address) -> Validator | None:
        """Return an operator's validator, or None."""
        ...

    def validator_by_consensus(self, ctx: Context, address: bytes) -> Validator | None:
        """Return the validator of an address in votes, or None."""
        ...

    def delegation(self, ctx: Context, delegator: Address, operator: Address) -> int:
        """Return a delegation's shares, a decimal of 18 places; 0 without one."""
        ...

    def slash(self, ctx: Context, address: bytes, height: int, power: int, fraction: int) -> int:
        """Burn a fraction of the stake that a validator had at a height; return how many ulamp that were."""
        ...

    def jail(self, ctx: Context, address: bytes) -> None:
        """Keep a validator from being elected."""
        ...

    def unjail(self, ctx: Context, operator: Address) -> None:
        """Let a validator be elected again."""
        ...


class SlashLog(Protocol):
    """Remembers slashes for those who ask."""

    def record_slash(self, ctx: Context, operator: Address, fraction: int) -> None:
        """Note that a validator lost a fraction (a decimal of 18 places) of its stake in this block."""
        ...
