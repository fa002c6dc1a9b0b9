"""Cells as integers, against the h3 library."""

import random
from collections.abc import Iterator

import h3.api.basic_int as library
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.device_registry import h3

RANDOM_CELLS = 1_500
"""Random cells of each resolution."""


def random_cells(resolution: int) -> Iterator[int]:
    source = random.Random(resolution)
    for _ in range(RANDOM_CELLS):
        yield library.latlng_to_cell(source.uniform(-90, 90), source.uniform(-180, 180), resolution)


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


@pytest.mark.parametrize("resolution", range(16))
def test_random_cells_of_each_resolution_agree_with_the_library(resolution: int) -> None:
    for cell in random_cells(resolution):
        assert h3.is_cell(cell)
        assert h3.resolution(cell) == resolution
        coarser = cell % (resolution + 1)
        assert h3.parent(cell, coarser) == library.cell_to_parent(cell, coarser)


def test_a_cell_with_any_one_bit_changed_is_judged_as_the_library_judges_it() -> None:
    cells = [*pentagons(), *(cell for resolution in range(16) for cell in list(random_cells(resolution))[:20])]
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
