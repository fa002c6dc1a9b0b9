"""The Merkle tree of RFC 6962 over hashes of leaves: root, path of a leaf, and the check of a path.

The directions of a path follow from the leaf's index and the number of leaves (RFC 9162, section 2.1.3.2), so a path is
hashes alone. The tree itself does not say how many leaves it has: who needs to trust that number commits it beside the
root, or inside it with `counted_root`.
"""

import hashlib
from collections.abc import Iterable, Sequence

EMPTY_ROOT = hashlib.sha256(b"").digest()
"""Root over no leaves."""
HASH_BYTES = 32
"""Length of a hash."""


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf: sha256(00 + data)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node: sha256(01 + left + right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def counted_root(root: bytes, count: int) -> bytes:
    """Return sha256(02 + count as 8 bytes big-endian + root): a root that commits to its number of leaves."""
    return hashlib.sha256(b"\x02" + count.to_bytes(8, "big") + root).digest()


def root(leaves: Iterable[bytes]) -> bytes:
    """Return the root over leaf hashes; they may come as a stream, of which one hash per level is kept."""
    peaks: list[bytes] = []
    for before, leaf in enumerate(leaves):
        peaks.append(leaf)
        # Two neighbours of the same size become one: as often as the number of leaves before this one ends in a 1.
        merges = before
        while merges & 1:
            right = peaks.pop()
            peaks[-1] = node_hash(peaks[-1], right)
            merges >>= 1
    if not peaks:
        return EMPTY_ROOT
    value = peaks.pop()
    while peaks:
        value = node_hash(peaks.pop(), value)
    return value


def path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the siblings of a leaf from below. Raises: IndexError when there is no such leaf."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"no leaf {index} among {len(leaves)}")
    level, at, siblings = list(leaves), index, []
    while len(level) > 1:
        sibling = at ^ 1
        if sibling < len(level):
            siblings.append(level[sibling])
        paired = [node_hash(level[left], level[left + 1]) for left in range(0, len(level) - 1, 2)]
        # A last one without a neighbour goes up as it is: this gives RFC 6962's split at powers of two.
        level = paired + ([level[-1]] if len(level) % 2 else [])
        at //= 2
    return siblings


def climb(leaf: bytes, index: int, count: int, path: Sequence[bytes]) -> bytes | None:
    """Return the root that a leaf hash at `index` among `count` leaves has by this path; None for no such path."""
    if not 0 <= index < count:
        return None
    value, at, last = leaf, index, count - 1
    for sibling in path:
        if last == 0:
            return None
        if at & 1 or at == last:
            value = node_hash(sibling, value)
            # The last one of a level without a neighbour went up as it was.
            while not at & 1 and at:
                at >>= 1
                last >>= 1
        else:
            value = node_hash(value, sibling)
        at >>= 1
        last >>= 1
    return value if last == 0 else None


def verify(root: bytes, leaf: bytes, index: int, count: int, path: Sequence[bytes]) -> bool:
    """Tell whether a leaf hash stands at `index` among `count` leaves under a root.

    The leaf is a hash made by `leaf_hash`; a verifier makes it himself, or a node could pass for a leaf.
    """
    return climb(leaf, index, count, path) == root
