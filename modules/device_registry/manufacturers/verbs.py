"""What handlers, queries and other objects do with manufacturers and batches."""

from dataclasses import replace

from chain.primitives.ids import Address
from chain.sdk.context import Context
from modules.device_registry import state
from modules.device_registry.errors import RegistryCode, RegistryError
from modules.device_registry.manufacturers.types import Batch, BatchStatus, Manufacturer, ManufacturerStatus
from modules.device_registry.types import Model


def find_manufacturer(ctx: Context, number: int) -> Manufacturer:
    """Return a manufacturer. Raises: RegistryError(UNKNOWN_MANUFACTURER)."""
    found = state.manufacturers.get(ctx, number)
    if found is None:
        raise RegistryError(RegistryCode.UNKNOWN_MANUFACTURER, f"manufacturer {number}")
    return found


def manufacturer_named(ctx: Context, name: str) -> Manufacturer:
    """Return a manufacturer by its name. Raises: RegistryError(UNKNOWN_MANUFACTURER)."""
    number = state.manufacturer_names.get(ctx, name) if len(name.encode()) <= 32 and "\0" not in name else None
    if number is None:
        raise RegistryError(RegistryCode.UNKNOWN_MANUFACTURER, f"manufacturer named {name[:40]!r}")
    return find_manufacturer(ctx, number)


def active_manufacturer(ctx: Context, number: int) -> Manufacturer:
    """Return a manufacturer that is active.

    Raises: RegistryError(UNKNOWN_MANUFACTURER, MANUFACTURER_NOT_ACTIVE).
    """
    found = find_manufacturer(ctx, number)
    if found.status is not ManufacturerStatus.ACTIVE:
        raise RegistryError(
            RegistryCode.MANUFACTURER_NOT_ACTIVE, f"manufacturer {found.name} is {found.status.name.lower()}"
        )
    return found


def require_maker(manufacturer: Manufacturer, signer: Address) -> None:
    """Refuse anybody but a manufacturer's owner. Raises: RegistryError(NOT_MANUFACTURER)."""
    if manufacturer.owner != signer:
        raise RegistryError(RegistryCode.NOT_MANUFACTURER, f"{signer} does not own {manufacturer.name}")


def find_batch(ctx: Context, number: int) -> Batch:
    """Return a batch. Raises: RegistryError(UNKNOWN_BATCH)."""
    found = state.batches.get(ctx, number)
    if found is None:
        raise RegistryError(RegistryCode.UNKNOWN_BATCH, f"batch {number}")
    return found


def save_new_manufacturer(ctx: Context, manufacturer: Manufacturer) -> None:
    """Write a manufacturer that was not there; its name must be free and its id the next."""
    state.manufacturers.set(ctx, manufacturer.id, manufacturer)
    state.manufacturer_names.set(ctx, manufacturer.name, manufacturer.id)
    state.manufacturers_by_owner.add(ctx, (manufacturer.owner, manufacturer.id))
    state.manufacturer_count.set(ctx, manufacturer.id)


def save_new_batch(ctx: Context, batch: Batch, model: Model) -> None:
    """Write a batch of a model that was not there; its id must be the next."""
    state.batches.set(ctx, batch.id, batch)
    state.model_batches.add(ctx, (model.id, batch.id))
    state.manufacturer_batches.add(ctx, (model.manufacturer, batch.id))
    state.batch_count.set(ctx, batch.id)


def set_batch_status(ctx: Context, batch: Batch, manufacturer: Manufacturer, status: BatchStatus) -> None:
    """Change a batch's status and its manufacturer's count of open ones."""
    state.batches.set(ctx, batch.id, replace(batch, status=status))
    if batch.status is BatchStatus.ACTIVE:
        changed = replace(manufacturer, open_batches=manufacturer.open_batches - 1)
        state.manufacturers.set(ctx, manufacturer.id, changed)


def stop(ctx: Context, model: Model, batch: int) -> str:
    """Return why the devices of a batch of a model may not work, as far as batch and manufacturer go, or no text.

    Two reads at most, none for a model that nobody vouches for.
    """
    if batch and find_batch(ctx, batch).status is BatchStatus.REVOKED:
        return "batch is revoked"
    if model.manufacturer:
        status = find_manufacturer(ctx, model.manufacturer).status
        if status is not ManufacturerStatus.ACTIVE:
            return f"manufacturer is {status.name.lower()}"
    return ""
