"""What the messages of reward emission do: check, apply, emit."""

from chain.pb.lamppost.reward_emission.v1 import tx_pb2
from chain.primitives.ids import Address, DeviceId
from chain.sdk.context import Context
from modules.reward_emission.errors import EmissionCode, EmissionError
from modules.reward_emission.keeper import RewardEmissionKeeper
from modules.reward_emission.messages import Claim, ClaimUsage, Settle, SpendTreasury, UpdateParams


def claim(ctx: Context, keeper: RewardEmissionKeeper, msg: Claim) -> tx_pb2.MsgClaimResponse:
    """Settle an owner's devices and pay what they earned, and what is due of the locked, to their payout addresses.

    All or nothing: one device of somebody else rejects the message. Raises: EmissionError(UNKNOWN_DEVICE, NOT_OWNER).
    """
    payouts = [(device, _payout(ctx, keeper, device, msg.owner)) for device in msg.devices]

    payments = keeper.claim(ctx, payouts)

    response = tx_pb2.MsgClaimResponse(amount=sum(payments.values()))
    for payout, amount in payments.items():
        response.payments.add(payout=str(payout), amount=amount)
        ctx.emit("rewards_paid", owner=msg.owner, payout=payout, amount=amount)
    ctx.emit("rewards_claimed", owner=msg.owner, devices=len(msg.devices), amount=response.amount)
    return response


def settle(ctx: Context, keeper: RewardEmissionKeeper, msg: Settle) -> tx_pb2.MsgSettleResponse:
    """Settle the final slots of any devices, into accrued and locked; devices without any are passed over."""
    amounts = keeper.settle(ctx, msg.devices)

    amount, devices = sum(amounts), sum(1 for item in amounts if item)
    ctx.emit("rewards_settled", sender=msg.sender, devices=devices, amount=amount)
    return tx_pb2.MsgSettleResponse(amount=amount, devices=devices)


def claim_usage(ctx: Context, keeper: RewardEmissionKeeper, msg: ClaimUsage) -> tx_pb2.MsgClaimUsageResponse:
    """Pay a provider what he earned in all closed epochs whose books are kept; claiming again pays nothing."""
    shares = keeper.claim_usage(ctx, msg.provider)

    response = tx_pb2.MsgClaimUsageResponse(amount=sum(amount for _, _, amount in shares))
    for epoch, burned, amount in shares:
        response.shares.add(epoch=epoch, burned=burned, amount=amount)
    ctx.emit("usage_claimed", provider=msg.provider, epochs=len(shares), amount=response.amount)
    return response


def spend_treasury(ctx: Context, keeper: RewardEmissionKeeper, msg: SpendTreasury) -> tx_pb2.MsgSpendTreasuryResponse:
    """Pay out of the treasury. Raises: EmissionError(NOT_AUTHORITY, TREASURY_TOO_SMALL)."""
    _require_authority(ctx, msg.authority)
    held = keeper.treasury(ctx)
    if msg.amount > held:
        raise EmissionError(EmissionCode.TREASURY_TOO_SMALL, f"the treasury holds {held}, {msg.amount} were asked for")

    keeper.spend_treasury(ctx, msg.recipient, msg.amount)

    ctx.emit("treasury_spent", recipient=msg.recipient, amount=msg.amount)
    return tx_pb2.MsgSpendTreasuryResponse()


def update_params(ctx: Context, keeper: RewardEmissionKeeper, msg: UpdateParams) -> tx_pb2.MsgUpdateParamsResponse:
    """Replace the parameters; they hold from the running epoch's close on. Raises: EmissionError(NOT_AUTHORITY)."""
    _require_authority(ctx, msg.authority)

    keeper.set_params(ctx, msg.params)

    ctx.emit(
        "reward_emission_params_updated",
        decay=msg.params.decay,
        availability_bp=msg.params.availability_bp,
        holdback_bp=msg.params.holdback_bp,
        usage_kappa_bp=msg.params.usage_kappa_bp,
    )
    return tx_pb2.MsgUpdateParamsResponse()


def _require_authority(ctx: Context, signer: Address) -> None:
    if signer != ctx.authority:
        raise EmissionError(EmissionCode.NOT_AUTHORITY, f"expected {ctx.authority}, got {signer}")


def _payout(ctx: Context, keeper: RewardEmissionKeeper, device: DeviceId, owner: Address) -> Address:
    payees = keeper.networks.payees(ctx, device)
    if payees is None:
        raise EmissionError(EmissionCode.UNKNOWN_DEVICE, f"device {device} is not registered")
    if payees[0] != owner:
        raise EmissionError(EmissionCode.NOT_OWNER, f"device {device} belongs to {payees[0]}")
    return payees[1]
