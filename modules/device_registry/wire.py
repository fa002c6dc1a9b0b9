"""The registry's objects as they are on the wire."""

from enum import IntEnum
from typing import Any

from chain.pb.lamppost.device_registry.v1 import manufacturers_pb2 as makers_pb
from chain.pb.lamppost.device_registry.v1 import transfers_pb2 as transfers_pb
from chain.pb.lamppost.device_registry.v1 import types_pb2 as pb
from chain.primitives.ids import DeviceId
from modules.device_registry.manufacturers.types import Batch, Manufacturer
from modules.device_registry.types import (
    CAP_RESOLUTIONS,
    Counts,
    Device,
    HeldBond,
    Model,
    Moves,
    Network,
    Offer,
    Recovery,
)


def _number(member: IntEnum | int) -> Any:
    # The wire's enums are integers that have a type of their own in the stubs only.
    return int(member)


def network_to_proto(network: Network, epoch: int) -> pb.Network:
    """Return a network's message, with the caps and weights of an epoch beside all its terms."""
    terms = network.terms_at(epoch)
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
        location_caps=_caps(terms.location_caps),
        level_weights=terms.level_weights,
        description=network.description,
        terms=[
            pb.Terms(
                from_epoch=item.from_epoch,
                location_caps=_caps(item.location_caps),
                level_weights=item.level_weights,
            )
            for item in network.terms
        ],
        offered_to=str(network.offered_to or ""),
    )


def network_in_genesis(network: Network) -> pb.Network:
    """Return a network's message as a genesis file has it: `terms` alone say what it pays for."""
    message = network_to_proto(network, network.terms[-1].from_epoch)
    message.ClearField("location_caps")
    message.ClearField("level_weights")
    return message


def _caps(caps: tuple[int, ...]) -> list[pb.LocationCap]:
    return [pb.LocationCap(resolution=at, cap=cap) for at, cap in zip(CAP_RESOLUTIONS, caps, strict=False)]


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
        manufacturer=model.manufacturer,
    )


def manufacturer_to_proto(manufacturer: Manufacturer) -> makers_pb.Manufacturer:
    """Return a manufacturer's message."""
    return makers_pb.Manufacturer(
        id=manufacturer.id,
        name=manufacturer.name,
        owner=str(manufacturer.owner),
        algorithm=_number(manufacturer.algorithm),
        public_key=manufacturer.public_key,
        bond=manufacturer.bond,
        status=_number(manufacturer.status),
        strikes=manufacturer.strikes,
        signatures=manufacturer.signatures,
        open_batches=manufacturer.open_batches,
        registered_at=manufacturer.registered_at,
        bond_due_at=manufacturer.bond_due_at,
    )


def batch_to_proto(batch: Batch) -> makers_pb.Batch:
    """Return a batch's message."""
    return makers_pb.Batch(
        id=batch.id,
        model=batch.model,
        root=batch.root,
        count=batch.count,
        status=_number(batch.status),
        issued_at=batch.issued_at,
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
        batch=device.batch,
        position=device.position,
        suspended_until=device.suspended_until,
        moves=None if device.moves is None else _moves_to_proto(device.moves),
        revealed=device.revealed,
    )


def _moves_to_proto(moves: Moves) -> pb.DeviceMoves:
    return pb.DeviceMoves(
        asserts=moves.asserts,
        steps=moves.steps,
        asserted_at=moves.asserted_at,
        since=moves.since,
        cell_before=moves.cell_before,
        weightless_until=moves.weightless_until,
        weightless_before=moves.weightless_before,
    )


def offer_to_proto(number: DeviceId, offer: Offer) -> transfers_pb.TransferOffer:
    """Return an offer's message."""
    return transfers_pb.TransferOffer(
        device_id=str(number), buyer=str(offer.buyer), price=offer.price, expires_at=offer.expires_at
    )


def recovery_to_proto(number: DeviceId, recovery: Recovery) -> transfers_pb.KeyRecovery:
    """Return a recovery's message."""
    return transfers_pb.KeyRecovery(
        device_id=str(number),
        algorithm=_number(recovery.algorithm),
        public_key=recovery.public_key,
        ready_at=recovery.ready_at,
    )


def held_bond_to_proto(number: DeviceId, held: HeldBond) -> transfers_pb.HeldBond:
    """Return a held bond's message."""
    return transfers_pb.HeldBond(device_id=str(number), amount=held.amount, due_at=held.due_at)


def counts_to_proto(counts: Counts | None) -> pb.DeviceCounts:
    """Return counts' message; None stands for no device."""
    if counts is None:
        return pb.DeviceCounts()
    return pb.DeviceCounts(active=counts.active, paused=counts.paused, retired=counts.retired)
