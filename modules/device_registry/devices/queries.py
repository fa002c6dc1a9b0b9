"""Answers about devices; lists come in pages."""

from chain.codec.keys import U32_KEY
from chain.pb.lamppost.device_registry.v1 import query_pb2 as pb
from chain.pb.lamppost.device_registry.v1 import types_pb2
from chain.primitives.errors import SdkCode, SdkError
from chain.primitives.ids import DeviceId
from chain.sdk.context import Context
from chain.sdk.pagination import page_keys
from modules.device_registry import checks, state
from modules.device_registry.devices import verbs
from modules.device_registry.keeper import DeviceRegistryKeeper as Keeper
from modules.device_registry.manufacturers import verbs as manufacturers
from modules.device_registry.networks import verbs as networks
from modules.device_registry.queries import look_up
from modules.device_registry.types import Device, DeviceStatus
from modules.device_registry.wire import (
    counts_to_proto,
    device_to_proto,
    held_bond_to_proto,
    offer_to_proto,
    recovery_to_proto,
)


def device(ctx: Context, keeper: Keeper, request: pb.QueryDeviceRequest) -> pb.QueryDeviceResponse:
    """Return a device, whether it may work now and what its work weighs.

    Raises: SdkError(KEY_NOT_FOUND, INVALID_ADDRESS).
    """
    number = checks.device_id(request.device_id)
    found = look_up(verbs.find_device, ctx, number)
    model, network = networks.find_model(ctx, found.model), networks.find_network(ctx, found.network)
    epoch = keeper.running_epoch(ctx)
    reason = verbs.reason(ctx, found, model, network, epoch)
    shown = _shown(number, found, epoch)
    offer, recovery = state.offers.get(ctx, number), state.recoveries.get(ctx, number)
    held = state.held_bonds.get(ctx, number)
    weightless_until = found.moves.weightless_until if found.moves else 0
    return pb.QueryDeviceResponse(
        device=shown,
        usable=not reason,
        reason=reason,
        status=shown.status,
        suspended_until=found.suspended_until if epoch < found.suspended_until else 0,
        weightless_until=weightless_until if epoch < weightless_until else 0,
        level=model.level,
        level_bp=network.terms_at(epoch).level_weights[model.level],
        hardware_bp=model.hardware_bp,
        max_units=model.max_units,
        offer=offer_to_proto(number, offer) if offer else None,
        recovery=recovery_to_proto(number, recovery) if recovery else None,
        held_bond=held_bond_to_proto(number, held) if held else None,
    )


def _shown(number: DeviceId, device: Device, epoch: int) -> types_pb2.Device:
    shown = device_to_proto(number, device)
    if device.status is not DeviceStatus.RETIRED and epoch < device.suspended_until:
        shown.status = types_pb2.DEVICE_STATUS_SUSPENDED
    return shown


def active_device(ctx: Context, keeper: Keeper, request: pb.QueryActiveDeviceRequest) -> pb.QueryActiveDeviceResponse:
    """Return the device at an index of the dense index, as audits draw it. Raises: SdkError(KEY_NOT_FOUND)."""
    count = keeper.active_count(ctx)
    if request.index >= count:
        raise SdkError(SdkCode.KEY_NOT_FOUND, f"index {request.index} of {count} devices not found")
    number = keeper.active_at(ctx, request.index)
    (found,) = devices_to_proto(ctx, keeper, [number])
    return pb.QueryActiveDeviceResponse(device=found, count=count)


def devices_by_owner(
    ctx: Context, keeper: Keeper, request: pb.QueryDevicesByOwnerRequest
) -> pb.QueryDevicesByOwnerResponse:
    """Return a page of an owner's devices. Raises: SdkError(INVALID_ADDRESS)."""
    owner = checks.address(request.owner, "owner")
    keys, following = page_keys(ctx, state.devices_by_owner, request.pagination, state.ADDRESS_KEY.encode(owner))
    return pb.QueryDevicesByOwnerResponse(
        devices=devices_to_proto(ctx, keeper, [number for _, number in keys]), pagination=following
    )


def devices_by_operator(
    ctx: Context, keeper: Keeper, request: pb.QueryDevicesByOperatorRequest
) -> pb.QueryDevicesByOperatorResponse:
    """Return a page of the devices that an account operates for other owners. Raises: SdkError(INVALID_ADDRESS)."""
    operator = checks.address(request.operator, "operator")
    keys, following = page_keys(ctx, state.devices_by_operator, request.pagination, state.ADDRESS_KEY.encode(operator))
    return pb.QueryDevicesByOperatorResponse(
        devices=devices_to_proto(ctx, keeper, [number for _, number in keys]), pagination=following
    )


def devices_by_network(
    ctx: Context, keeper: Keeper, request: pb.QueryDevicesByNetworkRequest
) -> pb.QueryDevicesByNetworkResponse:
    """Return a page of a network's devices, in order of model. Raises: SdkError(KEY_NOT_FOUND)."""
    within = U32_KEY.encode(look_up(networks.find_network, ctx, request.network).id)
    if request.model:
        within += U32_KEY.encode(look_up(networks.find_model, ctx, request.model).id)
    keys, following = page_keys(ctx, state.devices_by_model, request.pagination, within)
    return pb.QueryDevicesByNetworkResponse(
        devices=devices_to_proto(ctx, keeper, [number for _, number in keys]), pagination=following
    )


def devices_to_proto(ctx: Context, keeper: Keeper, numbers: list[DeviceId]) -> list[types_pb2.Device]:
    """Return devices as lists show them."""
    epoch = keeper.running_epoch(ctx)
    return [_shown(number, verbs.find_device(ctx, number), epoch) for number in numbers]


def device_count(ctx: Context, keeper: Keeper, request: pb.QueryDeviceCountRequest) -> pb.QueryDeviceCountResponse:
    """Return how many devices there are, without iterating over them.

    Raises: SdkError(INVALID_REQUEST, INVALID_ADDRESS, KEY_NOT_FOUND).
    """
    given = request.ListFields()
    if len(given) > 1:
        reason = "give one of network, model, owner, manufacturer and batch, or none"
        raise SdkError(SdkCode.INVALID_REQUEST, reason)
    if request.network:
        counts = state.network_devices.get(ctx, look_up(networks.find_network, ctx, request.network).id)
    elif request.model:
        counts = state.model_devices.get(ctx, look_up(networks.find_model, ctx, request.model).id)
    elif request.manufacturer:
        maker = look_up(manufacturers.find_manufacturer, ctx, request.manufacturer)
        counts = state.manufacturer_devices.get(ctx, maker.id)
    elif request.batch:
        counts = state.batch_devices.get(ctx, look_up(manufacturers.find_batch, ctx, request.batch).id)
    elif request.owner:
        counts = state.owner_devices.get(ctx, checks.address(request.owner, "owner"))
    else:
        counts = state.totals.get(ctx)
    return pb.QueryDeviceCountResponse(devices=counts_to_proto(counts))
