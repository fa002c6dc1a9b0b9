"""The auth module: who can pay and sign."""

from chain.pb.cosmos.auth.v1beta1 import query_pb2, tx_pb2
from chain.sdk.module import Genesis, Invariant, Message, Module, Query
from modules.auth import commands, genesis, handlers, invariants, messages, queries
from modules.auth.keeper import AuthKeeper
from modules.auth.state import SCHEMA

_SERVICE = "/cosmos.auth.v1beta1.Query/"


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
        queries=_queries(),
        invariants=(Invariant("numbers-are-unique", invariants.numbers_are_unique),),
    )


def _queries() -> tuple[Query, ...]:
    pb = query_pb2
    return (
        Query(_SERVICE + "Account", pb.QueryAccountRequest, pb.QueryAccountResponse, queries.account, commands.ACCOUNT),
        Query(
            _SERVICE + "AccountInfo",
            pb.QueryAccountInfoRequest,
            pb.QueryAccountInfoResponse,
            queries.account_info,
            commands.ACCOUNT_INFO,
        ),
        Query(
            _SERVICE + "Accounts",
            pb.QueryAccountsRequest,
            pb.QueryAccountsResponse,
            queries.accounts,
            commands.ACCOUNTS,
        ),
        Query(
            _SERVICE + "AccountAddressByID",
            pb.QueryAccountAddressByIDRequest,
            pb.QueryAccountAddressByIDResponse,
            queries.account_address_by_id,
            commands.ADDRESS_BY_ID,
        ),
        Query(
            _SERVICE + "ModuleAccounts",
            pb.QueryModuleAccountsRequest,
            pb.QueryModuleAccountsResponse,
            queries.module_accounts,
            commands.MODULE_ACCOUNTS,
        ),
        Query(
            _SERVICE + "ModuleAccountByName",
            pb.QueryModuleAccountByNameRequest,
            pb.QueryModuleAccountByNameResponse,
            queries.module_account_by_name,
            commands.MODULE_ACCOUNT,
        ),
        Query(
            _SERVICE + "Bech32Prefix",
            pb.Bech32PrefixRequest,
            pb.Bech32PrefixResponse,
            queries.bech32_prefix,
            commands.BECH32_PREFIX,
        ),
        Query(
            _SERVICE + "AddressBytesToString",
            pb.AddressBytesToStringRequest,
            pb.AddressBytesToStringResponse,
            queries.address_bytes_to_string,
            commands.BYTES_TO_STRING,
        ),
        Query(
            _SERVICE + "AddressStringToBytes",
            pb.AddressStringToBytesRequest,
            pb.AddressStringToBytesResponse,
            queries.address_string_to_bytes,
            commands.STRING_TO_BYTES,
        ),
        Query(_SERVICE + "Params", pb.QueryParamsRequest, pb.QueryParamsResponse, queries.params, commands.PARAMS),
    )
