"""The bank module: who has what, and how it moves."""

from chain.pb.cosmos.bank.v1beta1 import query_pb2 as pb
from chain.pb.cosmos.bank.v1beta1 import tx_pb2
from chain.sdk.module import Genesis, Invariant, Message, Module, Query
from modules.bank import commands, genesis, handlers, invariants, messages, queries
from modules.bank.errors import BankCode
from modules.bank.keeper import FEE_COLLECTOR, BankKeeper
from modules.bank.state import SCHEMA

EVENTS = ("coin_spent", "coin_received", "transfer", "message", "coinbase", "burn")
"""Types of the events that the keeper emits."""

_SERVICE = "/cosmos.bank.v1beta1.Query/"


def module(keeper: BankKeeper) -> Module:
    """Return the module around its keeper."""
    return Module(
        name="bank",
        keeper=keeper,
        schema=SCHEMA,
        genesis=Genesis(genesis.default, genesis.validate, genesis.init, genesis.export),
        errors=BankCode,
        messages=_messages(),
        queries=(*_amounts(), *_denominations()),
        invariants=(
            Invariant("supply-is-the-sum-of-balances", invariants.supply_is_the_sum_of_balances),
            Invariant("owners-have-balances", invariants.owners_have_balances),
        ),
        accounts={FEE_COLLECTOR: ()},
        events=EVENTS,
    )


def _messages() -> tuple[Message, ...]:
    return (
        Message(tx_pb2.MsgSend, messages.Send.from_proto, handlers.send, commands.SEND),
        Message(tx_pb2.MsgMultiSend, messages.MultiSend.from_proto, handlers.multi_send, commands.MULTI_SEND),
        Message(
            tx_pb2.MsgSetSendEnabled,
            messages.SetSendEnabled.from_proto,
            handlers.set_send_enabled,
            commands.SET_SEND_ENABLED,
        ),
        Message(
            tx_pb2.MsgUpdateParams, messages.UpdateParams.from_proto, handlers.update_params, commands.UPDATE_PARAMS
        ),
    )


def _amounts() -> tuple[Query, ...]:
    return (
        Query(_SERVICE + "Balance", pb.QueryBalanceRequest, pb.QueryBalanceResponse, queries.balance, commands.BALANCE),
        Query(
            _SERVICE + "AllBalances",
            pb.QueryAllBalancesRequest,
            pb.QueryAllBalancesResponse,
            queries.all_balances,
            commands.BALANCES,
        ),
        Query(
            _SERVICE + "SpendableBalances",
            pb.QuerySpendableBalancesRequest,
            pb.QuerySpendableBalancesResponse,
            queries.spendable_balances,
            commands.SPENDABLE_BALANCES,
        ),
        Query(
            _SERVICE + "SpendableBalanceByDenom",
            pb.QuerySpendableBalanceByDenomRequest,
            pb.QuerySpendableBalanceByDenomResponse,
            queries.spendable_balance_by_denom,
            commands.SPENDABLE_BALANCE,
        ),
        Query(
            _SERVICE + "TotalSupply",
            pb.QueryTotalSupplyRequest,
            pb.QueryTotalSupplyResponse,
            queries.total_supply,
            commands.TOTAL_SUPPLY,
        ),
        Query(
            _SERVICE + "SupplyOf",
            pb.QuerySupplyOfRequest,
            pb.QuerySupplyOfResponse,
            queries.supply_of,
            commands.TOTAL_SUPPLY_OF,
        ),
    )


def _denominations() -> tuple[Query, ...]:
    return (
        Query(
            _SERVICE + "DenomMetadata",
            pb.QueryDenomMetadataRequest,
            pb.QueryDenomMetadataResponse,
            queries.denom_metadata,
            commands.DENOM_METADATA,
        ),
        Query(
            _SERVICE + "DenomMetadataByQueryString",
            pb.QueryDenomMetadataByQueryStringRequest,
            pb.QueryDenomMetadataByQueryStringResponse,
            queries.denom_metadata_by_query_string,
            commands.DENOM_METADATA_BY_QUERY_STRING,
        ),
        Query(
            _SERVICE + "DenomsMetadata",
            pb.QueryDenomsMetadataRequest,
            pb.QueryDenomsMetadataResponse,
            queries.denoms_metadata,
            commands.DENOMS_METADATA,
        ),
        Query(
            _SERVICE + "DenomOwners",
            pb.QueryDenomOwnersRequest,
            pb.QueryDenomOwnersResponse,
            queries.denom_owners,
            commands.DENOM_OWNERS,
        ),
        Query(
            _SERVICE + "DenomOwnersByQuery",
            pb.QueryDenomOwnersByQueryRequest,
            pb.QueryDenomOwnersByQueryResponse,
            queries.denom_owners_by_query,
            commands.DENOM_OWNERS_BY_QUERY,
        ),
        Query(
            _SERVICE + "SendEnabled",
            pb.QuerySendEnabledRequest,
            pb.QuerySendEnabledResponse,
            queries.send_enabled,
            commands.SEND_ENABLED,
        ),
        Query(_SERVICE + "Params", pb.QueryParamsRequest, pb.QueryParamsResponse, queries.params, commands.PARAMS),
    )
