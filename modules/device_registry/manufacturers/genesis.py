"""Manufacturers and batches in the genesis section."""

from dataclasses import replace

from chain.crypto.merkle import HASH_BYTES
from chain.pb.lamppost.device_registry.v1 import manufacturers_pb2 as pb
from chain.primitives.ints import UnixNano
from modules.device_registry import checks
from modules.device_registry.errors import RegistryCode
from modules.device_registry.manufacturers.types import MAX_KEYS, Batch, BatchStatus, Manufacturer, ManufacturerStatus
from modules.device_registry.sections import Section, at, require


def add_manufacturer(path: str, item: pb.Manufacturer, content: Section) -> None:
    """Put the next manufacturer into the section's content. Raises: GenesisError naming the field."""
    require(item.id == len(content.manufacturers) + 1, f"{path}.id", f"must be {len(content.manufacturers) + 1}")
    with at(f"{path}.name"):
        name = checks.network_name(item.name)
    require(name not in content.manufacturer_names, f"{path}.name", "is taken by another manufacturer")
    content.manufacturer_names.add(name)
    with at(f"{path}.owner"):
        owner = checks.address(item.owner, "owner")
    with at(f"{path}.public_key"):
        algorithm = checks.public_key(item.algorithm, item.public_key)
    with at(f"{path}.status"):
        status = checks.member(ManufacturerStatus, item.status, RegistryCode.INVALID_STATUS)
    ended = status is ManufacturerStatus.REVOKED
    require(not ended or item.bond == 0, f"{path}.bond", "a revoked manufacturer has none")
    retired = status is ManufacturerStatus.RETIRED
    require(item.bond_due_at >= 0, f"{path}.bond_due_at", "is negative")
    require(retired or item.bond_due_at == 0, f"{path}.bond_due_at", "only a retired manufacturer has one")
    require(item.signatures >= 1, f"{path}.signatures", "an issuing key has signed at least once")
    require(item.registered_at >= 0, f"{path}.registered_at", "is negative")
    content.manufacturers.append(
        Manufacturer(
            id=item.id,
            name=name,
            owner=owner,
            algorithm=int(algorithm),
            public_key=item.public_key,
            bond=item.bond,
            status=status,
            strikes=item.strikes,
            signatures=item.signatures,
            open_batches=0,
            registered_at=UnixNano(item.registered_at),
            bond_due_at=UnixNano(item.bond_due_at),
        )
    )


def add_batch(path: str, item: pb.Batch, content: Section) -> None:
    """Put the next batch into the section's content. Raises: GenesisError naming the field."""
    require(item.id == len(content.batches) + 1, f"{path}.id", f"must be {len(content.batches) + 1}")
    require(1 <= item.model <= len(content.models), f"{path}.model", "is no model of this file")
    maker = content.models[item.model - 1].manufacturer
    require(maker != 0, f"{path}.model", "has no manufacturer")
    require(len(item.root) == HASH_BYTES, f"{path}.root", f"is not {HASH_BYTES} bytes")
    require(1 <= item.count <= MAX_KEYS, f"{path}.count", f"must be 1 to {MAX_KEYS}")
    require(item.issued_at >= 0, f"{path}.issued_at", "is negative")
    with at(f"{path}.status"):
        status = checks.member(BatchStatus, item.status, RegistryCode.INVALID_STATUS)
    content.batches.append(Batch(item.id, item.model, item.root, item.count, status, UnixNano(item.issued_at)))
    if status is BatchStatus.ACTIVE:
        found = content.manufacturers[maker - 1]
        content.manufacturers[maker - 1] = replace(found, open_batches=found.open_batches + 1)


def check_open_batches(path: str, items: list[pb.Manufacturer], content: Section) -> None:
    """Check the counts of open batches against the batches. Raises: GenesisError naming the field."""
    for index, (item, found) in enumerate(zip(items, content.manufacturers, strict=True)):
        require(
            item.open_batches == found.open_batches, f"{path}[{index}].open_batches", f"must be {found.open_batches}"
        )
        retired = found.status is ManufacturerStatus.RETIRED
        require(not retired or not found.open_batches, f"{path}[{index}].status", "a retired one has no open batches")
