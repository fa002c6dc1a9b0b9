"""Moving stake from one validator to another at once, while it stays liable for the first."""

from chain.primitives.ids import Address
from chain.sdk.context import Context
from modules.staking.delegations import delegate, require_a_set, unbond
from modules.staking.errors import StakingCode, StakingError
from modules.staking.stake import Stake, index_power, pool_of
from modules.staking.state import (
    ADDRESS_KEY,
    PAIR_KEY,
    REDELEGATION_QUEUE,
    REDELEGATIONS,
    REDELEGATIONS_SINCE,
    REDELEGATIONS_TO,
    RedelegationEntry,
)
from modules.staking.validator import Status, Validator


def redelegate(ctx: Context, stake: Stake, delegator: Address, source: Validator, target: Address, shares: int) -> int:
    """Move shares to another validator; return when their liability for the first ends, unix nanoseconds.

    Raises: StakingError(SELF_REDELEGATION, BAD_REDELEGATION_DST, TRANSITIVE_REDELEGATION, MAX_REDELEGATION_ENTRIES,
    TINY_REDELEGATION_AMOUNT, BAD_REMOVE_VALIDATOR, DELEGATOR_SHARE_EX_RATE_INVALID).
    """
    if source.operator == target:
        raise StakingError(StakingCode.SELF_REDELEGATION)
    into = stake.validator(ctx, target)
    if into is None:
        raise StakingError(StakingCode.BAD_REDELEGATION_DST)
    if _receives(ctx, delegator, source.operator):
        raise StakingError(StakingCode.TRANSITIVE_REDELEGATION)
    key = (delegator, source.operator, target)
    entries = REDELEGATIONS.get(ctx, key) or ()
    if len(entries) >= stake.params(ctx).max_entries:
        raise StakingError(StakingCode.MAX_REDELEGATION_ENTRIES)
    moved = source.worth(shares)
    if not moved:
        raise StakingError(StakingCode.TINY_REDELEGATION_AMOUNT)
    if not index_power(into.with_stake(into.tokens + moved, into.shares)):
        require_a_set(ctx, stake, delegator, source, shares)
    amount = unbond(ctx, stake, delegator, source, shares)
    shares_dst = delegate(ctx, stake, delegator, amount, into, pool_of(source))
    completion, height = _liability(ctx, stake, source)
    if completion <= ctx.time:
        return completion
    entry = RedelegationEntry(height, completion, amount, shares_dst, stake.next_id(ctx))
    index_entry(ctx, key, entry, first=not entries)
    REDELEGATIONS.set(ctx, key, (*entries, entry))
    return completion


def complete(ctx: Context, delegator: Address, source: Address, target: Address) -> int:
    """Forget the entries whose time has come and return their amount."""
    key = (delegator, source, target)
    entries = REDELEGATIONS.get(ctx, key) or ()
    left = tuple(entry for entry in entries if entry.completion_time > ctx.time)
    heights = {entry.creation_height: True for entry in left}
    for entry in entries:
        if entry.creation_height not in heights:
            REDELEGATIONS_SINCE.remove(ctx, ((source, entry.creation_height), (delegator, target)))
    if left:
        REDELEGATIONS.set(ctx, key, left)
    elif entries:
        REDELEGATIONS.delete(ctx, key)
        REDELEGATIONS_TO.remove(ctx, (delegator, target, source))
    return sum(entry.initial_balance for entry in entries if entry.completion_time <= ctx.time)


def index_entry(ctx: Context, key: tuple[Address, Address, Address], entry: RedelegationEntry, first: bool) -> None:
    """Enter an entry into the indexes and the queue; `first` says that its way had none."""
    delegator, source, target = key
    if first:
        REDELEGATIONS_TO.add(ctx, (delegator, target, source))
    REDELEGATIONS_SINCE.add(ctx, ((source, entry.creation_height), (delegator, target)))
    REDELEGATION_QUEUE.add(ctx, (entry.completion_time, key))


def _receives(ctx: Context, delegator: Address, operator: Address) -> bool:
    within = PAIR_KEY.encode((delegator, operator))
    return any(True for _ in REDELEGATIONS_TO.scan(ctx, within))


def _liability(ctx: Context, stake: Stake, source: Validator) -> tuple[int, int]:
    """Return until when and since when the tokens are liable for the validator that they leave."""
    if source.status is Status.BONDED:
        return ctx.time + stake.params(ctx).unbonding_time, ctx.height
    if source.status is Status.UNBONDING:
        return source.unbonding_time, source.unbonding_height
    return ctx.time, ctx.height


def since(ctx: Context, source: Address, height: int) -> list[tuple[Address, Address, Address]]:
    """Return the ways (delegator, source, target) that have entries from a height on."""
    start = (height).to_bytes(8, "big")
    found = REDELEGATIONS_SINCE.scan(ctx, ADDRESS_KEY.encode(source), start)
    return list(dict.fromkeys((delegator, source, target) for _, (delegator, target) in found))
