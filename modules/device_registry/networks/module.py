"""What the registry offers about networks and models: messages, queries, events."""

from chain.pb.lamppost.device_registry.v1 import networks_pb2, query_pb2, tx_pb2
from chain.sdk.module import Message, Query
from modules.device_registry.networks import commands, handlers, messages, queries
from modules.device_registry.queries import SERVICE

MESSAGES = (
    Message(
        tx_pb2.MsgCreateNetwork, messages.CreateNetwork.from_proto, handlers.create_network, commands.CREATE_NETWORK
    ),
    Message(
        tx_pb2.MsgUpdateNetwork, messages.UpdateNetwork.from_proto, handlers.update_network, commands.UPDATE_NETWORK
    ),
    Message(
        tx_pb2.MsgSetNetworkWeight,
        messages.SetNetworkWeight.from_proto,
        handlers.set_network_weight,
        commands.SET_NETWORK_WEIGHT,
    ),
    Message(tx_pb2.MsgCloseNetwork, messages.CloseNetwork.from_proto, handlers.close_network, commands.CLOSE_NETWORK),
    Message(
        networks_pb2.MsgOfferNetwork, messages.OfferNetwork.from_proto, handlers.offer_network, commands.OFFER_NETWORK
    ),
    Message(
        networks_pb2.MsgAcceptNetwork,
        messages.AcceptNetwork.from_proto,
        handlers.accept_network,
        commands.ACCEPT_NETWORK,
    ),
    Message(
        networks_pb2.MsgCancelNetworkOffer,
        messages.CancelNetworkOffer.from_proto,
        handlers.cancel_network_offer,
        commands.CANCEL_NETWORK_OFFER,
    ),
    Message(tx_pb2.MsgAddModel, messages.AddModel.from_proto, handlers.add_model, commands.ADD_MODEL),
    Message(
        tx_pb2.MsgSetModelStatus,
        messages.SetModelStatus.from_proto,
        handlers.set_model_status,
        commands.SET_MODEL_STATUS,
    ),
)
"""Messages about networks and models."""

QUERIES = (
    Query(
        SERVICE + "Network",
        query_pb2.QueryNetworkRequest,
        query_pb2.QueryNetworkResponse,
        queries.network,
        commands.NETWORK,
    ),
    Query(
        SERVICE + "NetworkByName",
        query_pb2.QueryNetworkByNameRequest,
        query_pb2.QueryNetworkByNameResponse,
        queries.network_by_name,
        commands.NETWORK_BY_NAME,
    ),
    Query(
        SERVICE + "Networks",
        query_pb2.QueryNetworksRequest,
        query_pb2.QueryNetworksResponse,
        queries.networks,
        commands.NETWORKS,
    ),
    Query(
        SERVICE + "EmissionWeights",
        query_pb2.QueryEmissionWeightsRequest,
        query_pb2.QueryEmissionWeightsResponse,
        queries.emission_weights,
        commands.EMISSION_WEIGHTS,
    ),
    Query(
        SERVICE + "Model",
        query_pb2.QueryModelRequest,
        query_pb2.QueryModelResponse,
        queries.model,
        commands.MODEL,
    ),
    Query(
        SERVICE + "Models",
        query_pb2.QueryModelsRequest,
        query_pb2.QueryModelsResponse,
        queries.models,
        commands.MODELS,
    ),
)
"""Queries about networks and models."""

EVENTS = (
    "network_created",
    "network_updated",
    "network_offered",
    "network_transferred",
    "network_offer_cancelled",
    "network_weight_set",
    "network_closed",
    "model_added",
    "model_status_set",
)
"""Events about networks and models."""
