"""The auth module: who can pay and sign."""

from chain.pb.cosmos.auth.v1beta1 import query_pb2, tx_pb2
from chain.sdk.module import Genesis, Invariant, Message, Module, Query
from modules.auth import commands, genesis, handlers, invariants, messages, queries
from modules.auth.keeper import AuthKeeper
from modules.auth.state import SCHEMA

_SERVICE = "/cosmos.auth.v1beta1.Query/"

_QUERIES = (
    Query(
        _SERVICE + "Account",
        query_pb2.QueryAccountRequest,
        query_pb2.QueryAccountResponse,
        queries.account,
        commands.ACCOUNT,
    ),
    Query(
        _SERVICE + "AccountInfo",
        query_pb2.QueryAccountInfoRequest,
        query_pb2.QueryAccountInfoResponse,
        queries.account_info,
        commands.ACCOUNT_INFO,
    ),
    Query(
        _SERVICE + "Accounts",
        query_pb2.QueryAccountsRequest,
        query_pb2.QueryAccountsResponse,
        queries.accounts,
        commands.ACCOUNTS,
    ),
    Query(
        _SERVICE + "AccountAddressByID",
        query_pb2.QueryAccountAddressByIDRequest,
        query_pb2.QueryAccountAddressByIDResponse,
        queries.account_address_by_id,
        commands.ADDRESS_BY_ID,
    ),
    Query(
        _SERVICE + "ModuleAccounts",
        query_pb2.QueryModuleAccountsRequest,
        query_pb2.QueryModuleAccountsResponse,
        queries.module_accounts,
        commands.MODULE_ACCOUNTS,
    ),
    Query(
        _SERVICE + "ModuleAccountByName",
        query_pb2.QueryModuleAccountByNameRequest,
        query_pb2.QueryModuleAccountByNameResponse,
        queries.module_account_by_name,
        commands.MODULE_ACCOUNT,
    ),
    Query(
        _SERVICE + "Bech32Prefix",
        query_pb2.Bech32PrefixRequest,
        query_pb2.Bech32PrefixResponse,
        queries.bech32_prefix,
        commands.BECH32_PREFIX,
    ),
    Query(
        _SERVICE + "AddressBytesToString",
        query_pb2.AddressBytesToStringRequest,
        query_pb2.AddressBytesToStringResponse,
        queries.address_bytes_to_string,
        commands.BYTES_TO_STRING,
    ),
    Query(
        _SERVICE + "AddressStringToBytes",
        query_pb2.AddressStringToBytesRequest,
        query_pb2.AddressStringToBytesResponse,
        queries.address_string_to_bytes,
        commands.STRING_TO_BYTES,
    ),
    Query(
        _SERVICE + "Params",
        query_pb2.QueryParamsRequest,
        query_pb2.QueryParamsResponse,
        queries.params,
        commands.PARAMS,
    ),
)


def module(keeper: AuthKeeper) -> Module:
    """Return the module around its keeper."""
    return Module(
        name="auth",
        keeper=keeper,
        schema=SCHEMA,
        genesis=Genesis(genesis.default, genesis.validate, genesis.init, genesis.export),
        messages=(
            Message(
                tx_pb2.MsgUpdateParams,
                messages.UpdateParams.from_proto,
                handlers.update_params,
                commands.UPDATE_PARAMS,
            ),
        ),
        queries=_QUERIES,
        invariants=(Invariant("numbers-are-unique", invariants.numbers_are_unique),),
    )
