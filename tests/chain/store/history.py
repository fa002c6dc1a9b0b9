"""Random histories of a store, and what each height must look like."""

import random

from chain.store import StateStore
from chain.store.page import decode
from tests.chain.store import oracle

Model = dict[str, dict[bytes, bytes]]
Changes = dict[str, dict[bytes, bytes | None]]


def random_key(source: random.Random) -> bytes:
    """Return a key of one of several families: prefixes of each other, zeros, decimals, addresses."""
    return source.choice(
        (
            lambda: source.randbytes(source.randint(1, 3)),
            lambda: b"%d" % source.randint(0, 300),
            lambda: b"\x00" * source.randint(1, 6),
            lambda: b"\xff" * source.randint(1, 6),
            lambda: b"a" * source.randint(1, 40),
            lambda: b"channels/channel-%d/sequences/%d" % (source.randint(0, 12), source.randint(1, 1200)),
            lambda: source.randbytes(20),
        )
    )()


def random_changes(source: random.Random, model: Model, most: int = 120, deletes: float = 0.4) -> Changes:
    """Return a block's writes: new keys, updates, deletes, and some that change nothing."""
    changes: Changes = {}
    for name, items in model.items():
        writes: dict[bytes, bytes | None] = {}
        for _ in range(source.choice((0, 1, 4, most // 4, most))):
            known = sorted(items)
            key = source.choice(known) if known and source.random() < 0.5 else random_key(source)
            writes[key] = None if source.random() < deletes else source.randbytes(source.randint(1, 9))
        changes[name] = writes
    return changes


def apply(model: Model, changes: Changes) -> Model:
    """Return the model after a block."""
    after = {name: dict(items) for name, items in model.items()}
    for name, writes in changes.items():
        for key, value in writes.items():
            if value is None:
                after[name].pop(key, None)
            else:
                after[name][key] = value
    return after


def commit(store: StateStore, changes: Changes) -> bytes:
    """Finalize and commit the next block."""
    computed = store.finalize(changes)
    store.commit(store.height + 1, 1_000 * (store.height + 1))
    assert store.app_hash == computed
    return computed


def require_state(store: StateStore, model: Model) -> None:
    """Assert that the newest state is the model, by values, by hashes, and by its own check."""
    assert store.app_hash == oracle.app_hash(model)
    for name, items in model.items():
        assert dict(store.iterate(name, b"", None)) == items
        assert store.roots()[name] == oracle.root(items)
    assert store.verify() == []


def stored_pages(store: StateStore) -> set[tuple[int, int]]:
    """Return (store's byte, id) of all pages on disk."""
    records = store._db.iterator(start=b"p", stop=b"q")
    return {(key[1], int.from_bytes(key[2:], "big")) for key, _ in records}


def reachable_pages(store: StateStore) -> set[tuple[int, int]]:
    """Return (store's byte, id) of the pages that the kept versions use, each checked against its parent's entry."""
    found: set[tuple[int, int]] = set()
    for height in range(store.oldest_height, store.height + 1):
        for stored in store._read_version(height).stores.values():
            if stored.page:
                top = _walk(store, stored.sid, stored.page, found)
                assert top[:2] == (stored.root, stored.size)
            else:
                assert stored.size == 0
    return found


def _walk(store: StateStore, sid: int, page_id: int, found: set[tuple[int, int]]) -> tuple[bytes, int, int]:
    data = store._db.get(b"p" + bytes((sid,)) + page_id.to_bytes(8, "big"))
    assert data is not None, f"page {page_id} is missing"
    page = decode(data)
    size, height = page.dimensions()
    known = (sid, page_id) in found
    found.add((sid, page_id))
    for i, kid in enumerate(page.kids or []):
        if isinstance(kid, int) and not known:
            assert _walk(store, sid, kid, found) == (page.hashes[i], page.sizes[i], page.heights[i])
    return page.hashes[-1], size, height
