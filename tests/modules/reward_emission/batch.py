"""An independent account of emission and settlement: everything recomputed from the history with exact fractions.

It keeps no books: a list of everything that was counted, and at the end of each epoch the whole sum over it.
"""

from dataclasses import dataclass, field
from fractions import Fraction
from math import floor

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
    settled: bool = False


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
    pools: dict[tuple[int, int], int] = field(default_factory=dict)
    """By (epoch, network)."""

    def work(self, device: int, network: int, units: int, epoch: int) -> None:
        self.settle(device)
        self.works.append(Work(device, network, epoch, units))

    def settle(self, device: int) -> None:
        for item in self.works:
            if item.device == device and item.epoch + 2 <= self.epoch <= item.epoch + RING:
                item.settled = True

    def burn(self, amount: int) -> None:
        self.burned += amount
        self.burned_in_epoch += amount

    def share(self, item: Work) -> int:
        total = sum(w.units for w in self.works if (w.epoch, w.network) == (item.epoch, item.network))
        return floor(Fraction(item.units, total) * self.pools.get((item.epoch, item.network), 0))

    def earned(self, device: int) -> int:
        return sum(self.share(item) for item in self.works if item.device == device and item.settled)

    def left(self, epoch: int, network: int) -> int:
        taken = sum(self.share(w) for w in self.works if (w.epoch, w.network) == (epoch, network) and w.settled)
        return self.pools[epoch, network] - taken

    def worked(self, epoch: int, network: int) -> bool:
        return any((w.epoch, w.network) == (epoch, network) for w in self.works)

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
        treasury = total - availability
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
