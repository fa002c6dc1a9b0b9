"""Answers of the auth module: accounts, module accounts, addresses, parameters."""

from chain.pb.cosmos.auth.v1beta1 import query_pb2 as pb
from chain.primitives.errors import SdkCode, SdkError
from chain.primitives.ids import ADDRESS_PREFIX, Address
from chain.sdk.context import Context
from chain.sdk.pagination import page
from modules.auth.keeper import AuthKeeper
from modules.auth.messages import params_to_proto
from modules.auth.state import ACCOUNTS, BY_NUMBER, Account
from modules.auth.wire import account_any, base_account


def account(ctx: Context, keeper: AuthKeeper, request: pb.QueryAccountRequest) -> pb.QueryAccountResponse:
    """Return an account by address. Raises: SdkError(INVALID_REQUEST, KEY_NOT_FOUND)."""
    return pb.QueryAccountResponse(account=account_any(_require(ctx, keeper, request.address)))


def account_info(ctx: Context, keeper: AuthKeeper, request: pb.QueryAccountInfoRequest) -> pb.QueryAccountInfoResponse:
    """Return what all kinds of accounts share. Raises: SdkError(INVALID_REQUEST, KEY_NOT_FOUND)."""
    return pb.QueryAccountInfoResponse(info=base_account(_require(ctx, keeper, request.address)))


def accounts(ctx: Context, keeper: AuthKeeper, request: pb.QueryAccountsRequest) -> pb.QueryAccountsResponse:
    """Return a page of all accounts, in order of address."""
    rows, after = page(ctx, ACCOUNTS, request.pagination)
    response = pb.QueryAccountsResponse(pagination=after)
    response.accounts.extend(account_any(found) for _, found in rows)
    return response


def account_address_by_id(
    ctx: Context, keeper: AuthKeeper, request: pb.QueryAccountAddressByIDRequest
) -> pb.QueryAccountAddressByIDResponse:
    """Return the address of an account number. Raises: SdkError(INVALID_REQUEST, KEY_NOT_FOUND)."""
    if request.id:
        raise SdkError(SdkCode.INVALID_REQUEST, "requesting with id isn't supported, try to request using account-id")
    address = BY_NUMBER.get(ctx, request.account_id)
    if address is None:
        raise SdkError(SdkCode.KEY_NOT_FOUND, f"account address not found with account number {request.account_id}")
    return pb.QueryAccountAddressByIDResponse(account_address=str(address))


def module_accounts(
    ctx: Context, keeper: AuthKeeper, request: pb.QueryModuleAccountsRequest
) -> pb.QueryModuleAccountsResponse:
    """Return all module accounts, in order of name."""
    response = pb.QueryModuleAccountsResponse()
    for name in keeper.module_names():
        found = keeper.account(ctx, keeper.module_address(name))
        if found is not None:
            response.accounts.append(account_any(found))
    return response


def module_account_by_name(
    ctx: Context, keeper: AuthKeeper, request: pb.QueryModuleAccountByNameRequest
) -> pb.QueryModuleAccountByNameResponse:
    """Return the account of a module. Raises: SdkError(INVALID_REQUEST, KEY_NOT_FOUND)."""
    if not request.name:
        raise SdkError(SdkCode.INVALID_REQUEST, "module name is empty")
    known = request.name in keeper.module_names()
    found = keeper.account(ctx, keeper.module_address(request.name)) if known else None
    if found is None:
        raise SdkError(SdkCode.KEY_NOT_FOUND, f"account {request.name} not found")
    return pb.QueryModuleAccountByNameResponse(account=account_any(found))


def bech32_prefix(ctx: Context, keeper: AuthKeeper, request: pb.Bech32PrefixRequest) -> pb.Bech32PrefixResponse:
    """Return the readable part of addresses."""
    return pb.Bech32PrefixResponse(bech32_prefix=ADDRESS_PREFIX)


def address_bytes_to_string(
    ctx: Context, keeper: AuthKeeper, request: pb.AddressBytesToStringRequest
) -> pb.AddressBytesToStringResponse:
    """Return the text of an address. Raises: SdkError(INVALID_REQUEST)."""
    if not request.address_bytes:
        raise SdkError(SdkCode.INVALID_REQUEST, "empty address bytes is not allowed")
    try:
        return pb.AddressBytesToStringResponse(address_string=str(Address(request.address_bytes)))
    except ValueError as error:
        raise SdkError(SdkCode.INVALID_REQUEST, str(error)) from error


def address_string_to_bytes(
    ctx: Context, keeper: AuthKeeper, request: pb.AddressStringToBytesRequest
) -> pb.AddressStringToBytesResponse:
    """Return the bytes of an address. Raises: SdkError(INVALID_REQUEST)."""
    return pb.AddressStringToBytesResponse(address_bytes=bytes(_address(request.address_string)))


def params(ctx: Context, keeper: AuthKeeper, request: pb.QueryParamsRequest) -> pb.QueryParamsResponse:
    """Return the parameters."""
    return pb.QueryParamsResponse(params=params_to_proto(keeper.tx_params(ctx)))


def _address(text: str) -> Address:
    try:
        return Address.parse(text)
    except ValueError as error:
        raise SdkError(SdkCode.INVALID_REQUEST, f"invalid address: {error}") from error


def _require(ctx: Context, keeper: AuthKeeper, text: str) -> Account:
    found = keeper.account(ctx, _address(text))
    if found is None:
        raise SdkError(SdkCode.KEY_NOT_FOUND, f"account {text} not found")
    return found
