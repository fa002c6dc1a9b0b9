"""What a block does: remember its header, complete what is due."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import TypeVar

from chain.primitives.ids import Address, ConsensusAddress
from chain.sdk.context import Context
from chain.sdk.schema import KeySet
from modules.staking import delegations, redelegations
from modules.staking.history import remember
from modules.staking.keeper import StakingKeeper
from modules.staking.stake import Stake
from modules.staking.state import (
    DEPARTED,
    DEPARTED_QUEUE,
    REDELEGATION_QUEUE,
    UNBONDING_QUEUE,
    VALIDATOR_QUEUE,
    VALIDATORS,
)
from modules.staking.times import show_time
from modules.staking.validator import Status

PER_BLOCK = 200
"""Most entries of each queue that one block completes; what is left follows in the next blocks."""

K = TypeVar("K")


def begin_block(ctx: Context, keeper: StakingKeeper) -> None:
    """Keep the header for light clients of other chains."""
    remember(ctx, keeper.stake)


def end_block(ctx: Context, keeper: StakingKeeper) -> None:
    """Complete what is due: validators' unbonding, delegators' unbondings, redelegations."""
    stake = keeper.stake
    for operator in _due(ctx, VALIDATOR_QUEUE):
        _release(ctx, stake, operator)
    for delegator, operator in _due(ctx, UNBONDING_QUEUE):
        amount = delegations.complete(ctx, stake, delegator, operator)
        if amount:
            ctx.emit(
                "complete_unbonding",
                amount=f"{amount}{stake.params(ctx).bond_denom}",
                validator=operator.operator,
                delegator=delegator,
            )
    for delegator, source, target in _due(ctx, REDELEGATION_QUEUE):
        amount = redelegations.complete(ctx, delegator, source, target)
        ctx.emit(
            "complete_redelegation",
            amount=f"{amount}{stake.params(ctx).bond_denom}",
            delegator=delegator,
            source_validator=source.operator,
            destination_validator=target.operator,
        )
    for address in _due(ctx, DEPARTED_QUEUE):
        _forget(ctx, stake, address)


def _due(ctx: Context, queue: KeySet[tuple[int, K]]) -> Iterator[K]:
    """Take what is due out of a queue, at most PER_BLOCK."""
    found = []
    for key in islice(queue.scan(ctx), PER_BLOCK):
        if key[0] > ctx.time:
            break
        found.append(key)
    for key in found:
        queue.remove(ctx, key)
        yield key[1]


def _release(ctx: Context, stake: Stake, operator: Address) -> None:
    validator = VALIDATORS.get(ctx, operator)
    if validator is None or validator.status is not Status.UNBONDING:
        return
    after = replace(validator, status=Status.UNBONDED)
    stake.put(ctx, validator, after)
    if not after.shares:
        stake.remove(ctx, after)
    ctx.emit("validator_unbonded", validator=operator.operator, time=show_time(ctx.time))


def _forget(ctx: Context, stake: Stake, address: ConsensusAddress) -> None:
    if stake.by_consensus(ctx, address) == DEPARTED.get(ctx, address):
        DEPARTED.delete(ctx, address)
