"""The close of an epoch: emit, split, open pools, and put old books away; O(networks), never O(devices)."""

from dataclasses import dataclass

from chain.primitives.coins import BASE_DENOM, Coin
from chain.primitives.ints import Epoch
from chain.sdk.context import Context
from modules.reward_emission import usage
from modules.reward_emission.ports import Bank, Networks, Taker
from modules.reward_emission.schedule import Buckets, emission, pools, smoothed_burn, split
from modules.reward_emission.state import (
    BOOKS,
    EPOCHS,
    HISTORY,
    PARAMS,
    RESERVE,
    RING,
    STORE,
    TREASURY,
    Book,
    EpochEmission,
    Reserve,
)


@dataclass(frozen=True, slots=True)
class Takers:
    """Who shares out the buckets that are neither devices' nor providers'."""

    stakers: Taker
    attesters: Taker
    delegators: Taker


def close_epoch(ctx: Context, bank: Bank, networks: Networks, takers: Takers, epoch: Epoch) -> None:
    """Emit for an epoch, open its pools, end the counting of the epoch before, and return what expired.

    Everything that nobody takes goes to the treasury: buckets without takers, usage above kappa or not claimed, pools
    of networks without units or without weight, and the dust of the split.
    """
    emitted, reemitted, buckets = _emit(ctx, bank, epoch)
    unclaimed = usage.expire(ctx, epoch - RING)
    payable = usage.close(ctx, epoch, buckets.usage, PARAMS.require(ctx))
    returned = _expire(ctx, epoch - RING)
    idle = _finalise(ctx, epoch - 1)
    parts, dust = pools(buckets.availability, networks.emission_weights(ctx))
    stranded = _open_pools(ctx, epoch, parts, returned)
    taken = _take(ctx, takers, buckets)
    left = emitted + reemitted - buckets.availability - payable - taken
    to_treasury = left + dust + idle + stranded + unclaimed
    if to_treasury:
        bank.send_between_modules(ctx, STORE, TREASURY, (Coin(BASE_DENOM, to_treasury),))
    given_back = sum(returned.values()) - stranded
    record = EpochEmission(emitted, reemitted, buckets, to_treasury, given_back, ctx.time, taken, payable)
    EPOCHS.set(ctx, epoch, record)
    if epoch >= HISTORY:
        EPOCHS.delete(ctx, epoch - HISTORY)
    ctx.emit(
        "epoch_emission",
        epoch=epoch,
        emitted=emitted,
        reemitted=reemitted,
        availability=buckets.availability,
        usage=payable,
        to_treasury=to_treasury,
        returned=given_back,
    )


def _emit(ctx: Context, bank: Bank, epoch: Epoch) -> tuple[int, int, Buckets]:
    """Take the epoch's emission out of the reserve and the burned pool, mint it, and return it with its split."""
    params = PARAMS.require(ctx)
    reserve = RESERVE.require(ctx)
    emitted = emission(reserve.remaining, params.decay)
    smoothed = smoothed_burn(reserve.smoothed_burn, reserve.burned_in_epoch)
    reemitted = min(smoothed, params.reemission_cap, reserve.burned)
    RESERVE.set(
        ctx,
        Reserve(reserve.cap, reserve.remaining - emitted, reserve.burned - reemitted, 0, smoothed, epoch + 1),
    )
    if emitted + reemitted:
        bank.mint(ctx, STORE, (Coin(BASE_DENOM, emitted + reemitted),))
    return emitted, reemitted, split(emitted + reemitted, params, epoch)


def _take(ctx: Context, takers: Takers, buckets: Buckets) -> int:
    """Hand the buckets to their takers and return how much was taken."""
    taken = 0
    for taker, amount in (
        (takers.stakers, buckets.stakers),
        (takers.attesters, buckets.attesters),
        (takers.delegators, buckets.delegators),
    ):
        if amount and taker.take_bucket(ctx, STORE, amount):
            taken += amount
    return taken


def _expire(ctx: Context, epoch: int) -> dict[int, int]:
    """Delete the books of an epoch that no slot can refer to any more; return what is left in each, by network."""
    left = {}
    for network, book in _books_of(ctx, epoch):
        left[network] = book.pool - book.settled
        BOOKS.delete(ctx, (epoch, network))
    return left


def _finalise(ctx: Context, epoch: int) -> int:
    """Delete the books of an epoch in which nobody worked, and return what their pools held."""
    idle = 0
    for network, book in _books_of(ctx, epoch):
        if book.units == 0:
            idle += book.pool
            BOOKS.delete(ctx, (epoch, network))
    return idle


def _open_pools(ctx: Context, epoch: Epoch, parts: dict[int, int], returned: dict[int, int]) -> int:
    """Put each network's part, and what came back to it, into its pool; return what has no network to go to."""
    for network, part in parts.items():
        pool = part + returned.get(network, 0)
        book = BOOKS.get(ctx, (epoch, network)) or Book()
        BOOKS.set(ctx, (epoch, network), Book(pool, book.units, book.settled, book.loose, book.caps))
        ctx.emit("network_pool", epoch=epoch, network=network, pool=pool)
    return sum(amount for network, amount in returned.items() if network not in parts)


def _books_of(ctx: Context, epoch: int) -> list[tuple[int, Book]]:
    """Return the books of an epoch in order of networks; a list, because the caller changes what it was read from."""
    if epoch < 0:
        return []
    return [(network, book) for (_, network), book in BOOKS.scan(ctx, within=epoch.to_bytes(8, "big"))]
