"""The state of the chain on disk: versioned stores behind one app hash, one atomic write a block."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from chain.store import records
from chain.store.block import Edit, Pending, digests, write_edits, write_pages, write_version
from chain.store.db import DB_ERRORS, READ_ERRORS, Database, open_db, pairs, read_failure
from chain.store.errors import (
    HeightPrunedError,
    HeightUnknownError,
    StoreBrokenError,
    StoreError,
    UnknownStoreError,
)
from chain.store.hashing import EMPTY_ROOT
from chain.store.overlay import Writes, check_write
from chain.store.page import LIMIT
from chain.store.pool import PagePool
from chain.store.prune import prune
from chain.store.records import Meta, StoreRoot, Version
from chain.store.registry import registered
from chain.store.repair import roll_back, verify
from chain.store.tree import Tree
from chain.store.values import MISSING, ValueCache
from chain.store.view import PageCache, View

log = logging.getLogger("chain.store")

MIN_VERSIONS = 2
"""Fewest versions kept: a rollback needs the height before."""
KEYS_A_PAGE = 12
"""Cached keys that a cached page stands for, so that one setting sizes both caches."""


class StateStore:
    """Versioned stores in one LevelDB folder.

    One thread writes (finalize, commit, discard, rollback); any number read meanwhile: `get` and `iterate` see the
    newest commit, views a fixed one.
    """

    def __init__(
        self, db: Database, path: Path, sids: dict[str, int], keep_versions: int, cache_entries: int, limit: int
    ) -> None:
        self._db = db
        self._path = path
        self._sids = sids
        self._keep = max(MIN_VERSIONS, keep_versions)
        self._page_limit = limit
        self._pages = PagePool(db, cache_entries // KEYS_A_PAGE)
        self._prefixes = {name: b"s" + bytes((sid,)) for name, sid in sids.items()}
        self._values = ValueCache(sids, cache_entries)
        self.reads = 0
        """Values asked for since the folder was opened; approximate when several threads read."""
        self.disk_reads = 0
        """Those of them that were not in memory."""
        self._reader_pages = PageCache()
        self._broken = ""
        self._load()

    @classmethod
    def open(
        cls,
        path: Path | str,
        stores: Sequence[str] | None = None,
        keep_versions: int = 100,
        cache_entries: int = 200_000,
        page_limit: int = LIMIT,
    ) -> Self:
        """Open a folder's state, or create it with these stores; None takes those it has.

        `keep_versions` heights stay readable and provable; `cache_entries` values stay in memory, and pages of the
        tries for about as many keys. Raises: StoreError when another process uses it, when it is damaged, of another
        format, or has other stores.
        """
        folder = Path(path)
        db = open_db(folder, create=stores is not None)
        try:
            sids = registered(db, folder, stores)
            return cls(db, folder, sids, keep_versions, cache_entries, page_limit)
        except BaseException:
            db.close()
            raise

    def close(self) -> None:
        """Close the folder; open views end."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _load(self) -> None:
        """Take up what was committed last; tries are read when they are first used."""
        data = self._db.get(records.META_KEY)
        self._meta = Meta.decode(data) if data else Meta()
        self._version = self._read_version(self._meta.height) if self._meta.height else None
        self._pending: Pending | None = None
        self._pages.clear()
        self._trees = {
            name: Tree(partial(self._pages.take, stored.sid), stored.page, self._page_limit)
            for name, stored in self._stored_roots()
        }

    def _read_version(self, height: int) -> Version:
        data = self._db.get(records.version_key(height)) if 0 < height <= self._meta.height else None
        if data is not None:
            return Version.decode(height, data)
        newest = self._meta.height
        if 0 < height < newest:
            raise HeightPrunedError(f"height {height} is pruned; kept are {self._meta.oldest} to {newest}")
        raise HeightUnknownError(f"height {height} is not committed; the newest is {newest}")

    # What was committed

    @property
    def names(self) -> tuple[str, ...]:
        """The registered stores' names."""
        return tuple(self._sids)

    @property
    def height(self) -> int:
        """The newest committed height, 0 before the first."""
        return self._meta.height

    @property
    def oldest_height(self) -> int:
        """The oldest height that can still be read, 0 before the first commit."""
        return self._meta.oldest

    @property
    def app_hash(self) -> bytes:
        """The app hash of the newest commit, empty before the first."""
        return self._version.app_hash if self._version else b""

    def block_time(self, height: int | None = None) -> int:
        """Return the time of a height's block (the newest's), nanoseconds since 1970; 0 before the first commit."""
        if height is not None:
            return self._read_version(height).block_time
        return self._version.block_time if self._version else 0

    def roots(self, height: int | None = None) -> dict[str, bytes]:
        """Return each store's root hash at a height (the newest). Raises: HeightPrunedError, HeightUnknownError."""
        if height is not None:
            return self._read_version(height).roots()
        return self._version.roots() if self._version else dict.fromkeys(self._sids, EMPTY_ROOT)

    def get(self, name: str, key: bytes) -> bytes | None:
        """Return a key's newest committed value. Raises: UnknownStoreError."""
        self.reads += 1
        values = self._values
        try:
            value = values.young[name].get(key, MISSING)
        except KeyError:
            raise UnknownStoreError(f"there is no store {name!r}") from None
        if value is MISSING:
            return self._get_cold(name, key)
        return value

    def _get_cold(self, name: str, key: bytes) -> bytes | None:
        values = self._values
        epoch = values.epoch
        value = values.old[name].get(key, MISSING)
        if value is MISSING:
            self.disk_reads += 1
            try:
                value = self._db.get(self._prefixes[name] + key)
            except READ_ERRORS as error:
                raise read_failure(error) from error
        values.fill(name, key, value, epoch)
        return value

    def iterate(
        self, name: str, start: bytes, end: bytes | None, reverse: bool = False
    ) -> Iterator[tuple[bytes, bytes]]:
        """Yield the newest committed pairs with start <= key < end in order of keys. Raises: UnknownStoreError."""
        if name not in self._sids:
            raise UnknownStoreError(f"there is no store {name!r}")
        prefix = self._prefixes[name]
        stop = b"s" + bytes((prefix[1] + 1,)) if end is None else prefix + end
        try:
            return pairs(self._db.iterator(start=prefix + start, stop=stop, reverse=reverse))
        except READ_ERRORS as error:
            raise read_failure(error) from error

    def at(self, height: int | None = None) -> View:
        """Return a view of a height (the newest). Raises: HeightPrunedError, HeightUnknownError."""
        # The height first: a commit in between would name one that the snapshot does not have.
        wanted = self._meta.height if height is None else height
        return View(self._db.snapshot(), wanted, self._reader_pages)

    # A block

    def finalize(self, changes: Mapping[str, Mapping[bytes, bytes | None]]) -> bytes:
        """Compute the app hash after a block's last writes per store and key (None deletes); nothing is written.

        What was finalized before and not committed is discarded. Raises: UnknownStoreError, InvalidWriteError,
        StoreBrokenError; the state is then as committed.
        """
        self._require_sound()
        self.discard()
        edits: dict[str, list[Edit]] = {}
        roots = {name: (root.root, root.size) for name, root in self._stored_roots()}
        try:
            for name in sorted(changes, key=str.encode):
                found = self._edits(name, changes[name])
                if found:
                    edits[name] = found
                    keys = [edit[0] for edit in found]
                    roots[name] = self._trees[name].apply(keys, digests(found))
        except BaseException:
            self.discard()
            raise
        self._pending = Pending(edits, roots)
        return self._pending.app_hash

    def _stored_roots(self) -> Iterable[tuple[str, StoreRoot]]:
        for name, sid in self._sids.items():
            stored = self._version.stores.get(name) if self._version else None
            yield name, stored or StoreRoot(name, sid, EMPTY_ROOT, 0, 0)

    def _edits(self, name: str, writes: Writes | Mapping[bytes, bytes | None]) -> list[Edit]:
        """Return the writes that change something, in order of keys."""
        get = self.get
        if name not in self._sids:
            raise UnknownStoreError(f"there is no store {name!r}")
        edits = []
        for key in sorted(writes):
            new, before = writes[key], get(name, key)
            if new != before:
                if new is not None:
                    check_write(key, new)
                edits.append((key, new, before))
        return edits

    def pending_roots(self) -> dict[str, bytes]:
        """Return each store's root hash after the finalized block. Raises: StoreError when there is none."""
        if self._pending is None:
            raise StoreError("no block is finalized")
        return {name: root for name, (root, _) in self._pending.roots.items()}

    def discard(self) -> None:
        """Forget the finalized block."""
        self._pending = None
        for tree in self._trees.values():
            if tree.dirty:
                tree.discard()

    def commit(self, height: int, block_time_ns: int) -> None:
        """Write the finalized block in one synced batch, and prune.

        Raises: StoreError when nothing is finalized or the height does not follow; StoreBrokenError when the disk
        refuses, after which the state on it is that of the height before, or of this one, as a whole.
        """
        self._require_sound()
        pending = self._pending
        if pending is None:
            raise StoreError(f"height {height} is not finalized")
        if height <= 0 or (self._meta.height and height != self._meta.height + 1):
            raise StoreError(f"height {height} does not follow the committed height {self._meta.height}")
        meta = self._next_meta(height)
        # Whatever ends the next lines before they are through leaves tries in memory that are no block's.
        self._broken = f"writing height {height} did not finish"
        try:
            self._values.begin()
            batch = self._db.write_batch(sync=True)
            writes = write_edits(batch, height, self._sids, pending.edits)
            pages = write_pages(batch, height, self._sids, self._trees)
            version = write_version(batch, height, block_time_ns, self._sids, self._trees, pending)
            prune(self._db, batch, meta, max(meta.oldest, height - self._keep + 1), writes + len(pages))
            batch.put(records.META_KEY, meta.encode())
            batch.write()
        except DB_ERRORS as error:
            self._broken = f"writing height {height} failed: {error}"
            raise StoreBrokenError(
                f"{self._broken}; the state on disk is that of a whole block: "
                "make room or mend the disk, then start again"
            ) from error
        self._broken = ""
        self._meta, self._version, self._pending = meta, version, None
        self._values.end(pending.edits)
        self._pages.keep(pages)
        self._log(version)

    def _next_meta(self, height: int) -> Meta:
        if not self._meta.height:
            return Meta(height, oldest=height, undo_height=height, page_height=height)
        meta = Meta.decode(self._meta.encode())
        meta.height = height
        return meta

    def _log(self, version: Version) -> None:
        if log.isEnabledFor(logging.INFO):
            roots = " ".join(f"{name}={root.hex()}" for name, root in version.roots().items())
            log.info("committed height %d app_hash=%s roots: %s", version.height, version.app_hash.hex(), roots)

    def _require_sound(self) -> None:
        if self._broken:
            raise StoreBrokenError(f"{self._broken}; open the state again")

    # Repairs

    def rollback(self) -> int:
        """Take back the newest height, for good; return the height before it.

        Raises: HeightPrunedError when the height before is not kept; the state is then as it was.
        """
        self._require_sound()
        batch = self._db.write_batch(sync=True)
        roll_back(self._db, batch, self._meta, self._sids)
        try:
            batch.write()
        except DB_ERRORS as error:
            self._broken = f"rolling back height {self._meta.height} failed: {error}"
            raise StoreBrokenError(f"{self._broken}; make room or mend the disk, then try again") from error
        self._values.clear()
        self._reader_pages.clear()
        self._load()
        return self._meta.height

    def verify(self) -> list[str]:
        """Compute the roots anew from the newest values alone; return what does not agree, nothing when all does."""
        if self._version is None:
            return []
        snapshot = self._db.snapshot()
        try:
            return list(verify(snapshot, self._version, self._sids))
        finally:
            snapshot.close()
