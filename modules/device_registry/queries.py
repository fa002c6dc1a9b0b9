"""Answers about networks, models and devices; lists come in pages."""

from collections.abc import Callable
from typing import TypeVar

from chain.codec.keys import U64_KEY
from chain.pb.lamppost.device_registry.v1 import query_pb2 as pb
from chain.pb.lamppost.device_registry.v1 import types_pb2
from chain.primitives.errors import SdkCode, SdkError
from chain.primitives.ids import DeviceId
from chain.sdk.context import Context
from chain.sdk.pagination import page, page_keys
from modules.device_registry import checks, state
from modules.device_registry.errors import RegistryError
from modules.device_registry.keeper import DeviceRegistryKeeper as Keeper
from modules.device_registry.params import params_to_proto
from modules.device_registry.wire import counts_to_proto, device_to_proto, model_to_proto, network_to_proto

K = TypeVar("K")
V = TypeVar("V")


def _found(get: Callable[[Context, K], V], ctx: Context, key: K) -> V:
    # Clients of queries know one code for what is not there; messages say what it is.
    try:
        return get(ctx, key)
    except RegistryError as error:
        raise SdkError(SdkCode.KEY_NOT_FOUND, f"{error.detail} not found") from error


def params(ctx: Context, keeper: Keeper, request: pb.QueryParamsRequest) -> pb.QueryParamsResponse:
    """Return the parameters."""
    return pb.QueryParamsResponse(params=params_to_proto(keeper.params(ctx)))


def network(ctx: Context, keeper: Keeper, request: pb.QueryNetworkRequest) -> pb.QueryNetworkResponse:
    """Return a network by id. Raises: SdkError(KEY_NOT_FOUND)."""
    found = _found(keeper.network, ctx, request.network)
    counts = state.network_devices.get(ctx, found.id)
    return pb.QueryNetworkResponse(network=network_to_proto(found), devices=counts_to_proto(counts))


def network_by_name(
    ctx: Context, keeper: Keeper, request: pb.QueryNetworkByNameRequest
) -> pb.QueryNetworkByNameResponse:
    """Return a network by name. Raises: SdkError(KEY_NOT_FOUND)."""
    found = _found(keeper.network_named, ctx, request.name)
    counts = state.network_devices.get(ctx, found.id)
    return pb.QueryNetworkByNameResponse(network=network_to_proto(found), devices=counts_to_proto(counts))


def networks(ctx: Context, keeper: Keeper, request: pb.QueryNetworksRequest) -> pb.QueryNetworksResponse:
    """Return a page of all networks, in order of id."""
    items, following = page(ctx, state.networks, request.pagination)
    return pb.QueryNetworksResponse(networks=[network_to_proto(item) for _, item in items], pagination=following)


def emission_weights(
    ctx: Context, keeper: Keeper, request: pb.QueryEmissionWeightsRequest
) -> pb.QueryEmissionWeightsResponse:
    """Return all networks' shares of the emission above 0."""
    return pb.QueryEmissionWeightsResponse(
        weights=[
            types_pb2.EmissionWeight(network=number, weight_bp=weight)
            for number, weight in keeper.emission_weights(ctx)
        ]
    )


def model(ctx: Context, keeper: Keeper, request: pb.QueryModelRequest) -> pb.QueryModelResponse:
    """Return a model. Raises: SdkError(KEY_NOT_FOUND)."""
    found = _found(keeper.model, ctx, request.model)
    counts = state.model_devices.get(ctx, found.id)
    return pb.QueryModelResponse(model=model_to_proto(found), devices=counts_to_proto(counts))


def models(ctx: Context, keeper: Keeper, request: pb.QueryModelsRequest) -> pb.QueryModelsResponse:
    """Return a page of a network's models. Raises: SdkError(KEY_NOT_FOUND)."""
    found = _found(keeper.network, ctx, request.network)
    keys, following = page_keys(ctx, state.network_models, request.pagination, U64_KEY.encode(found.id))
    return pb.QueryModelsResponse(
        models=[model_to_proto(keeper.model(ctx, number)) for _, number in keys], pagination=following
    )


def device(ctx: Context, keeper: Keeper, request: pb.QueryDeviceRequest) -> pb.QueryDeviceResponse:
    """Return a device, and whether it may work. Raises: SdkError(KEY_NOT_FOUND, INVALID_ADDRESS)."""
    number = checks.device_id(request.device_id)
    found = _found(keeper.device, ctx, number)
    reason = keeper.reason(found, keeper.model(ctx, found.model), keeper.network(ctx, found.network))
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
    within = U64_KEY.encode(_found(keeper.network, ctx, request.network).id)
    if request.model:
        within += U64_KEY.encode(request.model)
    keys, following = page_keys(ctx, state.devices_by_model, request.pagination, within)
    return pb.QueryDevicesByNetworkResponse(
        devices=_devices(ctx, keeper, [number for _, number in keys]), pagination=following
    )


def _devices(ctx: Context, keeper: Keeper, numbers: list[DeviceId]) -> list[types_pb2.Device]:
    return [device_to_proto(number, keeper.device(ctx, number)) for number in numbers]


def device_count(ctx: Context, keeper: Keeper, request: pb.QueryDeviceCountRequest) -> pb.QueryDeviceCountResponse:
    """Return how many devices there are, without iterating over them.

    Raises: SdkError(INVALID_REQUEST, INVALID_ADDRESS, KEY_NOT_FOUND).
    """
    if bool(request.network) + bool(request.model) + bool(request.owner) > 1:
        raise SdkError(SdkCode.INVALID_REQUEST, "give one of network, model and owner, or none")
    if request.network:
        counts = state.network_devices.get(ctx, _found(keeper.network, ctx, request.network).id)
    elif request.model:
        counts = state.model_devices.get(ctx, _found(keeper.model, ctx, request.model).id)
    elif request.owner:
        counts = state.owner_devices.get(ctx, checks.address(request.owner, "owner"))
    else:
        counts = state.totals.get(ctx)
    return pb.QueryDeviceCountResponse(devices=counts_to_proto(counts))
