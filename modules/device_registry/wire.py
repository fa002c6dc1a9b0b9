"""The registry's objects as they are on the wire."""

from enum import IntEnum
from typing import Any

from chain.pb.lamppost.device_registry.v1 import types_pb2 as pb
from chain.primitives.ids import DeviceId
from modules.device_registry.types import CAP_RESOLUTIONS, Counts, Device, Model, Network, NetworkKind


def _number(member: IntEnum | int) -> Any:
    # The wire's enums are integers that have a type of their own in the stubs only.
    return int(member)


def network_to_proto(network: Network) -> pb.Network:
    """Return a network's message."""
    resolutions = CAP_RESOLUTIONS if network.kind is NetworkKind.PRN else ()
    return pb.Network(
        id=network.id,
        name=network.name,
        kind=_number(network.kind),
        unit=network.unit,
        admin=str(network.admin),
        status=_number(network.status),
        deposit=network.deposit,
        weight_bp=network.weight_bp,
        receipt_policy=_number(network.receipt_policy),
        location_caps=[
            pb.LocationCap(resolution=resolution, cap=cap)
            for resolution, cap in zip(resolutions, network.location_caps, strict=True)
        ],
        level_weights=network.level_weights,
        description=network.description,
    )


def model_to_proto(model: Model) -> pb.Model:
    """Return a model's message."""
    return pb.Model(
        id=model.id,
        network=model.network,
        name=model.name,
        hardware_bp=model.hardware_bp,
        max_units=model.max_units,
        level=model.level,
        status=_number(model.status),
    )


def device_to_proto(number: DeviceId, device: Device) -> pb.Device:
    """Return a device's message."""
    return pb.Device(
        id=str(number),
        algorithm=_number(device.algorithm),
        public_key=device.public_key,
        owner=str(device.owner),
        operator=str(device.operator),
        payout=str(device.payout),
        network=device.network,
        model=device.model,
        status=_number(device.status),
        cell=device.cell,
        commitment=device.commitment,
        bond=device.bond,
        bindings=device.bindings,
        registered_at=device.registered_at,
    )


def counts_to_proto(counts: Counts | None) -> pb.DeviceCounts:
    """Return counts' message; None stands for no device."""
    if counts is None:
        return pb.DeviceCounts()
    return pb.DeviceCounts(active=counts.active, paused=counts.paused, retired=counts.retired)
