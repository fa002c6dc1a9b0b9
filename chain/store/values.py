"""The newest values kept in memory: a cache that several threads read and fill while blocks commit."""

from collections.abc import Iterable, Mapping
from enum import Enum
from threading import Lock
from typing import Final

MAX_CACHED_VALUE = 4096
"""Longest value kept, bytes: the cache is bounded by entries, so large ones stay on disk."""


class Missing(Enum):
    """Type of the mark for "not cached", which None (known to be absent) is not."""

    MISSING = 0


MISSING: Final = Missing.MISSING

Values = dict[bytes, bytes | None]


class ValueCache:
    """Two generations of values by store: a hit is one look-up, and what is not used for a generation goes.

    A fill that began before a commit is dropped: it may carry what the commit replaced.
    """

    __slots__ = ("_count", "_epoch", "_generation", "_lock", "old", "young")

    def __init__(self, names: Iterable[str], entries: int) -> None:
        self.young: dict[str, Values] = {name: {} for name in names}
        self.old: dict[str, Values] = {name: {} for name in self.young}
        self._generation = max(1, entries // 2)
        self._count = 0
        self._epoch = 0
        self._lock = Lock()

    @property
    def epoch(self) -> int:
        """Moves at the start and the end of each commit; read it before reading what `fill` brings."""
        return self._epoch

    def fill(self, name: str, key: bytes, value: bytes | None, epoch: int) -> None:
        """Keep a value that was read while the epoch was this one."""
        if value is not None and len(value) > MAX_CACHED_VALUE:
            return
        with self._lock:
            # What a commit put there meanwhile is newer than a value from the older generation.
            if epoch == self._epoch and not epoch & 1 and key not in self.young[name]:
                self.young[name][key] = value
                self._count += 1
                if self._count >= self._generation:
                    self._age()

    def _age(self) -> None:
        # A reader between its two look-ups may miss a value and read it from disk; it never sees a wrong one.
        self.old, self.young = self.young, {name: {} for name in self.young}
        self._count = 0

    def begin(self) -> None:
        """Refuse fills until `end`: a block is about to be written."""
        with self._lock:
            self._epoch |= 1

    def end(self, changes: Mapping[str, Iterable[tuple[bytes, bytes | None, bytes | None]]]) -> None:
        """Take over a committed block's values and accept fills again; (key, new, old) by store."""
        with self._lock:
            for name, triples in changes.items():
                young, old = self.young[name], self.old[name]
                for key, new, _ in triples:
                    if new is None or len(new) <= MAX_CACHED_VALUE:
                        young[key] = new
                    else:
                        young.pop(key, None)
                        old.pop(key, None)
                    self._count += 1
            if self._count >= self._generation:
                self._age()
            self._epoch += 1

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            for values in (*self.young.values(), *self.old.values()):
                values.clear()
            self._epoch += 2
            self._count = 0
