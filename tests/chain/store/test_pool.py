"""The writer's pages in memory: bounded, leaves dropped first, failures in words."""

import plyvel
import pytest

from chain.store.errors import StoreError
from chain.store.hashing import crit, leaf_hash
from chain.store.page import Page, build, encode, subtree
from chain.store.pool import MIN_PAGES, PagePool


def _page(number: int) -> Page:
    keys = [b"%06d-a" % number, b"%06d-b" % number]
    return build([(key, leaf_hash(key, b"v"), None, 1, 0) for key in keys], [crit(*keys)])


class _Disk:
    def __init__(self) -> None:
        self.reads: list[int] = []

    def get(self, key: bytes) -> bytes | None:
        page_id = int.from_bytes(key[2:], "big")
        self.reads.append(page_id)
        if page_id == 998:
            raise plyvel.IOError("IO error: broken")
        return None if page_id == 999 else encode(_page(page_id))


def test_the_pool_drops_pages_of_leaves_before_those_above_them() -> None:
    disk = _Disk()
    pool = PagePool(disk, 0)  # type: ignore[arg-type]
    entries = [subtree(_page(1)), subtree(_page(2))]
    pool.keep({5: build(entries, [crit(entries[0][0], entries[1][0])])})
    pool.keep({number: _page(number) for number in range(100, 100 + 2 * MIN_PAGES)})
    assert pool.take(1, 5).kids is not None
    assert disk.reads == []
    # The newest pages of leaves are still there, the oldest are read anew.
    newest = 100 + 2 * MIN_PAGES - 1
    pool.take(1, newest)
    assert disk.reads == []
    pool.take(1, 100)
    assert disk.reads == [100]
    # A page that was taken is the taker's: the pool reads it from disk the next time.
    pool.take(1, newest)
    assert disk.reads == [100, newest]


def test_a_page_that_is_missing_or_unreadable_is_named() -> None:
    pool = PagePool(_Disk(), 0)  # type: ignore[arg-type]
    with pytest.raises(StoreError, match="page 999 is missing: the state is damaged"):
        pool.take(1, 999)
    with pytest.raises(StoreError, match="the state cannot be read: IO error: broken"):
        pool.take(1, 998)
