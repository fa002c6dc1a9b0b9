"""What the message about parameters does: check, apply, emit."""

from chain.pb.lamppost.device_registry.v1 import tx_pb2 as pb
from chain.sdk.context import Context
from modules.device_registry import messages as msgs
from modules.device_registry import state
from modules.device_registry.keeper import DeviceRegistryKeeper as Keeper


def update_params(ctx: Context, keeper: Keeper, msg: msgs.UpdateParams) -> pb.MsgUpdateParamsResponse:
    """Replace the parameters. Raises: RegistryError(NOT_AUTHORITY)."""
    keeper.require_authority(ctx, msg.signer)

    state.params.set(ctx, msg.params)

    ctx.emit("registry_params_updated", by=msg.signer)
    return pb.MsgUpdateParamsResponse()
