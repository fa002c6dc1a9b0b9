"""The Merkle tree over a manufacturer's device keys as a file: proofs by index or by key, without building it again.

    with KeyTree.open("batch.tree") as tree:
        tree.root, tree.count
        tree.proof(tree.find(public_key))

Layout, integers big-endian: a header of 64 bytes (magic, count, root), then per key 34 bytes (algorithm, key, zeros),
then per key 24 bytes (first 16 bytes of its leaf's hash, index) in order of hashes, then the levels of the tree from
the parents of the leaves upward, 32 bytes a hash. A last hash without a neighbour goes up as it is.
"""

import mmap
import os
from collections.abc import Iterator
from pathlib import Path

from chain.codec.batches import leaf_bytes
from chain.codec.batchfiles import ProofFile
from chain.crypto import merkle
from chain.crypto.algorithms import Algorithm

MAGIC = b"lamppost keys 1\n"
"""First bytes of the file: what it is, and the version of its layout."""
HEADER = 64
"""Bytes of the header."""
KEY_BYTES = 34
"""Bytes of a key's record."""
PLACE_BYTES = 24
"""Bytes of an entry of the table by hash."""
HASH = merkle.HASH_BYTES
"""Bytes of a hash."""
PREFIX = 16
"""Bytes of a leaf's hash in the table: two keys that share them can't be made."""
KEY_SIZES = {Algorithm.SECP256K1: 33, Algorithm.ED25519: 32, Algorithm.P256: 33}
"""Bytes of a key, by algorithm."""


class KeyTreeError(ValueError):
    """A file of keys or a tree that can't be used; the text names the file."""


def record(algorithm: int, public_key: bytes) -> bytes:
    """Return a key as the file has it."""
    return (bytes((algorithm,)) + public_key).ljust(KEY_BYTES, b"\0")


def leaf_of(entry: bytes) -> bytes:
    """Return the leaf hash of a key's record."""
    algorithm = Algorithm(entry[0])
    return merkle.leaf_hash(leaf_bytes(algorithm, entry[1 : 1 + KEY_SIZES[algorithm]]))


def header(count: int, root: bytes) -> bytes:
    """Return the first bytes of a tree's file."""
    return (MAGIC + count.to_bytes(8, "big") + root).ljust(HEADER, b"\0")


def level_sizes(count: int) -> list[int]:
    """Return how many hashes each level above the leaves has, from below; none for a single leaf."""
    sizes = []
    while count > 1:
        count = (count + 1) // 2
        sizes.append(count)
    return sizes


def file_size(count: int) -> int:
    """Return how many bytes the file of a tree has."""
    return HEADER + count * (KEY_BYTES + PLACE_BYTES) + sum(level_sizes(count)) * HASH


class KeyTree:
    """An open tree; reads what it needs and nothing else."""

    def __init__(self, path: Path, data: mmap.mmap, count: int, root: bytes) -> None:
        self.path = path
        self.count = count
        self.root = root
        self._data = data
        self._table = HEADER + count * KEY_BYTES
        self._levels = []
        at = self._table + count * PLACE_BYTES
        for size in level_sizes(count):
            self._levels.append(at)
            at += size * HASH

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> "KeyTree":
        """Open a tree's file. Raises: KeyTreeError when it can't be read, is none, or is not whole."""
        file = Path(path)
        try:
            with file.open("rb") as stream:
                start = stream.read(HEADER)
                if len(start) < HEADER or not start.startswith(MAGIC):
                    raise KeyTreeError(
                        f"{file} is no tree of device keys: make one with `lampd manufacturer batch build`"
                    )
                count = int.from_bytes(start[len(MAGIC) : len(MAGIC) + 8], "big")
                size = os.fstat(stream.fileno()).st_size
                if count == 0 or size != file_size(count):
                    raise KeyTreeError(f"{file} is damaged: {size} bytes are no tree of {count} keys")
                data = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        except OSError as error:
            raise KeyTreeError(f"{file} can't be read: {error.strerror}") from error
        at = len(MAGIC) + 8
        return cls(file, data, count, start[at : at + HASH])

    def __enter__(self) -> "KeyTree":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._data.close()

    def key(self, index: int) -> tuple[Algorithm, bytes]:
        """Return a key. Raises: KeyTreeError when there is no such index."""
        entry = self._record(index)
        algorithm = Algorithm(entry[0])
        return algorithm, entry[1 : 1 + KEY_SIZES[algorithm]]

    def all_keys(self) -> Iterator[tuple[Algorithm, bytes]]:
        """Yield all keys in order."""
        return (self.key(index) for index in range(self.count))

    def _record(self, index: int) -> bytes:
        if not 0 <= index < self.count:
            raise KeyTreeError(f"{self.path} has {self.count} keys, from index 0 upward: no index {index}")
        at = HEADER + index * KEY_BYTES
        return self._data[at : at + KEY_BYTES]

    def find(self, public_key: bytes) -> int:
        """Return the index of a key, whatever its algorithm. Raises: KeyTreeError when it is not in the tree."""
        for algorithm, size in KEY_SIZES.items():
            if len(public_key) == size:
                index = self._search(merkle.leaf_hash(leaf_bytes(algorithm, public_key))[:PREFIX])
                if index is not None:
                    return index
        raise KeyTreeError(f"{self.path} holds no key {public_key.hex()}")

    def _search(self, wanted: bytes) -> int | None:
        low, high = 0, self.count
        while low < high:
            middle = (low + high) // 2
            at = self._table + middle * PLACE_BYTES
            found = self._data[at : at + PREFIX]
            if found == wanted:
                return int.from_bytes(self._data[at + PREFIX : at + PLACE_BYTES], "big")
            low, high = (middle + 1, high) if found < wanted else (low, middle)
        return None

    def path_of(self, index: int) -> tuple[bytes, ...]:
        """Return the hashes beside the way from a leaf to the root. Raises: KeyTreeError."""
        self._record(index)
        siblings = []
        if index ^ 1 < self.count:
            siblings.append(leaf_of(self._record(index ^ 1)))
        at = index // 2
        for start, size in zip(self._levels, level_sizes(self.count), strict=True):
            beside = at ^ 1
            if beside < size:
                siblings.append(self._data[start + beside * HASH : start + (beside + 1) * HASH])
            at //= 2
        return tuple(siblings)

    def proof(self, index: int) -> ProofFile:
        """Return the proof of a key's place. Raises: KeyTreeError when the file is damaged."""
        algorithm, key = self.key(index)
        path = self.path_of(index)
        leaf = merkle.leaf_hash(leaf_bytes(algorithm, key))
        if not merkle.verify(self.root, leaf, index, self.count, path):
            raise KeyTreeError(f"{self.path} is damaged: the hashes beside key {index} don't lead to the root")
        return ProofFile(index, algorithm.name.lower(), key, path, self.root, self.count)

    def check(self) -> None:
        """Compute the root again from all keys. Raises: KeyTreeError when it is another."""
        leaves = (merkle.leaf_hash(leaf_bytes(algorithm, key)) for algorithm, key in self.all_keys())
        if merkle.root(leaves) != self.root:
            raise KeyTreeError(f"{self.path} is damaged: its keys have another root")


def prove(place: ProofFile) -> bool:
    """Tell whether a proof file holds: its key stands at its index under its root."""
    try:
        algorithm = Algorithm[place.algorithm.upper()]
    except KeyError:
        return False
    leaf = merkle.leaf_hash(leaf_bytes(algorithm, place.public_key))
    return merkle.verify(place.root, leaf, place.index, place.count, place.path)
