"""Kept heights read and prove as they were; pruning, rollback and restarts leave exactly what is needed."""

import random
from collections.abc import Callable

import pytest

from chain.store import StateStore
from chain.store.errors import HeightPrunedError, HeightUnknownError
from chain.store.page import decode
from chain.store.prune import MIN_DELETES
from tests.chain.store.history import (
    Model,
    apply,
    commit,
    random_changes,
    reachable_pages,
    require_state,
    stored_pages,
)
from tests.chain.store.verifier import verify_ops

KEEP = 6


@pytest.mark.parametrize("limit", [4, 24])
def test_every_kept_height_reads_iterates_and_proves_as_it_was(
    open_store: Callable[..., StateStore], limit: int
) -> None:
    source = random.Random(limit)
    store = open_store(keep_versions=KEEP, page_limit=limit)
    states: dict[int, Model] = {0: {"bank": {}, "ibc": {}}}
    for height in range(1, 25):
        changes = random_changes(source, states[height - 1])
        states[height] = apply(states[height - 1], changes)
        commit(store, changes)
        assert store.oldest_height == max(1, height - KEEP + 1)
        for kept in range(store.oldest_height, height + 1):
            _require_version(store, kept, states[kept])
    every = {key for state in states.values() for items in state.values() for key in items}
    for kept in range(store.oldest_height, store.height + 1):
        with store.at(kept) as view:
            for name, items in states[kept].items():
                assert {key: view.get(name, key) for key in every} == {key: items.get(key) for key in every}


def _require_version(store: StateStore, height: int, state: Model) -> None:
    with store.at(height) as view:
        assert (view.height, view.block_time, view.roots()) == (height, 1_000 * height, store.roots(height))
        for name, items in state.items():
            pairs = sorted(items.items())
            assert list(view.iterate(name, b"", None)) == pairs
            middle = [pair for pair in pairs if b"2" <= pair[0] < b"ch"]
            assert list(view.iterate(name, b"2", b"ch")) == middle
            assert list(view.iterate(name, b"2", b"ch", reverse=True)) == middle[::-1]
            for key in [*list(items)[:6], b"none", b"\x00", b"\xff" * 9] if items else []:
                value, ops = view.prove(name, key)
                assert value == items.get(key)
                verify_ops(ops, view.app_hash, name, key, value)


def test_pruned_and_future_heights_are_refused_by_name(open_store: Callable[..., StateStore]) -> None:
    store = open_store(keep_versions=3)
    with pytest.raises(HeightUnknownError):
        store.at()
    for n in range(8):
        commit(store, {"bank": {b"k": b"%d" % n}})
    for read in (store.at, store.roots, store.block_time):
        for height in (0, -1, 9, 1 << 70):
            with pytest.raises(HeightUnknownError, match="not committed"):
                read(height)
        with pytest.raises(HeightPrunedError, match="height 5 is pruned"):
            read(5)
        read(6)


def test_nothing_leaks_and_nothing_dangles_when_the_kept_number_changes(
    open_store: Callable[..., StateStore],
) -> None:
    source, model = random.Random(3), {"bank": {}, "ibc": {}}
    for keep in (9, 2, 5, 3):
        store = open_store(keep_versions=keep, page_limit=5)
        for _ in range(12):
            changes = random_changes(source, model)
            model = apply(model, changes)
            commit(store, changes)
        assert store.height - store.oldest_height + 1 == keep
        assert reachable_pages(store) == stored_pages(store)
        oldest = store.oldest_height.to_bytes(8, "big")
        for kind in (b"h", b"u", b"o"):
            heights = [
                key[-8:] if kind == b"h" else key[1:9]
                for key, _ in store._db.iterator(start=kind, stop=bytes((kind[0] + 1,)))
            ]
            assert all(height > oldest for height in heights), (
                kind,
                store._meta,
                [int.from_bytes(h) for h in heights][:5],
            )
        require_state(store, model)
        store.close()


def test_pruning_that_lags_behind_its_budget_catches_up_and_serves_nothing_by_halves(
    open_store: Callable[..., StateStore],
) -> None:
    # Given many versions of a store with large blocks
    store = open_store(keep_versions=100)
    for n in range(4):
        commit(store, {"bank": {b"%d" % key: b"%d" % n for key in range(6_000)}})
    store.close()
    # When it is opened to keep two versions and commits small blocks
    store = open_store(keep_versions=2)
    heights = []
    for n in range(12):
        before = sum(1 for _ in store._db.iterator(start=b"h", stop=b"i"))
        commit(store, {"bank": {b"1": b"small %d" % n}})
        after = sum(1 for _ in store._db.iterator(start=b"h", stop=b"i"))
        # Then each commit deletes a bounded number of records,
        assert before - after <= MIN_DELETES + 4_096
        heights.append(after)
        assert store.oldest_height == store.height - 1
        with store.at(store.height - 1) as view:
            assert view.get("bank", b"2") == b"3"
    # and in the end only what the kept versions need is left.
    assert heights[-1] == 1
    assert reachable_pages(store) == stored_pages(store)


def test_a_rolled_back_height_can_be_committed_again(open_store: Callable[..., StateStore]) -> None:
    store = open_store(keep_versions=3)
    model: Model = {"bank": {b"%d" % n: b"1" for n in range(500)}, "ibc": {}}
    commit(store, dict(model))
    first = store.app_hash
    changes = {"bank": {b"%d" % n: None for n in range(100)} | {b"new": b"2"}, "ibc": {b"x": b"y"}}
    second = commit(store, changes)
    assert store.rollback() == 1
    assert (store.height, store.app_hash) == (1, first)
    require_state(store, model)
    assert reachable_pages(store) == stored_pages(store)
    assert commit(store, changes) == second
    _require_version(store, 1, model)


def test_a_rollback_below_the_oldest_kept_height_is_refused_and_changes_nothing(
    open_store: Callable[..., StateStore],
) -> None:
    store = open_store(keep_versions=2)
    with pytest.raises(HeightPrunedError, match="cannot roll back height 0"):
        store.rollback()
    for n in range(5):
        commit(store, {"bank": {b"k": b"%d" % n}})
    assert store.rollback() == 4
    records = list(store._db.iterator(start=b"", stop=b"\xff"))
    with pytest.raises(HeightPrunedError, match="cannot roll back height 4: height 3 is not kept"):
        store.rollback()
    assert list(store._db.iterator(start=b"", stop=b"\xff")) == records
    require_state(store, {"bank": {b"k": b"3"}, "ibc": {}})


def test_verify_names_the_store_whose_values_were_altered(open_store: Callable[..., StateStore]) -> None:
    store = open_store()
    commit(store, {"bank": {b"a": b"1", b"b": b"2"}, "ibc": {b"c": b"3"}})
    store._db.put(b"s" + bytes((store._sids["bank"],)) + b"a", b"9")
    store.close()
    problems = open_store().verify()
    assert [problem[:30] for problem in problems] == [
        "store 'bank': key 61 is not in",
        "store 'bank': its values give ",
        problems[-1][:30],
    ]


def test_verify_finds_every_altered_byte_and_every_missing_page(open_store: Callable[..., StateStore]) -> None:
    # Given a trie of several pages of both kinds
    store = open_store(keep_versions=2, page_limit=5)
    commit(store, {"bank": {b"key %d" % n: b"%d" % n for n in range(60)}})
    pages = list(store._db.iterator(start=b"p", stop=b"q"))
    kinds = {data[0] for _, data in pages}
    assert kinds == {0, 1}
    source = random.Random(4)
    for key, data in pages:
        # When a page is lost, or any of its bits is turned
        store._db.delete(key)
        assert [problem.partition("page")[2] for problem in store.verify()] == [
            f" {int.from_bytes(key[2:], 'big')} is missing or does not hash to what is above it"
        ]
        for at in source.sample(range(len(data)), 12):
            broken = bytearray(data)
            broken[at] ^= 1 << source.randrange(8)
            store._db.put(key, bytes(broken))
            assert (store.verify() != []) or _differ_in_a_subtrees_key(data, bytes(broken))
        # Then the check says so, and is content again with the page as it was.
        store._db.put(key, data)
    assert store.verify() == []


def _differ_in_a_subtrees_key(data: bytes, altered: bytes) -> bool:
    """Tell whether two pages differ in what is free: the key of a subtree is any with the subtree's common prefix."""
    page, other = decode(data), decode(altered)
    pairs = zip(page.keys, other.keys, page.kids or [], strict=False)
    changed = [kid for key, changed_key, kid in pairs if key != changed_key]
    return len(changed) == 1 and changed[0] is not None
