"""The arithmetic of emission, free of state: what an epoch emits and how it is split.

The node's close of an epoch and any simulation of years ahead use these same functions.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from chain.primitives.ints import FULL_BP, mul_div_floor
from modules.reward_emission.params import Params

BURN_WINDOW = 7
"""Epochs over which what was burned is smoothed before it re-enters."""


@dataclass(frozen=True, slots=True)
class Buckets:
    """The split of what an epoch emits, in ulamp."""

    usage: int
    availability: int
    stakers: int
    attesters: int
    delegators: int
    treasury: int


def emission(remaining: int, decay: int) -> int:
    """Return what an epoch takes out of the reserve: remaining * decay / 2^64, rounded down; the dust stays there.

    A decay below 2^64 can never take more than there is, so no parameters can make emission pass the cap.
    """
    return remaining * decay >> 64


def smoothed_burn(smoothed: int, burned_in_epoch: int) -> int:
    """Return the smoothed burn per epoch: six parts of the last value and one of what was burned, rounded down.

    The dust waits in the pool of burned coins.
    """
    return ((BURN_WINDOW - 1) * smoothed + burned_in_epoch) // BURN_WINDOW


def split(total: int, params: Params, epoch: int) -> Buckets:
    """Return the buckets of an epoch; each is rounded down and the treasury takes the rest, so they sum to total."""
    decline = params.decline_bp * (epoch // params.decline_epochs) if params.decline_epochs else 0
    moved = min(decline, params.availability_bp)
    shares = (
        params.usage_bp + moved,
        params.availability_bp - moved,
        params.stakers_bp,
        params.attesters_bp,
        params.delegators_bp,
    )
    usage, availability, stakers, attesters, delegators = (mul_div_floor(total, part, FULL_BP) for part in shares)
    rest = total - usage - availability - stakers - attesters - delegators
    return Buckets(usage, availability, stakers, attesters, delegators, rest)


def pools(amount: int, weights: Sequence[tuple[int, int]]) -> tuple[dict[int, int], int]:
    """Return each network's part of an amount, by weight and rounded down, and the dust; all of it without weights."""
    total = sum(weight for _, weight in weights)
    if total == 0:
        return {}, amount
    parts = {network: mul_div_floor(amount, weight, total) for network, weight in weights}
    return parts, amount - sum(parts.values())


def share(units: int, pool: int, total_units: int) -> int:
    """Return what units earn of a pool: units * pool / total, rounded down; the dust stays in the pool."""
    return mul_div_floor(units, pool, total_units)
