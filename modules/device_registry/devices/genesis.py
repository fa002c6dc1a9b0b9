"""Devices in the genesis section."""

from chain.crypto.addresses import device_id
from chain.crypto.keys import Algorithm
from chain.pb.lamppost.device_registry.v1 import types_pb2
from chain.primitives.ids import DeviceId
from chain.primitives.ints import UnixNano
from modules.device_registry import checks
from modules.device_registry.errors import RegistryCode
from modules.device_registry.keeper import NAME
from modules.device_registry.places.verbs import MOST_STEPS
from modules.device_registry.sections import Section, at, require
from modules.device_registry.types import Device, DeviceStatus, Moves, NetworkStatus


def add_device(path: str, item: types_pb2.Device, content: Section) -> None:
    """Put a device into the section's content. Raises: GenesisError naming the field."""
    number, algorithm = _identity(path, item, content)
    require(1 <= item.model <= len(content.models), f"{path}.model", "is no model of this file")
    require(content.models[item.model - 1].network == item.network, f"{path}.network", "is not the model's network")
    with at(f"{path}.status"):
        status = checks.member(DeviceStatus, item.status, RegistryCode.INVALID_STATUS)
    require(status is not DeviceStatus.SUSPENDED, f"{path}.status", "is shown, not kept: give suspended_until")
    require(status is not DeviceStatus.RETIRED or item.bond == 0, f"{path}.bond", "a retired device has none")
    network = content.networks[item.network - 1]
    closed = network.status is NetworkStatus.CLOSED
    require(not closed or status is DeviceStatus.RETIRED, f"{path}.status", f"{network.name} is closed")
    with at(f"{path}.cell"):
        cell = checks.cell(item.cell)
        checks.require_place(network, cell, item.commitment)
    with at(f"{path}.commitment"):
        commitment = checks.commitment(item.commitment)
    require(item.bindings >= 1, f"{path}.bindings", "a registered device was bound at least once")
    require(item.registered_at >= 0, f"{path}.registered_at", "is negative")
    with at(f"{path}.owner"):
        owner = checks.address(item.owner, "owner")
    with at(f"{path}.operator"):
        operator = checks.address(item.operator, "operator")
    with at(f"{path}.payout"):
        payout = checks.address(item.payout, "payout")
    _check_batch(path, item, content)
    content.devices[number] = Device(
        algorithm=int(algorithm),
        public_key=item.public_key,
        owner=owner,
        operator_or_none=None if operator == owner else operator,
        payout_or_none=None if payout == owner else payout,
        network=item.network,
        model=item.model,
        status=status,
        cell=cell,
        commitment=commitment,
        bond=item.bond,
        bindings=item.bindings,
        registered_at=item.registered_at,
        batch=item.batch,
        position=item.position,
        suspended_until=item.suspended_until,
        moves=_moves(f"{path}.moves", item.moves, cell) if item.HasField("moves") else None,
        revealed=item.revealed,
    )


def _identity(path: str, item: types_pb2.Device, content: Section) -> tuple[DeviceId, Algorithm]:
    """Return a device's id and the scheme of its key, which belong together."""
    with at(f"{path}.public_key"):
        algorithm = checks.public_key(item.algorithm, item.public_key)
    with at(f"{path}.id"):
        number = checks.device_id(item.id)
    key_id = device_id(algorithm, item.public_key)
    own = number == key_id or content.belongings.rotated_keys.get(key_id) == number
    require(own, f"{path}.id", "is not the id of this public key, nor is that a rotated key of the device")
    require(number not in content.devices, f"{path}.id", "appears twice")
    return number, algorithm


def check_positions(content: Section) -> None:
    """Check that living devices have the positions 1 to n, or none of them one. Raises: GenesisError."""
    living = [device for device in content.devices.values() if device.status is not DeviceStatus.RETIRED]
    retired = (device for device in content.devices.values() if device.status is DeviceStatus.RETIRED)
    require(not any(device.position for device in retired), f"{NAME}.devices", "a retired device has no position")
    positions = sorted(device.position for device in living)
    fine = not any(positions) or positions == list(range(1, len(living) + 1))
    require(fine, f"{NAME}.devices", "positions of living devices are neither 1, 2, 3 without gaps nor all 0")


def _moves(path: str, item: types_pb2.DeviceMoves, cell: int) -> Moves:
    require(cell != 0, path, "a device without a place has none")
    require(item.asserts >= 2, f"{path}.asserts", "must be at least 2: registration is the first")
    require(item.steps <= MOST_STEPS, f"{path}.steps", f"must be at most {MOST_STEPS}")
    require(item.asserted_at >= 0, f"{path}.asserted_at", "is negative")
    with at(f"{path}.cell_before"):
        before = checks.cell(item.cell_before)
    return Moves(
        item.asserts,
        item.steps,
        UnixNano(item.asserted_at),
        item.since,
        before,
        item.weightless_until,
        item.weightless_before,
    )


def _check_batch(path: str, item: types_pb2.Device, content: Section) -> None:
    if not item.batch:
        return
    require(item.batch <= len(content.batches), f"{path}.batch", "is no batch of this file")
    batch = content.batches[item.batch - 1]
    require(batch.model == item.model, f"{path}.batch", "is not of the device's model")
    claimed = content.claimed.get(item.batch, 0) + 1
    require(claimed <= batch.count, f"{path}.batch", f"batch {item.batch} has {batch.count} keys")
    content.claimed[item.batch] = claimed
