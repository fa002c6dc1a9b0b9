"""The state of the chain on disk: versioned stores behind one app hash, one atomic write a block."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Self

from chain.store import records
from chain.store.db import DB_ERRORS, Batch, Database, open_db
from chain.store.errors import (
    HeightPrunedError,
    HeightUnknownError,
    StoreBrokenError,
    StoreError,
    StoreFormatError,
    UnknownStoreError,
)
from chain.store.hashing import EMPTY_ROOT, app_hash, uvarint
from chain.store.overlay import Writes, check_write
from chain.store.page import LIMIT, Page, decode
from chain.store.prune import prune
from chain.store.records import Meta, StoreRoot, Version
from chain.store.repair import roll_back, verify
from chain.store.tree import TakePage, Tree
from chain.store.values import MISSING, ValueCache
from chain.store.view import PageCache, View

log = logging.getLogger("chain.store")

MIN_VERSIONS = 2
"""Fewest versions kept: a rollback needs the height before."""
KEYS_A_PAGE = 12
"""Cached keys that a cached page stands for, so that one setting sizes both caches."""

_LEAF_HEADS = tuple(b"\x00\x02\x02" + uvarint(length) for length in range(1025))

Edit = tuple[bytes, bytes | None, bytes | None]
"""Key, new value, value before."""


class _Pending:
    """A finalized block: what Commit will write."""

    __slots__ = ("app_hash", "edits", "roots")

    def __init__(self, edits: dict[str, list[Edit]], roots: dict[str, tuple[bytes, int]]) -> None:
        self.edits = edits
        self.roots = roots
        self.app_hash = app_hash({name: root for name, (root, _) in roots.items()})


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
        self._cache_pages = max(64, cache_entries // KEYS_A_PAGE)
        self._prefixes = {name: b"s" + bytes((sid,)) for name, sid in sids.items()}
        self._values = ValueCache(sids, cache_entries)
        self.reads = 0
        self.disk_reads = 0
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
            sids = _registered(db, folder, stores)
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
        self._pending: _Pending | None = None
        self._leaf_pages: dict[int, Page] = {}
        self._inner_pages: dict[int, Page] = {}
        self._trees = {}
        for name, sid in self._sids.items():
            stored = self._version.stores.get(name) if self._version else None
            self._trees[name] = Tree(self._taker(sid), stored.page if stored else 0, self._page_limit)

    def _read_version(self, height: int) -> Version:
        data = self._db.get(records.version_key(height)) if 0 < height <= self._meta.height else None
        if data is not None:
            return Version.decode(height, data)
        newest = self._meta.height
        if 0 < height < newest:
            raise HeightPrunedError(f"height {height} is pruned; kept are {self._meta.oldest} to {newest}")
        raise HeightUnknownError(f"height {height} is not committed; the newest is {newest}")

    def _taker(self, sid: int) -> TakePage:
        prefix = b"p" + bytes((sid,))

        def take(page_id: int) -> Page:
            page = self._leaf_pages.pop(page_id, None) or self._inner_pages.pop(page_id, None)
            if page is not None:
                return page
            data = self._db.get(prefix + records.pack_u64(page_id))
            if data is None:
                raise StoreError(f"page {page_id} is missing: the state is damaged; restore it or sync anew")
            return decode(data)

        return take

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
            value = self._db.get(self._prefixes[name] + key)
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
        return (
            (record[2:], value) for record, value in self._db.iterator(start=prefix + start, stop=stop, reverse=reverse)
        )

    def at(self, height: int | None = None) -> View:
        """Return a view of a height (the newest). Raises: HeightPrunedError, HeightUnknownError."""
        return View(self._db.snapshot(), self._meta.height if height is None else height, self._reader_pages)

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
                    roots[name] = self._trees[name].apply(keys, _digests(found))
        except BaseException:
            self.discard()
            raise
        self._pending = _Pending(edits, roots)
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
        try:
            self._values.begin()
            batch = self._db.write_batch(sync=True)
            writes = self._write_edits(batch, height, pending.edits)
            pages = self._write_pages(batch, height)
            version = self._write_version(batch, height, block_time_ns, pending)
            prune(self._db, batch, meta, max(meta.oldest, height - self._keep + 1), writes + len(pages))
            batch.put(records.META_KEY, meta.encode())
            batch.write()
        except DB_ERRORS as error:
            self._broken = f"writing height {height} failed: {error}"
            raise StoreBrokenError(
                f"{self._broken}; the state on disk is that of a whole block: "
                "make room or mend the disk, then start again"
            ) from error
        self._meta, self._version, self._pending = meta, version, None
        self._values.end(pending.edits)
        self._keep_pages(pages)
        self._log(version)

    def _next_meta(self, height: int) -> Meta:
        if not self._meta.height:
            return Meta(height, oldest=height, undo_height=height, page_height=height)
        meta = Meta.decode(self._meta.encode())
        meta.height = height
        return meta

    def _write_edits(self, batch: Batch, height: int, edits: Mapping[str, list[Edit]]) -> int:
        """Add values, undo records and the list of touched keys; return the number of records."""
        put, delete, pack_u16 = batch.put, batch.delete, records.pack_u16
        suffix = records.pack_u64(height)
        touched: list[bytes] = []
        for name, triples in edits.items():
            newest = self._prefixes[name]
            sid = newest[1:]
            for key, new, before in triples:
                if new is None:
                    delete(newest + key)
                else:
                    put(newest + key, new)
                entry = b"".join((sid, pack_u16(len(key)), key))
                put(b"".join((b"h", entry, suffix)), b"\x00" if before is None else b"\x01" + before)
                touched.append(entry)
        for part, data in enumerate(records.chunked(touched)):
            put(records.part_key(b"u", height, part), data)
        return 2 * len(touched)

    def _write_pages(self, batch: Batch, height: int) -> dict[int, Page]:
        """Add the tries' new pages and the list of those they replace; return the new ones by id."""
        put, pack_u64 = batch.put, records.pack_u64
        replaced: list[bytes] = []
        pages: dict[int, Page] = {}
        next_id = records.first_page_id(height) + 1
        for name, tree in self._trees.items():
            if not tree.dirty:
                continue
            sid = bytes((self._sids[name],))
            prefix = b"p" + sid
            replaced += [sid + pack_u64(page_id) for page_id in tree.replaced]

            def write(page_id: int, data: bytes, prefix: bytes = prefix) -> None:
                put(prefix + pack_u64(page_id), data)

            next_id = tree.flush(next_id, write, pages)
        for part, data in enumerate(records.chunked(replaced)):
            put(records.part_key(b"o", height, part), data)
        return pages

    def _write_version(self, batch: Batch, height: int, block_time_ns: int, pending: _Pending) -> Version:
        stores = {
            name: StoreRoot(name, self._sids[name], root, self._trees[name].root_id, size)
            for name, (root, size) in pending.roots.items()
        }
        version = Version(height, pending.app_hash, block_time_ns, stores)
        batch.put(records.version_key(height), version.encode())
        return version

    def _keep_pages(self, pages: Mapping[int, Page]) -> None:
        """Cache a block's pages and drop those unused for longest, pages of leaves first."""
        for page_id, page in pages.items():
            (self._leaf_pages if page.kids is None else self._inner_pages)[page_id] = page
        surplus = len(self._leaf_pages) + len(self._inner_pages) - self._cache_pages
        for cached in (self._leaf_pages, self._inner_pages):
            for page_id in list(islice(cached, max(0, surplus))):
                del cached[page_id]
                surplus -= 1

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
        return list(verify(self._db.snapshot(), self._version, self._sids))


def _digests(edits: list[Edit]) -> list[bytes | None]:
    """Return the leaf hash of each edit's new value, None for a delete."""
    heads, join = _LEAF_HEADS, b"".join
    return [
        None if new is None else sha256(join((heads[len(key)], key, b"\x20", sha256(new).digest()))).digest()
        for key, new, _ in edits
    ]


def _registered(db: Database, folder: Path, stores: Sequence[str] | None) -> dict[str, int]:
    """Return the folder's registry of stores, made now if it is new."""
    found = db.get(records.FORMAT_KEY)
    if found is None:
        if next(db.iterator(start=b"", stop=b"\xff" * 64), None) is not None:
            raise StoreFormatError(f"{folder} holds a database of another kind")
        if not stores:
            raise StoreFormatError(f"there is no state in {folder}")
        return _create(db, stores)
    if found != records.FORMAT:
        raise StoreFormatError(f"the state in {folder} has format {found!r}, this program reads {records.FORMAT!r}")
    sids = records.decode_registry(db.get(records.REGISTRY_KEY) or b"")
    if stores is not None and set(stores) != set(sids):
        missing, extra = sorted(set(stores) - set(sids)), sorted(set(sids) - set(stores))
        raise StoreFormatError(
            f"the state in {folder} has other stores than this program: it lacks {missing} and has {extra} more"
        )
    return sids


def _create(db: Database, stores: Sequence[str]) -> dict[str, int]:
    names = sorted(set(stores), key=str.encode)
    if len(names) != len(stores) or not all(0 < len(name.encode()) < 128 for name in names):
        raise StoreFormatError("names of stores are unique and have 1 to 127 bytes")
    if len(names) > 250:
        raise StoreFormatError("at most 250 stores")
    sids = {name: sid for sid, name in enumerate(names, 1)}
    batch = db.write_batch(sync=True)
    batch.put(records.FORMAT_KEY, records.FORMAT)
    batch.put(records.REGISTRY_KEY, records.encode_registry(sids))
    batch.write()
    return sids
