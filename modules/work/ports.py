"""What work needs from other modules; `chain/app.py` hands it in."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from chain.primitives.ids import Address, DeviceId
from chain.primitives.ints import Epoch
from chain.sdk.context import Context


class Counted(NamedTuple):
    """What one accepted receipt counts for, and how its effective units came about."""

    device: DeviceId
    network: int
    epoch: Epoch
    units: int
    """Effective units; 0 when nothing counts, which is kept for the explanation alone."""
    cell: int
    """H3 cell whose density limits what the units earn; 0 without one."""
    caps: tuple[int, ...]
    """The network's caps of that epoch at resolutions 8, 7 and 6, in units; empty without any."""
    claimed: int
    """Units as the device signed them."""
    max_units: int
    """The model's maximum, at which they were cut off."""
    uptime_bp: int
    hardware_bp: int
    level_bp: int
    why: int
    """Why nothing counts: 0 it does, 1 an audit was missed, 2 the device has moved."""


class WorkDevice(Protocol):
    """What a receipt is judged by; read-only."""

    @property
    def network(self) -> int:
        """Id of the device's network."""
        ...

    @property
    def algorithm(self) -> int:
        """Signature scheme of the device key, as `chain.crypto.Algorithm` numbers them."""
        ...

    @property
    def public_key(self) -> bytes:
        """The device key."""
        ...

    @property
    def usable(self) -> bool:
        """Whether device, model and network are all active."""
        ...

    @property
    def reason(self) -> str:
        """Why the device is not usable, such as "device is paused"; empty when it is."""
        ...

    @property
    def max_units(self) -> int:
        """The model's maximum of units per epoch."""
        ...

    @property
    def hardware_bp(self) -> int:
        """The model's weight, in basis points."""
        ...

    @property
    def level_bp(self) -> int:
        """The weight of the model's attestation level in its network, in basis points."""
        ...

    @property
    def registered_at(self) -> int:
        """When the device was registered, unix nanoseconds."""
        ...

    @property
    def cell(self) -> int:
        """The H3 cell that its work of the epoch counts in, of resolution 8 or finer; 0 where places don't matter."""
        ...

    @property
    def caps(self) -> tuple[int, ...]:
        """Effective units that a cell of resolution 8, 7 and 6 is paid for in the epoch; empty for no caps."""
        ...

    @property
    def weightless(self) -> bool:
        """Whether it moved so recently that its work of the epoch counts for nothing."""
        ...


class Network(Protocol):
    """What work knows of an open network; read-only."""

    @property
    def admin(self) -> Address:
        """Who registers its gateways."""
        ...

    @property
    def name(self) -> str:
        """Its name."""
        ...


class Registry(Protocol):
    """Knows the devices and their networks."""

    def open_network(self, ctx: Context, number: int) -> Network:
        """Return a network. Raises: the registry's error for one that is unknown or closed."""
        ...

    def active_count(self, ctx: Context) -> int:
        """Return how many devices the dense index has: all that are not retired."""
        ...

    def active_at(self, ctx: Context, index: int) -> DeviceId:
        """Return the device at an index below the count, in one or two reads."""
        ...

    def suspend(self, ctx: Context, device: DeviceId, until_epoch: Epoch) -> None:
        """Make a device unusable until an epoch runs; it ends by itself."""
        ...

    def work_device(self, ctx: Context, device: DeviceId, epoch: Epoch) -> WorkDevice | None:
        """Return what a device's receipts of an epoch are judged by, or None for an unknown device."""
        ...


class Ledger(Protocol):
    """Keeps the books of what work earns."""

    def record_units(self, ctx: Context, entries: Sequence[Counted]) -> None:
        """Count accepted receipts."""
        ...

    def forfeit(self, ctx: Context, device: DeviceId, bp: int) -> int:
        """Settle a device and burn a share of what is locked, in basis points; return the ulamp burned."""
        ...

    def close_epoch(self, ctx: Context, epoch: Epoch) -> None:
        """End an epoch: emit for it, and count no more units for the epoch before it."""
        ...

    def epochs_closed(self, ctx: Context) -> int:
        """Return how many epochs were closed: the number of the running one."""
        ...


class Accounts(Protocol):
    """Keeps the accounts."""

    def ensure_account(self, ctx: Context, address: Address) -> object:
        """Make an account unless it is there, so that it can sign."""
        ...
