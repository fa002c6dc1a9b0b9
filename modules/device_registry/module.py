"""The registry's declaration: what it offers to the runtime, the CLI and the tests."""

from chain.pb.lamppost.device_registry.v1 import query_pb2, tx_pb2
from chain.sdk.module import Genesis, Message, Module, Query
from modules.device_registry import commands, genesis, handlers, messages, queries
from modules.device_registry.errors import RegistryCode
from modules.device_registry.invariants import INVARIANTS
from modules.device_registry.keeper import NAME, DeviceRegistryKeeper
from modules.device_registry.state import SCHEMA

_SERVICE = "/lamppost.device_registry.v1.Query/"

_MESSAGES = (
    Message(tx_pb2.MsgUpdateParams, messages.UpdateParams.from_proto, handlers.update_params, commands.UPDATE_PARAMS),
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
    Message(tx_pb2.MsgAddModel, messages.AddModel.from_proto, handlers.add_model, commands.ADD_MODEL),
    Message(
        tx_pb2.MsgSetModelStatus,
        messages.SetModelStatus.from_proto,
        handlers.set_model_status,
        commands.SET_MODEL_STATUS,
    ),
    Message(
        tx_pb2.MsgRegisterDevice,
        messages.RegisterDevice.from_proto,
        handlers.register_device,
        commands.REGISTER_DEVICE,
    ),
    Message(tx_pb2.MsgSetOperator, messages.SetOperator.from_proto, handlers.set_operator, commands.SET_OPERATOR),
    Message(tx_pb2.MsgSetPayout, messages.SetPayout.from_proto, handlers.set_payout, commands.SET_PAYOUT),
    Message(tx_pb2.MsgPauseDevice, messages.PauseDevice.from_proto, handlers.pause_device, commands.PAUSE_DEVICE),
    Message(tx_pb2.MsgResumeDevice, messages.ResumeDevice.from_proto, handlers.resume_device, commands.RESUME_DEVICE),
    Message(tx_pb2.MsgRetireDevice, messages.RetireDevice.from_proto, handlers.retire_device, commands.RETIRE_DEVICE),
)

_QUERIES = (
    Query(
        _SERVICE + "Params",
        query_pb2.QueryParamsRequest,
        query_pb2.QueryParamsResponse,
        queries.params,
        commands.PARAMS,
    ),
    Query(
        _SERVICE + "Network",
        query_pb2.QueryNetworkRequest,
        query_pb2.QueryNetworkResponse,
        queries.network,
        commands.NETWORK,
    ),
    Query(
        _SERVICE + "NetworkByName",
        query_pb2.QueryNetworkByNameRequest,
        query_pb2.QueryNetworkByNameResponse,
        queries.network_by_name,
        commands.NETWORK_BY_NAME,
    ),
    Query(
        _SERVICE + "Networks",
        query_pb2.QueryNetworksRequest,
        query_pb2.QueryNetworksResponse,
        queries.networks,
        commands.NETWORKS,
    ),
    Query(
        _SERVICE + "EmissionWeights",
        query_pb2.QueryEmissionWeightsRequest,
        query_pb2.QueryEmissionWeightsResponse,
        queries.emission_weights,
        commands.EMISSION_WEIGHTS,
    ),
    Query(
        _SERVICE + "Model",
        query_pb2.QueryModelRequest,
        query_pb2.QueryModelResponse,
        queries.model,
        commands.MODEL,
    ),
    Query(
        _SERVICE + "Models",
        query_pb2.QueryModelsRequest,
        query_pb2.QueryModelsResponse,
        queries.models,
        commands.MODELS,
    ),
    Query(
        _SERVICE + "Device",
        query_pb2.QueryDeviceRequest,
        query_pb2.QueryDeviceResponse,
        queries.device,
        commands.DEVICE,
    ),
    Query(
        _SERVICE + "DevicesByOwner",
        query_pb2.QueryDevicesByOwnerRequest,
        query_pb2.QueryDevicesByOwnerResponse,
        queries.devices_by_owner,
        commands.DEVICES_BY_OWNER,
    ),
    Query(
        _SERVICE + "DevicesByOperator",
        query_pb2.QueryDevicesByOperatorRequest,
        query_pb2.QueryDevicesByOperatorResponse,
        queries.devices_by_operator,
        commands.DEVICES_BY_OPERATOR,
    ),
    Query(
        _SERVICE + "DevicesByNetwork",
        query_pb2.QueryDevicesByNetworkRequest,
        query_pb2.QueryDevicesByNetworkResponse,
        queries.devices_by_network,
        commands.DEVICES_BY_NETWORK,
    ),
    Query(
        _SERVICE + "DeviceCount",
        query_pb2.QueryDeviceCountRequest,
        query_pb2.QueryDeviceCountResponse,
        queries.device_count,
        commands.DEVICE_COUNT,
    ),
)

_EVENTS = (
    "registry_params_updated",
    "network_created",
    "network_updated",
    "network_weight_set",
    "network_closed",
    "model_added",
    "model_status_set",
    "device_registered",
    "device_operator_set",
    "device_payout_set",
    "device_paused",
    "device_resumed",
    "device_retired",
)


def module(keeper: DeviceRegistryKeeper) -> Module:
    """Return the registry's declaration around a keeper."""
    return Module(
        name=NAME,
        keeper=keeper,
        schema=SCHEMA,
        genesis=Genesis(genesis.default, genesis.validate, genesis.init, genesis.export),
        errors=RegistryCode,
        messages=_MESSAGES,
        queries=_QUERIES,
        invariants=INVARIANTS,
        accounts={NAME: ()},
        events=_EVENTS,
    )
