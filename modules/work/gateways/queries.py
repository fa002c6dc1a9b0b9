"""Answers about gateways."""

from chain.codec.keys import U64_KEY
from chain.pb.lamppost.work.v1 import query_pb2, types_pb2
from chain.primitives.errors import SdkCode, SdkError
from chain.primitives.ids import Address
from chain.sdk.context import Context
from chain.sdk.pagination import page
from chain.sdk.parsing import parse_address
from modules.work.gateways import verbs
from modules.work.keeper import WorkKeeper
from modules.work.state import GATEWAYS, Gateway


def gateways(
    ctx: Context, keeper: WorkKeeper, request: query_pb2.QueryGatewaysRequest
) -> query_pb2.QueryGatewaysResponse:
    """Return a page of a network's gateways, in order of addresses. Raises: SdkError(INVALID_REQUEST)."""
    rows, after = page(ctx, GATEWAYS, request.pagination, within=U64_KEY.encode(request.network))
    return query_pb2.QueryGatewaysResponse(
        gateways=[_to_proto(network, address, found) for (network, address), found in rows],
        total_quota=verbs.total_quota(ctx, request.network),
        pagination=after,
    )


def gateway(ctx: Context, keeper: WorkKeeper, request: query_pb2.QueryGatewayRequest) -> query_pb2.QueryGatewayResponse:
    """Return a gateway and what it has left in the running epoch. Raises: SdkError(INVALID_ADDRESS, KEY_NOT_FOUND)."""
    address = parse_address(request.gateway, "gateway address")
    found = GATEWAYS.get(ctx, (request.network, address))
    if found is None:
        raise SdkError(SdkCode.KEY_NOT_FOUND, f"{address} is no gateway of network {request.network}")
    return query_pb2.QueryGatewayResponse(
        gateway=_to_proto(request.network, address, found),
        left=verbs.left(ctx, keeper, request.network, found, keeper.clock(ctx).epoch),
    )


def _to_proto(network: int, address: Address, gateway: Gateway) -> types_pb2.Gateway:
    return types_pb2.Gateway(
        network=network, address=str(address), quota=gateway.quota, used=gateway.used, epoch=gateway.epoch
    )
