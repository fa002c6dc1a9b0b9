"""What each message about a device's key does: check, apply, emit."""

from dataclasses import replace

from chain.codec.devices import rotation_bytes, veto_bytes
from chain.crypto.addresses import device_id
from chain.crypto.keys import Algorithm
from chain.pb.lamppost.device_registry.v1 import transfers_pb2 as pb
from chain.primitives.ids import DeviceId
from chain.primitives.ints import NANOS, UnixNano
from chain.sdk.context import Context
from modules.device_registry import state
from modules.device_registry.devices import verbs as devices
from modules.device_registry.errors import RegistryCode, RegistryError
from modules.device_registry.keeper import DeviceRegistryKeeper as Keeper
from modules.device_registry.keys import messages as msgs
from modules.device_registry.manufacturers.types import Manufacturer, ManufacturerStatus
from modules.device_registry.manufacturers.verbs import require_maker
from modules.device_registry.types import Device, Recovery


def rotate_key(ctx: Context, keeper: Keeper, msg: msgs.RotateKey) -> pb.MsgRotateKeyResponse:
    """Replace a device's key at once: the old key and the new one sign. A running recovery ends.

    Raises: RegistryError(UNKNOWN_DEVICE, NOT_OWNER, WRONG_STATUS, KEY_IN_USE, BAD_PROOF).
    """
    device = devices.find_device(ctx, msg.device)
    devices.require_owner(device, msg.signer)
    devices.require_alive(device)
    _require_new_key(ctx, msg.algorithm, msg.public_key)
    signed = rotation_bytes(ctx.chain_id, msg.device, device.owner, device.bindings, int(msg.algorithm), msg.public_key)
    devices.require_signature(ctx, device.algorithm, device.public_key, signed, msg.old_proof)
    devices.require_signature(ctx, msg.algorithm, msg.public_key, signed, msg.new_proof)

    _replace_key(ctx, msg.device, device, msg.algorithm, msg.public_key)

    ctx.emit("device_key_rotated", device=msg.device, algorithm=msg.algorithm.name, public_key=msg.public_key.hex())
    return pb.MsgRotateKeyResponse()


def request_recovery(ctx: Context, keeper: Keeper, msg: msgs.RequestRecovery) -> pb.MsgRequestRecoveryResponse:
    """Ask for another key in the place of a lost one; replaces an earlier request, and its approval.

    Raises: RegistryError(UNKNOWN_DEVICE, NOT_OWNER, WRONG_STATUS, NO_MANUFACTURER,
    MANUFACTURER_NOT_ACTIVE, KEY_IN_USE, BAD_PROOF).
    """
    device = devices.find_device(ctx, msg.device)
    devices.require_owner(device, msg.signer)
    devices.require_alive(device)
    _maker(ctx, device)
    _require_new_key(ctx, msg.algorithm, msg.public_key)
    signed = rotation_bytes(ctx.chain_id, msg.device, device.owner, device.bindings, int(msg.algorithm), msg.public_key)
    devices.require_signature(ctx, msg.algorithm, msg.public_key, signed, msg.proof)

    state.recoveries.set(ctx, msg.device, Recovery(int(msg.algorithm), msg.public_key, UnixNano(0)))

    ctx.emit("device_recovery_requested", device=msg.device, public_key=msg.public_key.hex())
    return pb.MsgRequestRecoveryResponse()


def approve_recovery(ctx: Context, keeper: Keeper, msg: msgs.ApproveRecovery) -> pb.MsgApproveRecoveryResponse:
    """Agree to a recovery as the device's manufacturer; the delay begins.

    Raises: RegistryError(UNKNOWN_DEVICE, NO_RECOVERY, NO_MANUFACTURER, MANUFACTURER_NOT_ACTIVE, NOT_MANUFACTURER,
    RECOVERY_DIFFERS, APPROVED_ALREADY).
    """
    device = devices.find_device(ctx, msg.device)
    recovery = _recovery(ctx, msg.device)
    require_maker(_maker(ctx, device), msg.signer)
    if msg.public_key != recovery.public_key:
        raise RegistryError(RegistryCode.RECOVERY_DIFFERS, f"the new key is {recovery.public_key.hex()}")
    if recovery.ready_at:
        raise RegistryError(RegistryCode.APPROVED_ALREADY, f"ready at {recovery.ready_at}")

    ready_at = UnixNano(ctx.time + keeper.params(ctx).recovery_seconds * NANOS)
    state.recoveries.set(ctx, msg.device, replace(recovery, ready_at=ready_at))

    ctx.emit("device_recovery_approved", device=msg.device, by=msg.signer, ready_at=ready_at)
    return pb.MsgApproveRecoveryResponse(ready_at=ready_at)


def cancel_recovery(ctx: Context, keeper: Keeper, msg: msgs.CancelRecovery) -> pb.MsgCancelRecoveryResponse:
    """Stop a recovery, as the owner or with a signature of the key that is not lost.

    Raises: RegistryError(UNKNOWN_DEVICE, NO_RECOVERY, NOT_OWNER, BAD_PROOF).
    """
    device = devices.find_device(ctx, msg.device)
    recovery = _recovery(ctx, msg.device)
    if msg.proof:
        signed = veto_bytes(ctx.chain_id, msg.device, device.bindings, recovery.public_key)
        devices.require_signature(ctx, device.algorithm, device.public_key, signed, msg.proof)
    else:
        devices.require_owner(device, msg.signer)

    state.recoveries.delete(ctx, msg.device)

    ctx.emit("device_recovery_cancelled", device=msg.device, by=msg.signer)
    return pb.MsgCancelRecoveryResponse()


def complete_recovery(ctx: Context, keeper: Keeper, msg: msgs.CompleteRecovery) -> pb.MsgCompleteRecoveryResponse:
    """Put the new key in the lost one's place, after the delay.

    Raises: RegistryError(UNKNOWN_DEVICE, NOT_OWNER, NO_RECOVERY, RECOVERY_NOT_READY, KEY_IN_USE).
    """
    device = devices.find_device(ctx, msg.device)
    devices.require_owner(device, msg.signer)
    recovery = _recovery(ctx, msg.device)
    if not recovery.ready_at:
        raise RegistryError(RegistryCode.RECOVERY_NOT_READY, "the manufacturer has not agreed")
    if ctx.time < recovery.ready_at:
        raise RegistryError(RegistryCode.RECOVERY_NOT_READY, f"ready at {recovery.ready_at}")
    algorithm = Algorithm(recovery.algorithm)
    # Somebody may have registered a device of the new key since.
    _require_new_key(ctx, algorithm, recovery.public_key)

    _replace_key(ctx, msg.device, device, algorithm, recovery.public_key)

    ctx.emit("device_key_rotated", device=msg.device, algorithm=algorithm.name, public_key=recovery.public_key.hex())
    return pb.MsgCompleteRecoveryResponse()


def _maker(ctx: Context, device: Device) -> Manufacturer:
    maker = devices.maker_of(ctx, device)
    if maker is None:
        raise RegistryError(RegistryCode.NO_MANUFACTURER, "nobody but the old key can vouch for another key")
    if maker.status is not ManufacturerStatus.ACTIVE:
        raise RegistryError(RegistryCode.MANUFACTURER_NOT_ACTIVE, f"manufacturer {maker.name}")
    return maker


def _recovery(ctx: Context, number: DeviceId) -> Recovery:
    recovery = state.recoveries.get(ctx, number)
    if recovery is None:
        raise RegistryError(RegistryCode.NO_RECOVERY, str(number))
    return recovery


def _require_new_key(ctx: Context, algorithm: Algorithm, public_key: bytes) -> None:
    if devices.is_key_used(ctx, device_id(algorithm, public_key)):
        raise RegistryError(RegistryCode.KEY_IN_USE, "the key is a device's, or was")


def _replace_key(ctx: Context, number: DeviceId, device: Device, algorithm: Algorithm, public_key: bytes) -> None:
    """Give a device another key; each key it ever had stays taken, so that none becomes another device."""
    changed = replace(device, algorithm=int(algorithm), public_key=public_key, bindings=device.bindings + 1)
    state.devices.set(ctx, number, changed)
    state.rotated_keys.set(ctx, device_id(algorithm, public_key), number)
    state.recoveries.delete(ctx, number)
