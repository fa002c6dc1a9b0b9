"""Answers about devices; lists come in pages."""

from chain.codec.keys import U64_KEY
from chain.pb.lamppost.device_registry.v1 import query_pb2 as pb
from chain.pb.lamppost.device_registry.v1 import types_pb2
from chain.primitives.errors import SdkCode, SdkError
from chain.primitives.ids import DeviceId
from chain.sdk.context import Context
from chain.sdk.pagination import page_keys
from modules.device_registry import checks, state
from modules.device_registry.devices import verbs
from modules.device_registry.keeper import DeviceRegistryKeeper as Keeper
from modules.device_registry.networks import verbs as networks
from modules.device_registry.queries import look_up
from modules.device_registry.wire import counts_to_proto, device_to_proto


def device(ctx: Context, keeper: Keeper, request: pb.QueryDeviceRequest) -> pb.QueryDeviceResponse:
    """Return a device, and whether it may work. Raises: SdkError(KEY_NOT_FOUND, INVALID_ADDRESS)."""
    number = checks.device_id(request.device_id)
    found = look_up(verbs.find_device, ctx, number)
    reason = verbs.reason(found, networks.find_model(ctx, found.model), networks.find_network(ctx, found.network))
    return pb.QueryDeviceResponse(device=device_to_proto(number, found), usable=not reason, reason=reason)


def devices_by_owner(
    ctx: Context, keeper: Keeper, request: pb.QueryDevicesByOwnerRequest
) -> pb.QueryDevicesByOwnerResponse:
    """Return a page of an owner's devices. Raises: SdkError(INVALID_ADDRESS)."""
    owner = checks.address(request.owner, "owner")
    keys, following = page_keys(ctx, state.devices_by_owner, request.pagination, state.ADDRESS_KEY.encode(owner))
    return pb.QueryDevicesByOwnerResponse(
        devices=_devices(ctx, keeper, [number for _, number in keys]), pagination=following
    )


def devices_by_operator(
    ctx: Context, keeper: Keeper, request: pb.QueryDevicesByOperatorRequest
) -> pb.QueryDevicesByOperatorResponse:
    """Return a page of the devices that an account operates. Raises: SdkError(INVALID_ADDRESS)."""
    operator = checks.address(request.operator, "operator")
    keys, following = page_keys(ctx, state.devices_by_operator, request.pagination, state.ADDRESS_KEY.encode(operator))
    return pb.QueryDevicesByOperatorResponse(
        devices=_devices(ctx, keeper, [number for _, number in keys]), pagination=following
    )


def devices_by_network(
    ctx: Context, keeper: Keeper, request: pb.QueryDevicesByNetworkRequest
) -> pb.QueryDevicesByNetworkResponse:
    """Return a page of a network's devices, in order of model. Raises: SdkError(KEY_NOT_FOUND)."""
    within = U64_KEY.encode(look_up(networks.find_network, ctx, request.network).id)
    if request.model:
        within += U64_KEY.encode(request.model)
    keys, following = page_keys(ctx, state.devices_by_model, request.pagination, within)
    return pb.QueryDevicesByNetworkResponse(
        devices=_devices(ctx, keeper, [number for _, number in keys]), pagination=following
    )


def _devices(ctx: Context, keeper: Keeper, numbers: list[DeviceId]) -> list[types_pb2.Device]:
    return [device_to_proto(number, verbs.find_device(ctx, number)) for number in numbers]


def device_count(ctx: Context, keeper: Keeper, request: pb.QueryDeviceCountRequest) -> pb.QueryDeviceCountResponse:
    """Return how many devices there are, without iterating over them.

    Raises: SdkError(INVALID_REQUEST, INVALID_ADDRESS, KEY_NOT_FOUND).
    """
    if bool(request.network) + bool(request.model) + bool(request.owner) > 1:
        raise SdkError(SdkCode.INVALID_REQUEST, "give one of network, model and owner, or none")
    if request.network:
        counts = state.network_devices.get(ctx, look_up(networks.find_network, ctx, request.network).id)
    elif request.model:
        counts = state.model_devices.get(ctx, look_up(networks.find_model, ctx, request.model).id)
    elif request.owner:
        counts = state.owner_devices.get(ctx, checks.address(request.owner, "owner"))
    else:
        counts = state.totals.get(ctx)
    return pb.QueryDeviceCountResponse(devices=counts_to_proto(counts))
