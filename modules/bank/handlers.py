"""What the bank module's messages do."""

from chain.pb.cosmos.bank.v1beta1 import tx_pb2
from chain.primitives.coins import Coins
from chain.primitives.errors import SdkCode, SdkError
from chain.primitives.ids import Address
from chain.sdk.context import Context
from modules.bank.errors import BankCode, BankError
from modules.bank.keeper import BankKeeper
from modules.bank.messages import MultiSend, Send, SetSendEnabled, UpdateParams
from modules.bank.state import PARAMETERS, SEND_ENABLED


def send(ctx: Context, keeper: BankKeeper, msg: Send) -> tx_pb2.MsgSendResponse:
    """Move coins to one account. Raises: BankError(SEND_DISABLED), SdkError(UNAUTHORIZED, INSUFFICIENT_FUNDS)."""
    _require_enabled(ctx, keeper, msg.amount)
    keeper.require_receiver(msg.recipient)

    keeper.send(ctx, msg.sender, msg.recipient, msg.amount)

    return tx_pb2.MsgSendResponse()


def multi_send(ctx: Context, keeper: BankKeeper, msg: MultiSend) -> tx_pb2.MsgMultiSendResponse:
    """Move coins to many accounts. Raises: BankError(SEND_DISABLED), SdkError(UNAUTHORIZED, INSUFFICIENT_FUNDS)."""
    _require_enabled(ctx, keeper, msg.amount)
    for recipient, _ in msg.outputs:
        keeper.require_receiver(recipient)

    keeper.send_to_many(ctx, msg.sender, msg.amount, msg.outputs)

    return tx_pb2.MsgMultiSendResponse()


def set_send_enabled(ctx: Context, keeper: BankKeeper, msg: SetSendEnabled) -> tx_pb2.MsgSetSendEnabledResponse:
    """Set and remove entries. Raises: SdkError(UNAUTHORIZED) for anybody but the authority."""
    _require_authority(ctx, msg.authority)

    for denom, enabled in msg.send_enabled:
        SEND_ENABLED.set(ctx, denom, enabled)
    for denom in msg.use_default_for:
        SEND_ENABLED.delete(ctx, denom)

    return tx_pb2.MsgSetSendEnabledResponse()


def update_params(ctx: Context, keeper: BankKeeper, msg: UpdateParams) -> tx_pb2.MsgUpdateParamsResponse:
    """Replace the parameters. Raises: SdkError(UNAUTHORIZED) for anybody but the authority."""
    _require_authority(ctx, msg.authority)

    PARAMETERS.set(ctx, msg.params)

    return tx_pb2.MsgUpdateParamsResponse()


def _require_enabled(ctx: Context, keeper: BankKeeper, amount: Coins) -> None:
    for coin in amount:
        if not keeper.send_enabled(ctx, coin.denom):
            raise BankError(BankCode.SEND_DISABLED, f"{coin.denom} transfers are currently disabled")


def _require_authority(ctx: Context, authority: Address) -> None:
    if authority != ctx.authority:
        raise SdkError(SdkCode.UNAUTHORIZED, f"invalid authority; expected {ctx.authority}, got {authority}")
