"""The run of epochs: what the chain does at each close, by the same functions, without blocks.

Every device reports on each epoch within it and settles as soon as it can, so that only dust falls off the ring.
"""

from collections.abc import Callable

from chain.simulation.network import NetworkBooks
from chain.simulation.scenario import Scenario
from chain.simulation.series import NetworkSeries, Series
from modules.reward_emission import schedule

Progress = Callable[[int], None]
"""Told how many epochs were done since it was told last."""
_STEP = 250
"""Epochs between two words of progress."""


def simulate(scenario: Scenario, progress: Progress = lambda done: None) -> Series:
    """Run a scenario from genesis to its end."""
    series = Series(scenario, [NetworkSeries(plan.network.name) for plan in scenario.plans])
    run = _Run(scenario, series)
    for epoch in range(scenario.epochs):
        run.close(epoch)
        if epoch % _STEP == _STEP - 1:
            progress(_STEP)
    progress(scenario.epochs % _STEP)
    return series


class _Run:
    """Supply, reserve and burned pool while epochs pass."""

    def __init__(self, scenario: Scenario, series: Series) -> None:
        self._scenario = scenario
        self._series = series
        self._supply = scenario.supply
        self._reserve = scenario.cap - scenario.supply
        self._pool = 0
        self._smoothed = 0
        plans = list(enumerate(scenario.plans))
        self._weights = [(number, plan.network.weight_bp) for number, plan in plans if plan.network.weight_bp]
        self._networks = [NetworkBooks(plan, series.networks[number], scenario) for number, plan in plans]

    def close(self, epoch: int) -> None:
        """Burn what customers burn in an epoch, let the devices work, and close it."""
        burned = min(self._scenario.burn_at(epoch), self._supply)
        self._supply -= burned
        self._pool += burned
        emitted, reemitted = self._emit(burned)
        params = self._scenario.params
        buckets = schedule.split(emitted + reemitted, params, epoch)
        parts, treasury = schedule.pools(buckets.availability, self._weights)
        for number, network in enumerate(self._networks):
            treasury += network.close(epoch, parts.get(number))
        usage = schedule.usage_payable(buckets.usage, params.usage_kappa_bp, burned)
        staked = buckets.stakers if self._scenario.staked else 0
        treasury += emitted + reemitted - buckets.availability - usage - staked
        self._note(burned, emitted, reemitted, usage, treasury)
        self._series.buckets.append(buckets)

    def _emit(self, burned: int) -> tuple[int, int]:
        params = self._scenario.params
        emitted = schedule.emission(self._reserve, params.decay)
        self._smoothed = schedule.smoothed_burn(self._smoothed, burned)
        reemitted = min(self._smoothed, params.reemission_cap, self._pool)
        self._reserve -= emitted
        self._pool -= reemitted
        self._supply += emitted + reemitted
        return emitted, reemitted

    def _note(self, burned: int, emitted: int, reemitted: int, usage: int, treasury: int) -> None:
        series = self._series
        series.supply.append(self._supply)
        series.reserve.append(self._reserve)
        series.burned_pool.append(self._pool)
        series.burned.append(burned)
        series.emitted.append(emitted)
        series.reemitted.append(reemitted)
        series.usage_paid.append(usage)
        series.treasury.append(treasury)
