"""What reward emission declares."""

from chain.pb.lamppost.reward_emission.v1 import query_pb2, tx_pb2
from chain.sdk.module import Genesis, Invariant, Message, Module, Query
from modules.reward_emission import commands, genesis, handlers, invariants, queries
from modules.reward_emission.errors import EmissionCode
from modules.reward_emission.keeper import RewardEmissionKeeper
from modules.reward_emission.messages import Claim, Settle, UpdateParams
from modules.reward_emission.state import SCHEMA, STORE, TREASURY

_QUERY = "/lamppost.reward_emission.v1.Query"

_MESSAGES = (
    Message(tx_pb2.MsgClaim, Claim.from_proto, handlers.claim, commands.CLAIM),
    Message(tx_pb2.MsgSettle, Settle.from_proto, handlers.settle, commands.SETTLE),
    Message(tx_pb2.MsgUpdateParams, UpdateParams.from_proto, handlers.update_params, commands.UPDATE_PARAMS),
)
_QUERIES = (
    Query(
        f"{_QUERY}/Params",
        query_pb2.QueryParamsRequest,
        query_pb2.QueryParamsResponse,
        queries.params,
        commands.PARAMS,
    ),
    Query(
        f"{_QUERY}/Reserve",
        query_pb2.QueryReserveRequest,
        query_pb2.QueryReserveResponse,
        queries.reserve,
        commands.RESERVE,
    ),
    Query(
        f"{_QUERY}/EpochEmission",
        query_pb2.QueryEpochEmissionRequest,
        query_pb2.QueryEpochEmissionResponse,
        queries.epoch_emission,
        commands.EPOCH,
    ),
    Query(
        f"{_QUERY}/NetworkEpoch",
        query_pb2.QueryNetworkEpochRequest,
        query_pb2.QueryNetworkEpochResponse,
        queries.network_epoch,
        commands.NETWORK,
    ),
    Query(
        f"{_QUERY}/DeviceEarnings",
        query_pb2.QueryDeviceEarningsRequest,
        query_pb2.QueryDeviceEarningsResponse,
        queries.device_earnings,
        commands.DEVICE,
    ),
)


def module(keeper: RewardEmissionKeeper) -> Module:
    """Return the module of a keeper."""
    return Module(
        name=STORE,
        keeper=keeper,
        schema=SCHEMA,
        genesis=Genesis(genesis.default, genesis.validate, genesis.init, genesis.export),
        errors=EmissionCode,
        messages=_MESSAGES,
        queries=_QUERIES,
        invariants=(
            Invariant("supply, reserve and burned pool sum to the cap", invariants.cap_is_kept),
            Invariant("the module's account covers what is owed", invariants.liabilities_are_covered),
            Invariant("buckets sum to what was emitted", invariants.buckets_are_exact),
            Invariant("books cover their slots", invariants.books_cover_slots),
        ),
        accounts={STORE: ("minter",), TREASURY: ()},
        events=(
            "epoch_emission",
            "network_pool",
            "rewards_claimed",
            "rewards_paid",
            "rewards_settled",
            "reward_emission_params_updated",
        ),
    )
