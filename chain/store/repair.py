"""Taking back the newest height, and checking the state against its hashes."""

from collections.abc import Iterator, Mapping
from itertools import count

from chain.store import records
from chain.store.db import Batch, Reads
from chain.store.errors import HeightPrunedError, StoreFormatError
from chain.store.hashing import Fold, app_hash, leaf_hash
from chain.store.records import Meta, Version


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
    """Yield what is wrong with the newest state: each root is computed from the flat values by definition alone."""
    roots = {}
    for name, sid in sids.items():
        fold = Fold()
        prefix = b"s" + bytes((sid,))
        for key, value in db.iterator(start=prefix, stop=b"s" + bytes((sid + 1,))):
            fold.add(key[2:], leaf_hash(key[2:], value))
        roots[name] = root = fold.root()
        stored = version.stores.get(name)
        if stored is None:
            yield f"store {name!r} has no root at height {version.height}"
        elif stored.root != root:
            yield f"store {name!r}: its values give root {root.hex()}, height {version.height} has {stored.root.hex()}"
        elif stored.size != fold.count:
            yield f"store {name!r} has {fold.count} keys, its trie says {stored.size}"
    computed = app_hash(roots)
    if computed != version.app_hash:
        yield f"the roots give app hash {computed.hex()}, height {version.height} has {version.app_hash.hex()}"
