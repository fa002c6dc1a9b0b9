"""One network's books while epochs pass: its pool, the units that share it, and the dust that comes back."""

from chain.simulation.account import DeviceAccount
from chain.simulation.crowds import Counted, count
from chain.simulation.scenario import Plan, Scenario
from chain.simulation.series import NetworkSeries
from modules.reward_emission import schedule
from modules.reward_emission.state import RING


class NetworkBooks:
    """The books of one network in which all devices do the same and settle in time."""

    def __init__(self, plan: Plan, series: NetworkSeries, scenario: Scenario) -> None:
        self._plan = plan
        self._series = series
        self._scenario = scenario
        self._units = plan.effective_units()
        self._caps = plan.caps()
        self._account = DeviceAccount(scenario.params)
        self._left: dict[int, int] = {}
        self._waiting = 0
        self._devices = -1
        self._counted = Counted((), 0)

    def close(self, epoch: int, part: int | None) -> int:
        """Close an epoch with the network's part of the availability bucket, None without a weight.

        Returns what goes to the treasury instead: the pool of the epoch before, when nobody worked in it, and what
        expired without a pool to go to.
        """
        devices = self._plan.devices_at(self._scenario.years_at(epoch))
        counted = self._count(devices)
        idle, self._waiting = self._waiting, 0
        returned = self._left.pop(epoch - RING, 0)
        pool = 0 if part is None else part + returned
        shares = [
            schedule.share(self._units, pool, counted.total, place.counters, self._caps) for place in counted.places
        ]
        if counted.total:
            paid = sum(place.devices * amount for place, amount in zip(counted.places, shares, strict=True))
            self._left[epoch] = pool - paid
        else:
            self._waiting = pool
        self._note(epoch, devices, counted.total, pool, shares[0] if shares else 0)
        return idle + (returned if part is None else 0)

    def _count(self, devices: int) -> Counted:
        """Return the counters for a number of devices, which is often that of the epoch before."""
        if devices != self._devices:
            self._devices = devices
            self._counted = count(devices, self._units, self._plan.crowd, self._caps)
        return self._counted

    def _note(self, epoch: int, devices: int, total: int, pool: int, reward: int) -> None:
        self._account.close(epoch, reward)
        series = self._series
        series.devices.append(devices)
        series.units.append(total)
        series.pool.append(pool)
        series.reward.append(reward)
        series.claimable.append(self._account.claimable)
        series.locked.append(self._account.locked)
