"""What slashing does in every block."""

from chain.sdk.context import Context
from modules.slashing.keeper import SlashingKeeper


def begin_block(ctx: Context, keeper: SlashingKeeper) -> None:
    """Count the votes of the last commit: one read and one write per validator of the set."""
    if ctx.block.last_commit:
        params = keeper.params(ctx)
        for vote in ctx.block.last_commit:
            keeper.count_vote(ctx, params, vote)
