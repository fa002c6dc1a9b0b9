"""Crowds: the counters of cells are those that the chain comes to, receipt by receipt."""

from fractions import Fraction
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from chain.simulation.crowds import count
from chain.simulation.scenario import Crowd
from modules.reward_emission.schedule import climb


def cells_of(device: int, crowd: Crowd) -> tuple[tuple[int, int], ...]:
    """Return where a device stands: groups fill one after the other."""
    size7 = crowd.devices * crowd.fine
    return ((8, device // crowd.devices), (7, device // size7), (6, device // (size7 * crowd.middle)))


def receipt_by_receipt(devices: int, units: int, crowd: Crowd, caps: list[int], order: list[int]) -> tuple[list, int]:
    counters: dict[tuple[int, int], int] = {}
    total = 0
    for device in order:
        cells = cells_of(device, crowd)
        grown, rest = climb(units, [counters.get(cell, 0) for cell in cells], caps)
        counters |= dict(zip(cells, grown, strict=False))
        total += rest
    return [tuple(counters.get(cell, 0) for cell in cells_of(device, crowd)) for device in range(devices)], total


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.integers(0, 80),
    st.integers(1, 30),
    st.builds(Crowd, st.integers(1, 6), st.integers(1, 4), st.integers(1, 4)),
    st.lists(st.integers(0, 200), min_size=3, max_size=3),
    st.integers(),
)
def test_counters_are_those_of_receipts_in_any_order(
    devices: int, units: int, crowd: Crowd, caps: list[int], seed: int
) -> None:
    caps.sort()
    order = Random(seed).sample(range(devices), devices)
    expected, total = receipt_by_receipt(devices, units, crowd, caps, order)
    counted = count(devices, units, crowd, caps)
    assert counted.total == total
    assert sorted(place.counters for place in counted.places for _ in range(place.devices)) == sorted(expected)


def test_the_first_place_is_that_of_a_device_in_a_full_group() -> None:
    counted = count(25, 24, Crowd(3, 2, 2), [48, 100, 150])
    assert counted.places[0].devices == 24
    # Three devices in the fine cell make 72; two cells of at most 48 make 96; two of those 192, of which 150 count.
    assert counted.places[0].counters == (72, 96, 192)
    assert counted.places[1:] == (counted.places[1],)
    assert (counted.places[1].devices, counted.places[1].counters) == (1, (24, 24, 24))
    assert counted.total == 2 * 150 + 24


def test_what_all_earn_is_the_pool_but_for_the_dust() -> None:
    crowd, caps = Crowd(5, 3, 2), [48, 120, 200]
    counted = count(100, 24, crowd, caps)
    parts = sum(
        place.devices
        * 24
        * Fraction(min(place.counters[0], caps[0]), place.counters[0])
        * Fraction(min(place.counters[1], caps[1]), place.counters[1])
        * Fraction(min(place.counters[2], caps[2]), place.counters[2])
        for place in counted.places
    )
    assert parts == counted.total


def test_a_network_without_caps_counts_all_units() -> None:
    counted = count(7, 11, Crowd(3), ())
    assert (counted.total, [(place.devices, place.counters) for place in counted.places]) == (77, [(7, ())])


def test_nobody_counts_where_nobody_works() -> None:
    assert count(0, 24, Crowd(), (10, 20, 30)).places == count(5, 0, Crowd(), ()).places == ()
