"""What each message about transfers does: check, apply, emit."""

from chain.codec.devices import binding_bytes
from chain.pb.lamppost.device_registry.v1 import transfers_pb2 as pb
from chain.primitives.coins import BASE_DENOM, Coin
from chain.primitives.ids import DeviceId
from chain.sdk.context import Context
from modules.device_registry import state
from modules.device_registry.devices import verbs as devices
from modules.device_registry.errors import RegistryCode, RegistryError
from modules.device_registry.keeper import DeviceRegistryKeeper as Keeper
from modules.device_registry.transfers import messages as msgs
from modules.device_registry.types import Offer


def offer_transfer(ctx: Context, keeper: Keeper, msg: msgs.OfferTransfer) -> pb.MsgOfferTransferResponse:
    """Offer a device to one buyer, in the place of an earlier offer.

    Raises: RegistryError(UNKNOWN_DEVICE, NOT_OWNER, WRONG_STATUS, INVALID_EXPIRY).
    """
    device = devices.find_device(ctx, msg.device)
    devices.require_owner(device, msg.signer)
    devices.require_alive(device)
    if msg.expires_at <= ctx.time:
        raise RegistryError(RegistryCode.INVALID_EXPIRY, f"{msg.expires_at} is not after the block's time")

    state.offers.set(ctx, msg.device, Offer(msg.buyer, msg.price, msg.expires_at))

    ctx.emit("device_offered", device=msg.device, owner=msg.signer, buyer=msg.buyer, price=msg.price)
    return pb.MsgOfferTransferResponse()


def accept_transfer(ctx: Context, keeper: Keeper, msg: msgs.AcceptTransfer) -> pb.MsgAcceptTransferResponse:
    """Pay for an offered device and own it; what it earned goes to the old payout first.

    Raises: RegistryError(UNKNOWN_DEVICE, NO_OFFER, NOT_BUYER, OFFER_EXPIRED, PRICE_DIFFERS, BAD_PROOF),
    SdkError(INSUFFICIENT_FUNDS).
    """
    device = devices.find_device(ctx, msg.device)
    offer = _offer(ctx, msg.device)
    if msg.signer != offer.buyer:
        raise RegistryError(RegistryCode.NOT_BUYER, f"the device is offered to {offer.buyer}")
    if offer.expires_at <= ctx.time:
        raise RegistryError(RegistryCode.OFFER_EXPIRED, "the offer has expired")
    if msg.price != offer.price:
        raise RegistryError(RegistryCode.PRICE_DIFFERS, f"the price is {offer.price}, not {msg.price}")
    signed = binding_bytes(ctx.chain_id, msg.device, msg.signer, device.network, device.bindings)
    devices.require_signature(ctx, device.algorithm, device.public_key, signed, msg.proof)

    paid_out = keeper.rewards.pay_out(ctx, msg.device, device.payout)
    if offer.price:
        keeper.bank.send(ctx, msg.signer, device.owner, (Coin(BASE_DENOM, offer.price),))
    devices.change_owner(ctx, msg.device, device, msg.signer)

    ctx.emit(
        "device_transferred",
        device=msg.device,
        seller=device.owner,
        buyer=msg.signer,
        price=offer.price,
        paid_out=paid_out,
    )
    return pb.MsgAcceptTransferResponse(paid_out=paid_out)


def cancel_transfer(ctx: Context, keeper: Keeper, msg: msgs.CancelTransfer) -> pb.MsgCancelTransferResponse:
    """Take an offer back, or turn it down. Raises: RegistryError(UNKNOWN_DEVICE, NO_OFFER, NOT_OWNER)."""
    device = devices.find_device(ctx, msg.device)
    offer = _offer(ctx, msg.device)
    if msg.signer != offer.buyer:
        devices.require_owner(device, msg.signer)

    state.offers.delete(ctx, msg.device)

    ctx.emit("device_offer_cancelled", device=msg.device, by=msg.signer)
    return pb.MsgCancelTransferResponse()


def _offer(ctx: Context, number: DeviceId) -> Offer:
    offer = state.offers.get(ctx, number)
    if offer is None:
        raise RegistryError(RegistryCode.NO_OFFER, str(number))
    return offer
