"""Writes kept in memory over a store: one block's, or one transaction's, with undo."""

from bisect import bisect_left
from collections.abc import Iterator
from enum import Enum
from heapq import merge
from itertools import islice
from operator import itemgetter
from typing import Final, Protocol

from chain.store.errors import InvalidWriteError
from chain.store.hashing import MAX_KEY, MAX_VALUE


class Readable(Protocol):
    """What an overlay can lie on: the store, a view of it, or another overlay."""

    def get(self, name: str, key: bytes) -> bytes | None:
        """Return the value of a key in a store, None if there is none."""

    def iterate(
        self, name: str, start: bytes, end: bytes | None, reverse: bool = False
    ) -> Iterator[tuple[bytes, bytes]]:
        """Yield the pairs with start <= key < end in order of keys."""


class _Absent(Enum):
    """Type of the mark for "not written here", which None (deleted here) is not."""

    ABSENT = 0


_ABSENT: Final = _Absent.ABSENT

Writes = dict[bytes, bytes | None]
"""Last write per key; None deletes."""


class _Stores(dict[str, Writes]):
    """Writes by store; a store appears when first looked at, so that reads and writes need no branch."""

    def __missing__(self, name: str) -> Writes:
        writes: Writes = {}
        self[name] = writes
        return writes


def check_write(key: bytes, value: bytes) -> None:
    """Refuse what no proof could show. Raises: InvalidWriteError for an empty or oversized key or value."""
    if not 0 < len(key) <= MAX_KEY:
        raise InvalidWriteError(f"a key has 1 to {MAX_KEY} bytes, this one has {len(key)}")
    if not 0 < len(value) <= MAX_VALUE:
        raise InvalidWriteError(f"a value has 1 to {MAX_VALUE} bytes, this one has {len(value)}")


class BlockState:
    """Writes over a base that it never changes, with an undo journal shared by all stores.

    Not for several threads at once. The base must not change while this lies on it.
    """

    __slots__ = ("_base", "_base_get", "_journal", "_order", "_stores")

    def __init__(self, base: Readable) -> None:
        self._base = base
        self._base_get = base.get
        self._stores = _Stores()
        self._journal: list[tuple[Writes, bytes, bytes | _Absent | None]] = []
        self._order: dict[str, list[bytes]] = {}

    def get(self, name: str, key: bytes) -> bytes | None:
        """Return the value of a key as written here, else the base's."""
        value = self._stores[name].get(key, _ABSENT)
        if value is _ABSENT:
            return self._base_get(name, key)
        return value

    def set(self, name: str, key: bytes, value: bytes) -> None:
        """Write a value. Raises: InvalidWriteError for an empty or oversized key or value."""
        if not (0 < len(key) <= MAX_KEY and 0 < len(value) <= MAX_VALUE):
            check_write(key, value)
        writes = self._stores[name]
        self._journal.append((writes, key, writes.get(key, _ABSENT)))
        writes[key] = value

    def delete(self, name: str, key: bytes) -> None:
        """Remove a key; it need not exist."""
        writes = self._stores[name]
        self._journal.append((writes, key, writes.get(key, _ABSENT)))
        writes[key] = None

    def iterate(
        self, name: str, start: bytes, end: bytes | None, reverse: bool = False
    ) -> Iterator[tuple[bytes, bytes]]:
        """Yield the pairs with start <= key < end as they are when the iteration begins, in order of keys."""
        writes = self._stores[name]
        order = self._sorted_keys(name)
        first = bisect_left(order, start)
        last_own = len(order) if end is None else bisect_left(order, end)
        own = [(key, writes[key]) for key in order[first:last_own]]
        below = self._base.iterate(name, start, end, reverse)
        if not own:
            yield from below
            return
        if reverse:
            own.reverse()
        # At equal keys the merge yields its first source first, and the base's pair is then skipped.
        last: bytes | None = None
        for key, value in merge(own, below, key=itemgetter(0), reverse=reverse):
            if key != last:
                last = key
                if value is not None:
                    yield key, value

    def _sorted_keys(self, name: str) -> list[bytes]:
        """Return the written keys of a store in order.

        Between reverts a dict of writes only grows at its end, so its length tells whether the order is current.
        """
        writes = self._stores[name]
        order = self._order.setdefault(name, [])
        if len(order) != len(writes):
            order.extend(islice(list(writes), len(order), None))
            order.sort()
        return order

    def mark(self) -> int:
        """Return a point that `revert` can go back to."""
        return len(self._journal)

    def revert(self, mark: int) -> None:
        """Undo all writes since a mark."""
        journal = self._journal
        if len(journal) > mark:
            self._order.clear()
        while len(journal) > mark:
            writes, key, before = journal.pop()
            if before is _ABSENT:
                del writes[key]
            else:
                writes[key] = before

    def changes(self) -> dict[str, Writes]:
        """Return the last write per key by store, for `StateStore.finalize`; stores without writes are left out."""
        return {name: writes for name, writes in self._stores.items() if writes}

    def clear(self) -> None:
        """Forget all writes."""
        self._stores.clear()
        self._journal.clear()
        self._order.clear()
