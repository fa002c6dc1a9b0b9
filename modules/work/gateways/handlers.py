"""What the messages about gateways do: check, apply, emit."""

from dataclasses import replace

from chain.pb.lamppost.work.v1 import tx_pb2
from chain.primitives.ints import Epoch
from chain.sdk.context import Context
from modules.work.errors import WorkCode, WorkError
from modules.work.gateways import verbs
from modules.work.gateways.messages import RegisterGateway, RevokeGateway, UpdateGateway
from modules.work.keeper import WorkKeeper
from modules.work.state import GATEWAYS, Gateway


def register_gateway(ctx: Context, keeper: WorkKeeper, msg: RegisterGateway) -> tx_pb2.MsgRegisterGatewayResponse:
    """Register a gateway of a network and make its account, so that it can sign.

    Raises: WorkError(NOT_NETWORK_ADMIN, GATEWAY_EXISTS, INVALID_QUOTA), and the registry's for a network that is
    unknown or closed.
    """
    verbs.require_admin(ctx, keeper, msg.network, msg.admin)
    if GATEWAYS.has(ctx, (msg.network, msg.gateway)):
        raise WorkError(WorkCode.GATEWAY_EXISTS, f"{msg.gateway} is a gateway of network {msg.network}")
    verbs.require_room(ctx, keeper, msg.network, msg.quota)

    verbs.save(ctx, msg.network, msg.gateway, Gateway(msg.quota, 0, Epoch(0)))
    keeper.accounts.ensure_account(ctx, msg.gateway)

    ctx.emit("gateway_registered", network=msg.network, gateway=msg.gateway, quota=msg.quota)
    return tx_pb2.MsgRegisterGatewayResponse()


def update_gateway(ctx: Context, keeper: WorkKeeper, msg: UpdateGateway) -> tx_pb2.MsgUpdateGatewayResponse:
    """Change a gateway's quota at once; what was used in the running epoch stays used.

    Raises: WorkError(NOT_NETWORK_ADMIN, UNKNOWN_GATEWAY, INVALID_QUOTA), and the registry's for a network that is
    unknown or closed.
    """
    verbs.require_admin(ctx, keeper, msg.network, msg.admin)
    gateway = verbs.find(ctx, msg.network, msg.gateway)
    verbs.require_room(ctx, keeper, msg.network, msg.quota, instead_of=gateway.quota)

    verbs.save(ctx, msg.network, msg.gateway, replace(gateway, quota=msg.quota))

    ctx.emit("gateway_updated", network=msg.network, gateway=msg.gateway, quota=msg.quota)
    return tx_pb2.MsgUpdateGatewayResponse()


def revoke_gateway(ctx: Context, keeper: WorkKeeper, msg: RevokeGateway) -> tx_pb2.MsgRevokeGatewayResponse:
    """End a gateway's right at once.

    Raises: WorkError(NOT_NETWORK_ADMIN, UNKNOWN_GATEWAY), and the registry's for a network that is unknown or closed.
    """
    verbs.require_admin(ctx, keeper, msg.network, msg.admin)
    gateway = verbs.find(ctx, msg.network, msg.gateway)

    verbs.remove(ctx, msg.network, msg.gateway, gateway)

    ctx.emit("gateway_revoked", network=msg.network, gateway=msg.gateway)
    return tx_pb2.MsgRevokeGatewayResponse()
