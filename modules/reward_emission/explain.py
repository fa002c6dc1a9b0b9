"""The way from units to ulamp: every step for one device and one epoch, so that nobody has to trust a number."""

from chain.pb.lamppost.reward_emission.v1 import query_pb2
from chain.primitives.errors import SdkCode, SdkError
from chain.sdk.context import Context
from modules.reward_emission.accounts import ENTRIES, Account, Slot, SlotState
from modules.reward_emission.books import RESOLUTIONS, OpenBooks, cells_of
from modules.reward_emission.keeper import RewardEmissionKeeper
from modules.reward_emission.params import Params
from modules.reward_emission.queries import drip, parse_device, share_and_state
from modules.reward_emission.schedule import held_back
from modules.reward_emission.state import Book, Reserve


def explain(
    ctx: Context, keeper: RewardEmissionKeeper, request: query_pb2.QueryExplainRequest
) -> query_pb2.QueryExplainResponse:
    """Return every step from what a device claimed in an epoch to what its owner can claim now.

    An epoch that is not settled is estimated by the units counted so far. Raises: SdkError(INVALID_REQUEST) for a
    device id that is none or an epoch that is still to come.
    """
    device = parse_device(request.device_id)
    held, terms = keeper.reserve(ctx), keeper.params(ctx)
    epoch = max(held.epochs_closed - 2, 0) if request.latest else request.epoch
    if epoch > held.epochs_closed:
        raise SdkError(SdkCode.INVALID_REQUEST, f"epoch {epoch} is still to come; {held.epochs_closed} is running")
    account = keeper.account(ctx, device)
    response = query_pb2.QueryExplainResponse(device_id=str(device), epoch=epoch, running=held.epochs_closed)
    reader = OpenBooks(ctx, held, terms)
    slots = account.slots()
    slot = next((item for item in slots if item.epoch == epoch), None)
    if slot is None:
        forgotten = len(slots) == ENTRIES and epoch < slots[0].epoch
        response.report = query_pb2.REPORT_STATE_FORGOTTEN if forgotten else query_pb2.REPORT_STATE_NONE
    else:
        response.report = query_pb2.REPORT_STATE_ACCEPTED
        _tell_units(response, slot)
        _tell_share(response, reader, held, terms, slot)
    _tell_account(response, reader, held, terms, account)
    return response


def _tell_units(response: query_pb2.QueryExplainResponse, slot: Slot) -> None:
    response.network = slot.network
    response.claimed, response.max_units = slot.claimed, slot.max_units
    response.counted = min(slot.claimed, slot.max_units)
    response.uptime_bp, response.hardware_bp, response.level_bp = slot.uptime_bp, slot.hardware_bp, slot.level_bp
    response.units = slot.units
    response.why = query_pb2.ZeroReason.ValueType(slot.why)


def _tell_share(
    response: query_pb2.QueryExplainResponse, reader: OpenBooks, held: Reserve, terms: Params, slot: Slot
) -> None:
    book = reader.get(slot.epoch, slot.network) or Book()
    cells = cells_of(slot.cell, book.caps)
    for resolution, cell, units, cap in zip(
        RESOLUTIONS, cells, reader.counts(slot.epoch, slot.network, cells), book.caps, strict=False
    ):
        response.cells.add(resolution=resolution, cell=f"{cell:x}", units=str(units), cap=cap, clipped=min(units, cap))
    response.total_units, response.pool = str(book.units), book.pool
    response.share, response.state = share_and_state(reader, held, slot)
    response.holdback_bp = slot.holdback_bp if slot.state == SlotState.SETTLED else terms.holdback_bp
    response.locked = held_back(response.share, response.holdback_bp)
    response.free = response.share - response.locked


def _tell_account(
    response: query_pb2.QueryExplainResponse, reader: OpenBooks, held: Reserve, terms: Params, account: Account
) -> None:
    response.drip.CopyFrom(drip(account, held.epochs_closed, terms))
    response.accrued, response.paid = account.accrued, account.paid
    response.claimable_now = account.accrued + response.drip.due
    for slot in account.slots():
        share, state = share_and_state(reader, held, slot)
        if state == query_pb2.SLOT_STATE_FINAL:
            response.claimable_now += share - held_back(share, terms.holdback_bp)
