"""What everything in this module works with: validators with their indexes, pools of tokens, and the ports."""

from chain.primitives.coins import BASE_DENOM, Coin, Coins
from chain.primitives.ids import Address, ConsensusAddress
from chain.sdk.context import Context
from modules.staking.errors import StakingCode, StakingError
from modules.staking.params import PARAMS, Params
from modules.staking.ports import Bank, Burner, NoRewards, NoSigning, Rewards, Signing
from modules.staking.state import (
    BY_CONSENSUS,
    BY_POWER,
    CHANGED,
    DELEGATIONS,
    DELEGATORS,
    DEPARTED,
    DEPARTED_QUEUE,
    NEXT_ID,
    PARAMETERS,
    VALIDATORS,
)
from modules.staking.validator import Validator

BONDED_POOL = "bonded_tokens_pool"
"""Module account of the tokens of the active set."""
NOT_BONDED_POOL = "not_bonded_tokens_pool"
"""Module account of all other stake, and of what unbonds."""

_INVERT = (1 << 160) - 1


class Stake:
    """Validators and pools. Writes of a validator go through `put`, which keeps the order by power."""

    def __init__(self, bank: Bank, burner: Burner) -> None:
        self.bank = bank
        self.burner = burner
        self.rewards: Rewards = NoRewards()
        self.signing: Signing = NoSigning()
        # Decoding is a function of the bytes alone, so the last result serves all states that hold the same bytes.
        self._decoded: tuple[bytes, Params] = (b"", Params())

    def params(self, ctx: Context) -> Params:
        """Return the parameters. Raises: LookupError before genesis."""
        raw = PARAMETERS.raw(ctx)
        if raw is None:
            raise LookupError("staking parameters are not set")
        known, params = self._decoded
        if raw != known:
            params = PARAMS.read(raw, 0)[0]
            self._decoded = (raw, params)
        return params

    def set_params(self, ctx: Context, params: Params) -> None:
        """Replace the parameters; the caller has checked their bounds."""
        PARAMETERS.set(ctx, params)
        CHANGED.set(ctx, True)

    def validator(self, ctx: Context, operator: Address) -> Validator | None:
        """Return a validator, or None."""
        return VALIDATORS.get(ctx, operator)

    def require(self, ctx: Context, operator: Address) -> Validator:
        """Return a validator. Raises: StakingError(NO_VALIDATOR_FOUND)."""
        found = VALIDATORS.get(ctx, operator)
        if found is None:
            raise StakingError(StakingCode.NO_VALIDATOR_FOUND)
        return found

    def by_consensus(self, ctx: Context, address: ConsensusAddress) -> Validator | None:
        """Return the validator of a consensus address, one that was removed as it was then, or None."""
        operator = BY_CONSENSUS.get(ctx, address)
        return DEPARTED.get(ctx, address) if operator is None else VALIDATORS.get(ctx, operator)

    def create(self, ctx: Context, validator: Validator) -> None:
        """Enter a new validator without stake."""
        VALIDATORS.set(ctx, validator.operator, validator)
        BY_CONSENSUS.set(ctx, validator.consensus_address, validator.operator)
        DEPARTED.delete(ctx, validator.consensus_address)
        self.rewards.validator_created(ctx, validator.operator)

    def put(self, ctx: Context, before: Validator, after: Validator) -> None:
        """Write a validator that was `before`."""
        VALIDATORS.set(ctx, after.operator, after)
        old, new = index_power(before), index_power(after)
        if old == new:
            return
        if old:
            BY_POWER.remove(ctx, (old, inverted(after.operator)))
        if new:
            BY_POWER.add(ctx, (new, inverted(after.operator)))
        if CHANGED.get(ctx) is None:
            CHANGED.set(ctx, True)

    def remove(self, ctx: Context, validator: Validator) -> None:
        """Remove a validator that nobody has shares of; it is remembered for as long as an unbonding takes."""
        self.rewards.validator_removed(ctx, validator.operator)
        VALIDATORS.delete(ctx, validator.operator)
        BY_CONSENSUS.delete(ctx, validator.consensus_address)
        until = ctx.time + self.params(ctx).unbonding_time
        DEPARTED.set(ctx, validator.consensus_address, validator)
        DEPARTED_QUEUE.add(ctx, (until, validator.consensus_address))

    def set_shares(self, ctx: Context, delegator: Address, operator: Address, before: int, after: int) -> None:
        """Write a delegation's shares and tell who pays rewards; none remove it."""
        if after:
            DELEGATIONS.set(ctx, (delegator, operator), after)
            if not before:
                DELEGATORS.add(ctx, (operator, delegator))
        else:
            DELEGATIONS.delete(ctx, (delegator, operator))
            DELEGATORS.remove(ctx, (operator, delegator))
        self.rewards.after_shares_change(ctx, delegator, operator, after)

    def require_another(self, ctx: Context, validator: Validator) -> None:
        """Refuse to let the only one who could be in the active set leave it.

        Raises: StakingError(BAD_REMOVE_VALIDATOR).
        """
        for _, other in BY_POWER.scan(ctx):
            if other != inverted(validator.operator):
                return
        raise StakingError(StakingCode.BAD_REMOVE_VALIDATOR, "the last validator cannot leave")

    def next_id(self, ctx: Context) -> int:
        """Return the number of a new unbonding."""
        number = NEXT_ID.get(ctx) or 1
        NEXT_ID.set(ctx, number + 1)
        return number

    def move(self, ctx: Context, source: str, target: str, amount: int) -> None:
        """Move tokens between the pools, if there are any and the pools differ."""
        if amount and source != target:
            self.bank.send_between_modules(ctx, source, target, tokens(amount))

    def burn(self, ctx: Context, pool: str, amount: int) -> None:
        """Burn tokens of a pool, if there are any."""
        if amount:
            self.burner.burn(ctx, pool, amount)


def tokens(amount: int) -> Coins:
    """Return an amount of the bond denomination."""
    return (Coin(BASE_DENOM, amount),)


def pool_of(validator: Validator) -> str:
    """Return the pool that has a validator's tokens."""
    return BONDED_POOL if validator.bonded else NOT_BONDED_POOL


def index_power(validator: Validator) -> int:
    """Return the power by which a validator is ranked; 0 for one that cannot be in the active set."""
    return 0 if validator.jailed else validator.power


def inverted(operator: bytes) -> bytes:
    """Return an operator's place among those of equal power, and the operator of such a place."""
    return (_INVERT - int.from_bytes(operator, "big")).to_bytes(20, "big")
