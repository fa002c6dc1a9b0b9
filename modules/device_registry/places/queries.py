"""Answers about where devices stand."""

from chain.pb.lamppost.device_registry.v1 import places_pb2 as pb
from chain.primitives.errors import SdkCode, SdkError
from chain.sdk.context import Context
from chain.sdk.pagination import page_span
from modules.device_registry import checks, state
from modules.device_registry.devices import verbs as devices
from modules.device_registry.devices.queries import devices_to_proto
from modules.device_registry.h3 import is_cell, span
from modules.device_registry.keeper import DeviceRegistryKeeper as Keeper
from modules.device_registry.places import verbs
from modules.device_registry.queries import look_up


def move_price(ctx: Context, keeper: Keeper, request: pb.QueryMovePriceRequest) -> pb.QueryMovePriceResponse:
    """Return what the next assertion of a device's place would cost. Raises: SdkError(KEY_NOT_FOUND)."""
    device = look_up(devices.find_device, ctx, checks.device_id(request.device_id))
    price = verbs.next_price(device, ctx.time, keeper.params(ctx).move_price)
    risen = device.moves is not None and verbs.steps_now(device, ctx.time)
    return pb.QueryMovePriceResponse(
        price=price,
        asserts=verbs.asserts(device),
        resets_at=device.moves.asserted_at + verbs.YEAR if device.moves is not None and risen else 0,
    )


def devices_by_cell(
    ctx: Context, keeper: Keeper, request: pb.QueryDevicesByCellRequest
) -> pb.QueryDevicesByCellResponse:
    """Return a page of the devices that stand in a cell or anywhere within it. Raises: SdkError(INVALID_REQUEST)."""
    if not is_cell(request.cell):
        raise SdkError(SdkCode.INVALID_REQUEST, f"{request.cell:x} is no H3 cell")
    first, last = span(request.cell)
    keys, following = page_span(
        ctx,
        state.devices_by_cell,
        request.pagination,
        state.PLACE_KEY.encode(first),
        state.PLACE_KEY.encode(last),
    )
    return pb.QueryDevicesByCellResponse(
        devices=devices_to_proto(ctx, keeper, [number for _, number in keys]), pagination=following
    )
