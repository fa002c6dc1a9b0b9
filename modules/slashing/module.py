"""What the slashing module declares."""

from chain.pb.cosmos.slashing.v1beta1 import query_pb2, tx_pb2
from chain.sdk.module import Genesis, Invariant, Message, Module, Query
from modules.slashing import blocks, commands, genesis, handlers, invariants, queries
from modules.slashing.errors import SlashingCode
from modules.slashing.keeper import SlashingKeeper
from modules.slashing.messages import Unjail, UpdateParams
from modules.slashing.state import SCHEMA, STORE

_SERVICE = "/cosmos.slashing.v1beta1.Query/"

_MESSAGES = (
    Message(tx_pb2.MsgUnjail, Unjail.from_proto, handlers.unjail, commands.UNJAIL),
    Message(tx_pb2.MsgUpdateParams, UpdateParams.from_proto, handlers.update_params, commands.UPDATE_PARAMS),
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
        _SERVICE + "SigningInfo",
        query_pb2.QuerySigningInfoRequest,
        query_pb2.QuerySigningInfoResponse,
        queries.signing_info,
        commands.SIGNING_INFO,
    ),
    Query(
        _SERVICE + "SigningInfos",
        query_pb2.QuerySigningInfosRequest,
        query_pb2.QuerySigningInfosResponse,
        queries.signing_infos,
        commands.SIGNING_INFOS,
    ),
)


def module(keeper: SlashingKeeper) -> Module:
    """Return the module of a keeper."""
    return Module(
        name=STORE,
        keeper=keeper,
        schema=SCHEMA,
        genesis=Genesis(genesis.default, genesis.validate, genesis.init, genesis.export),
        errors=SlashingCode,
        messages=_MESSAGES,
        queries=_QUERIES,
        begin_block=blocks.begin_block,
        invariants=(
            Invariant("counters-are-the-bits", invariants.counters_are_the_bits),
            Invariant("the-tombstoned-are-jailed", invariants.the_tombstoned_are_jailed),
        ),
        events=("liveness", "slash", "message"),
    )
