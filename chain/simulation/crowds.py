"""How devices share cells: the counters of H3 cells when a network's devices stand in equal groups.

The devices that do not fill a group stand in the last one, which is why there are up to four kinds of places.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from chain.simulation.scenario import Crowd


@dataclass(frozen=True, slots=True)
class Place:
    """Devices whose cells have the same counters."""

    devices: int
    counters: tuple[int, ...]
    """Units in the device's cells of resolutions 8, 7, 6, each after the caps of the finer ones; empty in a DRN."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A network's epoch: where its devices stand and the units T that share its pool."""

    places: tuple[Place, ...]
    total: int


def count(devices: int, units: int, crowd: Crowd, caps: Sequence[int]) -> Counted:
    """Return the counters of a network in which each device does the same units."""
    if not devices or not units:
        return Counted((), 0)
    if not caps:
        return Counted((Place(devices, ()),), devices * units)
    size7 = crowd.devices * crowd.fine
    groups, rest = divmod(devices, size7 * crowd.middle)
    places: list[Place] = []
    total = 0
    for number, inside in ((groups, size7 * crowd.middle), (1 if rest else 0, rest)):
        if number:
            made, clipped = _group(inside, units, crowd, caps)
            places += [Place(place.devices * number, place.counters) for place in made]
            total += number * clipped
    return Counted(tuple(places), total)


def _group(devices: int, units: int, crowd: Crowd, caps: Sequence[int]) -> tuple[list[Place], int]:
    """Return the places of the devices in one cell of resolution 6, and what of it counts."""
    size7 = crowd.devices * crowd.fine
    cells7 = [size7] * (devices // size7) + ([devices % size7] if devices % size7 else [])
    inside = [_middle(number, units, crowd, caps[0]) for number in dict.fromkeys(cells7)]
    clipped7 = {number: min(made[1], caps[1]) for number, made in zip(dict.fromkeys(cells7), inside, strict=True)}
    u6 = sum(clipped7[number] for number in cells7)
    places = [
        Place(fine * cells7.count(number), (u8, made[1], u6))
        for number, made in zip(dict.fromkeys(cells7), inside, strict=True)
        for fine, u8 in made[0]
    ]
    return places, min(u6, caps[2])


def _middle(devices: int, units: int, crowd: Crowd, cap: int) -> tuple[list[tuple[int, int]], int]:
    """Return (devices, U8) of each kind of cell inside one cell of resolution 7, and its U7."""
    full, rest = divmod(devices, crowd.devices)
    cells = [(full, crowd.devices)] if full else []
    cells += [(1, rest)] if rest else []
    return (
        [(number * inside, inside * units) for number, inside in cells],
        sum(number * min(inside * units, cap) for number, inside in cells),
    )
