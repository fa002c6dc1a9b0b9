"""Answers about networks and models; lists come in pages."""

from chain.codec.keys import U64_KEY
from chain.pb.lamppost.device_registry.v1 import query_pb2 as pb
from chain.pb.lamppost.device_registry.v1 import types_pb2
from chain.sdk.context import Context
from chain.sdk.pagination import page, page_keys
from modules.device_registry import state
from modules.device_registry.keeper import DeviceRegistryKeeper as Keeper
from modules.device_registry.networks import verbs
from modules.device_registry.queries import look_up
from modules.device_registry.wire import counts_to_proto, model_to_proto, network_to_proto


def network(ctx: Context, keeper: Keeper, request: pb.QueryNetworkRequest) -> pb.QueryNetworkResponse:
    """Return a network by id. Raises: SdkError(KEY_NOT_FOUND)."""
    found = look_up(verbs.find_network, ctx, request.network)
    counts = state.network_devices.get(ctx, found.id)
    epoch = keeper.running_epoch(ctx)
    return pb.QueryNetworkResponse(network=network_to_proto(found, epoch), devices=counts_to_proto(counts), epoch=epoch)


def network_by_name(
    ctx: Context, keeper: Keeper, request: pb.QueryNetworkByNameRequest
) -> pb.QueryNetworkByNameResponse:
    """Return a network by name. Raises: SdkError(KEY_NOT_FOUND)."""
    found = look_up(verbs.network_named, ctx, request.name)
    counts = state.network_devices.get(ctx, found.id)
    epoch = keeper.running_epoch(ctx)
    return pb.QueryNetworkByNameResponse(
        network=network_to_proto(found, epoch), devices=counts_to_proto(counts), epoch=epoch
    )


def networks(ctx: Context, keeper: Keeper, request: pb.QueryNetworksRequest) -> pb.QueryNetworksResponse:
    """Return a page of all networks, in order of id."""
    items, following = page(ctx, state.networks, request.pagination)
    epoch = keeper.running_epoch(ctx)
    return pb.QueryNetworksResponse(networks=[network_to_proto(item, epoch) for _, item in items], pagination=following)


def emission_weights(
    ctx: Context, keeper: Keeper, request: pb.QueryEmissionWeightsRequest
) -> pb.QueryEmissionWeightsResponse:
    """Return all networks' shares of the emission above 0."""
    return pb.QueryEmissionWeightsResponse(
        weights=[
            types_pb2.EmissionWeight(network=number, weight_bp=weight) for number, weight in verbs.emission_weights(ctx)
        ]
    )


def model(ctx: Context, keeper: Keeper, request: pb.QueryModelRequest) -> pb.QueryModelResponse:
    """Return a model. Raises: SdkError(KEY_NOT_FOUND)."""
    found = look_up(verbs.find_model, ctx, request.model)
    counts = state.model_devices.get(ctx, found.id)
    return pb.QueryModelResponse(model=model_to_proto(found), devices=counts_to_proto(counts))


def models(ctx: Context, keeper: Keeper, request: pb.QueryModelsRequest) -> pb.QueryModelsResponse:
    """Return a page of a network's models. Raises: SdkError(KEY_NOT_FOUND)."""
    found = look_up(verbs.find_network, ctx, request.network)
    keys, following = page_keys(ctx, state.network_models, request.pagination, U64_KEY.encode(found.id))
    return pb.QueryModelsResponse(
        models=[model_to_proto(verbs.find_model(ctx, number)) for _, number in keys], pagination=following
    )
