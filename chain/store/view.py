"""A fixed version of the state, for queries and proofs, while blocks go on committing."""

from collections.abc import Iterator
from types import TracebackType
from typing import Self

from chain.store import records
from chain.store.db import Reads
from chain.store.errors import HeightPrunedError, HeightUnknownError, ProofError, StoreError, UnknownStoreError
from chain.store.hashing import MAX_KEY
from chain.store.page import Page, decode
from chain.store.proofs import ProofOp, Trail, Trie, absent, existence, exists, map_proof, trail_steps
from chain.store.records import Meta, StoreRoot, Version


class PageCache:
    """Pages that readers share and never alter; ids are never used twice, so nothing goes stale."""

    __slots__ = ("_limit", "_pages")

    def __init__(self, limit: int = 1024) -> None:
        self._limit = limit
        self._pages: dict[bytes, Page] = {}

    def load(self, snapshot: Reads, sid: int, page_id: int) -> Page:
        """Return a page. Raises: StoreError when it is not there."""
        key = b"p" + bytes((sid,)) + records.pack_u64(page_id)
        page = self._pages.get(key)
        if page is None:
            data = snapshot.get(key)
            if data is None:
                raise StoreError(f"page {page_id} is missing: the state is damaged; restore it or sync anew")
            page = decode(data)
            if len(self._pages) >= self._limit:
                self._pages.clear()
            self._pages[key] = page
        return page

    def clear(self) -> None:
        """Forget all pages: a rollback will use their ids again."""
        self._pages.clear()


class View:
    """One version of all stores; close it (it is a context manager) to let LevelDB drop old records.

    One thread at a time.
    """

    __slots__ = ("_cache", "_newest", "_snapshot", "_version")

    def __init__(self, snapshot: Reads, height: int, cache: PageCache) -> None:
        data = snapshot.get(records.META_KEY)
        newest = Meta.decode(data).height if data else 0
        version = snapshot.get(records.version_key(height)) if 0 < height <= newest else None
        if version is None:
            snapshot.close()
            if not 0 < height <= newest:
                raise HeightUnknownError(f"height {height} is not committed; the newest is {newest}")
            raise HeightPrunedError(f"height {height} is pruned; the newest is {newest}")
        self._snapshot = snapshot
        self._version = Version.decode(height, version)
        self._newest = newest
        self._cache = cache

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the view."""
        self._snapshot.close()

    @property
    def height(self) -> int:
        """The version's height."""
        return self._version.height

    @property
    def app_hash(self) -> bytes:
        """The app hash after the version's block."""
        return self._version.app_hash

    @property
    def block_time(self) -> int:
        """The block's time, nanoseconds since 1970."""
        return self._version.block_time

    def roots(self) -> dict[str, bytes]:
        """Return each store's root hash."""
        return self._version.roots()

    def _store(self, name: str) -> StoreRoot:
        try:
            return self._version.stores[name]
        except KeyError:
            raise UnknownStoreError(f"there is no store {name!r} at height {self.height}") from None

    def get(self, name: str, key: bytes) -> bytes | None:
        """Return the value that a key had; one longer than any that can be written has none."""
        sid = self._store(name).sid
        return self._value(sid, key) if len(key) <= MAX_KEY else None

    def _value(self, sid: int, key: bytes) -> bytes | None:
        if self.height < self._newest:
            prefix = b"h" + bytes((sid,)) + records.pack_u16(len(key)) + key
            start = prefix + records.pack_u64(self.height + 1)
            for _, before in self._snapshot.iterator(start=start, stop=prefix + b"\xff" * 8):
                return before[1:] if before[0] else None
        return self._snapshot.get(b"s" + bytes((sid,)) + key)

    def iterate(
        self, name: str, start: bytes, end: bytes | None, reverse: bool = False
    ) -> Iterator[tuple[bytes, bytes]]:
        """Yield the pairs with start <= key < end in order of keys."""
        store = self._store(name)
        if self.height == self._newest:
            prefix = b"s" + bytes((store.sid,))
            stop = b"s" + bytes((store.sid + 1,)) if end is None else prefix + end
            for record, value in self._snapshot.iterator(start=prefix + start, stop=stop, reverse=reverse):
                yield record[2:], value
            return
        for key in self._trie(store).keys(start, end, reverse):
            found = self._value(store.sid, key)
            if found is None:
                raise StoreError(f"key {key.hex()} of {name} has no value: the state is damaged; run verify")
            yield key, found

    def _trie(self, store: StoreRoot) -> Trie:
        return Trie(lambda page_id: self._cache.load(self._snapshot, store.sid, page_id), store.page)

    def prove(self, name: str, key: bytes) -> tuple[bytes | None, list[ProofOp]]:
        """Return a key's value, None if it is absent, and the proof of either against the app hash.

        Raises: ProofError for an empty store, an empty key, or a path longer than verifiers accept.
        """
        store = self._store(name)
        if not store.page:
            raise ProofError(f"store {name!r} is empty at height {self.height}: nothing can be proven of it")
        if not key:
            raise ProofError("an empty key can neither exist nor be proven absent")
        left, right = self._trie(store).find(key)
        if left is not None and left is right:
            value, proof = self._existence(store.sid, left)
            data = exists(proof)
        else:
            value = None
            sides = [self._existence(store.sid, side)[1] if side else b"" for side in (left, right)]
            data = absent(key, sides[0], sides[1])
        names = sorted(self._version.stores, key=str.encode)
        return value, [
            ProofOp("ics23:iavl", key, data),
            ProofOp("ics23:simple", name.encode(), map_proof(names, self.roots(), name)),
        ]

    def _existence(self, sid: int, trail: Trail) -> tuple[bytes, bytes]:
        page, i = trail[-1]
        key = page.keys[i]
        value = self._value(sid, key)
        if value is None:
            raise StoreError(f"key {key.hex()} has no value: the state is damaged; run verify")
        return value, existence(key, value, b"\x00\x02\x02", trail_steps(trail))
