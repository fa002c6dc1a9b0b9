"""Networks, models and devices as the state holds them."""

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from chain.primitives.ids import Address, DeviceId
from chain.primitives.ints import BasisPoints

CAP_RESOLUTIONS = (8, 7, 6)
"""H3 resolutions at which the work of a PRN is capped, in the order in which the caps apply."""
LEVELS = 4
"""Number of attestation levels: 0 is a device that nobody vouches for."""


class NetworkKind(IntEnum):
    """What a network rewards: presence at places, or work wherever it is done."""

    PRN = 1
    DRN = 2


class NetworkStatus(IntEnum):
    """Whether a network takes work."""

    ACTIVE = 1
    CLOSED = 2


class ReceiptPolicy(IntEnum):
    """How work reaches the chain."""

    DIRECT = 1


class ModelStatus(IntEnum):
    """Whether a model's devices may earn."""

    ACTIVE = 1
    SUSPENDED = 2


class DeviceStatus(IntEnum):
    """Where a device is in its life; 1 and 4 are kept for PENDING and SUSPENDED."""

    ACTIVE = 2
    PAUSED = 3
    RETIRED = 5


@dataclass(frozen=True, slots=True)
class Network:
    """One DePIN; `location_caps` are effective units per cell and epoch at resolutions 8, 7, 6, empty for a DRN."""

    id: int
    name: str
    kind: NetworkKind
    unit: str
    admin: Address
    status: NetworkStatus
    deposit: int
    weight_bp: BasisPoints
    receipt_policy: ReceiptPolicy
    location_caps: tuple[int, ...]
    level_weights: tuple[int, ...]
    description: str
    models: int = 0
    """Number of its models."""


@dataclass(frozen=True, slots=True)
class Model:
    """A kind of device in one network; `max_units` per epoch, `hardware_bp` weighs them."""

    id: int
    network: int
    name: str
    hardware_bp: BasisPoints
    max_units: int
    level: int
    status: ModelStatus


@dataclass(frozen=True, slots=True)
class Device:
    """One device; None as operator or payout stands for the owner, `cell` 0 for no place."""

    algorithm: int
    public_key: bytes
    owner: Address
    operator_or_none: Address | None
    payout_or_none: Address | None
    network: int
    model: int
    status: DeviceStatus
    cell: int
    commitment: bytes
    bond: int
    bindings: int
    registered_at: int

    @property
    def operator(self) -> Address:
        """The account that does the daily work."""
        return self.owner if self.operator_or_none is None else self.operator_or_none

    @property
    def payout(self) -> Address:
        """The account that rewards go to."""
        return self.owner if self.payout_or_none is None else self.payout_or_none


@dataclass(frozen=True, slots=True)
class Counts:
    """How many devices there are, by status."""

    active: int = 0
    paused: int = 0
    retired: int = 0

    def moved(self, before: DeviceStatus | None, after: DeviceStatus) -> "Counts":
        """Return the counts after one device's change of status; None before means a new device.

        Raises: ValueError when there is no device of the status before.
        """
        numbers = {
            DeviceStatus.ACTIVE: self.active,
            DeviceStatus.PAUSED: self.paused,
            DeviceStatus.RETIRED: self.retired,
        }
        if before is not None:
            numbers[before] -= 1
            if numbers[before] < 0:
                raise ValueError(f"no device is counted as {before.name}")
        numbers[after] += 1
        return Counts(numbers[DeviceStatus.ACTIVE], numbers[DeviceStatus.PAUSED], numbers[DeviceStatus.RETIRED])


@dataclass(frozen=True, slots=True)
class Weight:
    """One network's share of the emission."""

    network: int
    weight_bp: BasisPoints


class WorkDevice(NamedTuple):
    """What judging a receipt needs of a device, its model and its network; `reason` says why it is not usable."""

    id: DeviceId
    network: int
    algorithm: int
    public_key: bytes
    owner: Address
    operator: Address
    payout: Address
    usable: bool
    reason: str
    max_units: int
    hardware_bp: int
    level_bp: int
    registered_at: int
