"""What always holds of rewards and of the community pool."""

from chain.crypto.addresses import module_address
from chain.primitives.coins import BASE_DENOM
from chain.primitives.decimals import ONE, show_decimal
from chain.primitives.ids import Address
from chain.sdk.context import Context
from modules.distribution.keeper import DistributionKeeper
from modules.distribution.state import POOL, REWARDS, STAKES, STORE


def liabilities(ctx: Context) -> dict[str, int]:
    """Return what the module's account is for, in decimals by denomination: outstanding rewards and the pool."""
    total = dict(POOL.scan(ctx))
    outstanding = sum(rewards.outstanding for _, rewards in REWARDS.scan(ctx))
    if outstanding:
        total[BASE_DENOM] = total.get(BASE_DENOM, 0) + outstanding
    return total


def the_account_is_outstanding_and_pool(ctx: Context, keeper: DistributionKeeper) -> str | None:
    """The module's account holds exactly the outstanding rewards and the community pool."""
    held = {coin.denom: coin.amount * ONE for coin in keeper.bank.balances(ctx, module_address(STORE))}
    owed = liabilities(ctx)
    if held == owed:
        return None
    wrong = next(denom for denom in sorted({**held, **owed}) if held.get(denom) != owed.get(denom))
    return f"the account holds {show_decimal(held.get(wrong, 0))}{wrong}, it is for {show_decimal(owed.get(wrong, 0))}"


def outstanding_covers_claims(ctx: Context, keeper: DistributionKeeper) -> str | None:
    """What is outstanding of a validator covers its commission and all that its delegations earned."""
    claims: dict[Address, int] = {}
    for (delegator, operator), _ in STAKES.scan(ctx):
        claims[operator] = claims.get(operator, 0) + (keeper.pending(ctx, delegator, operator) or 0)
    for operator in sorted(claims):
        rewards = keeper.rewards(ctx, operator)
        if claims[operator] + rewards.commission > rewards.outstanding:
            owed = show_decimal(claims[operator] + rewards.commission)
            return f"{operator.operator} owes {owed}, only {show_decimal(rewards.outstanding)} is outstanding"
    return None


def accounts_are_of_delegations(ctx: Context, keeper: DistributionKeeper) -> str | None:
    """Every account is that of a delegation with shares and of a validator, and is not ahead of the validator's."""
    shares: dict[Address, int] = {}
    for (delegator, operator), stake in STAKES.scan(ctx):
        held = keeper.staking.delegation(ctx, delegator, operator)
        if held <= 0:
            return f"{delegator} has an account and no shares of {operator.operator}"
        if stake.per_share > keeper.rewards(ctx, operator).per_share or stake.owed >= ONE:
            return f"the account of {delegator} is ahead of {operator.operator}"
        shares[operator] = shares.get(operator, 0) + held
    for operator, _ in REWARDS.scan(ctx):
        validator = keeper.staking.validator(ctx, operator)
        if validator is None:
            return f"{operator.operator} has an account and is no validator"
        if shares.pop(operator, 0) != validator.shares:
            return f"a delegation to {operator.operator} has no account"
    return None if not shares else f"{min(shares).operator} has delegations and no account"
