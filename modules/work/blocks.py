"""What a block does to work: it may close the running epoch."""

from chain.sdk.context import Context
from modules.work.keeper import WorkKeeper


def begin_block(ctx: Context, keeper: WorkKeeper) -> None:
    """Close the running epoch in the first block at or after its end; one epoch per block at most."""
    clock = keeper.clock(ctx)
    if ctx.time < clock.end:
        return
    following = keeper.advance(ctx, clock)
    ctx.emit("epoch_closed", epoch=clock.epoch, next_epoch=following.epoch, next_start=following.start)
