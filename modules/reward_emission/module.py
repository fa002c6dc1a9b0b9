"""What reward emission declares."""

from chain.pb.lamppost.reward_emission.v1 import query_pb2, tx_pb2
from chain.sdk.module import Genesis, Invariant, Message, Module, Query
from modules.reward_emission import commands, explain, genesis, handlers, invariants, queries
from modules.reward_emission.errors import EmissionCode
from modules.reward_emission.keeper import RewardEmissionKeeper
from modules.reward_emission.messages import Claim, ClaimUsage, Settle, SpendTreasury, UpdateParams
from modules.reward_emission.state import SCHEMA, STORE, TREASURY

_QUERY = "/lamppost.reward_emission.v1.Query"

_MESSAGES = (
    Message(tx_pb2.MsgClaim, Claim.from_proto, handlers.claim, commands.CLAIM),
    Message(tx_pb2.MsgSettle, Settle.from_proto, handlers.settle, commands.SETTLE),
    Message(tx_pb2.MsgClaimUsage, ClaimUsage.from_proto, handlers.claim_usage, commands.CLAIM_USAGE),
    Message(tx_pb2.MsgSpendTreasury, SpendTreasury.from_proto, handlers.spend_treasury, commands.SPEND_TREASURY),
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
    Query(
        f"{_QUERY}/Explain",
        query_pb2.QueryExplainRequest,
        query_pb2.QueryExplainResponse,
        explain.explain,
        commands.EXPLAIN,
    ),
    Query(
        f"{_QUERY}/UsageEpoch",
        query_pb2.QueryUsageEpochRequest,
        query_pb2.QueryUsageEpochResponse,
        queries.usage_epoch,
        commands.USAGE,
    ),
    Query(
        f"{_QUERY}/ProviderUsage",
        query_pb2.QueryProviderUsageRequest,
        query_pb2.QueryProviderUsageResponse,
        queries.provider_usage,
        commands.PROVIDER,
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
            Invariant("totals are the clipped counts of cells", invariants.totals_are_clipped_cells),
            Invariant("books cover their slots", invariants.books_cover_slots),
            Invariant("no more is released than was locked", invariants.locked_is_sound),
            Invariant("usage stays below kappa of what was burned", invariants.usage_stays_below_what_was_burned),
        ),
        accounts={STORE: ("burner", "minter"), TREASURY: ()},
        events=(
            "device_paid_out",
            "epoch_emission",
            "network_pool",
            "rewards_claimed",
            "rewards_forfeited",
            "rewards_paid",
            "rewards_settled",
            "reward_emission_params_updated",
            "treasury_spent",
            "usage_claimed",
        ),
    )
