"""What each message about devices does: check, apply, emit."""

from dataclasses import replace

from chain.pb.lamppost.device_registry.v1 import transfers_pb2
from chain.pb.lamppost.device_registry.v1 import tx_pb2 as pb
from chain.primitives.ints import NANOS, UnixNano
from chain.sdk.context import Context
from modules.device_registry import state
from modules.device_registry.devices import joining, verbs
from modules.device_registry.devices import messages as msgs
from modules.device_registry.errors import RegistryCode, RegistryError
from modules.device_registry.keeper import DeviceRegistryKeeper as Keeper
from modules.device_registry.networks import verbs as networks
from modules.device_registry.types import DeviceStatus, HeldBond


def register_device(ctx: Context, keeper: Keeper, msg: msgs.RegisterDevice) -> pb.MsgRegisterDeviceResponse:
    """Register a device whose key signed for this owner, network and chain, and take the bond.

    Raises: RegistryError(UNKNOWN_NETWORK, NETWORK_CLOSED, UNKNOWN_MODEL, MODEL_OF_OTHER_NETWORK, MODEL_SUSPENDED,
    MODEL_NEEDS_BATCH, CELL_REQUIRED, CELL_NOT_ALLOWED, INVALID_CELL, DEVICE_EXISTS, BAD_PROOF),
    SdkError(INSUFFICIENT_FUNDS).
    """
    network = networks.open_network(ctx, msg.network)
    model = networks.find_model(ctx, msg.model)
    if model.network != network.id:
        raise RegistryError(RegistryCode.MODEL_OF_OTHER_NETWORK, f"model {model.id} is not of {network.name}")
    networks.require_usable(model)
    if model.manufacturer:
        raise RegistryError(RegistryCode.MODEL_NEEDS_BATCH, f"model {model.name}: devices are claimed from its batches")
    number = joining.require_new(ctx, msg, network)

    bond = keeper.params(ctx).device_bond
    keeper.take(ctx, msg.signer, bond)
    joining.join(ctx, number, msg, model, batch=0, bond=bond)

    ctx.emit("device_registered", device=number, network=network.id, model=model.id, owner=msg.signer, bond=bond)
    return pb.MsgRegisterDeviceResponse(device_id=str(number))


def set_operator(ctx: Context, keeper: Keeper, msg: msgs.SetOperator) -> pb.MsgSetOperatorResponse:
    """Name who does a device's daily work. Raises: RegistryError(UNKNOWN_DEVICE, NOT_OWNER, WRONG_STATUS)."""
    device = verbs.find_device(ctx, msg.device)
    verbs.require_owner(device, msg.signer)
    verbs.require_status(device, DeviceStatus.ACTIVE, DeviceStatus.PAUSED)

    verbs.set_device_operator(ctx, msg.device, device, msg.operator)

    ctx.emit("device_operator_set", device=msg.device, operator=msg.operator or device.owner)
    return pb.MsgSetOperatorResponse()


def set_payout(ctx: Context, keeper: Keeper, msg: msgs.SetPayout) -> pb.MsgSetPayoutResponse:
    """Name where a device's rewards go; allowed after retirement, for what is not claimed yet.

    Raises: RegistryError(UNKNOWN_DEVICE, NOT_OWNER).
    """
    device = verbs.find_device(ctx, msg.device)
    verbs.require_owner(device, msg.signer)

    changed = replace(device, payout_or_none=None if msg.payout == device.owner else msg.payout)
    state.devices.set(ctx, msg.device, changed)

    ctx.emit("device_payout_set", device=msg.device, payout=changed.payout)
    return pb.MsgSetPayoutResponse()


def pause_device(ctx: Context, keeper: Keeper, msg: msgs.PauseDevice) -> pb.MsgPauseDeviceResponse:
    """Stop a device's work until resumed. Raises: RegistryError(UNKNOWN_DEVICE, NOT_OPERATOR, WRONG_STATUS)."""
    device = verbs.find_device(ctx, msg.device)
    verbs.require_operator(device, msg.signer)
    verbs.require_status(device, DeviceStatus.ACTIVE)

    verbs.set_device_status(ctx, msg.device, device, DeviceStatus.PAUSED)

    ctx.emit("device_paused", device=msg.device, by=msg.signer)
    return pb.MsgPauseDeviceResponse()


def resume_device(ctx: Context, keeper: Keeper, msg: msgs.ResumeDevice) -> pb.MsgResumeDeviceResponse:
    """Let a paused device work again. Raises: RegistryError(UNKNOWN_DEVICE, NOT_OPERATOR, WRONG_STATUS)."""
    device = verbs.find_device(ctx, msg.device)
    verbs.require_operator(device, msg.signer)
    verbs.require_status(device, DeviceStatus.PAUSED)

    verbs.set_device_status(ctx, msg.device, device, DeviceStatus.ACTIVE)

    ctx.emit("device_resumed", device=msg.device, by=msg.signer)
    return pb.MsgResumeDeviceResponse()


def retire_device(ctx: Context, keeper: Keeper, msg: msgs.RetireDevice) -> pb.MsgRetireDeviceResponse:
    """End a device for good and pay out what it earned; its bond stays for a while, its key is spent.

    Raises: RegistryError(UNKNOWN_DEVICE, NOT_OWNER, WRONG_STATUS, DEVICE_SUSPENDED).
    """
    device = verbs.find_device(ctx, msg.device)
    verbs.require_owner(device, msg.signer)
    verbs.require_alive(device)
    if keeper.running_epoch(ctx) < device.suspended_until:
        raise RegistryError(RegistryCode.DEVICE_SUSPENDED, f"until epoch {device.suspended_until}")

    paid_out = keeper.rewards.pay_out(ctx, msg.device, device.payout)
    verbs.retire(ctx, msg.device, device)
    hold = keeper.params(ctx).bond_seconds * NANOS
    held = device.bond if hold else 0
    if held:
        state.held_bonds.set(ctx, msg.device, HeldBond(held, UnixNano(ctx.time + hold)))
    keeper.give_back(ctx, device.owner, device.bond - held)

    ctx.emit("device_retired", device=msg.device, paid_out=paid_out, bond=device.bond, bond_due_at=ctx.time + hold)
    return pb.MsgRetireDeviceResponse()


def return_bond(ctx: Context, keeper: Keeper, msg: msgs.ReturnBond) -> transfers_pb2.MsgReturnBondResponse:
    """Send a retired device's bond to its owner when it is due.

    Raises: RegistryError(UNKNOWN_DEVICE, NO_BOND, BOND_LOCKED).
    """
    device = verbs.find_device(ctx, msg.device)
    held = state.held_bonds.get(ctx, msg.device)
    if held is None:
        raise RegistryError(RegistryCode.NO_BOND, "no bond of a retired device is held")
    left = held.due_at - ctx.time
    if left > 0:
        raise RegistryError(RegistryCode.BOND_LOCKED, f"the bond is locked for {-(-left // NANOS)} more seconds")

    state.held_bonds.delete(ctx, msg.device)
    keeper.give_back(ctx, device.owner, held.amount)

    ctx.emit("device_bond_returned", device=msg.device, owner=device.owner, amount=held.amount)
    return transfers_pb2.MsgReturnBondResponse(amount=held.amount)
