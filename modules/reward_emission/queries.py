"""The queries of reward emission."""

from chain.crypto.addresses import module_address
from chain.pb.lamppost.reward_emission.v1 import query_pb2, types_pb2
from chain.primitives.coins import BASE_DENOM
from chain.primitives.errors import SdkCode, SdkError
from chain.primitives.ids import DeviceId
from chain.sdk.context import Context
from modules.reward_emission.keeper import RewardEmissionKeeper
from modules.reward_emission.schedule import share
from modules.reward_emission.state import (
    BOOKS,
    EPOCHS,
    STORE,
    TREASURY,
    Book,
    EpochEmission,
    Reserve,
    Slot,
)


def params(
    ctx: Context, keeper: RewardEmissionKeeper, request: query_pb2.QueryParamsRequest
) -> query_pb2.QueryParamsResponse:
    """Return the parameters."""
    return query_pb2.QueryParamsResponse(params=keeper.params(ctx).to_proto())


def reserve(
    ctx: Context, keeper: RewardEmissionKeeper, request: query_pb2.QueryReserveRequest
) -> query_pb2.QueryReserveResponse:
    """Return the reserve, the supply, and what the module accounts hold, in ulamp."""
    held = keeper.reserve(ctx)
    return query_pb2.QueryReserveResponse(
        reserve=types_pb2.Reserve(
            cap=held.cap,
            remaining=held.remaining,
            burned=held.burned,
            burned_in_epoch=held.burned_in_epoch,
            smoothed_burn=held.smoothed_burn,
            epochs_closed=held.epochs_closed,
        ),
        supply=keeper.bank.supply(ctx, BASE_DENOM),
        held_for_devices=keeper.bank.balance(ctx, module_address(STORE), BASE_DENOM),
        treasury=keeper.bank.balance(ctx, module_address(TREASURY), BASE_DENOM),
    )


def epoch_emission(
    ctx: Context, keeper: RewardEmissionKeeper, request: query_pb2.QueryEpochEmissionRequest
) -> query_pb2.QueryEpochEmissionResponse:
    """Return what the close of an epoch did, and its books as far as they are kept. Raises: SdkError(KEY_NOT_FOUND)."""
    closed = keeper.epochs_closed(ctx)
    epoch = max(closed - 1, 0) if request.latest else request.epoch
    emission = EPOCHS.get(ctx, epoch)
    if emission is None:
        why = "is not closed yet" if epoch >= closed else "is too long ago; ask at an earlier height"
        raise SdkError(SdkCode.KEY_NOT_FOUND, f"epoch {epoch} {why}")
    response = query_pb2.QueryEpochEmissionResponse(emission=_emission(epoch, emission))
    for (_, network), book in BOOKS.scan(ctx, within=epoch.to_bytes(8, "big")):
        response.books.append(_book(epoch, network, book))
    return response


def network_epoch(
    ctx: Context, keeper: RewardEmissionKeeper, request: query_pb2.QueryNetworkEpochRequest
) -> query_pb2.QueryNetworkEpochResponse:
    """Return a network's pool and total units of an epoch. Raises: SdkError(KEY_NOT_FOUND) without a book."""
    book = BOOKS.get(ctx, (request.epoch, request.network))
    if book is None:
        raise SdkError(SdkCode.KEY_NOT_FOUND, f"network {request.network} has no book of epoch {request.epoch}")
    return query_pb2.QueryNetworkEpochResponse(
        book=_book(request.epoch, request.network, book), final=keeper.reserve(ctx).is_final(request.epoch)
    )


def device_earnings(
    ctx: Context, keeper: RewardEmissionKeeper, request: query_pb2.QueryDeviceEarningsRequest
) -> query_pb2.QueryDeviceEarningsResponse:
    """Return a device's account with the way from units to ulamp for each slot; empty for one that never worked.

    Raises: SdkError(INVALID_REQUEST).
    """
    try:
        device = DeviceId.parse(request.device_id)
    except ValueError as error:
        raise SdkError(SdkCode.INVALID_REQUEST, f"invalid device id: {error}") from error
    earnings, held = keeper.earnings(ctx, device), keeper.reserve(ctx)
    response = query_pb2.QueryDeviceEarningsResponse(accrued=earnings.accrued, paid=earnings.paid)
    for slot in earnings.slots:
        shown = _slot_share(ctx, held, slot)
        response.slots.append(shown)
        if shown.state == query_pb2.SLOT_STATE_FINAL:
            response.claimable += shown.share
        elif shown.state == query_pb2.SLOT_STATE_OPEN:
            response.estimated += shown.share
    return response


def _slot_share(ctx: Context, held: Reserve, slot: Slot) -> query_pb2.SlotShare:
    shown = query_pb2.SlotShare(epoch=slot.epoch, network=slot.network, units=slot.units, total_units="0")
    book = BOOKS.get(ctx, (slot.epoch, slot.network))
    if book is None:
        shown.state = query_pb2.SLOT_STATE_EXPIRED
        return shown
    shown.total_units, shown.pool = str(book.units), book.pool
    shown.share = share(slot.units, book.pool, book.units)
    shown.state = query_pb2.SLOT_STATE_FINAL if held.is_final(slot.epoch) else query_pb2.SLOT_STATE_OPEN
    return shown


def _book(epoch: int, network: int, book: Book) -> types_pb2.Book:
    return types_pb2.Book(epoch=epoch, network=network, pool=book.pool, units=str(book.units), settled=book.settled)


def _emission(epoch: int, item: EpochEmission) -> types_pb2.EpochEmission:
    buckets = item.buckets
    return types_pb2.EpochEmission(
        epoch=epoch,
        emitted=item.emitted,
        reemitted=item.reemitted,
        buckets=types_pb2.Buckets(
            usage=buckets.usage,
            availability=buckets.availability,
            stakers=buckets.stakers,
            attesters=buckets.attesters,
            delegators=buckets.delegators,
            treasury=buckets.treasury,
        ),
        to_treasury=item.to_treasury,
        returned=item.returned,
        closed_at=item.closed_at,
    )
