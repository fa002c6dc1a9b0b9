"""Networks, models and devices as the state holds them."""

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from chain.primitives.ids import Address, DeviceId
from chain.primitives.ints import BasisPoints, UnixNano

CAP_RESOLUTIONS = (8, 7, 6)
"""H3 resolutions at which the work of a PRN is capped, in the order in which the caps apply."""
LEVELS = 4
"""Number of attestation levels: 0 is a device that nobody vouches for."""
MAX_TERMS = 4
"""Terms that a network keeps: of the last epoch, the running one and the two that an update may announce."""


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
    """Whether a model's devices may earn; REVOKED is final."""

    ACTIVE = 1
    SUSPENDED = 2
    REVOKED = 3


class DeviceStatus(IntEnum):
    """Where a device is in its life; 1 is kept for PENDING. SUSPENDED is shown, never stored: it ends by itself."""

    ACTIVE = 2
    PAUSED = 3
    SUSPENDED = 4
    RETIRED = 5


@dataclass(frozen=True, slots=True)
class Terms:
    """What a network pays for, from an epoch on.

    `location_caps` are effective units per cell and epoch at resolutions 8, 7, 6, empty for a DRN; `level_weights` are
    those of the levels 0 to 3, in basis points.
    """

    from_epoch: int
    location_caps: tuple[int, ...]
    level_weights: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Network:
    """One DePIN; `terms` are in order of their epochs: at most four, the first of them holds for all earlier ones."""

    id: int
    name: str
    kind: NetworkKind
    unit: str
    admin: Address
    status: NetworkStatus
    deposit: int
    weight_bp: BasisPoints
    receipt_policy: ReceiptPolicy
    terms: tuple[Terms, ...]
    description: str
    models: int = 0
    """Number of its models."""
    offered_to: Address | None = None
    """Who may become the admin."""

    def terms_at(self, epoch: int) -> Terms:
        """Return the terms that the work of an epoch is judged by."""
        for terms in reversed(self.terms):
            if terms.from_epoch <= epoch:
                return terms
        return self.terms[0]


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
    manufacturer: int = 0
    """Who vouches for its devices; 0 for nobody."""


@dataclass(frozen=True, slots=True)
class Moves:
    """What the assertions of a device's place have come to; there is none until the second one.

    `steps` are how often the price has doubled, `since` is the first epoch that counts at the device's cell; epochs
    before it count at `cell_before`. The device weighs nothing before `weightless_until`, and before `since` nothing
    before `weightless_before`.
    """

    asserts: int
    steps: int
    asserted_at: UnixNano
    since: int
    cell_before: int
    weightless_until: int
    weightless_before: int


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
    batch: int = 0
    """The batch it was claimed from; 0 for none."""
    position: int = 0
    """Where the dense index of living devices has it, from 1 upward; 0 for a retired one."""
    suspended_until: int = 0
    """The first epoch in which it may work again; 0 when it was never suspended."""
    moves: Moves | None = None
    revealed: bool = False
    """Whether the owner opened the commitment on the chain."""

    @property
    def operator(self) -> Address:
        """The account that does the daily work."""
        return self.owner if self.operator_or_none is None else self.operator_or_none

    @property
    def payout(self) -> Address:
        """The account that rewards go to."""
        return self.owner if self.payout_or_none is None else self.payout_or_none


@dataclass(frozen=True, slots=True)
class Offer:
    """What an owner asks of one buyer, in ulamp."""

    buyer: Address
    price: int
    expires_at: UnixNano


@dataclass(frozen=True, slots=True)
class Recovery:
    """The key that is to replace a lost one; `ready_at` 0 until the manufacturer agrees."""

    algorithm: int
    public_key: bytes
    ready_at: UnixNano


@dataclass(frozen=True, slots=True)
class HeldBond:
    """A retired device's bond, in ulamp, that stays until it is due."""

    amount: int
    due_at: UnixNano


class ConsentScope(IntEnum):
    """What a consent allows."""

    TELEMETRY = 1
    LOCATION = 2
    CREDENTIALS = 3


@dataclass(frozen=True, slots=True)
class Credential:
    """One statement of an issuer; an expiry of 0 means never."""

    value_hash: bytes
    issued_at: UnixNano
    expires_at: UnixNano


@dataclass(frozen=True, slots=True)
class Consent:
    """What an owner allows a grantee; an expiry of 0 means never."""

    owner: Address
    scopes: tuple[ConsentScope, ...]
    granted_at: UnixNano
    expires_at: UnixNano


@dataclass(frozen=True, slots=True)
class Counts:
    """How many devices there are, by status."""

    active: int = 0
    paused: int = 0
    retired: int = 0

    def moved(self, before: DeviceStatus | None, after: DeviceStatus | None) -> "Counts":
        """Return the counts after one device's change of status; None before means it came, None after that it left.

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
        if after is not None:
            numbers[after] += 1
        return Counts(numbers[DeviceStatus.ACTIVE], numbers[DeviceStatus.PAUSED], numbers[DeviceStatus.RETIRED])


@dataclass(frozen=True, slots=True)
class Weight:
    """One network's share of the emission."""

    network: int
    weight_bp: BasisPoints


class WorkDevice(NamedTuple):
    """What judging a receipt of an epoch needs of a device, its model and its network.

    `reason` says why it is not usable; `caps` are those of the epoch at resolutions 8, 7, 6, empty for a DRN.
    """

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
    cell: int
    caps: tuple[int, ...]
    weightless: bool
