"""The salted tree over samples."""

import pytest

from chain.client.agent.telemetry import canonical_sample, sample_leaves, sample_salt, samples_root
from chain.crypto.merkle import EMPTY_ROOT, counted_root, leaf_hash, root


def test_no_samples_have_the_counted_root_of_the_empty_tree() -> None:
    assert samples_root(b"secret", 7, []) == counted_root(EMPTY_ROOT, 0)


def test_the_root_is_over_salt_and_sample_in_order_and_commits_to_their_number() -> None:
    samples = [b'{"units":1}', b'{"units":2}', b'{"units":1}']
    leaves = [leaf_hash(sample_salt(b"secret", 7, index) + sample) for index, sample in enumerate(samples)]
    assert sample_leaves(b"secret", 7, samples) == leaves
    assert len(set(leaves)) == 3
    assert samples_root(b"secret", 7, samples) == counted_root(root(leaves), 3) != counted_root(root(leaves), 4)


def test_equal_samples_have_different_leaves_by_index_epoch_and_secret() -> None:
    salts = {sample_salt(b"a", 1, 0), sample_salt(b"a", 1, 1), sample_salt(b"a", 2, 0), sample_salt(b"b", 1, 0)}
    assert len(salts) == 4
    assert {len(salt) for salt in salts} == {16}


def test_a_sample_has_one_encoding_whatever_the_order_of_its_keys() -> None:
    assert canonical_sample({"b": 1, "a": "ü"}) == canonical_sample({"a": "ü", "b": 1}) == b'{"a":"\\u00fc","b":1}'


def test_a_sample_that_json_cannot_say_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical_sample({"a": float("inf")})
