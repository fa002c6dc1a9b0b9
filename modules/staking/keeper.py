"""The verbs of stake that other modules share; everything else is in the files beside this one."""

from chain.primitives.ids import Address, ConsensusAddress
from chain.sdk.context import Context
from modules.staking import slashes
from modules.staking.params import Params
from modules.staking.ports import Bank, Burner, Rewards, Signing
from modules.staking.stake import Stake
from modules.staking.state import ACTIVE_SET, DELEGATIONS
from modules.staking.validator import Validator


class StakingKeeper:
    """Validators, delegations, punishment. Rewards and Signing are attached after construction, as they need this."""

    def __init__(self, bank: Bank, burner: Burner) -> None:
        self.stake = Stake(bank, burner)

    def attach(self, rewards: Rewards, signing: Signing) -> None:
        """Name who pays rewards and who watches signatures."""
        self.stake.rewards = rewards
        self.stake.signing = signing

    def params(self, ctx: Context) -> Params:
        """Return the parameters."""
        return self.stake.params(ctx)

    def validator(self, ctx: Context, operator: Address) -> Validator | None:
        """Return a validator, or None."""
        return self.stake.validator(ctx, operator)

    def validator_by_consensus(self, ctx: Context, address: bytes) -> Validator | None:
        """Return the validator of a consensus address, or None; a removed one for an unbonding time longer."""
        return self.stake.by_consensus(ctx, ConsensusAddress(address))

    def delegation(self, ctx: Context, delegator: Address, operator: Address) -> int:
        """Return a delegation's shares, a decimal of 18 places; 0 when there is none."""
        return DELEGATIONS.get(ctx, (delegator, operator)) or 0

    def power(self, ctx: Context, operator: Address) -> int:
        """Return the voting power that a validator's tokens give."""
        found = self.stake.validator(ctx, operator)
        return 0 if found is None else found.power

    def last_total_power(self, ctx: Context) -> int:
        """Return the power of the whole active set as CometBFT knows it."""
        return sum(seat.power for seat in ACTIVE_SET.get(ctx) or ())

    def slash(self, ctx: Context, consensus_address: bytes, infraction_height: int, power: int, fraction: int) -> int:
        """Burn a fraction (decimal of 18 places) of what a validator had at a height; return what was burned, ulamp.

        `power` is its voting power then. Entries that began to unbond or to redelegate at or after the height are
        reached. Of an unknown, removed or unbonded validator nothing is burned.
        Raises: ValueError for a height in the future or a negative fraction.
        """
        if infraction_height > ctx.height or fraction < 0:
            raise ValueError(f"cannot slash {fraction} for height {infraction_height} at {ctx.height}")
        found = self.stake.by_consensus(ctx, ConsensusAddress(consensus_address))
        if found is None:
            return 0
        return slashes.slash(ctx, self.stake, found, infraction_height, power, fraction)

    def jail(self, ctx: Context, consensus_address: bytes) -> None:
        """Keep a validator out of the active set until it is let out; nothing happens to unknown and jailed ones."""
        found = self.stake.by_consensus(ctx, ConsensusAddress(consensus_address))
        if found is not None and not found.jailed and self.stake.validator(ctx, found.operator) == found:
            self.stake.put(ctx, found, found.with_jailed(True))

    def unjail(self, ctx: Context, operator: Address) -> None:
        """Let a validator back; who may is the caller's business. Raises: StakingError(NO_VALIDATOR_FOUND)."""
        found = self.stake.require(ctx, operator)
        if found.jailed:
            self.stake.put(ctx, found, found.with_jailed(False))
