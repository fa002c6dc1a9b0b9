"""Density: how units are counted in cells, and what the count costs."""

import h3
import pytest

from modules.reward_emission.books import cells_of
from modules.reward_emission.schedule import share
from modules.reward_emission.state import BOOKS, CELLS, Book
from tests.modules.reward_emission.test_closing import ALL, FIRST
from tests.modules.reward_emission.world import World

HOME = h3.latlng_to_cell(47.4, 8.5, 8)
BLOCK = h3.cell_to_parent(HOME, 7)
TOWN = h3.cell_to_parent(HOME, 6)
NEAR = sorted(h3.cell_to_children(BLOCK, 8))[1]
FAR = sorted(h3.cell_to_children(sorted(h3.cell_to_children(TOWN, 7))[3], 8))[0]
CAPS = (10, 15, 20)


def number(cell: str) -> int:
    return h3.str_to_int(cell)


def dense() -> World:
    world = World(ALL)
    world.networks.weights = ((1, 1),)
    return world


@pytest.mark.parametrize("place", [(0.0, 0.0), (89.9, 10.0), (-64.7, 10.5), (37.8, -122.4), (58.16, 22.5)])
@pytest.mark.parametrize("resolution", [8, 9, 12, 15])
def test_the_cells_around_a_device_are_the_parents_of_its_cell(place: tuple[float, float], resolution: int) -> None:
    cell = h3.latlng_to_cell(*place, resolution)
    assert [h3.int_to_str(each) for each in cells_of(number(cell), CAPS)] == [
        h3.cell_to_parent(cell, 8),
        h3.cell_to_parent(cell, 7),
        h3.cell_to_parent(cell, 6),
    ]


def test_the_cells_of_a_pentagon_are_pentagons() -> None:
    cell = sorted(h3.get_pentagons(9))[4]
    assert [h3.int_to_str(each) for each in cells_of(number(cell), CAPS)] == [
        h3.cell_to_parent(cell, resolution) for resolution in (8, 7, 6)
    ]


def test_a_device_without_a_cell_or_a_network_without_caps_has_none() -> None:
    assert cells_of(0, CAPS) == []
    assert cells_of(number(HOME), ()) == []


def test_given_three_places_in_a_town_when_they_report_then_each_level_clips_the_one_below() -> None:
    """Given caps of 10, 15 and 20, when 12 and 4 units come from one cell, 6 from its neighbour and 9 from across the
    town, then the first cell counts 10 of 16, its block 15 of 10 + 6, and the town 20 of 15 + 9."""
    world = dense()
    for device, units, cell in ((1, 12, HOME), (2, 4, HOME), (3, 6, NEAR), (4, 9, FAR)):
        world.work(device, 1, units, cell=number(cell), caps=CAPS)
        world.check()

    counts = {h3.int_to_str(cell): dict(ring)[0] for (_, cell), ring in CELLS.scan(world.ctx)}
    assert counts[HOME] == 16
    assert counts[NEAR] == 6
    assert counts[BLOCK] == 16
    assert counts[FAR] == counts[h3.cell_to_parent(FAR, 7)] == 9
    assert counts[TOWN] == 24
    assert BOOKS.get(world.ctx, (0, 1)) == Book(0, 20, 0, 0, CAPS)

    world.close()
    world.close()
    assert world.settle(1, 2, 3, 4) == [
        12 * 10 * 15 * 20 * FIRST // (16 * 16 * 24 * 20),
        4 * 10 * 15 * 20 * FIRST // (16 * 16 * 24 * 20),
        6 * 6 * 15 * 20 * FIRST // (6 * 16 * 24 * 20),
        9 * 9 * 9 * 20 * FIRST // (9 * 9 * 24 * 20),
    ]
    world.check()


def test_splitting_into_many_devices_in_a_full_cell_gains_nothing() -> None:
    """Given a cell of 10 units at most, one device of 20 earns what two of 10 or twenty of 1 earn together."""
    earned = []
    for split in (1, 2, 20):
        world = dense()
        world.work(99, 1, 10, cell=number(FAR), caps=CAPS)
        for device in range(split):
            world.work(device, 1, 20 // split, cell=number(HOME), caps=CAPS)
        world.close()
        world.close()
        earned.append(sum(world.settle(*range(split))))
    assert earned[0] >= earned[1] >= earned[2] >= earned[0] - 20


def test_a_late_receipt_counts_in_the_cells_of_its_own_epoch() -> None:
    world = dense()
    world.work(1, 1, 8, cell=number(HOME), caps=CAPS)
    world.close()
    world.record((2, 1, 8, 0, number(HOME), CAPS, 0), (3, 1, 5, 1, number(HOME), (99, 99, 99), 0))
    assert CELLS.get(world.ctx, (1, number(HOME))) == ((0, 16), (1, 5))
    world.check()
    world.close()
    assert world.settle(1, 2) == [share(8, FIRST, 10, (16, 10, 10), CAPS)] * 2


def test_the_first_receipt_brings_the_caps_of_its_epoch() -> None:
    world = dense()
    world.work(1, 1, 8, cell=number(HOME), caps=CAPS)
    world.work(2, 1, 8, cell=number(HOME), caps=(1, 1, 1))
    book = BOOKS.get(world.ctx, (0, 1))
    assert book is not None
    assert (book.caps, book.units) == (CAPS, 10)
    world.work(3, 2, 8)
    world.work(4, 2, 8, cell=number(HOME), caps=CAPS)
    assert BOOKS.get(world.ctx, (0, 2)) == Book(0, 16, 0, 16)
    world.check()


def test_networks_do_not_share_cells() -> None:
    world = dense()
    world.work(1, 1, 8, cell=number(HOME), caps=CAPS)
    world.work(2, 2, 9, cell=number(HOME), caps=CAPS)
    assert CELLS.get(world.ctx, (1, number(HOME))) == ((0, 8),)
    assert CELLS.get(world.ctx, (2, number(HOME))) == ((0, 9),)


def test_a_cap_of_zero_leaves_nothing_and_the_pool_goes_to_the_treasury() -> None:
    world = dense()
    world.work(1, 1, 8, cell=number(HOME), caps=(0, 5, 5))
    assert BOOKS.get(world.ctx, (0, 1)) == Book(0, 0, 0, 0, (0, 5, 5))
    world.check()
    world.close()
    world.close()
    assert world.settle(1) == [0]
    assert world.held("treasury") == FIRST


def test_zero_units_touch_no_book_and_no_cell() -> None:
    world = dense()
    world.work(1, 1, 0, cell=number(HOME), caps=CAPS, why=1)
    assert list(BOOKS.scan(world.ctx)) == []
    assert list(CELLS.scan(world.ctx)) == []
    world.close()
    world.close()
    assert world.settle(1) == [0]
    world.check()


def test_a_cell_keeps_the_epochs_whose_books_are_kept() -> None:
    world = dense()
    for _ in range(20):
        world.work(1, 1, 3, cell=number(HOME), caps=CAPS)
        world.close()
        world.check()
    ring = CELLS.get(world.ctx, (1, number(HOME)))
    assert ring is not None
    assert [epoch for epoch, _ in ring] == list(range(11, 20))


def test_a_slot_of_the_oldest_book_is_settled_exactly_though_its_cell_has_counted_ever_since() -> None:
    """Given a device that worked in epoch 0 only, when it settles in epoch 8, then by the counts of epoch 0."""
    world = dense()
    world.work(1, 1, 8, cell=number(HOME), caps=CAPS)
    for _ in range(8):
        world.work(2, 1, 8, cell=number(HOME), caps=CAPS)
        world.close()
    world.work(2, 1, 8, cell=number(HOME), caps=CAPS)
    assert world.settle(1) == [share(8, FIRST, 10, (16, 10, 10), CAPS)]
    world.check()


def test_a_message_reads_and_writes_each_cell_and_book_once() -> None:
    """Given 256 receipts of one cell, then each device costs its account alone: one read and one write."""

    def operations(devices: int) -> int:
        world = dense()
        before = world.state.operations
        world.record(*((number_, 1, 5, None, number(HOME), CAPS, 0) for number_ in range(devices)))
        return world.state.operations - before

    one = operations(1)
    assert operations(256) - one == 255 * 2
    # Reserve, parameters, one account, one book and three cells are read; the last five of them are written.
    assert one == 7 + 5
