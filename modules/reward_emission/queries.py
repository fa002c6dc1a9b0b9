"""The queries of reward emission."""

from chain.crypto.addresses import module_address
from chain.pb.lamppost.reward_emission.v1 import query_pb2, tx_pb2, types_pb2
from chain.primitives.coins import BASE_DENOM
from chain.primitives.errors import SdkCode, SdkError
from chain.primitives.ids import DeviceId
from chain.sdk.context import Context
from chain.sdk.parsing import parse_address
from modules.reward_emission import usage
from modules.reward_emission.accounts import Account, Slot, SlotState, dripped
from modules.reward_emission.books import OpenBooks
from modules.reward_emission.keeper import RewardEmissionKeeper
from modules.reward_emission.params import Params
from modules.reward_emission.schedule import held_back
from modules.reward_emission.state import BOOKS, EPOCHS, STORE, USAGE, Book, EpochEmission, Reserve


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
        treasury=keeper.treasury(ctx),
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
    """Return a device's account and what its last receipts earn; empty for one that never worked.

    Raises: SdkError(INVALID_REQUEST).
    """
    account = keeper.account(ctx, parse_device(request.device_id))
    held, terms = keeper.reserve(ctx), keeper.params(ctx)
    reader = OpenBooks(ctx, held, terms)
    response = query_pb2.QueryDeviceEarningsResponse(
        accrued=account.accrued,
        claimable=dripped(account, held.epochs_closed, terms),
        paid=account.paid,
        drip=drip(account, held.epochs_closed, terms),
    )
    for slot in account.slots():
        shown = _slot_share(reader, held, slot)
        response.slots.append(shown)
        if shown.state == query_pb2.SLOT_STATE_FINAL:
            response.claimable += shown.share - held_back(shown.share, terms.holdback_bp)
        elif shown.state == query_pb2.SLOT_STATE_OPEN:
            response.estimated += shown.share
    return response


def usage_epoch(
    ctx: Context, keeper: RewardEmissionKeeper, request: query_pb2.QueryUsageEpochRequest
) -> query_pb2.QueryUsageEpochResponse:
    """Return the values burned for providers in an epoch, and what they earn. Raises: SdkError(KEY_NOT_FOUND)."""
    found = USAGE.get(ctx, request.epoch)
    if found is None:
        raise SdkError(SdkCode.KEY_NOT_FOUND, f"no usage of epoch {request.epoch} is kept")
    return query_pb2.QueryUsageEpochResponse(
        epoch=request.epoch,
        burned=found.burned,
        bucket=found.bucket,
        kappa_bp=found.kappa_bp,
        payable=usage.payable(found),
        paid=found.paid,
    )


def provider_usage(
    ctx: Context, keeper: RewardEmissionKeeper, request: query_pb2.QueryProviderUsageRequest
) -> query_pb2.QueryProviderUsageResponse:
    """Return a provider's values and shares. Raises: SdkError(INVALID_ADDRESS)."""
    provider = usage.provider_of(ctx, parse_address(request.provider, "provider address"))
    running = keeper.epochs_closed(ctx)
    shares = usage.shares(ctx, provider, running)
    return query_pb2.QueryProviderUsageResponse(
        burned=str(provider.burned),
        paid=str(provider.paid),
        claimable=sum(amount for _, _, amount in shares),
        shares=[tx_pb2.UsageShare(epoch=epoch, burned=value, amount=amount) for epoch, value, amount in shares],
        burned_in_epoch=dict(provider.values).get(running, 0),
    )


def parse_device(text: str) -> DeviceId:
    """Read a device id. Raises: SdkError(INVALID_REQUEST)."""
    try:
        return DeviceId.parse(text)
    except ValueError as error:
        raise SdkError(SdkCode.INVALID_REQUEST, f"invalid device id: {error}") from error


def drip(account: Account, now: int, params: Params) -> types_pb2.Drip:
    """Return the locked part of an account as it drips out."""
    due = dripped(account, now, params)
    return types_pb2.Drip(
        base=account.base,
        since=account.since,
        released=account.released,
        release_epochs=params.release_epochs,
        passed=now - account.since if account.base else 0,
        due=due,
        locked=account.locked - due,
    )


def share_and_state(reader: OpenBooks, held: Reserve, slot: Slot) -> tuple[int, query_pb2.SlotState.ValueType]:
    """Return what a receipt was settled for or earns by the units counted so far, and how firm that is."""
    if slot.state == SlotState.SETTLED:
        return slot.amount, query_pb2.SLOT_STATE_SETTLED
    book = reader.get(slot.epoch, slot.network)
    if slot.state == SlotState.EXPIRED or (book is None and slot.units):
        return 0, query_pb2.SLOT_STATE_EXPIRED
    share = reader.share_of(slot, book) if book is not None else 0
    return share, query_pb2.SLOT_STATE_FINAL if held.is_final(slot.epoch) else query_pb2.SLOT_STATE_OPEN


def _slot_share(reader: OpenBooks, held: Reserve, slot: Slot) -> query_pb2.SlotShare:
    share, state = share_and_state(reader, held, slot)
    book = reader.get(slot.epoch, slot.network) or Book()
    return query_pb2.SlotShare(
        epoch=slot.epoch,
        network=slot.network,
        units=slot.units,
        total_units=str(book.units),
        pool=book.pool,
        share=share,
        state=state,
    )


def _book(epoch: int, network: int, book: Book) -> types_pb2.Book:
    return types_pb2.Book(
        epoch=epoch,
        network=network,
        pool=book.pool,
        units=str(book.units),
        settled=book.settled,
        loose=str(book.loose),
        caps=book.caps,
    )


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
        taken=item.taken,
        usage_payable=item.usage_payable,
    )
