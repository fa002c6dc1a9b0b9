"""What the plain model of devices' lives is made of: objects without rules, and the books of pay."""

from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import floor

from chain.client.devices import DeviceKey
from chain.primitives.ids import DeviceId
from modules.work.receipts import Receipt
from tests.modules.reward_emission.batch import RING, Batch

WEIGHTLESS = 7
"""Epochs for which a device's work counts nothing after a move."""


class Books(Batch):
    """The batch computation under parameters that change, and what was paid of it."""

    kappas: dict[int, int]
    paid: dict[str, int]

    def drip(self, device: int) -> None:
        """Release what is due; a longer release takes nothing back."""
        held = self.locked.get(device)
        before = held.out if held else 0
        super().drip(device)
        held = self.locked[device]
        if held.out < before:
            self.free[device] += before - held.out
            held.out = before

    def usage_of(self, provider: int, epoch: int) -> int:
        """Return a provider's share by the kappa of its epoch's close."""
        with_kappa = self.params
        self.params = replace(with_kappa, usage_kappa_bp=self.kappas.get(epoch, with_kappa.usage_kappa_bp))
        share = super().usage_of(provider, epoch)
        self.params = with_kappa
        return share

    def usage_payable(self, epoch: int) -> int:
        """Return what all providers get together by the kappa of their epoch's close."""
        total = sum(item.value for item in self.spends if item.epoch == epoch)
        return floor(min(Fraction(self.usage[epoch]), Fraction(self.kappas[epoch] * total, 10_000)))

    def close(self, weights: dict[int, int]) -> None:
        """Close the running epoch."""
        self.kappas[self.epoch] = self.params.usage_kappa_bp
        super().close(weights)

    def take_usage(self, provider: int) -> int:
        """Return what a provider is paid now, and remember that he was."""
        epochs = range(max(self.epoch - RING, 0), self.epoch)
        amount = 0
        for epoch in epochs:
            items = [item for item in self.spends if (item.provider, item.epoch) == (provider, epoch)]
            if items and not all(item.claimed for item in items):
                amount += self.usage_of(provider, epoch)
        self.claim_usage(provider)
        return amount


@dataclass(slots=True)
class Net:
    """A network; terms are (first epoch, caps, level weights)."""

    is_prn: bool
    terms: list[tuple[int, tuple[int, ...], tuple[int, ...]]]
    weight: int = 0
    is_open: bool = True
    admin: str = "founder"
    quotas: dict[str, list[int]] = field(default_factory=dict)
    """By gateway: quota, used, in which epoch."""

    def terms_at(self, epoch: int) -> tuple[int, tuple[int, ...], tuple[int, ...]]:
        """Return the terms of an epoch."""
        return [terms for terms in self.terms if terms[0] <= epoch][-1]


@dataclass(slots=True)
class ModelOf:
    """A model of devices."""

    network: int
    max_units: int
    hardware_bp: int
    level: int = 0
    maker: int = 0
    status: str = "active"


@dataclass(slots=True)
class Maker:
    """A manufacturer."""

    bond: int
    status: str = "active"
    strikes: int = 0
    signatures: int = 1


@dataclass(slots=True)
class Lot:
    """A batch."""

    model: int
    status: str = "active"


@dataclass(slots=True)
class Unit:
    """A device."""

    name: str
    key: DeviceKey
    id: DeviceId
    owner: str
    operator: str
    payout: str
    network: int
    model: int
    batch: int
    bond: int
    registered_at: int
    places: list[tuple[int, int]]
    """(epoch, cell) of the registration and of each move."""
    commitment: bytes = b""
    status: str = "active"
    asserts: int = 1
    steps: int = 0
    suspended_until: int = 0
    bindings: int = 1
    offer: tuple[str, int, int] | None = None
    """Buyer, price, end."""
    held: tuple[int, int] | None = None
    """The bond after retirement, and when it is due."""
    recovery: tuple[DeviceKey, int] | None = None
    """The key asked for, and when it may take effect; 0 until the manufacturer agrees."""
    sequence: int = 0
    next_epoch: int = 0
    strikes: int = 0
    asked: int | None = None
    """Epoch of the open audit."""
    samples: dict[int, int] = field(default_factory=dict)
    """Number of samples of each epoch's receipt."""

    @property
    def cell(self) -> int:
        """Where the device stands."""
        return self.places[-1][1]

    def place_at(self, epoch: int) -> tuple[int, bool]:
        """Return the cell at which work of an epoch counts, and whether it counts nothing."""
        known = [place for place in self.places if place[0] <= epoch] or self.places[:1]
        moves = [at for at, _ in self.places[1:] if at <= epoch < at + WEIGHTLESS]
        return known[-1][1], bool(moves)


@dataclass(frozen=True, slots=True)
class Made:
    """A receipt, and what only its maker knows of it."""

    receipt: Receipt
    unit: Unit | None
    genuine: bool = True
    answer: str = ""
    """`right`, `wrong` or nothing."""


@dataclass(slots=True)
class Rules:
    """Parameters of work and of the registry that the model needs."""

    epoch_seconds: int
    audits: int
    max_strikes: int = 3
    suspension_epochs: int = 2
    forfeit_bp: int = 5_000
    device_bond: int = 1_000_000
    move_price: int = 1_000_000
    bond_seconds: int = 0
