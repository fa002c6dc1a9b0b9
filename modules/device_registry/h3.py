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
_DIGITS = (1 << 45) - 1
"""The bits of the fifteen digits."""
_LOWEST_BITS = 0o111_111_111_111_111
"""The lowest bit of each digit."""
SPAN_BITS = 52
"""Bits of a place in the order of cells: 7 of the base cell, 45 of the digits."""


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
    digits = (cell & _DIGITS) >> unused
    # A digit is 7 where all of its three bits are set.
    if digits & digits >> 1 & digits >> 2 & _LOWEST_BITS:
        return False
    # A pentagon lacks the child of digit 1, and so does its centre child, and so on down: the first digit that is not 0
    # is never 1.
    return base_cell(cell) not in _PENTAGONS or digits >> (max(digits.bit_length() - 1, 0) // 3 * 3) != 1


def parent(cell: int, coarser: int) -> int:
    """Return the cell of resolution `coarser` that holds a valid cell; itself at its own resolution.

    Raises: ValueError when `coarser` is finer than the cell or no resolution.
    """
    if not 0 <= coarser <= resolution(cell):
        raise ValueError(f"a cell of resolution {resolution(cell)} has no parent of resolution {coarser}")
    unused = (1 << 3 * (MAX_RESOLUTION - coarser)) - 1
    return cell & ~(0xF << 52) | coarser << 52 | unused


def span(cell: int) -> tuple[int, int]:
    """Return the first and the last place, in the order of `place`, of a valid cell and all that lies in it.

    Both ends belong to the span. No cell that is coarser, or lies elsewhere, has its place there, for the digits of a
    coarser one are 7 where those of this cell are not.
    """
    inside = (1 << 3 * (MAX_RESOLUTION - resolution(cell))) - 1
    last = place(cell) | inside
    return last - inside, last


def place(cell: int) -> int:
    """Return where a valid cell stands in the order of cells: base cell and digits, without the resolution.

    Each valid cell has a place of its own, from which `cell_at` gives it back.
    """
    return cell & (1 << SPAN_BITS) - 1


def cell_at(number: int) -> int:
    """Return the cell whose place is given: its resolution ends where the digits are 7 from there on."""
    unused = 0
    while unused < MAX_RESOLUTION and number >> 3 * unused & 0b111 == 0b111:
        unused += 1
    return _CELL_HEAD << 56 | MAX_RESOLUTION - unused << SPAN_BITS | number
