"""What evidence does in every block."""

from chain.sdk.context import Context
from modules.evidence.keeper import EvidenceKeeper


def begin_block(ctx: Context, keeper: EvidenceKeeper) -> None:
    """Judge what CometBFT put into the block."""
    for found in ctx.block.misbehavior:
        keeper.judge(ctx, found)
