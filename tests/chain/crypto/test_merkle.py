"""The Merkle tree, against RFC 6962's own recursive definition."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.crypto.merkle import EMPTY_ROOT, counted_root, leaf_hash, node_hash, path, root, verify

HASHES = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=40, unique=True)

INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
"""The leaves that Certificate Transparency's implementations share as test data, with the roots below."""
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def other(value: bytes) -> bytes:
    return hashlib.sha256(value).digest()


def rfc_6962(leaves: list[bytes]) -> bytes:
    """Return MTH of RFC 6962, section 2.1, over hashes of leaves: split at the largest power of two below n."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + rfc_6962(leaves[:split]) + rfc_6962(leaves[split:])).digest()


@given(HASHES)
def test_the_root_is_that_of_rfc_6962(leaves: list[bytes]) -> None:
    assert root(leaves) == root(iter(leaves)) == rfc_6962(leaves)


@pytest.mark.parametrize("count", sorted(ROOTS))
def test_roots_of_certificate_transparencys_test_data_are_known(count: int) -> None:
    leaves = [leaf_hash(bytes.fromhex(text)) for text in INPUTS[:count]]
    assert root(leaves).hex() == ROOTS[count]


def test_no_leaves_have_the_root_of_the_empty_tree_and_no_path() -> None:
    assert root([]) == EMPTY_ROOT
    assert not verify(EMPTY_ROOT, EMPTY_ROOT, 0, 0, [])
    with pytest.raises(IndexError, match="among 0"):
        path([], 0)


@given(HASHES)
def test_every_leaf_has_a_path_that_stands_at_its_index_and_at_no_other(leaves: list[bytes]) -> None:
    top = root(leaves)
    for index, leaf in enumerate(leaves):
        found = path(leaves, index)
        assert len(found) <= (len(leaves) - 1).bit_length()
        assert [at for at in range(-1, len(leaves) + 1) if verify(top, leaf, at, len(leaves), found)] == [index]


@given(HASHES, st.data())
def test_a_changed_path_leaf_or_root_is_refused(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    top, found, count = root(leaves), path(leaves, index), len(leaves)
    assert not verify(other(top), leaves[index], index, count, found)
    assert not verify(top, other(leaves[index]), index, count, found)
    assert not verify(top, leaves[index], index, count, [*found, bytes(32)])
    assert not verify(top, leaves[index], index, count, found[:-1]) or not found
    for position, sibling in enumerate(found):
        changed = [*found[:position], other(sibling), *found[position + 1 :]]
        assert not verify(top, leaves[index], index, count, changed)


def test_a_node_is_no_leaf() -> None:
    """Given a tree of four, when its upper nodes are shown as a tree of two, then the count must be trusted."""
    leaves = [leaf_hash(bytes([number])) for number in range(4)]
    left, right = node_hash(*leaves[:2]), node_hash(*leaves[2:])
    assert root(leaves) == root([left, right])
    assert counted_root(root(leaves), 4) != counted_root(root([left, right]), 2)


def test_a_counted_root_is_its_definition() -> None:
    assert counted_root(EMPTY_ROOT, 0) == hashlib.sha256(b"\x02" + bytes(8) + hashlib.sha256(b"").digest()).digest()


@pytest.mark.parametrize("index", [-1, 3])
def test_a_leaf_that_is_not_there_has_no_path(index: int) -> None:
    with pytest.raises(IndexError, match="among 3"):
        path([bytes(32)] * 3, index)
