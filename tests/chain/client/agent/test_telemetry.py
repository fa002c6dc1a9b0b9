"""The Merkle tree over samples, against RFC 6962's own recursive definition."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.client.agent.telemetry import (
    EMPTY_ROOT,
    canonical_sample,
    leaf_hash,
    merkle_path,
    merkle_root,
    sample_salt,
    samples_root,
    verify_path,
)

HASHES = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=40)


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
    assert merkle_root(leaves) == rfc_6962(leaves)


@given(HASHES, st.data())
def test_the_path_of_a_leaf_leads_to_the_root_and_to_no_other(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    root, path = merkle_root(leaves), merkle_path(leaves, index)
    assert verify_path(root, leaves[index], path)
    assert len(path) <= max(1, len(leaves) - 1).bit_length()
    assert not verify_path(root, hashlib.sha256(leaves[index]).digest(), path)
    assert not verify_path(hashlib.sha256(root).digest(), leaves[index], path)


def test_roots_over_the_leaves_of_rfc_9162s_example_tree_are_known() -> None:
    # The inputs and roots that Certificate Transparency's implementations share as test data.
    inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    leaves = [leaf_hash(b"", bytes.fromhex(text)) for text in inputs]
    assert merkle_root(leaves[:1]).hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert merkle_root(leaves[:2]).hex() == "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
    assert merkle_root(leaves).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


def test_no_samples_have_the_root_of_the_empty_tree() -> None:
    assert merkle_root([]) == EMPTY_ROOT == samples_root(b"secret", 7, [])


@pytest.mark.parametrize("index", [-1, 3])
def test_a_leaf_that_is_not_there_has_no_path(index: int) -> None:
    with pytest.raises(IndexError, match="among 3"):
        merkle_path([bytes(32)] * 3, index)


def test_equal_samples_have_different_leaves_by_index_epoch_and_secret() -> None:
    salts = {sample_salt(b"a", 1, 0), sample_salt(b"a", 1, 1), sample_salt(b"a", 2, 0), sample_salt(b"b", 1, 0)}
    assert len(salts) == 4
    assert {len(salt) for salt in salts} == {16}


def test_a_sample_has_one_encoding_whatever_the_order_of_its_keys() -> None:
    assert canonical_sample({"b": 1, "a": "ü"}) == canonical_sample({"a": "ü", "b": 1}) == b'{"a":"\\u00fc","b":1}'


def test_a_sample_that_json_cannot_say_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical_sample({"a": float("inf")})
