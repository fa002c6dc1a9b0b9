"""The salted Merkle tree over an epoch's samples, whose root a receipt carries.

A leaf is RFC 6962's hash of the salt and the sample as canonical JSON; the root in a receipt also commits to the number
of samples: `counted_root(root(leaves), count)`, for no samples `counted_root(EMPTY_ROOT, 0)`. Whoever is shown a
sample, its salt, the number of samples and the path can check it against the chain; nobody can guess a sample from its
leaf.
"""

import hmac
import json
from collections.abc import Sequence
from typing import Any

from chain.crypto.merkle import counted_root, leaf_hash, root

SALT_BYTES = 16
"""Length of a salt."""


def canonical_sample(sample: dict[str, Any]) -> bytes:
    """Return a sample as JSON with sorted keys and without spaces. Raises: ValueError for what JSON cannot say."""
    return json.dumps(sample, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def sample_salt(secret: bytes, epoch: int, index: int) -> bytes:
    """Return the 16-byte salt of an epoch's sample by its index; only the holder of the secret can make it."""
    message = b"lamppost/salt" + epoch.to_bytes(8, "big") + index.to_bytes(8, "big")
    return hmac.digest(secret, message, "sha256")[:SALT_BYTES]


def sample_leaves(secret: bytes, epoch: int, samples: Sequence[bytes]) -> list[bytes]:
    """Return the leaf hashes of an epoch's samples (canonical JSON each) in order."""
    return [leaf_hash(sample_salt(secret, epoch, index) + sample) for index, sample in enumerate(samples)]


def samples_root(secret: bytes, epoch: int, samples: Sequence[bytes]) -> bytes:
    """Return the root that an epoch's receipt carries."""
    return counted_root(root(sample_leaves(secret, epoch, samples)), len(samples))
