"""What the simulated devices report: recorded hourly temperatures, and what follows from them.

The readings are those of Seattle and San Francisco in 2010 that the package `vega_datasets` ships (8,759 hours each,
from NOAA's climate data). A day of them is played in an epoch.
"""

import csv
import importlib.util
from functools import cache
from pathlib import Path
from typing import Any

import h3

from chain.client.networks import NetworkFile
from localnet.layout import READINGS_A_DAY

CELL_RESOLUTION = 8
"""Resolution of the cells that devices are registered in: hexagons of some 0.7 km2."""
GRID_PLACES = 7
"""Devices beyond the listed places stand in the cells around them, seven to a place."""


def place_of(network: NetworkFile, index: int) -> int:
    """Return the H3 cell of a network's device by its index, 0 where the network has no places."""
    if not network.places:
        return 0
    place = network.places[index % len(network.places)]
    centre = h3.latlng_to_cell(place.latitude, place.longitude, CELL_RESOLUTION)
    around = sorted(h3.grid_disk(centre, 1))
    return int(around[index // len(network.places) % GRID_PLACES % len(around)], 16)


@cache
def temperatures(city: str) -> list[tuple[str, float]]:
    """Return the recorded hours of `seattle` or `sf`: time and degrees Fahrenheit.

    Raises: FileNotFoundError when vega_datasets is not installed.
    """
    found = importlib.util.find_spec("vega_datasets")
    if found is None or found.origin is None:
        raise FileNotFoundError("the package vega_datasets is missing: run `make venv`")
    with (Path(found.origin).parent / "_data" / f"{city}-temps.csv").open(newline="") as file:
        return [(row["date"], float(row["temp"])) for row in csv.DictReader(file)]


def sample(network: str, device: int, hour: int) -> dict[str, Any]:
    """Return what a device measures in an hour (counted from the start of the record)."""
    city = "seattle" if device % 2 else "sf"
    record = temperatures(city)
    time, fahrenheit = record[hour % len(record)]
    if network == "weather":
        return {"hour": time, "city": city, "temperature_f": fahrenheit, "units": 1}
    if network == "hotspots":
        # People are outside when it is warm: the warmer, the more of them use a hotspot.
        return {"hour": time, "clients": max(0, int(fahrenheit) - 40 + device % 5), "units": 1}
    # A node answers for what it stores once a day; its size is its own, and grows slowly.
    gib = 500 + 37 * device + hour // READINGS_A_DAY % 1_000
    last = hour % READINGS_A_DAY == READINGS_A_DAY - 1
    return {"hour": time, "stored_gib": gib, "units": gib if last else 0}
