"""Headers and sets of past blocks, which light clients of other chains verify against.

A block adds one header; a set is written only when it differs from the last.
"""

from itertools import islice

from chain.sdk.context import Context
from modules.staking.stake import Stake
from modules.staking.state import ACTIVE_SET, HISTORY, PAST_SETS, PastBlock, Seat

PRUNED_PER_BLOCK = 3
"""Most old headers removed by a block: more than one, so that a smaller limit is reached in time."""


def remember(ctx: Context, stake: Stake) -> None:
    """Keep this block's header if the module has elected a set, forget those beyond the limit."""
    keep = stake.params(ctx).historical_entries
    _prune(ctx, ctx.height - keep)
    seats = ACTIVE_SET.get(ctx)
    if not keep or not seats:
        return
    since = _since(ctx, seats)
    block = ctx.block
    HISTORY.set(ctx, ctx.height, PastBlock(ctx.time, block.app_hash, block.next_validators_hash, block.proposer, since))


def past_set(ctx: Context, block: PastBlock) -> tuple[Seat, ...]:
    """Return the active set of a past block."""
    return PAST_SETS.get(ctx, block.since) or ()


def _since(ctx: Context, seats: tuple[Seat, ...]) -> int:
    """Return the height under which the present set is kept; it is written when it is a new one."""
    for height, known in PAST_SETS.scan(ctx, reverse=True):
        if known == seats:
            return height
        break
    PAST_SETS.set(ctx, ctx.height, seats)
    return ctx.height


def _prune(ctx: Context, last: int) -> None:
    """Remove the first headers up to a height, and the sets that no header names any more."""
    for height, block in list(islice(HISTORY.scan(ctx), PRUNED_PER_BLOCK + 1)):
        if height > last:
            _drop_sets(ctx, block.since)
            return
        HISTORY.delete(ctx, height)


def _drop_sets(ctx: Context, since: int) -> None:
    for height, _ in list(islice(PAST_SETS.scan(ctx), PRUNED_PER_BLOCK)):
        if height >= since:
            return
        PAST_SETS.delete(ctx, height)
