"""Cells as integers, against the h3 library."""

import random
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

import h3.api.basic_int as library
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.device_registry import h3

RANDOM_CELLS = 100_000
"""Random cells of each resolution."""


def random_cells(resolution: int, count: int = RANDOM_CELLS) -> Iterator[int]:
    random_number = random.Random(resolution).random
    for _ in range(count):
        yield library.latlng_to_cell(random_number() * 180 - 90, random_number() * 360 - 180, resolution)


def coarse_cells() -> Iterator[int]:
    for base in library.get_res0_cells():
        yield base
        for child in library.cell_to_children(base, 1):
            yield child
            yield from library.cell_to_children(child, 2)


def pentagons() -> Iterator[int]:
    for resolution in range(16):
        yield from library.get_pentagons(resolution)


def test_every_cell_of_resolution_0_to_2_is_valid_and_has_the_librarys_resolution_and_parents() -> None:
    cells = list(coarse_cells())
    assert len(cells) == 122 + 842 + 5_882
    for cell in cells:
        assert h3.is_cell(cell)
        assert h3.resolution(cell) == library.get_resolution(cell)
        assert h3.base_cell(cell) == library.get_base_cell_number(cell)
        for coarser in range(h3.resolution(cell) + 1):
            assert h3.parent(cell, coarser) == library.cell_to_parent(cell, coarser)


def test_no_other_pattern_of_resolution_0_to_2_is_a_cell() -> None:
    valid = set(coarse_cells())
    for resolution in range(3):
        tail = (1 << 3 * (15 - resolution)) - 1
        for base in range(128):
            for digits in range(8**resolution):
                head = 1 << 59 | resolution << 52 | base << 45
                pattern = head | digits << 3 * (15 - resolution) | tail
                assert h3.is_cell(pattern) == (pattern in valid)


def test_a_hundred_thousand_random_cells_of_each_resolution_agree_with_the_library() -> None:
    for resolution in range(16):
        for number, cell in enumerate(random_cells(resolution)):
            coarser = number % (resolution + 1)
            if (
                not h3.is_cell(cell)
                or h3.resolution(cell) != resolution
                or h3.parent(cell, coarser) != library.cell_to_parent(cell, coarser)
            ):
                pytest.fail(f"{cell:x} differs")


def test_a_cell_with_any_one_bit_changed_is_judged_as_the_library_judges_it() -> None:
    cells = [*pentagons(), *(cell for resolution in range(16) for cell in random_cells(resolution, 20))]
    for cell in cells:
        for bit in range(64):
            changed = cell ^ 1 << bit
            assert h3.is_cell(changed) == library.is_valid_cell(changed), hex(changed)


def test_a_pentagon_lacks_the_child_of_digit_1_however_deep() -> None:
    for pentagon in pentagons():
        resolution = h3.resolution(pentagon)
        assert h3.is_cell(pentagon)
        if resolution == 15:
            continue
        place = 3 * (14 - resolution)
        finer = (pentagon & ~(0xF << 52) | (resolution + 1) << 52) & ~(0b111 << place)
        found = [digit for digit in range(8) if h3.is_cell(finer | digit << place)]
        assert found == [0, 2, 3, 4, 5, 6]
        assert {finer | digit << place for digit in found} == set(library.cell_to_children(pentagon, resolution + 1))


def with_digit(cell: int, level: int, digit: int) -> int:
    """Return a pattern with another digit at a level (1 to 15)."""
    place = 3 * (15 - level)
    return cell & ~(0b111 << place) | digit << place


def test_the_deleted_subsequence_is_no_cell_at_any_depth() -> None:
    """Zeros, then a 1, then anything: below a pentagon that is no cell, below a hexagon it is one."""
    source = random.Random(1)
    for base in range(122):
        pentagon = library.is_pentagon(1 << 59 | base << 45 | (1 << 45) - 1)
        for resolution in range(1, 16):
            for first in range(1, resolution + 1):
                cell = 1 << 59 | resolution << 52 | base << 45 | (1 << 45) - 1
                for level in range(1, resolution + 1):
                    digit = 0 if level < first else 1 if level == first else source.randrange(7)
                    cell = with_digit(cell, level, digit)
                assert h3.is_cell(cell) == library.is_valid_cell(cell) == (not pentagon), hex(cell)


@pytest.mark.parametrize("resolution", range(16))
def test_each_way_in_which_a_pattern_can_be_malformed_is_told(resolution: int) -> None:
    source = random.Random(resolution)
    for cell in (*random_cells(resolution, 50), *library.get_pentagons(resolution)):
        wrong = [cell ^ 1 << 63]
        wrong += [cell & ~(0xF << 59) | mode << 59 for mode in range(16) if mode != 1]
        wrong += [cell | reserved << 56 for reserved in range(1, 8)]
        wrong += [cell & ~(0x7F << 45) | base << 45 for base in range(122, 128)]
        wrong += [with_digit(cell, level, 7) for level in range(1, resolution + 1)]
        wrong += [with_digit(cell, level, source.randrange(7)) for level in range(resolution + 1, 16)]
        for pattern in wrong:
            assert not h3.is_cell(pattern), hex(pattern)
            assert not library.is_valid_cell(pattern), hex(pattern)


def test_cells_stand_in_an_order_in_which_all_that_lies_in_a_cell_is_one_stretch() -> None:
    cells = sorted(coarse_cells(), key=h3.place)
    places = [h3.place(cell) for cell in cells]
    assert len(set(places)) == len(places)
    for cell in cells:
        first, last = h3.span(cell)
        found = set(cells[bisect_left(places, first) : bisect_right(places, last)])
        wanted = {cell}
        for resolution in range(h3.resolution(cell) + 1, 3):
            wanted |= set(library.cell_to_children(cell, resolution))
        assert found == wanted


def test_a_cell_follows_from_its_place() -> None:
    for resolution in range(16):
        for cell in (*random_cells(resolution, 1_000), *library.get_pentagons(resolution)):
            assert h3.cell_at(h3.place(cell)) == cell
            for coarser in range(resolution + 1):
                first, last = h3.span(h3.parent(cell, coarser))
                assert first <= h3.place(cell) <= last
            if resolution < 15:
                first, last = h3.span(library.cell_to_center_child(cell, resolution + 1))
                assert not first <= h3.place(cell) <= last


@given(st.integers(0, 2**64 - 1))
def test_random_patterns_are_judged_as_the_library_judges_them(pattern: int) -> None:
    assert h3.is_cell(pattern) == library.is_valid_cell(pattern)


@given(st.integers(0, 2**56 - 1))
def test_random_patterns_of_a_cells_head_are_judged_as_the_library_judges_them(tail: int) -> None:
    pattern = 1 << 59 | tail
    assert h3.is_cell(pattern) == library.is_valid_cell(pattern)


@pytest.mark.parametrize("pattern", [0, -1, 2**64 - 1, 2**64, 2**64 | 0x8001FFFFFFFFFFF, -0x8001FFFFFFFFFFF])
def test_what_is_no_64_bit_cell_is_no_cell(pattern: int) -> None:
    assert not h3.is_cell(pattern)


def test_no_parent_is_finer_than_the_cell() -> None:
    cell = library.latlng_to_cell(47.6, -122.3, 8)
    for coarser in (9, 16, -1):
        with pytest.raises(ValueError, match="no parent"):
            h3.parent(cell, coarser)
