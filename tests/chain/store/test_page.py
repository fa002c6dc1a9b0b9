"""Pages: what is stored is what is read, and their hashes are the trie's."""

import random
from itertools import pairwise

import pytest

from chain.store.hashing import crit, leaf_hash
from chain.store.page import LIMIT, Page, build, cut, decode, encode, rehash, subtree
from tests.chain.store import oracle


def leaves(items: dict[bytes, bytes]) -> tuple[list, list[int]]:  # type: ignore[type-arg]
    keys = sorted(items)
    entries = [(key, leaf_hash(key, items[key]), None, 1, 0) for key in keys]
    return entries, [crit(a, b) for a, b in pairwise(keys)]


@pytest.mark.parametrize("count", [1, 2, 3, 11, 24])
@pytest.mark.parametrize("uniform", [True, False])
def test_a_page_of_leaves_survives_encoding(count: int, uniform: bool) -> None:
    source = random.Random(count)
    items = {source.randbytes(20 if uniform else source.randint(3, 30)): b"v" for _ in range(count)}
    page = build(*leaves(items))
    again = decode(encode(page))
    assert all(getattr(again, name) == getattr(page, name) for name in ("keys", "hashes", "crits", "prefixes"))
    assert (again.left, again.right, again.parent, again.kids) == (page.left, page.right, page.parent, None)
    assert encode(again) == encode(page)
    digest, height, size = oracle.trie(items)
    assert (again.hashes[-1], again.dimensions()) == (digest, (size, height))


@pytest.mark.parametrize("limit", [4, 5, 24, 32])
@pytest.mark.parametrize("count", [2, 25, 60, 700])
def test_cutting_keeps_the_hash_and_bounds_every_page(limit: int, count: int) -> None:
    source = random.Random(count)
    items = {source.randbytes(source.randint(2, 9)): b"v" for _ in range(count)}
    entries, crits = leaves(items)
    root = build(*cut(entries, crits, limit))
    digest, height, size = oracle.trie(items)
    assert (root.hashes[-1], root.dimensions()) == (digest, (size, height))
    seen: list[bytes] = []

    def walk(page: Page, is_root: bool) -> None:
        assert (1 if is_root else 2) <= len(page.keys) <= limit
        for i, key in enumerate(page.keys):
            kid = page.kids[i] if page.kids else None
            if isinstance(kid, Page):
                assert subtree(kid)[1:2] + subtree(kid)[3:] == (page.hashes[i], page.sizes[i], page.heights[i])
                walk(kid, False)
            else:
                seen.append(key)

    walk(root, True)
    assert seen == sorted(items)


def test_a_page_with_subtrees_survives_encoding() -> None:
    source = random.Random(5)
    items = {source.randbytes(source.randint(2, 9)): b"v" for _ in range(100)}
    root = build(*cut(*leaves(items)))
    assert root.kids is not None
    root.kids = [7 << 24 | i if kid is not None else None for i, kid in enumerate(root.kids)]
    again = decode(encode(root))
    assert all(getattr(again, n) == getattr(root, n) for n in ("keys", "hashes", "kids", "sizes", "heights", "crits"))
    assert encode(again) == encode(root)


@pytest.mark.parametrize("changed", [1, 2, 9, 24])
def test_rehashing_the_paths_of_changed_entries_gives_the_new_root(changed: int) -> None:
    source = random.Random(changed)
    items = {source.randbytes(20): b"old" for _ in range(LIMIT)}
    page = build(*leaves(items))
    touched = source.sample(range(LIMIT), changed)
    for i in touched:
        items[page.keys[i]] = b"new"
        page.hashes[i] = leaf_hash(page.keys[i], b"new")
    rehash(page, touched)
    assert page.hashes == build(*leaves(items)).hashes
