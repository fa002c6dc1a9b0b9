"""H3 cells as 64-bit integers: validity, resolution and parents by bit operations alone.

Layout of a cell (H3's index specification), from the highest bit: 1 reserved bit, 4 bits mode (1 means cell), 3
reserved bits, 4 bits resolution, 7 bits base cell, then 15 digits of 3 bits, the coarsest first. Digits finer than
the resolution are 7.
"""

MAX_RESOLUTION = 15
"""Finest resolution."""
BASE_CELLS = 122
"""Number of cells of resolution 0."""
_PENTAGONS = frozenset((4, 14, 24, 38, 49, 58, 63, 72, 83, 97, 107, 117))
"""Base cells with five sides; each has one child less, the one of digit 1."""
_CELL_HEAD = 0b0_0001_000
"""The highest byte of a cell: mode 1, reserved bits 0."""
_UNUSED = 0b111
"""Digit of the levels beyond a cell's resolution."""


def resolution(cell: int) -> int:
    """Return a cell's resolution, 0 (coarse) to 15; meaningful for valid cells only."""
    return cell >> 52 & 0xF


def base_cell(cell: int) -> int:
    """Return the number of the cell of resolution 0 that a cell lies in; meaningful for valid cells only."""
    return cell >> 45 & 0x7F


def is_cell(cell: int) -> bool:
    """Tell whether an integer is the index of an H3 cell."""
    if cell >> 56 != _CELL_HEAD or base_cell(cell) >= BASE_CELLS:
        return False
    unused = 3 * (MAX_RESOLUTION - resolution(cell))
    tail = (1 << unused) - 1
    if cell & tail != tail:
        return False
    digits = (cell & (1 << 45) - 1) >> unused
    return _digits_exist(digits, resolution(cell), base_cell(cell) in _PENTAGONS)


def _digits_exist(digits: int, count: int, pentagon: bool) -> bool:
    leading = True
    for level in range(count - 1, -1, -1):
        digit = digits >> 3 * level & 0b111
        if digit == _UNUSED:
            return False
        # A pentagon lacks the child of digit 1, and so does its centre child, and so on down.
        if pentagon and leading and digit == 1:
            return False
        leading = leading and digit == 0
    return True


def parent(cell: int, coarser: int) -> int:
    """Return the cell of resolution `coarser` that holds a valid cell; itself at its own resolution.

    Raises: ValueError when `coarser` is finer than the cell or no resolution.
    """
    if not 0 <= coarser <= resolution(cell):
        raise ValueError(f"a cell of resolution {resolution(cell)} has no parent of resolution {coarser}")
    unused = (1 << 3 * (MAX_RESOLUTION - coarser)) - 1
    return cell & ~(0xF << 52) | coarser << 52 | unused
