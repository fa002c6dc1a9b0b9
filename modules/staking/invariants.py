"""What always holds of stake."""

from chain.crypto.addresses import module_address
from chain.primitives.coins import BASE_DENOM
from chain.primitives.ids import Address
from chain.sdk.context import Context
from modules.staking.keeper import StakingKeeper
from modules.staking.sets import ranked
from modules.staking.stake import BONDED_POOL, NOT_BONDED_POOL, index_power, inverted
from modules.staking.state import ACTIVE_SET, BY_POWER, CHANGED, DELEGATIONS, DELEGATORS, UNBONDINGS, VALIDATORS


def pools_are_the_tokens(ctx: Context, keeper: StakingKeeper) -> str | None:
    """The bonded pool is the tokens of the active set, the other one all other tokens and what unbonds."""
    owed = {BONDED_POOL: 0, NOT_BONDED_POOL: 0}
    for _, validator in VALIDATORS.scan(ctx):
        owed[BONDED_POOL if validator.bonded else NOT_BONDED_POOL] += validator.tokens
    for _, entries in UNBONDINGS.scan(ctx):
        owed[NOT_BONDED_POOL] += sum(entry.balance for entry in entries)
    for pool, amount in owed.items():
        held = keeper.stake.bank.balance(ctx, Address(module_address(pool)), BASE_DENOM)
        # Anybody can hardly send to a module's account, but genesis may leave it more.
        if held != amount:
            return f"{pool} has {held} for {amount}"
    return None


def shares_add_up(ctx: Context, keeper: StakingKeeper) -> str | None:
    """A validator's shares are those of its delegations, each of them positive, and the index names them all."""
    total: dict[Address, int] = {}
    count = 0
    for (delegator, operator), shares in DELEGATIONS.scan(ctx):
        count += 1
        if shares <= 0 or not DELEGATORS.has(ctx, (operator, delegator)):
            return f"the delegation of {delegator} to {operator.operator} has {shares} shares or no index"
        total[operator] = total.get(operator, 0) + shares
    for operator, validator in VALIDATORS.scan(ctx):
        if validator.shares != total.pop(operator, 0):
            return f"shares of {operator.operator} do not add up to {validator.shares}"
    if total:
        return f"there are delegations to {min(total).operator}, which is no validator"
    indexed = sum(1 for _ in DELEGATORS.scan(ctx))
    return None if indexed == count else f"{count} delegations, {indexed} in the index"


def powers_are_ranked(ctx: Context, keeper: StakingKeeper) -> str | None:
    """The order by power names exactly those who could be in the active set."""
    wanted = sorted(
        (index_power(validator), inverted(operator))
        for operator, validator in VALIDATORS.scan(ctx)
        if index_power(validator)
    )
    return None if wanted == list(BY_POWER.scan(ctx)) else "the order by power is not that of the validators"


def the_set_is_the_first_by_power(ctx: Context, keeper: StakingKeeper) -> str | None:
    """After each block the active set is the first by power, and exactly its members are bonded."""
    chosen = ranked(ctx, keeper.params(ctx).max_validators)
    if not chosen or CHANGED.get(ctx) is not None:
        return None
    told = [(seat.operator, seat.power) for seat in ACTIVE_SET.get(ctx) or ()]
    if told != [(validator.operator, validator.power) for validator in chosen]:
        return "CometBFT was told another set"
    bonded = sorted(operator for operator, validator in VALIDATORS.scan(ctx) if validator.bonded)
    return None if bonded == sorted(operator for operator, _ in told) else "others are bonded than the active set"
