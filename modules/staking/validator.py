"""A validator as a value, and what its shares are worth."""

from dataclasses import dataclass, replace
from enum import IntEnum
from hashlib import sha256

from chain.primitives.decimals import ONE
from chain.primitives.ids import Address, ConsensusAddress

POWER_REDUCTION = 10**6
"""Stake of one unit of voting power, ulamp: one lamp."""


class Status(IntEnum):
    """Whether a validator is in the active set; the numbers are those of the wire."""

    UNBONDED = 1
    UNBONDING = 2
    BONDED = 3


@dataclass(frozen=True, slots=True)
class Description:
    """What a validator says of itself."""

    moniker: str = ""
    identity: str = ""
    website: str = ""
    security_contact: str = ""
    details: str = ""


@dataclass(frozen=True, slots=True)
class Commission:
    """A validator's part of its delegators' rewards, decimals from 0 to 1; `update_time` in unix nanoseconds."""

    rate: int
    max_rate: int
    max_change_rate: int
    update_time: int


@dataclass(frozen=True, slots=True)
class Validator:
    """A validator: `tokens` ulamp are owned by `shares` (decimals of 18 places) of all its delegators.

    A slash lowers tokens, never shares. `unbonding_height` and `unbonding_time` hold since it last left the set.
    """

    operator: Address
    consensus_key: bytes
    consensus_address: ConsensusAddress
    tokens: int
    shares: int
    status: Status
    jailed: bool
    description: Description
    commission: Commission
    min_self_delegation: int
    unbonding_height: int = 0
    unbonding_time: int = 0
    unbonding_id: int = 0

    @property
    def power(self) -> int:
        """Voting power that its tokens give."""
        return self.tokens // POWER_REDUCTION

    @property
    def bonded(self) -> bool:
        """Whether it is in the active set."""
        return self.status is Status.BONDED

    def with_stake(self, tokens: int, shares: int) -> "Validator":
        """Return the validator with other tokens and shares."""
        return Validator(
            self.operator,
            self.consensus_key,
            self.consensus_address,
            tokens,
            shares,
            self.status,
            self.jailed,
            self.description,
            self.commission,
            self.min_self_delegation,
            self.unbonding_height,
            self.unbonding_time,
            self.unbonding_id,
        )

    def with_jailed(self, jailed: bool) -> "Validator":
        """Return the validator in or out of jail."""
        return replace(self, jailed=jailed)

    def shares_for(self, tokens: int) -> int:
        """Return the shares that tokens buy or are worth, rounded down; all other delegators have the dust.

        Raises: ValueError when there are shares without tokens.
        """
        if self.shares == 0:
            return tokens * ONE
        if self.tokens == 0:
            raise ValueError("shares without tokens have no price")
        return self.shares * tokens // self.tokens

    def worth(self, shares: int) -> int:
        """Return what shares are worth in whole ulamp, the validator's other delegators having the dust.

        Rounded to 18 places before it is cut, as the Cosmos SDK does, so that shares bought for an amount give it back.
        """
        if shares == self.shares:
            return self.tokens
        exact = (2 * shares * self.tokens * ONE + self.shares) // (2 * self.shares)
        return min(exact // ONE, self.tokens)


def consensus_address(public_key: bytes) -> ConsensusAddress:
    """Return the address of an ed25519 key in headers and votes."""
    return ConsensusAddress(sha256(public_key).digest()[:20])
