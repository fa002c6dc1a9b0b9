"""Random histories: after every block the store is the model, by values and by the oracle's hashes."""

import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chain.store import StateStore
from tests.chain.store import oracle
from tests.chain.store.history import (
    Changes,
    Model,
    apply,
    commit,
    random_changes,
    reachable_pages,
    require_state,
    stored_pages,
)

EMPTY: Model = {"bank": {}, "ibc": {}}


@pytest.mark.parametrize("limit", [4, 5, 24, 32])
@pytest.mark.parametrize("seed", [1, 2])
def test_a_random_history_with_restarts_and_rollbacks_is_the_models(
    open_store: Callable[..., StateStore], limit: int, seed: int
) -> None:
    source = random.Random(seed * 100 + limit)
    options = {"keep_versions": 4, "page_limit": limit, "cache_entries": source.choice((2, 60, 5_000))}
    store, model = open_store(**options), EMPTY
    for _ in range(40):
        changes = random_changes(source, model)
        before, model = model, apply(model, changes)
        computed = commit(store, changes)
        require_state(store, model)
        if store.height > 2 and source.random() < 0.2:
            store.rollback()
            require_state(store, before)
            assert commit(store, changes) == computed
        if source.random() < 0.2:
            store.close()
            store = open_store(**options)
            require_state(store, model)
        assert reachable_pages(store) == stored_pages(store)


@settings(max_examples=40)
@given(st.data())
def test_any_set_of_keys_in_any_two_steps_has_the_root_of_its_values(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    key = st.one_of(st.binary(min_size=1, max_size=3), st.text("01", min_size=1, max_size=12).map(str.encode))
    writes = st.dictionaries(key, st.none() | st.binary(min_size=1, max_size=2), max_size=60)
    limit = data.draw(st.sampled_from((4, 5, 24)))
    with StateStore.open(tmp_path_factory.mktemp("s"), stores=("bank", "ibc"), page_limit=limit) as store:
        model = EMPTY
        for _ in range(2):
            changes: Changes = {"bank": data.draw(writes), "ibc": {}}
            model = apply(model, changes)
            commit(store, changes)
            require_state(store, model)
            assert reachable_pages(store) == stored_pages(store)


def test_one_final_set_has_one_root_whatever_the_way_there(open_store: Callable[..., StateStore]) -> None:
    source = random.Random(9)
    final = {source.randbytes(source.randint(1, 6)): source.randbytes(4) for _ in range(600)}
    roots = set()
    for way, limit in enumerate((4, 5, 24, 32, 24)):
        store = open_store(f"way-{way}", page_limit=limit)
        keys = sorted(final)
        source.shuffle(keys)
        detours: list[bytes] = []
        while keys:
            some = [keys.pop() for _ in range(min(len(keys), source.choice((1, 40, 250))))]
            writes: dict[bytes, bytes | None] = {key: final[key] for key in some}
            writes |= dict.fromkeys(detours, None)
            detours = [key for key in (source.randbytes(3) for _ in range(30)) if key not in final]
            writes |= dict.fromkeys(detours, b"detour")
            commit(store, {"bank": writes})
            if source.random() < 0.3:
                store.close()
                store = open_store(f"way-{way}", page_limit=limit)
        commit(store, {"bank": dict.fromkeys(detours, None)})
        assert dict(store.iterate("bank", b"", None)) == final
        assert reachable_pages(store) <= stored_pages(store)
        roots.add(store.app_hash)
    assert roots == {oracle.app_hash({"bank": final, "ibc": {}})}


def test_writes_of_what_is_there_and_deletes_of_what_is_not_change_nothing(
    open_store: Callable[..., StateStore],
) -> None:
    # Given a store with one key
    store = open_store()
    first = commit(store, {"bank": {b"k": b"v"}})
    pages = stored_pages(store)
    # When a block writes the same value and deletes a missing key
    second = commit(store, {"bank": {b"k": b"v", b"missing": None}, "ibc": {b"none": None}})
    # Then the hash and the pages are as they were, and no undo records are left
    assert (first, pages) == (second, stored_pages(store))
    assert list(store._db.iterator(start=b"h", stop=b"i")) == []


def test_finalizing_again_discards_the_block_before(open_store: Callable[..., StateStore]) -> None:
    store, plain = open_store(), open_store("plain")
    for each in (store, plain):
        commit(each, {"bank": {b"%d" % n: b"1" for n in range(300)}})
    store.finalize({"bank": {b"%d" % n: None for n in range(200)}, "ibc": {b"x": b"y"}})
    assert store.get("bank", b"1") == b"1"
    changes: Changes = {"bank": {b"7": b"2", b"new": b"3"}}
    assert commit(store, changes) == commit(plain, changes)
    assert stored_pages(store) == reachable_pages(store)


def test_a_finalize_that_fails_half_way_leaves_no_trace(open_store: Callable[..., StateStore]) -> None:
    store, plain = open_store(), open_store("plain")
    base: Changes = {name: {b"%d" % n: b"1" for n in range(300)} for name in ("bank", "ibc")}
    for each in (store, plain):
        commit(each, base)
    with pytest.raises(ValueError, match="this one has 0"):
        store.finalize({"bank": {b"%d" % n: b"2" for n in range(300)}, "ibc": {b"1": b""}})
    changes: Changes = {"bank": {b"5": b"3"}, "ibc": {b"6": None}}
    assert commit(store, changes) == commit(plain, changes)
    assert store.verify() == []


def test_a_first_height_may_be_any_and_genesis_waits_for_its_commit(open_store: Callable[..., StateStore]) -> None:
    store = open_store()
    genesis: Changes = {"bank": {b"%d" % n: b"1" for n in range(1_000)}}
    assert store.finalize(genesis) != b""
    assert (store.height, store.app_hash, store.block_time()) == (0, b"", 0)
    store.finalize({"bank": genesis["bank"] | {b"0": b"2"}})
    store.commit(41, 7)
    assert (store.height, store.oldest_height, store.block_time()) == (41, 41, 7)
    assert store.get("bank", b"0") == b"2"


@pytest.mark.parametrize("height", [0, 1, 3])
def test_a_height_that_does_not_follow_is_refused(open_store: Callable[..., StateStore], height: int) -> None:
    store = open_store()
    commit(store, {"bank": {b"a": b"1"}})
    store.finalize({"bank": {b"a": b"2"}})
    with pytest.raises(Exception, match=f"height {height} does not follow the committed height 1"):
        store.commit(height, 0)
    store.commit(2, 0)


def test_a_commit_without_a_finalized_block_is_refused(open_store: Callable[..., StateStore]) -> None:
    store = open_store()
    with pytest.raises(Exception, match="height 1 is not finalized"):
        store.commit(1, 0)
    with pytest.raises(Exception, match="no block is finalized"):
        store.pending_roots()
    store.finalize({"bank": {b"a": b"1"}})
    store.discard()
    with pytest.raises(Exception, match="not finalized"):
        store.commit(1, 0)


def test_roots_are_logged_by_store_at_each_commit(
    open_store: Callable[..., StateStore], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "chain.store")
    store = open_store()
    commit(store, {"bank": {b"a": b"1"}})
    roots = store.roots(1)
    line = f"committed height 1 app_hash={store.app_hash.hex()} roots: "
    assert line + f"bank={roots['bank'].hex()} ibc={roots['ibc'].hex()}" in caplog.text
