"""An independent account of emission and settlement: everything recomputed from the history with exact fractions.

It keeps no books and no counters: a list of everything that was counted, and the whole sum over it each time. Parents
of cells come from the `h3` library.
"""

from dataclasses import dataclass, field
from fractions import Fraction
from math import floor

import h3

from modules.reward_emission.params import Params
from tests.modules.reward_emission.world import CAP, SUPPLY

RING = 8


@dataclass
class Work:
    """One receipt, and whether its share was settled in time."""

    device: int
    network: int
    epoch: int
    units: int
    cell: int = 0
    caps: tuple[int, ...] = ()
    settled: bool = False

    def around(self, resolution: int) -> str:
        """The cell of a resolution that holds the device."""
        return h3.cell_to_parent(h3.int_to_str(self.cell), resolution)


@dataclass
class Spent:
    """A value that a provider's customers burned, and whether he was paid for it in time."""

    provider: int
    epoch: int
    value: int
    claimed: bool = False


@dataclass
class Locked:
    """What of a device's rewards is held back."""

    base: int = 0
    since: int = 0
    out: int = 0


@dataclass
class Batch:
    """The history so far."""

    params: Params
    reserve: int = CAP - SUPPLY
    burned: int = 0
    burned_in_epoch: int = 0
    smoothed: int = 0
    epoch: int = 0
    treasury: int = 0
    minted: int = 0
    works: list[Work] = field(default_factory=list)
    spends: list[Spent] = field(default_factory=list)
    locked: dict[int, Locked] = field(default_factory=dict)
    free: dict[int, int] = field(default_factory=dict)
    """What each device was ever given to claim."""
    forfeited: int = 0
    pools: dict[tuple[int, int], int] = field(default_factory=dict)
    """By (epoch, network)."""
    usage: dict[int, int] = field(default_factory=dict)
    """Buckets by epoch."""

    def work(
        self, device: int, network: int, units: int, epoch: int, cell: int = 0, caps: tuple[int, ...] = ()
    ) -> None:
        self.settle(device)
        self.works.append(Work(device, network, epoch, units, cell, caps))

    def settle(self, device: int) -> None:
        for item in self.works:
            if item.device == device and not item.settled and item.epoch + 2 <= self.epoch <= item.epoch + RING:
                item.settled = True
                amount = self.share(item)
                kept = floor(Fraction(amount * self.params.holdback_bp, 10_000))
                self.free[device] = self.free.get(device, 0) + amount - kept
                if kept:
                    self.drip(device)
                    held = self.locked[device]
                    self.locked[device] = Locked(held.base - held.out + kept, self.epoch)

    def drip(self, device: int) -> None:
        held = self.locked.setdefault(device, Locked())
        passed = min(self.epoch - held.since, self.params.release_epochs)
        out = floor(held.base * Fraction(passed, self.params.release_epochs))
        self.free[device] = self.free.get(device, 0) + out - held.out
        held.out = out

    def forfeit(self, device: int, bp: int) -> None:
        self.settle(device)
        self.drip(device)
        held = self.locked[device]
        rest = held.base - held.out
        cut = floor(Fraction(rest * bp, 10_000))
        if cut:
            self.locked[device] = Locked(rest - cut, self.epoch)
            self.burn(cut)
            self.forfeited += cut

    def burn(self, amount: int) -> None:
        self.burned += amount
        self.burned_in_epoch += amount

    def spend(self, provider: int, value: int) -> None:
        self.burn(value)
        self.spends.append(Spent(provider, self.epoch, value))

    def claim_usage(self, provider: int) -> None:
        for epoch in range(max(self.epoch - RING, 0), self.epoch):
            for item in self.spends:
                if (item.provider, item.epoch) == (provider, epoch):
                    item.claimed = True

    def usage_of(self, provider: int, epoch: int) -> int:
        mine = sum(item.value for item in self.spends if (item.provider, item.epoch) == (provider, epoch))
        total = sum(item.value for item in self.spends if item.epoch == epoch)
        if mine == 0 or epoch not in self.usage:
            return 0
        bucket = Fraction(self.usage[epoch] * mine, total)
        return floor(min(bucket, Fraction(self.params.usage_kappa_bp * mine, 10_000)))

    def usage_paid(self, epoch: int) -> int:
        providers = {item.provider for item in self.spends if item.epoch == epoch and item.claimed}
        return sum(self.usage_of(provider, epoch) for provider in providers)

    def usage_payable(self, epoch: int) -> int:
        total = sum(item.value for item in self.spends if item.epoch == epoch)
        return floor(min(Fraction(self.usage[epoch]), Fraction(self.params.usage_kappa_bp * total, 10_000)))

    def together(self, epoch: int, network: int) -> list[Work]:
        return [w for w in self.works if (w.epoch, w.network) == (epoch, network) and w.units]

    def levels(self, epoch: int, network: int) -> list[dict[str, int]]:
        """All units of an epoch summed up by the finest cells, clipped, summed up by their parents, and so on."""
        works = self.together(epoch, network)
        found: list[dict[str, int]] = []
        below: dict[str, int] = {}
        for work in works:
            if work.cell:
                below[work.around(8)] = below.get(work.around(8), 0) + work.units
        for resolution, cap in zip((8, 7, 6), works[0].caps if works else (), strict=False):
            level: dict[str, int] = {}
            for cell, units in below.items():
                above = h3.cell_to_parent(cell, resolution)
                level[above] = level.get(above, 0) + units
            found.append(level)
            below = {cell: min(units, cap) for cell, units in level.items()}
        return found

    def total(self, epoch: int, network: int) -> int:
        works = self.together(epoch, network)
        levels = self.levels(epoch, network)
        loose = sum(work.units for work in works if not (work.cell and work.caps))
        return loose + sum(min(units, works[0].caps[-1]) for units in (levels[-1] if levels else {}).values())

    def share(self, item: Work) -> int:
        if not item.units:
            return 0
        part = Fraction(item.units * self.pools.get((item.epoch, item.network), 0))
        if item.cell and item.caps:
            for resolution, cap, level in zip((8, 7, 6), item.caps, self.levels(item.epoch, item.network), strict=True):
                units = level[item.around(resolution)]
                part = part * min(units, cap) / units if units else Fraction(0)
        total = self.total(item.epoch, item.network)
        return floor(part / total) if total else 0

    def earned(self, device: int) -> int:
        return sum(self.share(item) for item in self.works if item.device == device and item.settled)

    def left(self, epoch: int, network: int) -> int:
        taken = sum(self.share(w) for w in self.works if (w.epoch, w.network) == (epoch, network) and w.settled)
        return self.pools[epoch, network] - taken

    def worked(self, epoch: int, network: int) -> bool:
        return self.total(epoch, network) > 0

    def close(self, weights: dict[int, int]) -> None:
        epoch = self.epoch
        emitted = floor(self.reserve * Fraction(self.params.decay, 2**64))
        self.smoothed = floor(Fraction(6 * self.smoothed + self.burned_in_epoch, 7))
        again = min(self.smoothed, self.params.reemission_cap, self.burned)
        self.reserve -= emitted
        self.burned -= again
        self.burned_in_epoch = 0
        total = emitted + again
        self.minted += total
        years = epoch // self.params.decline_epochs if self.params.decline_epochs else 0
        bp = max(self.params.availability_bp - years * self.params.decline_bp, 0)
        availability = floor(Fraction(total * bp, 10_000))
        self.usage[epoch] = floor(Fraction(total * (self.params.usage_bp + self.params.availability_bp - bp), 10_000))
        treasury = total - availability - self.usage_payable(epoch)
        if epoch >= RING:
            treasury += self.usage_payable(epoch - RING) - self.usage_paid(epoch - RING)
        back = {}
        if epoch >= RING:
            for at, network in sorted(self.pools):
                if at == epoch - RING and self.worked(at, network):
                    back[network] = self.left(at, network)
        for at, network in sorted(self.pools):
            if at == epoch - 1 and not self.worked(at, network):
                treasury += self.pools[at, network]
        paid = 0
        for network, weight in weights.items():
            part = floor(Fraction(availability * weight, sum(weights.values())))
            paid += part
            self.pools[epoch, network] = part + back.pop(network, 0)
        treasury += availability - paid + sum(back.values())
        self.treasury += treasury
        self.epoch += 1
