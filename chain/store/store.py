"""The state of the chain on disk: versioned stores behind one app hash."""

import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Self

import plyvel

from chain.store import records
from chain.store.db import open_db
from chain.store.errors import (
    HeightPrunedError,
    HeightUnknownError,
    StoreBrokenError,
    StoreError,
    StoreFormatError,
    UnknownStoreError,
)
from chain.store.hashing import app_hash, trie_root
from chain.store.overlay import BlockState
from chain.store.records import Meta, StoreRoot, Version

log = logging.getLogger("chain.store")


class StateStore:
    def __init__(self, db, path, sids, keep_versions):
        self._db = db
        self._path = path
        self._sids = sids
        self._keep = keep_versions
        data = db.get(records.META_KEY)
        self._meta = Meta.decode(data) if data else Meta()
        self._version = self._read(self._meta.height) if self._meta.height else None
        self._pending = None

    @classmethod
    def open(cls, path, stores=None, keep_versions=100, cache_entries=100_000) -> Self:
        path = Path(path)
        db = open_db(path)
        have = db.get(records.REGISTRY_KEY)
        if have is None:
            sids = {name: i + 1 for i, name in enumerate(sorted(stores))}
            db.put(records.REGISTRY_KEY, records.encode_registry(sids), sync=True)
        else:
            sids = records.decode_registry(have)
        return cls(db, path, sids, keep_versions)

    def close(self):
        self._db.close()

    def _read(self, height):
        data = self._db.get(records.version_key(height))
        if data is None:
            raise HeightUnknownError(f"height {height} unknown")
        return Version.decode(height, data)

    @property
    def height(self):
        return self._meta.height

    @property
    def app_hash(self):
        return self._version.app_hash if self._version else b""

    def block_time(self, height=None):
        return (self._version if height is None else self._read(height)).block_time

    def roots(self, height=None):
        return (self._version if height is None else self._read(height)).roots()

    def _prefix(self, name):
        try:
            return b"s" + bytes((self._sids[name],))
        except KeyError:
            raise UnknownStoreError(f"there is no store {name!r}") from None

    def get(self, name, key):
        return self._db.get(self._prefix(name) + key)

    def iterate(self, name, start, end, reverse=False):
        prefix = self._prefix(name)
        stop = prefix[:1] + bytes((prefix[1] + 1,)) if end is None else prefix + end
        for key, value in self._db.iterator(start=prefix + start, stop=stop, reverse=reverse):
            yield key[2:], value

    def finalize(self, changes):
        state = BlockState(self)
        for name, writes in changes.items():
            self._prefix(name)
            for key, value in writes.items():
                if value is None:
                    state.delete(name, key)
                else:
                    state.set(name, key, value)
        roots = {name: trie_root(state.iterate(name, b"", None)) for name in self._sids}
        self._pending = (changes, roots, app_hash(roots))
        return self._pending[2]

    def pending_roots(self):
        return self._pending[1]

    def discard(self):
        self._pending = None

    def commit(self, height, block_time_ns):
        changes, roots, hashed = self._pending
        batch = self._db.write_batch(transaction=True, sync=True)
        for name, writes in changes.items():
            prefix = self._prefix(name)
            for key, value in writes.items():
                if value is None:
                    batch.delete(prefix + key)
                else:
                    batch.put(prefix + key, value)
        version = Version(
            height, hashed, block_time_ns, {n: StoreRoot(n, self._sids[n], r, 0, 0) for n, r in roots.items()}
        )
        batch.put(records.version_key(height), version.encode())
        batch.put(records.META_KEY, Meta(height=height).encode())
        batch.write()
        self._meta.height = height
        self._version = version
        self._pending = None
