"""Checks of what users write, shared by messages and genesis; none of them needs state."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TypeVar

from chain.crypto.keys import Algorithm, valid_public_key
from chain.pb.lamppost.device_registry.v1 import tx_pb2, types_pb2
from chain.primitives.errors import SdkCode, SdkError
from chain.primitives.ids import Address, DeviceId
from chain.primitives.ints import FULL_BP
from chain.sdk.parsing import parse_address
from modules.device_registry.errors import RegistryCode, RegistryError
from modules.device_registry.h3 import is_cell, resolution
from modules.device_registry.types import CAP_RESOLUTIONS, LEVELS, Network, NetworkKind

E = TypeVar("E", bound=IntEnum)

MAX_DESCRIPTION = 256
"""Bytes of a network's description."""
MAX_LABEL = 32
"""Bytes of a unit's or a model's name."""
MIN_CELL_RESOLUTION = CAP_RESOLUTIONS[0]
"""Coarsest cell of a device in a PRN: the finest resolution that is capped."""
COMMITMENT_SIZE = 32
"""Bytes of a commitment to a finer place."""
KEY_SIZES = {Algorithm.SECP256K1: 33, Algorithm.ED25519: 32, Algorithm.P256: 33}
"""Bytes of a device's public key, by algorithm."""

_NAME = re.compile(r"[a-z][a-z0-9-]{2,31}")
# Plain ASCII: which other characters are printable depends on the Unicode tables of the Python version.
_LABEL = re.compile(r"[!-~]([ -~]{0,30}[!-~])?")


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """A model as its network's admin describes it."""

    name: str
    hardware_bp: int
    max_units: int
    level: int = 0
    manufacturer: int = 0


def address(text: str, field: str) -> Address:
    """Read an account's address. Raises: SdkError(INVALID_ADDRESS)."""
    return parse_address(text, f"{field} address")


def address_or_none(text: str, field: str) -> Address | None:
    """Read an account's address; no text gives None. Raises: SdkError(INVALID_ADDRESS)."""
    return address(text, field) if text else None


def device_id(text: str) -> DeviceId:
    """Read a device's id. Raises: SdkError(INVALID_ADDRESS)."""
    try:
        return DeviceId.parse(text)
    except ValueError as error:
        raise SdkError(SdkCode.INVALID_ADDRESS, f"invalid device id: {error}") from error


def member(kind: type[E], number: int, code: RegistryCode) -> E:
    """Return the member of an enum that the wire's number stands for. Raises: RegistryError(code)."""
    try:
        return kind(number)
    except ValueError as error:
        known = ", ".join(f"{item.value} ({item.name})" for item in kind)
        raise RegistryError(code, f"{number} is none of {known}") from error


def network_name(text: str) -> str:
    """Check a network's name. Raises: RegistryError(INVALID_NAME)."""
    if not _NAME.fullmatch(text):
        raise RegistryError(
            RegistryCode.INVALID_NAME,
            f"{text[:40]!r} is not 3 to 32 of a-z, 0-9 and hyphen with a letter first",
        )
    return text


def label(text: str, what: str) -> str:
    """Check a unit's or a model's name. Raises: RegistryError(INVALID_TEXT)."""
    if not _LABEL.fullmatch(text):
        raise RegistryError(
            RegistryCode.INVALID_TEXT,
            f"{what} {text[:40]!r} is not 1 to {MAX_LABEL} printable ASCII characters without spaces around",
        )
    return text


def description(text: str) -> str:
    """Check a description. Raises: RegistryError(INVALID_TEXT)."""
    if len(text.encode()) > MAX_DESCRIPTION:
        raise RegistryError(RegistryCode.INVALID_TEXT, f"description is longer than {MAX_DESCRIPTION} bytes")
    if any(character < " " or character == "\x7f" for character in text):
        raise RegistryError(RegistryCode.INVALID_TEXT, "description holds a control character")
    return text


def location_caps(items: Sequence[types_pb2.LocationCap], kind: NetworkKind) -> tuple[int, ...]:
    """Check the caps of a network of this kind and return them from fine to coarse.

    Raises: RegistryError(INVALID_LOCATION_CAPS).
    """
    found = tuple(item.resolution for item in items)
    wanted = CAP_RESOLUTIONS if kind is NetworkKind.PRN else ()
    if found != wanted:
        expected = "caps of resolutions 8, 7, 6 in this order" if wanted else "no caps"
        raise RegistryError(
            RegistryCode.INVALID_LOCATION_CAPS, f"a {kind.name} has {expected}, got resolutions {list(found)}"
        )
    caps = tuple(item.cap for item in items)
    # A coarse cell holds the fine ones, so a smaller cap there would make the finer cap meaningless.
    if caps and not 0 < caps[0] <= caps[1] <= caps[2]:
        raise RegistryError(
            RegistryCode.INVALID_LOCATION_CAPS, f"caps {list(caps)} are not positive and growing to the coarse cells"
        )
    return caps


def level_weights(items: Sequence[int], highest: int = FULL_BP * 10) -> tuple[int, ...]:
    """Check the weights of the levels 0 to 3. Raises: RegistryError(INVALID_LEVEL_WEIGHTS)."""
    weights = tuple(items)
    if len(weights) != LEVELS:
        raise RegistryError(RegistryCode.INVALID_LEVEL_WEIGHTS, f"{len(weights)} weights instead of {LEVELS}")
    if list(weights) != sorted(weights) or weights[-1] == 0:
        raise RegistryError(
            RegistryCode.INVALID_LEVEL_WEIGHTS, f"{list(weights)}: a higher level never weighs less, and not all are 0"
        )
    if weights[-1] > highest:
        raise RegistryError(RegistryCode.INVALID_LEVEL_WEIGHTS, f"{weights[-1]} bp is above {highest}")
    return weights


def model_spec(item: tx_pb2.ModelSpec) -> ModelSpec:
    """Read a model; the parameters' limits are checked where they are known.

    Raises: RegistryError(INVALID_TEXT, INVALID_HARDWARE_WEIGHT, INVALID_MAX_UNITS, INVALID_LEVEL,
    LEVEL_NEEDS_MANUFACTURER).
    """
    name = label(item.name, "model name")
    if item.hardware_bp == 0:
        raise RegistryError(RegistryCode.INVALID_HARDWARE_WEIGHT, f"model {name}: weight 0 would earn nothing")
    if item.max_units == 0:
        raise RegistryError(RegistryCode.INVALID_MAX_UNITS, f"model {name}: a maximum of 0 units would earn nothing")
    if item.level >= LEVELS:
        raise RegistryError(
            RegistryCode.INVALID_LEVEL, f"model {name}: level {item.level} is none of 0 to {LEVELS - 1}"
        )
    if item.level and not item.manufacturer:
        raise RegistryError(
            RegistryCode.LEVEL_NEEDS_MANUFACTURER, f"model {name}: without a manufacturer its level is 0"
        )
    return ModelSpec(name, item.hardware_bp, item.max_units, item.level, item.manufacturer)


def public_key(algorithm: int, key: bytes) -> Algorithm:
    """Check a device's key: of its algorithm's length, a point of the curve, not of small order.

    Raises: RegistryError(INVALID_ALGORITHM, INVALID_PUBLIC_KEY).
    """
    kind = member(Algorithm, algorithm, RegistryCode.INVALID_ALGORITHM)
    if len(key) != KEY_SIZES[kind]:
        raise RegistryError(
            RegistryCode.INVALID_PUBLIC_KEY, f"{kind.name} key is {len(key)} bytes instead of {KEY_SIZES[kind]}"
        )
    if not valid_public_key(kind, key):
        raise RegistryError(RegistryCode.INVALID_PUBLIC_KEY, f"not a {kind.name} key that anything can be proved by")
    return kind


def cell(number: int) -> int:
    """Check an H3 cell; 0 stands for no place. Raises: RegistryError(INVALID_CELL)."""
    if number and not is_cell(number):
        raise RegistryError(RegistryCode.INVALID_CELL, f"{number:x} is no H3 cell")
    return number


def commitment(data: bytes) -> bytes:
    """Check a commitment; none is fine. Raises: RegistryError(INVALID_COMMITMENT)."""
    if len(data) not in (0, COMMITMENT_SIZE):
        raise RegistryError(RegistryCode.INVALID_COMMITMENT, f"{len(data)} bytes instead of {COMMITMENT_SIZE} or none")
    return data


def require_place(network: Network, place: int, committed: bytes) -> None:
    """Check that a device gives a place exactly where its network needs one.

    Raises: RegistryError(CELL_REQUIRED, CELL_NOT_ALLOWED, INVALID_CELL).
    """
    if network.kind is NetworkKind.DRN:
        if place or committed:
            raise RegistryError(RegistryCode.CELL_NOT_ALLOWED, f"{network.name} is a DRN: devices have no place")
        return
    if not place:
        raise RegistryError(RegistryCode.CELL_REQUIRED, f"{network.name} is a PRN: devices give an H3 cell")
    if resolution(place) < MIN_CELL_RESOLUTION:
        raise RegistryError(
            RegistryCode.INVALID_CELL,
            f"cell {place:x} has resolution {resolution(place)}, must be {MIN_CELL_RESOLUTION} or finer",
        )
