"""The salted Merkle tree over an epoch's samples, whose root a receipt carries.

The tree is RFC 6962's; a leaf is the salt and the sample as canonical JSON. Whoever is shown a sample, its salt and
its path can check it against the chain; nobody can guess a sample from its leaf.
"""

import hashlib
import hmac
import json
from collections.abc import Sequence
from typing import Any

EMPTY_ROOT = hashlib.sha256(b"").digest()
"""Root over no samples."""


def canonical_sample(sample: dict[str, Any]) -> bytes:
    """Return a sample as JSON with sorted keys and without spaces. Raises: ValueError for what JSON cannot say."""
    return json.dumps(sample, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def sample_salt(secret: bytes, epoch: int, index: int) -> bytes:
    """Return the 16-byte salt of an epoch's sample by its index; only the holder of the secret can make it."""
    return hmac.digest(secret, b"lamppost/salt" + epoch.to_bytes(8, "big") + index.to_bytes(8, "big"), "sha256")[:16]


def leaf_hash(salt: bytes, sample: bytes) -> bytes:
    """Return the hash of a leaf."""
    return hashlib.sha256(b"\x00" + salt + sample).digest()


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """Return the RFC 6962 root over leaf hashes."""
    if not leaves:
        return EMPTY_ROOT
    level = list(leaves)
    # Pairing neighbours and carrying the odd one up gives RFC 6962's tree, split at powers of two.
    while len(level) > 1:
        paired = [hashlib.sha256(b"\x01" + level[i] + level[i + 1]).digest() for i in range(0, len(level) - 1, 2)]
        level = paired + ([level[-1]] if len(level) % 2 else [])
    return level[0]


def merkle_path(leaves: Sequence[bytes], index: int) -> list[tuple[str, bytes]]:
    """Return the path of a leaf, from below: ("left" or "right", sibling's hash). Raises: IndexError."""
    level, at, path = list(leaves), index, []
    if not 0 <= index < len(level):
        raise IndexError(f"no leaf {index} among {len(level)}")
    while len(level) > 1:
        sibling = at ^ 1
        if sibling < len(level):
            path.append(("left" if sibling < at else "right", level[sibling]))
        paired = [hashlib.sha256(b"\x01" + level[i] + level[i + 1]).digest() for i in range(0, len(level) - 1, 2)]
        level = paired + ([level[-1]] if len(level) % 2 else [])
        at //= 2
    return path


def verify_path(root: bytes, leaf: bytes, path: Sequence[tuple[str, bytes]]) -> bool:
    """Tell whether a leaf hash and its path lead to a root."""
    value = leaf
    for side, sibling in path:
        value = hashlib.sha256(b"\x01" + (sibling + value if side == "left" else value + sibling)).digest()
    return value == root


def samples_root(secret: bytes, epoch: int, samples: Sequence[bytes]) -> bytes:
    """Return the root over an epoch's samples (canonical JSON each) in order."""
    return merkle_root([leaf_hash(sample_salt(secret, epoch, i), sample) for i, sample in enumerate(samples)])
