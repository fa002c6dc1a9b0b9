"""The registry's declaration: what it offers to the runtime, the CLI and the tests."""

from chain.pb.lamppost.device_registry.v1 import query_pb2, tx_pb2
from chain.sdk.module import Genesis, Message, Module, Query
from modules.device_registry import commands, genesis, handlers, messages, queries
from modules.device_registry.devices import module as devices
from modules.device_registry.errors import RegistryCode
from modules.device_registry.invariants import INVARIANTS
from modules.device_registry.keeper import NAME, DeviceRegistryKeeper
from modules.device_registry.keys import module as keys
from modules.device_registry.manufacturers import module as manufacturers
from modules.device_registry.networks import module as networks
from modules.device_registry.places import module as places
from modules.device_registry.state import SCHEMA
from modules.device_registry.statements import module as statements
from modules.device_registry.transfers import module as transfers

_MESSAGES = (
    Message(tx_pb2.MsgUpdateParams, messages.UpdateParams.from_proto, handlers.update_params, commands.UPDATE_PARAMS),
    *networks.MESSAGES,
    *manufacturers.MESSAGES,
    *devices.MESSAGES,
    *transfers.MESSAGES,
    *keys.MESSAGES,
    *places.MESSAGES,
    *statements.MESSAGES,
)

_QUERIES = (
    Query(
        queries.SERVICE + "Params",
        query_pb2.QueryParamsRequest,
        query_pb2.QueryParamsResponse,
        queries.params,
        commands.PARAMS,
    ),
    *networks.QUERIES,
    *manufacturers.QUERIES,
    *devices.QUERIES,
    *places.QUERIES,
    *statements.QUERIES,
)

_EVENTS = (
    "registry_params_updated",
    *networks.EVENTS,
    *manufacturers.EVENTS,
    *devices.EVENTS,
    *transfers.EVENTS,
    *keys.EVENTS,
    *places.EVENTS,
    *statements.EVENTS,
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
        accounts={NAME: ("burner",)},
        events=_EVENTS,
    )
