"""What handlers, queries and other modules do with devices."""

from dataclasses import replace

from chain.crypto.keys import Algorithm, verify
from chain.primitives.ids import Address, DeviceId
from chain.sdk.context import Context
from chain.sdk.gas import VERIFY
from modules.device_registry import state
from modules.device_registry.devices.living import leave, living_count
from modules.device_registry.errors import RegistryCode, RegistryError
from modules.device_registry.h3 import place
from modules.device_registry.manufacturers import verbs as manufacturers
from modules.device_registry.manufacturers.types import Manufacturer
from modules.device_registry.networks import verbs as networks
from modules.device_registry.statements.verbs import end_consents
from modules.device_registry.types import (
    Counts,
    Device,
    DeviceStatus,
    Model,
    ModelStatus,
    Network,
    NetworkStatus,
)


def find_device(ctx: Context, number: DeviceId) -> Device:
    """Return a device. Raises: RegistryError(UNKNOWN_DEVICE)."""
    device = state.devices.get(ctx, number)
    if device is None:
        raise RegistryError(RegistryCode.UNKNOWN_DEVICE, str(number))
    return device


def require_owner(device: Device, signer: Address) -> None:
    """Refuse anybody but the owner. Raises: RegistryError(NOT_OWNER)."""
    if device.owner != signer:
        raise RegistryError(RegistryCode.NOT_OWNER, f"{signer} does not own the device")


def require_operator(device: Device, signer: Address) -> None:
    """Refuse anybody but owner and operator. Raises: RegistryError(NOT_OPERATOR)."""
    if signer not in (device.owner, device.operator):
        raise RegistryError(RegistryCode.NOT_OPERATOR, f"{signer} neither owns nor operates the device")


def require_status(device: Device, *allowed: DeviceStatus) -> None:
    """Refuse a device in another status. Raises: RegistryError(WRONG_STATUS)."""
    if device.status not in allowed:
        raise RegistryError(RegistryCode.WRONG_STATUS, f"device is {device.status.name.lower()}")


def require_alive(device: Device) -> None:
    """Refuse a retired device. Raises: RegistryError(WRONG_STATUS)."""
    require_status(device, DeviceStatus.ACTIVE, DeviceStatus.PAUSED)


def require_signature(ctx: Context, algorithm: int, public_key: bytes, signed: bytes, signature: bytes) -> None:
    """Refuse what a device's key did not sign; costs gas. Raises: RegistryError(BAD_PROOF)."""
    kind = Algorithm(algorithm)
    ctx.gas.consume(VERIFY[kind], "device proof")
    if not verify(kind, public_key, signed, signature):
        raise RegistryError(RegistryCode.BAD_PROOF, f"not signed by the key {public_key.hex()} for this purpose")


def is_key_used(ctx: Context, number: DeviceId) -> bool:
    """Tell whether the key that makes this id is a device's or ever was: such a key never becomes another device."""
    return state.devices.has(ctx, number) or state.rotated_keys.has(ctx, number)


def maker_of(ctx: Context, device: Device) -> Manufacturer | None:
    """Return the manufacturer that vouches for a device, or None."""
    model = networks.find_model(ctx, device.model)
    return manufacturers.find_manufacturer(ctx, model.manufacturer) if model.manufacturer else None


def save_new_device(ctx: Context, number: DeviceId, device: Device) -> None:
    """Write a device that was not there, its indexes and its counts; without a position it gets the next."""
    if device.status is not DeviceStatus.RETIRED:
        if not device.position:
            device = replace(device, position=living_count(ctx) + 1)
        state.living.set(ctx, device.position, number)
        if device.cell:
            state.devices_by_cell.add(ctx, (place(device.cell), number))
    state.devices.set(ctx, number, device)
    state.devices_by_owner.add(ctx, (device.owner, number))
    if device.operator_or_none is not None:
        state.devices_by_operator.add(ctx, (device.operator_or_none, number))
    state.devices_by_model.add(ctx, ((device.network, device.model, device.batch), number))
    _count(ctx, device, None, device.status)


def set_device_status(ctx: Context, number: DeviceId, device: Device, status: DeviceStatus) -> None:
    """Pause or resume a device and change the counts."""
    state.devices.set(ctx, number, replace(device, status=status))
    _count(ctx, device, device.status, status)


def retire(ctx: Context, number: DeviceId, device: Device) -> None:
    """End a device, its offer and its recovery; it leaves the lists of what lives, its bond is no longer its own."""
    leave(ctx, device.position)
    if device.cell:
        state.devices_by_cell.remove(ctx, (place(device.cell), number))
    state.offers.delete(ctx, number)
    state.recoveries.delete(ctx, number)
    state.devices.set(ctx, number, replace(device, status=DeviceStatus.RETIRED, position=0, bond=0))
    _count(ctx, device, device.status, DeviceStatus.RETIRED)


def set_device_operator(ctx: Context, number: DeviceId, device: Device, operator: Address | None) -> None:
    """Change a device's operator and the index; None stands for the owner."""
    changed = replace(device, operator_or_none=None if operator == device.owner else operator)
    _index_operator(ctx, number, device, changed)
    state.devices.set(ctx, number, changed)


def change_owner(ctx: Context, number: DeviceId, device: Device, owner: Address) -> None:
    """Give a living device to another owner, who also operates it and is paid; offer and recovery end."""
    changed = replace(device, owner=owner, operator_or_none=None, payout_or_none=None, bindings=device.bindings + 1)
    _index_operator(ctx, number, device, changed)
    state.devices_by_owner.remove(ctx, (device.owner, number))
    state.devices_by_owner.add(ctx, (owner, number))
    left = (state.owner_devices.get(ctx, device.owner) or Counts()).moved(device.status, None)
    if left == Counts():
        state.owner_devices.delete(ctx, device.owner)
    else:
        state.owner_devices.set(ctx, device.owner, left)
    mine = state.owner_devices.get(ctx, owner) or Counts()
    state.owner_devices.set(ctx, owner, mine.moved(None, device.status))
    state.devices.set(ctx, number, changed)
    state.offers.delete(ctx, number)
    state.recoveries.delete(ctx, number)
    end_consents(ctx, number, owner)


def _index_operator(ctx: Context, number: DeviceId, before: Device, after: Device) -> None:
    # An owner who operates his device finds it among those he owns; that saves 42 bytes for most devices.
    if before.operator_or_none is not None:
        state.devices_by_operator.remove(ctx, (before.operator_or_none, number))
    if after.operator_or_none is not None:
        state.devices_by_operator.add(ctx, (after.operator_or_none, number))


def _count(ctx: Context, device: Device, before: DeviceStatus | None, after: DeviceStatus) -> None:
    state.totals.set(ctx, (state.totals.get(ctx) or Counts()).moved(before, after))
    for counts, key in (
        (state.network_devices, device.network),
        (state.model_devices, device.model),
    ):
        counts.set(ctx, key, (counts.get(ctx, key) or Counts()).moved(before, after))
    if device.batch:
        maker = networks.find_model(ctx, device.model).manufacturer
        for counts, key in ((state.batch_devices, device.batch), (state.manufacturer_devices, maker)):
            counts.set(ctx, key, (counts.get(ctx, key) or Counts()).moved(before, after))
    mine = state.owner_devices.get(ctx, device.owner) or Counts()
    state.owner_devices.set(ctx, device.owner, mine.moved(before, after))


def reason(ctx: Context, device: Device, model: Model, network: Network, epoch: int) -> str:
    """Return why a device may not work in an epoch, or the empty text; the first of what stops it."""
    if device.status is not DeviceStatus.ACTIVE:
        return f"device is {device.status.name.lower()}"
    if epoch < device.suspended_until:
        return f"device is suspended until epoch {device.suspended_until}"
    stopped = manufacturers.stop(ctx, model, device.batch)
    if stopped:
        return stopped
    if model.status is not ModelStatus.ACTIVE:
        return f"model is {model.status.name.lower()}"
    if network.status is not NetworkStatus.ACTIVE:
        return "network is closed"
    return ""
