"""What the auth module's messages do."""

from chain.pb.cosmos.auth.v1beta1 import tx_pb2
from chain.primitives.errors import SdkCode, SdkError
from chain.sdk.context import Context
from modules.auth.keeper import AuthKeeper
from modules.auth.messages import UpdateParams


def update_params(ctx: Context, keeper: AuthKeeper, msg: UpdateParams) -> tx_pb2.MsgUpdateParamsResponse:
    """Replace the parameters. Raises: SdkError(UNAUTHORIZED) for anybody but the authority."""
    if msg.authority != ctx.authority:
        raise SdkError(SdkCode.UNAUTHORIZED, f"invalid authority; expected {ctx.authority}, got {msg.authority}")

    keeper.set_params(ctx, msg.params)

    return tx_pb2.MsgUpdateParamsResponse()
