"""Answers of the bank module: balances, supply, metadata, owners, parameters."""

from chain.codec.keys import TEXT_KEY
from chain.pb.cosmos.bank.v1beta1 import bank_pb2
from chain.pb.cosmos.bank.v1beta1 import query_pb2 as pb
from chain.pb.cosmos.base.query.v1beta1.pagination_pb2 import PageRequest, PageResponse
from chain.pb.cosmos.base.v1beta1 import coin_pb2
from chain.primitives.coins import valid_denom
from chain.primitives.errors import SdkCode, SdkError
from chain.primitives.ids import Address
from chain.sdk.context import Context
from chain.sdk.pagination import page, page_keys
from modules.bank.keeper import BankKeeper, holds
from modules.bank.metadata import Metadata
from modules.bank.state import ADDRESS_KEY, BALANCES, DENOM_METADATA, OWNERS, SEND_ENABLED, SUPPLY
from modules.bank.wire import coin, metadata_proto


def balance(ctx: Context, keeper: BankKeeper, request: pb.QueryBalanceRequest) -> pb.QueryBalanceResponse:
    """Return an account's balance of one denomination. Raises: SdkError(INVALID_REQUEST)."""
    return pb.QueryBalanceResponse(balance=_balance(ctx, keeper, request.address, request.denom))


def spendable_balance_by_denom(
    ctx: Context, keeper: BankKeeper, request: pb.QuerySpendableBalanceByDenomRequest
) -> pb.QuerySpendableBalanceByDenomResponse:
    """Return what an account can spend of one denomination: all of it. Raises: SdkError(INVALID_REQUEST)."""
    return pb.QuerySpendableBalanceByDenomResponse(balance=_balance(ctx, keeper, request.address, request.denom))


def all_balances(ctx: Context, keeper: BankKeeper, request: pb.QueryAllBalancesRequest) -> pb.QueryAllBalancesResponse:
    """Return a page of an account's balances. Raises: SdkError(INVALID_REQUEST)."""
    found, after = _balances(ctx, request.address, request.pagination)
    return pb.QueryAllBalancesResponse(balances=found, pagination=after)


def spendable_balances(
    ctx: Context, keeper: BankKeeper, request: pb.QuerySpendableBalancesRequest
) -> pb.QuerySpendableBalancesResponse:
    """Return a page of what an account can spend: all of it. Raises: SdkError(INVALID_REQUEST)."""
    found, after = _balances(ctx, request.address, request.pagination)
    return pb.QuerySpendableBalancesResponse(balances=found, pagination=after)


def total_supply(ctx: Context, keeper: BankKeeper, request: pb.QueryTotalSupplyRequest) -> pb.QueryTotalSupplyResponse:
    """Return a page of the supplies of all denominations."""
    rows, after = page(ctx, SUPPLY, request.pagination)
    return pb.QueryTotalSupplyResponse(supply=[coin(*row) for row in rows], pagination=after)


def supply_of(ctx: Context, keeper: BankKeeper, request: pb.QuerySupplyOfRequest) -> pb.QuerySupplyOfResponse:
    """Return how much of a denomination there is. Raises: SdkError(INVALID_REQUEST)."""
    _require_denom(request.denom)
    return pb.QuerySupplyOfResponse(amount=coin(request.denom, keeper.supply(ctx, request.denom)))


def denom_metadata(
    ctx: Context, keeper: BankKeeper, request: pb.QueryDenomMetadataRequest
) -> pb.QueryDenomMetadataResponse:
    """Return the metadata of a denomination. Raises: SdkError(INVALID_REQUEST, KEY_NOT_FOUND)."""
    return pb.QueryDenomMetadataResponse(metadata=metadata_proto(_metadata(ctx, request.denom)))


def denom_metadata_by_query_string(
    ctx: Context, keeper: BankKeeper, request: pb.QueryDenomMetadataByQueryStringRequest
) -> pb.QueryDenomMetadataByQueryStringResponse:
    """Return the metadata of a denomination. Raises: SdkError(INVALID_REQUEST, KEY_NOT_FOUND)."""
    return pb.QueryDenomMetadataByQueryStringResponse(metadata=metadata_proto(_metadata(ctx, request.denom)))


def denoms_metadata(
    ctx: Context, keeper: BankKeeper, request: pb.QueryDenomsMetadataRequest
) -> pb.QueryDenomsMetadataResponse:
    """Return a page of all denominations' metadata."""
    rows, after = page(ctx, DENOM_METADATA, request.pagination)
    return pb.QueryDenomsMetadataResponse(metadatas=[metadata_proto(found) for _, found in rows], pagination=after)


def denom_owners(ctx: Context, keeper: BankKeeper, request: pb.QueryDenomOwnersRequest) -> pb.QueryDenomOwnersResponse:
    """Return a page of those who have some of a denomination. Raises: SdkError(INVALID_REQUEST)."""
    owners, after = _owners(ctx, keeper, request.denom, request.pagination)
    return pb.QueryDenomOwnersResponse(denom_owners=owners, pagination=after)


def denom_owners_by_query(
    ctx: Context, keeper: BankKeeper, request: pb.QueryDenomOwnersByQueryRequest
) -> pb.QueryDenomOwnersByQueryResponse:
    """Return a page of those who have some of a denomination. Raises: SdkError(INVALID_REQUEST)."""
    owners, after = _owners(ctx, keeper, request.denom, request.pagination)
    return pb.QueryDenomOwnersByQueryResponse(denom_owners=owners, pagination=after)


def send_enabled(ctx: Context, keeper: BankKeeper, request: pb.QuerySendEnabledRequest) -> pb.QuerySendEnabledResponse:
    """Return the entries of the named denominations that have one, or a page of all entries."""
    if not request.denoms:
        rows, after = page(ctx, SEND_ENABLED, request.pagination)
    else:
        entries = ((denom, SEND_ENABLED.get(ctx, denom)) for denom in request.denoms if holds(denom))
        rows = [(denom, enabled) for denom, enabled in entries if enabled is not None]
        after = PageResponse(total=len(rows))
    found = [bank_pb2.SendEnabled(denom=denom, enabled=enabled) for denom, enabled in rows]
    return pb.QuerySendEnabledResponse(send_enabled=found, pagination=after)


def params(ctx: Context, keeper: BankKeeper, request: pb.QueryParamsRequest) -> pb.QueryParamsResponse:
    """Return the parameters."""
    return pb.QueryParamsResponse(params=bank_pb2.Params(default_send_enabled=keeper.params(ctx).default_send_enabled))


def _balance(ctx: Context, keeper: BankKeeper, text: str, denom: str) -> coin_pb2.Coin:
    address = _address(text)
    _require_denom(denom)
    return coin(denom, keeper.balance(ctx, address, denom))


def _balances(ctx: Context, text: str, request: PageRequest) -> tuple[list[coin_pb2.Coin], PageResponse]:
    rows, after = page(ctx, BALANCES, request, within=ADDRESS_KEY.encode(_address(text)))
    return [coin(denom, amount) for (_, denom), amount in rows], after


def _owners(
    ctx: Context, keeper: BankKeeper, denom: str, request: PageRequest
) -> tuple[list[pb.DenomOwner], PageResponse]:
    _require_denom(denom)
    if not holds(denom):
        return [], PageResponse()
    rows, after = page_keys(ctx, OWNERS, request, within=TEXT_KEY.encode(denom))
    owners = [
        pb.DenomOwner(address=str(address), balance=coin(denom, keeper.balance(ctx, address, denom)))
        for _, address in rows
    ]
    return owners, after


def _metadata(ctx: Context, denom: str) -> Metadata:
    _require_denom(denom)
    found = DENOM_METADATA.get(ctx, denom) if holds(denom) else None
    if found is None:
        raise SdkError(SdkCode.KEY_NOT_FOUND, f"client metadata for denom {denom}")
    return found


def _address(text: str) -> Address:
    try:
        return Address.parse(text)
    except ValueError as error:
        raise SdkError(SdkCode.INVALID_REQUEST, f"invalid address: {error}") from error


def _require_denom(denom: str) -> None:
    if not valid_denom(denom):
        raise SdkError(SdkCode.INVALID_REQUEST, f"invalid denom: {denom[:140]}")
