"""Answers of the slashing module: parameters and signing infos."""

from chain.pb.cosmos.slashing.v1beta1 import query_pb2 as pb
from chain.primitives.errors import SdkCode, SdkError
from chain.primitives.ids import ConsensusAddress
from chain.sdk.context import Context
from chain.sdk.pagination import page
from modules.slashing.keeper import SlashingKeeper
from modules.slashing.state import SIGNING_INFOS
from modules.slashing.wire import info_proto, params_proto


def params(ctx: Context, keeper: SlashingKeeper, request: pb.QueryParamsRequest) -> pb.QueryParamsResponse:
    """Return the parameters."""
    return pb.QueryParamsResponse(params=params_proto(keeper.params(ctx)))


def signing_info(
    ctx: Context, keeper: SlashingKeeper, request: pb.QuerySigningInfoRequest
) -> pb.QuerySigningInfoResponse:
    """Return how well one validator signs. Raises: SdkError(INVALID_REQUEST, KEY_NOT_FOUND)."""
    try:
        address = ConsensusAddress.parse(request.cons_address)
    except ValueError as error:
        raise SdkError(SdkCode.INVALID_REQUEST, f"invalid request: {error}") from error
    info = keeper.signing_info(ctx, address)
    if info is None:
        raise SdkError(SdkCode.KEY_NOT_FOUND, f"SigningInfo not found for validator {address}")
    return pb.QuerySigningInfoResponse(val_signing_info=info_proto(address, info))


def signing_infos(
    ctx: Context, keeper: SlashingKeeper, request: pb.QuerySigningInfosRequest
) -> pb.QuerySigningInfosResponse:
    """Return a page of all signing infos."""
    rows, after = page(ctx, SIGNING_INFOS, request.pagination)
    return pb.QuerySigningInfosResponse(info=[info_proto(*row) for row in rows], pagination=after)
