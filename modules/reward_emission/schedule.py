"""The arithmetic of emission, free of state: what an epoch emits, how it is split, and what units earn of it.

The node and any simulation of years ahead use these same functions.
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


def share(units: int, pool: int, total_units: int, counts: Sequence[int] = (), caps: Sequence[int] = ()) -> int:
    """Return what units earn of a pool: units * product of min(U, cap) / U * pool / total, rounded down once.

    `counts` are the units U in the cells around the device from the finest up, each already clipped by the caps below
    it, and `caps` how many of them count. The dust stays in the pool.
    """
    numerator, denominator = units * pool, total_units
    for count, cap in zip(counts, caps, strict=True):
        numerator *= min(count, cap)
        denominator *= count
    # Where nothing counts, because a cap is 0, the total may be 0, too.
    return mul_div_floor(numerator, 1, denominator) if numerator else 0


def climb(units: int, counts: Sequence[int], caps: Sequence[int]) -> tuple[list[int], int]:
    """Return the new counts of a receipt's cells, from the finest up, and what it adds to the total.

    Each cell passes on what its own clipped count grew by; counts behind the returned ones stay as they are. The
    sum over many receipts is that of clipping all of them at once, in any order.
    """
    grown = []
    for count, cap in zip(counts, caps, strict=True):
        if units == 0:
            break
        grown.append(count + units)
        units = min(count + units, cap) - min(count, cap)
    return grown, units


def held_back(amount: int, holdback_bp: int) -> int:
    """Return the part of a reward that is locked, rounded down; the dust is free at once."""
    return mul_div_floor(amount, holdback_bp, FULL_BP)


def due(base: int, released: int, passed: int, release_epochs: int) -> int:
    """Return what has dripped out of a locked base since it last changed and was not released yet.

    In all base * min(passed, release_epochs) / release_epochs, rounded down, whenever and however often it is asked
    for; the dust comes with the last epoch. A longer release than before takes nothing back.
    """
    return max(mul_div_floor(base, min(passed, release_epochs), release_epochs) - released, 0)


def usage_payable(bucket: int, kappa_bp: int, burned: int) -> int:
    """Return what all providers of an epoch may earn together: the bucket, at most kappa of what was burned."""
    return min(bucket, mul_div_floor(kappa_bp, burned, FULL_BP))


def usage_share(bucket: int, kappa_bp: int, burned: int, value: int) -> int:
    """Return what a provider earns whose customers burned `value` of all that was `burned`, rounded down.

    min(bucket * value / burned, kappa * value); the shares sum to at most `usage_payable`, which keeps the dust.
    """
    return min(mul_div_floor(bucket, value, burned), mul_div_floor(kappa_bp, value, FULL_BP)) if value else 0
