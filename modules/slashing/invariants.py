"""What always holds of signing windows."""

from chain.sdk.context import Context
from modules.slashing.keeper import SlashingKeeper
from modules.slashing.state import SIGNING_INFOS


def counters_are_the_bits(ctx: Context, keeper: SlashingKeeper) -> str | None:
    """A validator's counter of missed blocks is the number of bits set, all of them within its window."""
    for address, info in SIGNING_INFOS.scan(ctx):
        bits = int.from_bytes(info.bits, "little")
        if bits.bit_count() != info.missed:
            return f"{address} missed {info.missed} blocks, but {bits.bit_count()} bits are set"
        if bits >> info.window:
            return f"{address} has bits behind its window of {info.window}"
    return None


def the_tombstoned_are_jailed(ctx: Context, keeper: SlashingKeeper) -> str | None:
    """Whoever signed twice stays in jail."""
    for address, info in SIGNING_INFOS.scan(ctx):
        if info.tombstoned:
            validator = keeper.staking.validator_by_consensus(ctx, address)
            if validator is not None and not validator.jailed:
                return f"{address} is tombstoned and not in jail"
    return None
