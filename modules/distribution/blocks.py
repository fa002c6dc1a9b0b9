"""What distribution does in every block."""

from chain.sdk.context import Context
from modules.distribution.keeper import DistributionKeeper


def begin_block(ctx: Context, keeper: DistributionKeeper) -> None:
    """Share out the fees of the last block: one read and one write per validator of the set, if there are any fees."""
    keeper.share_out(ctx)
