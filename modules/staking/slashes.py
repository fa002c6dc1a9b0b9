"""Punishing: tokens are burned, shares stay, and what left after the deed is reached too."""

from chain.primitives.decimals import mul_floor
from chain.primitives.ids import Address
from chain.sdk.context import Context
from modules.staking.delegations import set_entries, unbond
from modules.staking.redelegations import since as redelegations_since
from modules.staking.stake import NOT_BONDED_POOL, Stake, pool_of
from modules.staking.state import ADDRESS_KEY, DELEGATIONS, REDELEGATIONS, UNBONDINGS, UNBONDINGS_SINCE, UnbondingEntry
from modules.staking.validator import POWER_REDUCTION, Status, Validator


def slash(ctx: Context, stake: Stake, validator: Validator, height: int, power: int, fraction: int) -> int:
    """Burn a fraction of the stake that a validator had at a height with this power; return what was burned, ulamp.

    Every amount is rounded down: who is slashed keeps the dust. Of a validator that nobody can slash any more
    (unbonded) nothing is burned.
    """
    if validator.status is Status.UNBONDED:
        return 0
    amount = mul_floor(power * POWER_REDUCTION, fraction)
    burned = reached = 0
    if height < ctx.height:
        first = max(height, 0)
        for delegator in _unbonding_since(ctx, validator.operator, first):
            part, gone = _slash_unbonding(ctx, stake, delegator, validator.operator, first, fraction)
            reached, burned = reached + part, burned + gone
        for way in redelegations_since(ctx, validator.operator, first):
            part, gone = _slash_redelegation(ctx, stake, way, first, fraction)
            reached, burned = reached + part, burned + gone
    # A redelegation back to the validator may have changed it meanwhile.
    now = stake.validator(ctx, validator.operator)
    if now is None:
        return burned
    own = min(max(amount - reached, 0), now.tokens)
    if own:
        stake.put(ctx, now, now.with_stake(now.tokens - own, now.shares))
        stake.burn(ctx, pool_of(now), own)
    return burned + own


def _unbonding_since(ctx: Context, operator: Address, height: int) -> list[Address]:
    found = UNBONDINGS_SINCE.scan(ctx, ADDRESS_KEY.encode(operator), height.to_bytes(8, "big"))
    return list(dict.fromkeys(delegator for _, _, delegator in found))


def _slash_unbonding(
    ctx: Context, stake: Stake, delegator: Address, operator: Address, height: int, fraction: int
) -> tuple[int, int]:
    """Return what the entries since the deed were due to lose, and what they lost."""
    due = lost = 0
    entries = []
    for entry in UNBONDINGS.get(ctx, (delegator, operator)) or ():
        if _liable(ctx, entry.creation_height, entry.completion_time, height):
            part = mul_floor(entry.initial_balance, fraction)
            due += part
            entry, gone = _take(entry, part)
            lost += gone
        entries.append(entry)
    set_entries(ctx, delegator, operator, entries)
    stake.burn(ctx, NOT_BONDED_POOL, lost)
    return due, lost


def _slash_redelegation(
    ctx: Context, stake: Stake, way: tuple[Address, Address, Address], height: int, fraction: int
) -> tuple[int, int]:
    """Return what the entries since the deed were due to lose, and what was burned for them."""
    delegator, _, target = way
    due = burned = 0
    for entry in REDELEGATIONS.get(ctx, way) or ():
        if not _liable(ctx, entry.creation_height, entry.completion_time, height):
            continue
        part = mul_floor(entry.initial_balance, fraction)
        due += part
        # What has left the second validator since is taken first.
        gone = _take_unbonding(ctx, stake, delegator, target, height, part)
        burned += gone
        if part > gone:
            shares = mul_floor(entry.shares_dst, fraction) * (part - gone) // part
            burned += _take_shares(ctx, stake, delegator, target, shares)
    return due, burned


def _take_unbonding(ctx: Context, stake: Stake, delegator: Address, operator: Address, height: int, wanted: int) -> int:
    before = UNBONDINGS.get(ctx, (delegator, operator)) or ()
    taken = 0
    entries = []
    for entry in before:
        if _liable(ctx, entry.creation_height, entry.completion_time, height):
            entry, gone = _take(entry, wanted - taken)
            taken += gone
        entries.append(entry)
    if taken:
        set_entries(ctx, delegator, operator, entries)
        stake.burn(ctx, NOT_BONDED_POOL, taken)
    return taken


def _take_shares(ctx: Context, stake: Stake, delegator: Address, operator: Address, shares: int) -> int:
    held = DELEGATIONS.get(ctx, (delegator, operator)) or 0
    validator = stake.validator(ctx, operator)
    shares = min(shares, held)
    if validator is None or not shares:
        return 0
    amount = unbond(ctx, stake, delegator, validator, shares)
    stake.burn(ctx, pool_of(validator), amount)
    return amount


def _liable(ctx: Context, created: int, completes: int, height: int) -> bool:
    return created >= height and completes > ctx.time


def _take(entry: UnbondingEntry, wanted: int) -> tuple[UnbondingEntry, int]:
    gone = min(wanted, entry.balance)
    left = UnbondingEntry(
        entry.creation_height, entry.completion_time, entry.initial_balance, entry.balance - gone, entry.unbonding_id
    )
    return left, gone
