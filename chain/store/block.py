"""A finalized block and the records that its commit writes."""

from collections.abc import Mapping, Sequence
from hashlib import sha256

from chain.store import records
from chain.store.db import Batch
from chain.store.hashing import MAX_KEY, app_hash, uvarint
from chain.store.page import Page
from chain.store.records import StoreRoot, Version
from chain.store.tree import Tree

_LEAF_HEADS = tuple(b"\x00\x02\x02" + uvarint(length) for length in range(MAX_KEY + 1))

Edit = tuple[bytes, bytes | None, bytes | None]
"""Key, new value, value before; None for no value."""


class Pending:
    """A finalized block: what Commit will write."""

    __slots__ = ("app_hash", "edits", "roots")

    def __init__(self, edits: dict[str, list[Edit]], roots: dict[str, tuple[bytes, int]]) -> None:
        self.edits = edits
        """What changes, by store and in order of keys."""
        self.roots = roots
        """Root and number of keys of each store."""
        self.app_hash = app_hash({name: root for name, (root, _) in roots.items()})


def digests(edits: Sequence[Edit]) -> list[bytes | None]:
    """Return the leaf hash of each edit's new value, None for a delete."""
    heads, join = _LEAF_HEADS, b"".join
    return [
        None if new is None else sha256(join((heads[len(key)], key, b"\x20", sha256(new).digest()))).digest()
        for key, new, _ in edits
    ]


def write_edits(batch: Batch, height: int, sids: Mapping[str, int], edits: Mapping[str, Sequence[Edit]]) -> int:
    """Add values, undo records and the list of touched keys; return the number of records."""
    put, delete, pack_u16, join = batch.put, batch.delete, records.pack_u16, b"".join
    suffix = records.pack_u64(height)
    touched: list[bytes] = []
    for name, changed in edits.items():
        sid = bytes((sids[name],))
        newest = b"s" + sid
        for key, new, before in changed:
            if new is None:
                delete(newest + key)
            else:
                put(newest + key, new)
            entry = join((sid, pack_u16(len(key)), key))
            put(join((b"h", entry, suffix)), b"\x00" if before is None else b"\x01" + before)
            touched.append(entry)
    for part, data in enumerate(records.chunked(touched)):
        put(records.part_key(b"u", height, part), data)
    return 2 * len(touched)


def write_pages(batch: Batch, height: int, sids: Mapping[str, int], trees: Mapping[str, Tree]) -> dict[int, Page]:
    """Add the tries' new pages and the list of those they replace; return the new ones by id."""
    put, pack_u64 = batch.put, records.pack_u64
    replaced: list[bytes] = []
    pages: dict[int, Page] = {}
    next_id = records.first_page_id(height) + 1
    for name, tree in trees.items():
        if not tree.dirty:
            continue
        sid = bytes((sids[name],))
        replaced += [sid + pack_u64(page_id) for page_id in tree.replaced]

        def write(page_id: int, data: bytes, prefix: bytes = b"p" + sid) -> None:
            put(prefix + pack_u64(page_id), data)

        next_id = tree.flush(next_id, write, pages)
    for part, data in enumerate(records.chunked(replaced)):
        put(records.part_key(b"o", height, part), data)
    return pages


def write_version(
    batch: Batch, height: int, block_time: int, sids: Mapping[str, int], trees: Mapping[str, Tree], pending: Pending
) -> Version:
    """Add the version's record, after the pages that it names; `block_time` in nanoseconds since 1970."""
    stores = {
        name: StoreRoot(name, sids[name], root, trees[name].root_id, size)
        for name, (root, size) in pending.roots.items()
    }
    version = Version(height, pending.app_hash, block_time, stores)
    batch.put(records.version_key(height), version.encode())
    return version
