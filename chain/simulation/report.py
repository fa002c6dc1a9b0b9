"""A simulation as numbers: a row for each year, and a CSV with every epoch."""

import csv
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from chain.simulation.scenario import HOURS_OF_YEAR, LAMP
from chain.simulation.series import Series


def lamp_text(ulamp: int) -> str:
    """Return an amount in LAMP with all of its six decimals."""
    return f"{ulamp // LAMP}.{ulamp % LAMP:06d}"


def year_ends(series: Series) -> list[tuple[int, int, int]]:
    """Return (year, first epoch, last epoch) of each year; an epoch belongs to the year in which it begins."""
    per_year = HOURS_OF_YEAR / series.scenario.epoch_hours
    years = round(series.scenario.epochs / per_year) or 1
    bounds = [round(per_year * year) for year in range(years)] + [series.scenario.epochs]
    return [(year + 1, first, last - 1) for year, (first, last) in enumerate(pairwise(bounds)) if last > first]


def yearly(series: Series) -> list[dict[str, Any]]:
    """Return a row for each year: balances at its end, flows summed over it, all in whole ulamp."""
    rows = []
    for year, first, last in year_ends(series):
        span = slice(first, last + 1)
        rows.append(
            {
                "year": year,
                "supply": series.supply[last],
                "reserve": series.reserve[last],
                "burned_pool": series.burned_pool[last],
                "emitted": sum(series.emitted[span]),
                "burned": sum(series.burned[span]),
                "reemitted": sum(series.reemitted[span]),
                "usage_paid": sum(series.usage_paid[span]),
                "availability": sum(item.availability for item in series.buckets[span]),
                "stakers": sum(item.stakers for item in series.buckets[span]),
                "treasury": sum(series.treasury[span]),
                "networks": {
                    network.name: {"devices": network.devices[last], "reward_per_device": sum(network.reward[span])}
                    for network in series.networks
                },
            }
        )
    return rows


def write_csv(series: Series, path: Path) -> None:
    """Write every epoch as a row, amounts in LAMP with six decimals. Raises: OSError."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(_titles(series))
        writer.writerows(_rows(series))


def _titles(series: Series) -> list[str]:
    titles = ["epoch", "years", "supply", "reserve", "burned_pool", "emitted", "burned", "reemitted"]
    titles += [f"bucket_{name}" for name in ("usage", "availability", "stakers", "attesters", "delegators", "treasury")]
    titles += ["usage_paid", "to_treasury"]
    for network in series.networks:
        titles += [f"{network.name}_{name}" for name in ("devices", "units", "pool", "reward", "claimable", "locked")]
    return titles


def _rows(series: Series) -> Iterator[list[str]]:
    for epoch in range(series.scenario.epochs):
        parts = series.buckets[epoch]
        amounts = [
            series.supply[epoch],
            series.reserve[epoch],
            series.burned_pool[epoch],
            series.emitted[epoch],
            series.burned[epoch],
            series.reemitted[epoch],
            parts.usage,
            parts.availability,
            parts.stakers,
            parts.attesters,
            parts.delegators,
            parts.treasury,
            series.usage_paid[epoch],
            series.treasury[epoch],
        ]
        row = [str(epoch), f"{series.scenario.years_at(epoch):.4f}", *map(lamp_text, amounts)]
        for network in series.networks:
            row += [str(network.devices[epoch]), str(network.units[epoch])]
            row += map(
                lamp_text, (network.pool[epoch], network.reward[epoch], network.claimable[epoch], network.locked[epoch])
            )
        yield row
