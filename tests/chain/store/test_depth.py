"""What keys can do to the shape: combs, worst-case paths, empty stores; pages stay bounded."""

from collections.abc import Callable

import pytest

from chain.store import StateStore
from chain.store.errors import ProofError
from chain.store.hashing import EMPTY_ROOT
from chain.store.page import LIMIT, decode
from tests.chain.store import oracle
from tests.chain.store.history import Model, commit, reachable_pages, require_state, stored_pages


@pytest.mark.parametrize("width", [16, 32])
def test_a_comb_of_keys_grown_one_by_one_keeps_pages_bounded(open_store: Callable[..., StateStore], width: int) -> None:
    store = open_store(keep_versions=2)
    items = {b"\x00" * width: b"deep"}
    commit(store, {"bank": dict(items)})
    for start in range(0, 8 * width, 16):
        teeth = {(1 << 8 * width - 1 - bit).to_bytes(width, "big"): b"t" for bit in range(start, start + 16)}
        items |= teeth
        commit(store, {"bank": dict(teeth)})
    require_state(store, {"bank": items, "ibc": {}})
    assert oracle.trie(items)[1] == 8 * width
    pages = [decode(data) for _, data in store._db.iterator(start=b"p", stop=b"q")]
    assert max(len(page.keys) for page in pages) <= LIMIT
    # Undoing it tooth by tooth leaves no trace either.
    teeth_down = sorted(items)[1:]
    for start in range(0, len(teeth_down), 24):
        commit(store, {"bank": dict.fromkeys(teeth_down[start : start + 24])})
    commit(store, {})
    require_state(store, {"bank": {b"\x00" * width: b"deep"}, "ibc": {}})
    assert reachable_pages(store) == stored_pages(store)


def test_the_longest_comb_that_keys_allow_commits_and_rolls_back(open_store: Callable[..., StateStore]) -> None:
    # Given keys of 1,024 bytes that part from one another at each byte
    store = open_store()
    keys = {b"\x00" * length: b"v" for length in range(1, 1025)}
    keys |= {b"\x00" * length + b"\x01": b"v" for length in range(1, 1024)}
    commit(store, {"bank": dict(keys)})
    require_deep = max(keys, key=len)
    assert store.verify() == []
    before = store.app_hash
    # When the deepest ones change one at a time
    for n in range(3):
        commit(store, {"bank": {require_deep: b"%d" % n}})
    # Then the hash is the definition's, and the way back is open.
    assert store.verify() == []
    for _ in range(3):
        store.rollback()
    assert store.app_hash == before


def test_worst_case_ibc_paths_stay_provable(open_store: Callable[..., StateStore]) -> None:
    keys = set()
    numbers = [digit * 10**power for power in range(10) for digit in range(1, 10)]
    numbers += [9_999_999_999 - number for number in numbers]
    for kind in ("commitments", "acks", "receipts"):
        for channel in [*range(12), 77, 99, 100, 500, 999, 1_000, 9_999, 10_000, 99_999]:
            path = f"{kind}/ports/transfer/channels/channel-{channel}/sequences/"
            many = numbers if channel in (9, 99_999) else (1, 10, 9_999_999_999)
            keys |= {f"{path}{number}".encode() for number in many}
    store = open_store()
    commit(store, {"ibc": dict.fromkeys(keys, b"v")})
    assert store.roots()["ibc"] == oracle.root(dict.fromkeys(keys, b"v"))
    height = oracle.trie(dict.fromkeys(keys, b"v"))[1]
    assert height < 100
    with store.at() as view:
        assert all(view.prove("ibc", key)[0] == b"v" for key in keys)


def test_an_empty_store_has_the_empty_root_and_can_prove_nothing(open_store: Callable[..., StateStore]) -> None:
    store = open_store()
    commit(store, {"bank": {b"a": b"1"}})
    assert store.roots()["ibc"] == EMPTY_ROOT
    with store.at() as view:
        with pytest.raises(ProofError, match="store 'ibc' is empty at height 1"):
            view.prove("ibc", b"k")
        with pytest.raises(ProofError, match="an empty key"):
            view.prove("bank", b"")
    # A store that is emptied again is as one that never had a key.
    commit(store, {"bank": {b"a": None}})
    model: Model = {"bank": {}, "ibc": {}}
    require_state(store, model)
    assert store.roots()["bank"] == EMPTY_ROOT
