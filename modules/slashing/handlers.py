"""What the slashing module's messages do."""

from chain.pb.cosmos.slashing.v1beta1 import tx_pb2
from chain.primitives.errors import SdkCode, SdkError
from chain.sdk.context import Context
from modules.slashing.keeper import SlashingKeeper
from modules.slashing.messages import Unjail, UpdateParams
from modules.slashing.state import PARAMETERS


def unjail(ctx: Context, keeper: SlashingKeeper, msg: Unjail) -> tx_pb2.MsgUnjailResponse:
    """Let a validator be elected again.

    Raises: SlashingError(NO_VALIDATOR, NO_SELF_DELEGATION, SELF_DELEGATION_TOO_LOW, NOT_JAILED, VALIDATOR_JAILED).
    """
    keeper.unjail(ctx, msg.operator)

    ctx.emit("message", module="slashing", sender=msg.operator.operator)
    return tx_pb2.MsgUnjailResponse()


def update_params(ctx: Context, keeper: SlashingKeeper, msg: UpdateParams) -> tx_pb2.MsgUpdateParamsResponse:
    """Replace the parameters; a window of another length starts all counting afresh.

    Raises: SdkError(UNAUTHORIZED) for anybody but the authority.
    """
    if msg.authority != ctx.authority:
        raise SdkError(SdkCode.UNAUTHORIZED, f"invalid authority; expected {ctx.authority}, got {msg.authority}")

    PARAMETERS.set(ctx, msg.params)

    return tx_pb2.MsgUpdateParamsResponse()
