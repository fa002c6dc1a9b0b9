"""The active set: the first by power, what CometBFT is told of it, and what that means for tokens and status.

CometBFT takes an update of block h for block h+2, and sends the first votes of it with block h+3.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from chain.primitives.ids import Address
from chain.sdk.context import Context
from chain.sdk.module import ValidatorPower
from modules.staking.stake import BONDED_POOL, NOT_BONDED_POOL, Stake, inverted
from modules.staking.state import ACTIVE_SET, BY_POWER, CHANGED, VALIDATOR_QUEUE, VALIDATORS, Seat
from modules.staking.validator import Status, Validator


def updates(ctx: Context, stake: Stake) -> Sequence[ValidatorPower]:
    """Compute the active set if anything has changed and return the differences to what CometBFT knows.

    Looks at the first `max_validators` by power only, however many validators there are. When nobody is left the set
    stays as it was, because CometBFT cannot go on without one.
    """
    if CHANGED.get(ctx) is None:
        return ()
    chosen = ranked(ctx, stake.params(ctx).max_validators)
    if not chosen:
        return ()
    CHANGED.delete(ctx)
    before = {seat.operator: seat for seat in ACTIVE_SET.get(ctx) or ()}
    changes: list[ValidatorPower] = []
    seats: list[Seat] = []
    entering = leaving = 0
    for validator in chosen:
        seat = Seat(validator.operator, validator.consensus_key, validator.power)
        seats.append(seat)
        if before.pop(validator.operator, None) != seat:
            changes.append(ValidatorPower(seat.consensus_key, seat.power))
        if not validator.bonded:
            _enter(ctx, stake, validator)
            entering += validator.tokens
    for seat in before.values():
        changes.append(ValidatorPower(seat.consensus_key, 0))
        left = VALIDATORS.get(ctx, seat.operator)
        if left is not None:
            _leave(ctx, stake, left)
            leaving += left.tokens
    if entering > leaving:
        stake.move(ctx, NOT_BONDED_POOL, BONDED_POOL, entering - leaving)
    else:
        stake.move(ctx, BONDED_POOL, NOT_BONDED_POOL, leaving - entering)
    ACTIVE_SET.set(ctx, tuple(seats))
    return changes


def ranked(ctx: Context, limit: int) -> list[Validator]:
    """Return the validators of the most power, at most `limit`, the smaller operator first among equals."""
    found = []
    for _, place in islice(BY_POWER.scan(ctx, reverse=True), limit):
        validator = VALIDATORS.get(ctx, _operator(place))
        if validator is None:
            raise LookupError("the order by power names a validator that is not there")
        found.append(validator)
    return found


def _operator(place: bytes) -> Address:
    return Address(inverted(place))


def _enter(ctx: Context, stake: Stake, validator: Validator) -> None:
    if validator.status is Status.UNBONDING:
        VALIDATOR_QUEUE.remove(ctx, (validator.unbonding_time, validator.operator))
    stake.put(ctx, validator, replace(validator, status=Status.BONDED))
    stake.signing.validator_bonded(ctx, validator.consensus_address)
    ctx.emit("validator_bonded", validator=validator.operator.operator, power=validator.power)


def _leave(ctx: Context, stake: Stake, validator: Validator) -> None:
    completion = ctx.time + stake.params(ctx).unbonding_time
    after = replace(
        validator,
        status=Status.UNBONDING,
        unbonding_height=ctx.height,
        unbonding_time=completion,
        unbonding_id=stake.next_id(ctx),
    )
    stake.put(ctx, validator, after)
    VALIDATOR_QUEUE.add(ctx, (completion, validator.operator))
    ctx.emit("validator_unbonding", validator=validator.operator.operator, completion_time=completion)
