"""The consensus part of the store: bits of keys, node hashes, the map of stores.

Everything here enters the app hash. A store is the binary crit-bit trie over its keys, hashed in the node format of
IAVL with version 1 throughout, so that ICS-23's IavlSpec verifies its proofs; the app hash is CometBFT's simple map
of store roots.
"""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()
"""Root of a store without keys."""
MAX_KEY = 1024
"""Longest key, bytes."""
MAX_VALUE = 1 << 20
"""Longest value, bytes."""

_SHORT = tuple(bytes((n,)) for n in range(128))


def uvarint(number: int) -> bytes:
    """Return the unsigned LEB128 form of a non-negative integer."""
    if number < 128:
        return _SHORT[number]
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def crit(a: bytes, b: bytes) -> int:
    """Return the index of the first bit in which two different keys differ.

    A key's bits are, for each byte, a 1 and its eight bits, and a 0 after the last byte.
    """
    n = min(len(a), len(b))
    x = int.from_bytes(a[:n], "big") ^ int.from_bytes(b[:n], "big")
    if not x:
        return 9 * n
    p = 8 * n - x.bit_length()
    return p + p // 8 + 1


def leaf_prefix(key: bytes) -> bytes:
    """Return what precedes the hash of the value in a leaf's preimage: height 0, size 1, version 1, the key."""
    return b"\x00\x02\x02" + uvarint(len(key)) + key + b"\x20"


def leaf_hash(key: bytes, value: bytes) -> bytes:
    """Return the hash of a leaf."""
    return sha256(leaf_prefix(key) + sha256(value).digest()).digest()


def node_prefix(height: int, size: int) -> bytes:
    """Return what precedes the left hash in an inner node's preimage: zig-zag height, size and version 1, a length."""
    return uvarint(2 * height) + uvarint(2 * size) + b"\x02\x20"


def node_hash(prefix: bytes, left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    return sha256(b"".join((prefix, left, b"\x20", right))).digest()


class Fold:
    """Computes a trie's root from its leaves in ascending order of keys, in memory proportional to its depth."""

    __slots__ = ("_count", "_last", "_open")

    def __init__(self) -> None:
        self._open: list[tuple[int, bytes, int, int]] = []
        """Left parts that wait for their right one: (crit to what follows, hash, height, size)."""
        self._last: tuple[bytes, bytes] | None = None
        self._count = 0

    def add(self, key: bytes, value_leaf_hash: bytes) -> None:
        """Add the next leaf. Raises: ValueError when the key does not ascend."""
        if self._last is not None:
            last_key, last_hash = self._last
            if key <= last_key:
                raise ValueError("keys do not ascend")
            distance = crit(last_key, key)
            self._open.append((distance, *self._close(distance, (last_hash, 0, 1))))
        self._last = (key, value_leaf_hash)
        self._count += 1

    def _close(self, distance: int, node: tuple[bytes, int, int]) -> tuple[bytes, int, int]:
        """Join a node with the left parts that end before the bit at `distance`."""
        digest, height, size = node
        while self._open and self._open[-1][0] > distance:
            _, left, left_height, left_size = self._open.pop()
            height, size = 1 + max(height, left_height), size + left_size
            digest = node_hash(node_prefix(height, size), left, digest)
        return digest, height, size

    @property
    def count(self) -> int:
        """Number of leaves added."""
        return self._count

    def root(self) -> bytes:
        """Return the root of the leaves added; no leaf may be added afterwards."""
        if self._last is None:
            return EMPTY_ROOT
        return self._close(-1, (self._last[1], 0, 1))[0]


def trie_root(items: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Return the root of (key, value) pairs in ascending order of keys."""
    fold = Fold()
    for key, value in items:
        fold.add(key, leaf_hash(key, value))
    return fold.root()


def map_leaf(name: str, root: bytes) -> bytes:
    """Return the simple map's leaf hash of one store."""
    encoded = name.encode()
    return sha256(b"\x00" + uvarint(len(encoded)) + encoded + b"\x20" + sha256(root).digest()).digest()


def app_hash(roots: Mapping[str, bytes]) -> bytes:
    """Return the root of CometBFT's simple map from store name to store root."""
    return _map_root([map_leaf(name, roots[name]) for name in sorted(roots, key=str.encode)])


def map_split(count: int) -> int:
    """Return the largest power of two below a count of leaves (RFC 6962)."""
    return 1 << (count - 1).bit_length() - 1


def _map_root(leaves: Sequence[bytes]) -> bytes:
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    k = map_split(len(leaves))
    return sha256(b"\x01" + _map_root(leaves[:k]) + _map_root(leaves[k:])).digest()


def map_path(names: Sequence[str], roots: Mapping[str, bytes], name: str) -> list[tuple[bytes, bytes]]:
    """Return the steps (prefix, suffix) from a store's leaf up to the app hash; `names` are sorted by bytes."""
    leaves = [map_leaf(each, roots[each]) for each in names]
    at, steps = names.index(name), []
    while len(leaves) > 1:
        k = map_split(len(leaves))
        if at < k:
            steps.append((b"\x01", _map_root(leaves[k:])))
            leaves = leaves[:k]
        else:
            steps.append((b"\x01" + _map_root(leaves[:k]), b""))
            leaves, at = leaves[k:], at - k
    return steps[::-1]
