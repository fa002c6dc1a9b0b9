"""Delegating and undelegating: tokens for shares, shares for tokens, and entries that wait."""

from chain.primitives.ids import Address
from chain.sdk.context import Context
from modules.staking.errors import StakingCode, StakingError
from modules.staking.stake import NOT_BONDED_POOL, Stake, pool_of, tokens
from modules.staking.state import (
    DELEGATIONS,
    UNBONDERS,
    UNBONDING_QUEUE,
    UNBONDINGS,
    UNBONDINGS_SINCE,
    UnbondingEntry,
)
from modules.staking.validator import Status, Validator


def delegate(ctx: Context, stake: Stake, delegator: Address, amount: int, validator: Validator, source: str) -> int:
    """Give a validator tokens of a delegator and return the new shares.

    `source` is the pool that has them already; the empty text takes them from the delegator's account.
    Raises: StakingError(DELEGATOR_SHARE_EX_RATE_INVALID), SdkError(INSUFFICIENT_FUNDS).
    """
    if validator.shares and not validator.tokens:
        raise StakingError(StakingCode.DELEGATOR_SHARE_EX_RATE_INVALID)
    operator = validator.operator
    held = DELEGATIONS.get(ctx, (delegator, operator)) or 0
    stake.rewards.before_shares_change(ctx, delegator, operator)
    pool = pool_of(validator)
    if source:
        stake.move(ctx, source, pool, amount)
    else:
        stake.bank.send_to_module(ctx, delegator, pool, tokens(amount))
    # The dust of this rounding belongs to all shares of the validator.
    shares = validator.shares_for(amount)
    stake.put(ctx, validator, validator.with_stake(validator.tokens + amount, validator.shares + shares))
    stake.set_shares(ctx, delegator, operator, held, held + shares)
    return shares


def shares_to_unbond(ctx: Context, delegator: Address, validator: Validator, amount: int) -> int:
    """Return the shares that are worth an amount of a delegation; all of them for all that it is worth.

    Else a delegation that nobody can take back would stay behind, of shares worth less than one ulamp.
    Raises: StakingError(NO_DELEGATION, INSUFFICIENT_SHARES); ValueError when the delegation is not worth it.
    """
    held = DELEGATIONS.get(ctx, (delegator, validator.operator))
    if held is None:
        raise StakingError(StakingCode.NO_DELEGATION)
    if not validator.tokens:
        raise StakingError(StakingCode.INSUFFICIENT_SHARES)
    if amount == validator.worth(held):
        return held
    shares = validator.shares_for(amount)
    if shares > held:
        raise ValueError("invalid shares amount")
    return shares


def unbond(ctx: Context, stake: Stake, delegator: Address, validator: Validator, shares: int) -> int:
    """Take shares out of a delegation that has them and return their tokens, which stay in the validator's pool.

    An operator who keeps less than its minimum is jailed. A validator without shares that is not bonded is removed.
    """
    operator = validator.operator
    held = DELEGATIONS.get(ctx, (delegator, operator)) or 0
    stake.rewards.before_shares_change(ctx, delegator, operator)
    left = held - shares
    after = validator
    if delegator == operator and not validator.jailed and validator.worth(left) < validator.min_self_delegation:
        after = after.with_jailed(True)
    amount = validator.worth(shares)
    after = after.with_stake(validator.tokens - amount, validator.shares - shares)
    stake.put(ctx, validator, after)
    stake.set_shares(ctx, delegator, operator, held, left)
    if not after.shares and after.status is Status.UNBONDED:
        stake.remove(ctx, after)
    return amount


def undelegate(ctx: Context, stake: Stake, delegator: Address, validator: Validator, shares: int) -> tuple[int, int]:
    """Begin to unbond shares; return the time of completion and the tokens.

    Raises: StakingError(MAX_UNBONDING_DELEGATION_ENTRIES, BAD_REMOVE_VALIDATOR).
    """
    params = stake.params(ctx)
    completion = ctx.time + params.unbonding_time
    entries = UNBONDINGS.get(ctx, (delegator, validator.operator)) or ()
    if len(entries) >= params.max_entries:
        raise StakingError(StakingCode.MAX_UNBONDING_DELEGATION_ENTRIES)
    require_a_set(ctx, stake, delegator, validator, shares)
    amount = unbond(ctx, stake, delegator, validator, shares)
    stake.move(ctx, pool_of(validator), NOT_BONDED_POOL, amount)
    _add_entry(ctx, stake, delegator, validator.operator, completion, amount)
    return completion, amount


def require_a_set(ctx: Context, stake: Stake, delegator: Address, validator: Validator, shares: int) -> None:
    """Refuse an unbonding that would leave nobody to be in the active set.

    Raises: StakingError(BAD_REMOVE_VALIDATOR).
    """
    if validator.jailed or not validator.power:
        return
    left = validator.with_stake(validator.tokens - validator.worth(shares), validator.shares - shares)
    own = 0
    if delegator == validator.operator:
        own = (DELEGATIONS.get(ctx, (delegator, validator.operator)) or 0) - shares
        if validator.worth(own) >= validator.min_self_delegation and left.power:
            return
    elif left.power:
        return
    stake.require_another(ctx, validator)


def cancel(ctx: Context, stake: Stake, delegator: Address, validator: Validator, index: int, amount: int) -> None:
    """Delegate tokens of an entry that unbonds back to its validator."""
    key = (delegator, validator.operator)
    entries = list(UNBONDINGS.get(ctx, key) or ())
    entry = entries[index]
    delegate(ctx, stake, delegator, amount, validator, NOT_BONDED_POOL)
    left = entry.balance - amount
    entries[index] = _with_balance(entry, entry.initial_balance - amount, left)
    set_entries(ctx, delegator, validator.operator, entries, keep_empty=left > 0)


def complete(ctx: Context, stake: Stake, delegator: Address, operator: Address) -> int:
    """Pay the entries whose time has come and return their amount."""
    entries = UNBONDINGS.get(ctx, (delegator, operator)) or ()
    due = [entry for entry in entries if entry.completion_time <= ctx.time]
    amount = sum(entry.balance for entry in due)
    if amount:
        stake.bank.send_from_module(ctx, NOT_BONDED_POOL, delegator, tokens(amount))
    set_entries(ctx, delegator, operator, [entry for entry in entries if entry.completion_time > ctx.time])
    return amount


def set_entries(
    ctx: Context, delegator: Address, operator: Address, entries: list[UnbondingEntry], keep_empty: bool = True
) -> None:
    """Replace the entries of a pair, with the indexes; `keep_empty` keeps those that a slash has emptied."""
    key = (delegator, operator)
    before = UNBONDINGS.get(ctx, key) or ()
    kept = [entry for entry in entries if entry.balance or keep_empty]
    heights = {entry.creation_height: True for entry in kept}
    for entry in before:
        if entry.creation_height not in heights:
            UNBONDINGS_SINCE.remove(ctx, (operator, entry.creation_height, delegator))
    if kept:
        UNBONDINGS.set(ctx, key, tuple(kept))
    elif before:
        UNBONDINGS.delete(ctx, key)
        UNBONDERS.remove(ctx, (operator, delegator))


def _add_entry(ctx: Context, stake: Stake, delegator: Address, operator: Address, completion: int, amount: int) -> None:
    key = (delegator, operator)
    entries = UNBONDINGS.get(ctx, key) or ()
    last = entries[-1] if entries else None
    if last is not None and (last.creation_height, last.completion_time) == (ctx.height, completion):
        entries = (*entries[:-1], _with_balance(last, last.initial_balance + amount, last.balance + amount))
        UNBONDINGS.set(ctx, key, entries)
        return
    entry = UnbondingEntry(ctx.height, completion, amount, amount, stake.next_id(ctx))
    index_entry(ctx, delegator, operator, entry, first=not entries)
    UNBONDINGS.set(ctx, key, (*entries, entry))


def index_entry(ctx: Context, delegator: Address, operator: Address, entry: UnbondingEntry, first: bool) -> None:
    """Enter an entry into the indexes and the queue; `first` says that the pair had none."""
    if first:
        UNBONDERS.add(ctx, (operator, delegator))
    UNBONDINGS_SINCE.add(ctx, (operator, entry.creation_height, delegator))
    UNBONDING_QUEUE.add(ctx, (entry.completion_time, (delegator, operator)))


def _with_balance(entry: UnbondingEntry, initial: int, balance: int) -> UnbondingEntry:
    return UnbondingEntry(entry.creation_height, entry.completion_time, initial, balance, entry.unbonding_id)
