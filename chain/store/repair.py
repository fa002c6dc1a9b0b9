"""Taking back the newest height, and checking the state against its hashes."""

import struct
from collections.abc import Iterator, Mapping
from itertools import count, pairwise

from chain.store import records
from chain.store.db import Batch, Reads
from chain.store.errors import HeightPrunedError, StoreFormatError
from chain.store.hashing import Fold, app_hash, crit, leaf_hash
from chain.store.page import Entry, Page, build, decode, encode
from chain.store.records import Meta, StoreRoot, Version


def roll_back(db: Reads, batch: Batch, meta: Meta, sids: Mapping[str, int]) -> Meta:
    """Add to a batch what takes back the newest height; return the state's new meta record.

    Raises: HeightPrunedError when the height before is not kept.
    """
    height = meta.height
    if height == 0 or db.get(records.version_key(height - 1)) is None:
        raise HeightPrunedError(f"cannot roll back height {height}: height {height - 1} is not kept")
    suffix = records.pack_u64(height)
    for part in count():
        key = records.part_key(b"u", height, part)
        data = db.get(key)
        if data is None:
            break
        for entry in records.split_keys(data):
            _restore(db, batch, entry, b"h" + entry + suffix)
        batch.delete(key)
    for part in count():
        key = records.part_key(b"o", height, part)
        if db.get(key) is None:
            break
        batch.delete(key)
    for sid in sids.values():
        prefix = b"p" + bytes((sid,))
        start, stop = records.first_page_id(height), records.first_page_id(height + 1)
        for key, _ in db.iterator(start=prefix + records.pack_u64(start), stop=prefix + records.pack_u64(stop)):
            batch.delete(key)
    batch.delete(records.version_key(height))
    back = Meta.decode(meta.encode())
    back.height = height - 1
    batch.put(records.META_KEY, back.encode())
    return back


def _restore(db: Reads, batch: Batch, entry: bytes, undo: bytes) -> None:
    before = db.get(undo)
    if before is None:
        raise StoreFormatError(f"undo record {undo.hex()} is missing: the state is damaged; sync anew")
    newest = b"s" + entry[:1] + entry[3:]
    if before[0]:
        batch.put(newest, before[1:])
    else:
        batch.delete(newest)
    batch.delete(undo)


def verify(db: Reads, version: Version, sids: Mapping[str, int]) -> Iterator[str]:
    """Yield what is wrong with the newest state.

    Each root is computed from the flat values by definition alone; the trie's pages are hashed anew and their leaves
    compared with the values, key by key.
    """
    roots = {}
    for name, sid in sids.items():
        stored = version.stores.get(name)
        if stored is None:
            yield f"store {name!r} has no root at height {version.height}"
            continue
        fold = Fold()
        problems: list[str] = []
        leaves = _leaves(db, stored, problems)
        for record, value in db.iterator(start=b"s" + bytes((sid,)), stop=b"s" + bytes((sid + 1,))):
            key = record[2:]
            digest = leaf_hash(key, value)
            fold.add(key, digest)
            if next(leaves, None) != (key, digest) and not problems:
                problems.append(f"key {key.hex()} is not in the trie as it is in the values")
        if (extra := next(leaves, None)) is not None and not problems:
            problems.append(f"key {extra[0].hex()} is in the trie but has no value")
        roots[name] = root = fold.root()
        if stored.root != root:
            problems.append(f"its values give root {root.hex()}, height {version.height} has {stored.root.hex()}")
        yield from (f"store {name!r}: {problem}" for problem in problems)
    computed = app_hash(roots)
    if computed != version.app_hash:
        yield f"the roots give app hash {computed.hex()}, height {version.height} has {version.app_hash.hex()}"


def _leaves(db: Reads, stored: StoreRoot, problems: list[str]) -> Iterator[tuple[bytes, bytes]]:
    """Yield (key, leaf hash) of a store's trie in order; stop at the first problem and add it to the list."""
    if stored.page:
        yield from _page_leaves(db, stored.sid, stored.page, (stored.root, stored.size), problems)


def _page_leaves(
    db: Reads, sid: int, page_id: int, expected: tuple[bytes, int], problems: list[str]
) -> Iterator[tuple[bytes, bytes]]:
    page = _sound_page(db.get(b"p" + bytes((sid,)) + records.pack_u64(page_id)))
    if page is None or (page.hashes[-1], page.dimensions()[0]) != expected:
        problems.append(f"page {page_id} is missing or does not hash to what is above it")
        return
    for i, key in enumerate(page.keys):
        kid = page.kids[i] if page.kids is not None else None
        if isinstance(kid, int):
            yield from _page_leaves(db, sid, kid, (page.hashes[i], page.sizes[i]), problems)
        elif not problems:
            yield key, page.hashes[i]


def _sound_page(data: bytes | None) -> Page | None:
    """Return a record's page if its shape and inner hashes follow from its entries."""
    if data is None:
        return None
    try:
        page = decode(data)
        crits = [crit(a, b) for a, b in pairwise(page.keys)]
        sound = encode(build(_entries(page), crits)) == data
    except (struct.error, ValueError, IndexError, OverflowError):
        return None
    return page if sound else None


def _entries(page: Page) -> list[Entry]:
    if page.kids is None:
        return [(key, page.hashes[i], None, 1, 0) for i, key in enumerate(page.keys)]
    n = len(page.keys)
    return list(zip(page.keys, page.hashes[:n], page.kids, page.sizes[:n], page.heights[:n], strict=True))
