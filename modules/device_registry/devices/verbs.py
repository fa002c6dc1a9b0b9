"""What handlers, queries and other modules do with devices."""

from dataclasses import replace

from chain.primitives.ids import Address, DeviceId
from chain.sdk.context import Context
from modules.device_registry import state
from modules.device_registry.errors import RegistryCode, RegistryError
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


def save_new_device(ctx: Context, number: DeviceId, device: Device) -> None:
    """Write a device that was not there, its indexes and its counts."""
    state.devices.set(ctx, number, device)
    state.devices_by_owner.add(ctx, (device.owner, number))
    state.devices_by_operator.add(ctx, (device.operator, number))
    state.devices_by_model.add(ctx, ((device.network, device.model), number))
    _count(ctx, device, None, device.status)


def set_device_status(ctx: Context, number: DeviceId, device: Device, status: DeviceStatus) -> None:
    """Change a device's status and the counts."""
    state.devices.set(ctx, number, replace(device, status=status))
    _count(ctx, device, device.status, status)


def set_device_operator(ctx: Context, number: DeviceId, device: Device, operator: Address | None) -> None:
    """Change a device's operator and the index; None stands for the owner."""
    changed = replace(device, operator_or_none=None if operator == device.owner else operator)
    state.devices_by_operator.remove(ctx, (device.operator, number))
    state.devices_by_operator.add(ctx, (changed.operator, number))
    state.devices.set(ctx, number, changed)


def _count(ctx: Context, device: Device, before: DeviceStatus | None, after: DeviceStatus) -> None:
    state.totals.set(ctx, (state.totals.get(ctx) or Counts()).moved(before, after))
    for counts, key in (
        (state.network_devices, device.network),
        (state.model_devices, device.model),
    ):
        counts.set(ctx, key, (counts.get(ctx, key) or Counts()).moved(before, after))
    mine = state.owner_devices.get(ctx, device.owner) or Counts()
    state.owner_devices.set(ctx, device.owner, mine.moved(before, after))


def reason(device: Device, model: Model, network: Network) -> str:
    """Return why a device may not work now, or the empty text."""
    if device.status is not DeviceStatus.ACTIVE:
        return f"device is {device.status.name.lower()}"
    if model.status is not ModelStatus.ACTIVE:
        return "model is suspended"
    if network.status is not NetworkStatus.ACTIVE:
        return "network is closed"
    return ""
