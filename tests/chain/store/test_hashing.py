"""The consensus part: bits, node hashes, roots, the map of stores."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chain.store import StateStore
from chain.store.hashing import (
    EMPTY_ROOT,
    Fold,
    app_hash,
    crit,
    leaf_hash,
    map_leaf,
    map_path,
    node_hash,
    node_prefix,
    trie_root,
    uvarint,
)
from tests.chain.store import oracle

VECTOR = json.loads((Path(__file__).parents[2] / "vectors" / "store_worked_example.json").read_text())
KEYS = st.one_of(
    st.binary(min_size=1, max_size=4), st.text("01", min_size=1, max_size=6).map(str.encode), st.binary(min_size=20)
)
MAPS = st.dictionaries(KEYS, st.binary(min_size=1, max_size=4), max_size=40)


def test_the_worked_example_hashes_as_written() -> None:
    for a, b, distance in VECTOR["crits"]:
        assert crit(bytes.fromhex(a), bytes.fromhex(b)) == distance
    bank = {bytes.fromhex(k): bytes.fromhex(v) for k, v in VECTOR["stores"]["bank"].items()}
    leaves = {key.hex(): leaf_hash(key, value).hex() for key, value in bank.items()}
    assert leaves == VECTOR["leaves"]
    inner = node_hash(node_prefix(1, 2), leaf_hash(b"a", b"1"), leaf_hash(b"ab", b"2"))
    assert inner.hex() == VECTOR["inner_a_ab"]
    roots = {name: trie_root(sorted(_items(name).items())) for name in VECTOR["stores"]}
    assert {name: root.hex() for name, root in roots.items()} == VECTOR["roots"]
    for name, start in VECTOR["map_leaf_starts"].items():
        assert map_leaf(name, roots[name]).hex().startswith(start)
    assert app_hash(roots).hex() == VECTOR["app_hash"]


def _items(name: str) -> dict[bytes, bytes]:
    return {bytes.fromhex(key): bytes.fromhex(value) for key, value in VECTOR["stores"][name].items()}


def test_the_store_and_the_oracle_give_the_worked_example(tmp_path: Path) -> None:
    stores = {name: _items(name) for name in VECTOR["stores"]}
    assert oracle.app_hash(stores).hex() == VECTOR["app_hash"]
    with StateStore.open(tmp_path, stores=("bank", "ibc")) as store:
        assert store.finalize(stores).hex() == VECTOR["app_hash"]
        assert {name: root.hex() for name, root in store.pending_roots().items()} == VECTOR["roots"]
        store.commit(1, 0)
        with store.at(1) as view:
            value, ops = view.prove("bank", b"ab")
    assert value == b"2"
    assert [op.type for op in ops] == ["ics23:iavl", "ics23:simple"]
    assert [op.key for op in ops] == [b"ab", b"bank"]
    # The commitment wraps the existence proof in a tag and a one-byte length.
    proof = ops[0].data[2:]
    assert len(ops[0].data) == VECTOR["proof_of_6162"]["length"]
    leaves = VECTOR["leaves"]
    steps = [
        ("02040220" + leaves["61"] + "20", ""),
        ("04060220", "20" + leaves["62"]),
    ]
    assert proof == _existence(b"ab", b"2", steps)


def _existence(key: bytes, value: bytes, steps: list[tuple[str, str]]) -> bytes:
    out = bytes((0x0A, len(key))) + key + bytes((0x12, len(value))) + value
    leaf = bytes.fromhex("0801180120012a03000202")
    out += bytes((0x1A, len(leaf))) + leaf
    for before, after in steps:
        prefix, suffix = bytes.fromhex(before), bytes.fromhex(after)
        step = b"\x08\x01" + bytes((0x12, len(prefix))) + prefix
        if suffix:
            step += bytes((0x1A, len(suffix))) + suffix
        out += bytes((0x22, len(step))) + step
    return out


@given(st.tuples(KEYS, KEYS).filter(lambda pair: pair[0] != pair[1]))
def test_crit_is_the_first_bit_that_differs(pair: tuple[bytes, bytes]) -> None:
    a, b = map(oracle.bits, pair)
    expected = next(at for at in range(min(len(a), len(b))) if a[at] != b[at])
    assert crit(*pair) == crit(pair[1], pair[0]) == expected


@given(st.lists(KEYS, min_size=2, max_size=8))
def test_bits_keep_the_order_of_bytes(keys: list[bytes]) -> None:
    assert sorted(keys) == sorted(keys, key=oracle.bits)


@settings(max_examples=60)
@given(MAPS)
def test_folding_gives_the_root_of_the_recursive_definition(items: dict[bytes, bytes]) -> None:
    assert trie_root(sorted(items.items())) == oracle.root(items)


@settings(max_examples=30)
@given(st.dictionaries(st.text("abcdefgh", min_size=1, max_size=5), MAPS, min_size=1, max_size=9))
def test_the_app_hash_is_the_simple_map_and_each_path_leads_to_it(stores: dict[str, dict[bytes, bytes]]) -> None:
    roots = {name: oracle.root(items) for name, items in stores.items()}
    expected = oracle.app_hash(stores)
    assert app_hash(roots) == expected
    for name in stores:
        digest = map_leaf(name, roots[name])
        for before, after in map_path(sorted(roots), roots, name):
            digest = oracle.sha256(before + digest + after).digest()
        assert digest == expected


def test_an_empty_store_has_the_hash_of_nothing() -> None:
    assert (
        trie_root([]) == EMPTY_ROOT == bytes.fromhex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    )


@pytest.mark.parametrize("number", [0, 1, 127, 128, 300, 16_383, 16_384, 2**21, 2**40])
def test_uvarint_is_leb128(number: int) -> None:
    assert uvarint(number) == oracle.uvarint(number)


def test_folding_refuses_keys_that_do_not_ascend() -> None:
    fold = Fold()
    fold.add(b"b", b"x" * 32)
    with pytest.raises(ValueError, match="ascend"):
        fold.add(b"b", b"x" * 32)
