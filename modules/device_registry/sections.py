"""What reading each part of the genesis section needs: content read so far, and errors that name their path."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from google.protobuf.json_format import MessageToDict, ParseDict, ParseError
from google.protobuf.message import Message as ProtoMessage

from chain.primitives.errors import ModuleError
from chain.primitives.ids import Address, DeviceId
from chain.sdk.module import GenesisError, Json
from modules.device_registry.keeper import NAME
from modules.device_registry.manufacturers.types import Batch, Manufacturer
from modules.device_registry.params import Params
from modules.device_registry.types import (
    Consent,
    Credential,
    Device,
    HeldBond,
    Model,
    Network,
    Offer,
    Recovery,
)

P = TypeVar("P", bound=ProtoMessage)


@dataclass(slots=True)
class Belongings:
    """What belongs to devices but is kept apart from them."""

    rotated_keys: dict[DeviceId, DeviceId] = field(default_factory=dict)
    offers: dict[DeviceId, Offer] = field(default_factory=dict)
    recoveries: dict[DeviceId, Recovery] = field(default_factory=dict)
    held_bonds: dict[DeviceId, HeldBond] = field(default_factory=dict)
    credentials: dict[tuple[DeviceId, Address, str], Credential] = field(default_factory=dict)
    consents: dict[tuple[DeviceId, Address], Consent] = field(default_factory=dict)


@dataclass(slots=True)
class Section:
    """A genesis section, read and checked."""

    params: Params
    networks: list[Network] = field(default_factory=list)
    models: list[Model] = field(default_factory=list)
    devices: dict[DeviceId, Device] = field(default_factory=dict)
    manufacturers: list[Manufacturer] = field(default_factory=list)
    batches: list[Batch] = field(default_factory=list)
    manufacturer_names: set[str] = field(default_factory=set)
    claimed: dict[int, int] = field(default_factory=dict)
    network_names: set[str] = field(default_factory=set)
    model_names: set[tuple[int, str]] = field(default_factory=set)
    belongings: Belongings = field(default_factory=Belongings)


def to_json(message: ProtoMessage) -> Json:
    """Return a message as a genesis file has it."""
    return MessageToDict(message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True)


def items(section: Json, key: str) -> Iterator[tuple[str, Any]]:
    """Yield the items of a list with their paths. Raises: GenesisError when it is no list."""
    listed = section.get(key, [])
    if not isinstance(listed, list):
        raise GenesisError(f"{NAME}.{key}", "is not a list")
    for number, item in enumerate(listed):
        yield f"{NAME}.{key}[{number}]", item


def parse(path: str, item: Any, message: P) -> P:
    """Read an item into a message. Raises: GenesisError naming the field."""
    if not isinstance(item, dict):
        raise GenesisError(path, "is not an object")
    try:
        ParseDict(item, message)
    except (ParseError, ValueError, TypeError) as error:
        raise _blamed(path, item, type(message), str(error)) from error
    return message


def _blamed(path: str, item: Json, kind: type[ProtoMessage], reason: str) -> GenesisError:
    # Only a bad item is read field by field: that costs twice as much.
    for key, value in item.items():
        try:
            ParseDict({key: value}, kind())
        except (ParseError, ValueError, TypeError) as error:
            return GenesisError(f"{path}.{key}", str(error))
    return GenesisError(path, reason)


@contextmanager
def at(path: str) -> Iterator[None]:
    """Turn a check's rejection into a GenesisError at a path."""
    try:
        yield
    except ModuleError as error:
        raise GenesisError(path, error.log) from error


def require(holds: bool, path: str, reason: str) -> None:
    """Refuse what does not hold. Raises: GenesisError."""
    if not holds:
        raise GenesisError(path, reason)
