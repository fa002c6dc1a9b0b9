"""Rings of (epoch, count): what is counted per epoch and wanted only as long as the epoch's book is kept.

Packed in entries of one size, because cells are read and written with every receipt.
"""

import struct
from collections.abc import Mapping, Sequence

Counts = tuple[tuple[int, int], ...]
"""(epoch, count) in order of epochs."""

LIMIT = 9
"""Most entries: the running epoch and those whose books are kept behind it."""

_ENTRY = struct.Struct(">IQQ")
_LOW = (1 << 64) - 1


class CountsCodec:
    """A ring: how many entries, then of each the epoch in 4 bytes and the count in 16."""

    __slots__ = ()

    def write(self, value: Sequence[tuple[int, int]], out: bytearray) -> None:
        """Append a ring. Raises: ValueError when it is too long or a number is out of range."""
        if len(value) > LIMIT:
            raise ValueError(f"more than {LIMIT} epochs")
        out.append(len(value))
        try:
            for epoch, count in value:
                out += _ENTRY.pack(epoch, count >> 64, count & _LOW)
        except struct.error as error:
            raise ValueError(f"a number does not fit its field: {error}") from error

    def read(self, data: bytes, at: int) -> tuple[Counts, int]:
        """Return a ring. Raises: ValueError when it is cut off."""
        if at >= len(data):
            raise ValueError("ring is cut off")
        end = at + 1 + data[at] * _ENTRY.size
        if end > len(data):
            raise ValueError("ring is cut off")
        return tuple((epoch, high << 64 | low) for epoch, high, low in _ENTRY.iter_unpack(data[at + 1 : end])), end


def kept(counts: Mapping[int, int], first: int) -> Counts:
    """Return the entries of epochs from `first` on, in order."""
    return tuple((epoch, counts[epoch]) for epoch in sorted(counts) if epoch >= first)
