"""What a block does to work: it adds to the beacon, and may close the running epoch."""

from chain.sdk.context import Context
from modules.work.audits.draw import draw, roll
from modules.work.keeper import WorkKeeper


def begin_block(ctx: Context, keeper: WorkKeeper) -> None:
    """Take in the block's bit; close the running epoch in the first block at or after its end, and draw audits.

    One epoch per block at most.
    """
    clock = keeper.clock(ctx)
    beacon = roll(ctx)
    if ctx.time < clock.end:
        return
    following = keeper.advance(ctx, clock)
    ctx.emit("epoch_closed", epoch=clock.epoch, next_epoch=following.epoch, next_start=following.start)
    draw(ctx, keeper, following.epoch, beacon)
