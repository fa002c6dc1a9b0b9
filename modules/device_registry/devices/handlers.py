"""What each message about devices does: check, apply, emit."""

from dataclasses import replace

from chain.codec.devices import binding_bytes
from chain.crypto.addresses import device_id
from chain.crypto.keys import verify
from chain.pb.lamppost.device_registry.v1 import tx_pb2 as pb
from chain.primitives.ids import DeviceId
from chain.primitives.ints import NANOS
from chain.sdk.context import Context
from chain.sdk.gas import VERIFY
from modules.device_registry import checks, state
from modules.device_registry.devices import messages as msgs
from modules.device_registry.devices import verbs
from modules.device_registry.errors import RegistryCode, RegistryError
from modules.device_registry.keeper import DeviceRegistryKeeper as Keeper
from modules.device_registry.networks import verbs as networks
from modules.device_registry.types import Device, DeviceStatus, ModelStatus


def register_device(ctx: Context, keeper: Keeper, msg: msgs.RegisterDevice) -> pb.MsgRegisterDeviceResponse:
    """Register a device whose key signed for this owner, network and chain, and take the bond.

    Raises: RegistryError(UNKNOWN_NETWORK, NETWORK_CLOSED, UNKNOWN_MODEL, MODEL_OF_OTHER_NETWORK, MODEL_SUSPENDED,
    CELL_REQUIRED, CELL_NOT_ALLOWED, INVALID_CELL, DEVICE_EXISTS, BAD_PROOF), SdkError(INSUFFICIENT_FUNDS).
    """
    network = networks.open_network(ctx, msg.network)
    model = networks.find_model(ctx, msg.model)
    if model.network != network.id:
        raise RegistryError(RegistryCode.MODEL_OF_OTHER_NETWORK, f"model {model.id} is not of {network.name}")
    if model.status is not ModelStatus.ACTIVE:
        raise RegistryError(RegistryCode.MODEL_SUSPENDED, f"model {model.name}")
    checks.require_place(network, msg.cell, msg.commitment)
    number = device_id(msg.algorithm, msg.public_key)
    if state.devices.has(ctx, number):
        raise RegistryError(RegistryCode.DEVICE_EXISTS, str(number))
    _require_proof(ctx, number, msg)

    bond = keeper.params(ctx).device_bond
    keeper.take(ctx, msg.signer, bond)
    device = Device(
        algorithm=int(msg.algorithm),
        public_key=msg.public_key,
        owner=msg.signer,
        operator_or_none=None if msg.operator == msg.signer else msg.operator,
        payout_or_none=None if msg.payout == msg.signer else msg.payout,
        network=network.id,
        model=model.id,
        status=DeviceStatus.ACTIVE,
        cell=msg.cell,
        commitment=msg.commitment,
        bond=bond,
        bindings=1,
        registered_at=ctx.time,
    )
    verbs.save_new_device(ctx, number, device)

    ctx.emit("device_registered", device=number, network=network.id, model=model.id, owner=msg.signer, bond=bond)
    return pb.MsgRegisterDeviceResponse(device_id=str(number))


def _require_proof(ctx: Context, number: DeviceId, msg: msgs.RegisterDevice) -> None:
    ctx.gas.consume(VERIFY[msg.algorithm], "device proof")
    signed = binding_bytes(ctx.chain_id, number, msg.signer, msg.network, nonce=0)
    if not verify(msg.algorithm, msg.public_key, signed, msg.proof):
        raise RegistryError(
            RegistryCode.BAD_PROOF, f"not signed by the device for {msg.signer} in network {msg.network} of this chain"
        )


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
    """End a device for good and return the bond; its key can't be registered again.

    Raises: RegistryError(UNKNOWN_DEVICE, NOT_OWNER, WRONG_STATUS, BOND_LOCKED).
    """
    device = verbs.find_device(ctx, msg.device)
    verbs.require_owner(device, msg.signer)
    verbs.require_status(device, DeviceStatus.ACTIVE, DeviceStatus.PAUSED)
    left = device.registered_at + keeper.params(ctx).bond_seconds * NANOS - ctx.time
    if device.bond and left > 0:
        raise RegistryError(RegistryCode.BOND_LOCKED, f"the bond is locked for {-(-left // NANOS)} more seconds")

    verbs.set_device_status(ctx, msg.device, replace(device, bond=0), DeviceStatus.RETIRED)
    keeper.give_back(ctx, device.owner, device.bond)

    ctx.emit("device_retired", device=msg.device, bond=device.bond)
    return pb.MsgRetireDeviceResponse()
