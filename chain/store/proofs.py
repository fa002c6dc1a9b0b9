"""ICS-23 proofs in protobuf's encoding, and the trie as a reader walks it.

Field numbers are those of cosmos.ics23.v1. Empty fields are left out: verifiers refuse a suffix that is present but
empty.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from chain.store.errors import ProofError
from chain.store.hashing import map_path, uvarint
from chain.store.page import Page
from chain.store.tree import DESCEND, FOUND, route

MAX_STEPS = 128
"""Longest path that the Go library accepts."""

LoadPage = Callable[[int], Page]
Step = tuple[bytes, bytes]
"""Prefix and suffix around a child's hash."""
Trail = list[tuple[Page, int]]
"""Pages from the root down, with the entry taken in each."""


class ProofOp(NamedTuple):
    """One operation of a query's proof, as in tendermint.crypto.ProofOp."""

    type: str
    key: bytes
    data: bytes


def _field(number: int, data: bytes) -> bytes:
    return uvarint(number << 3 | 2) + uvarint(len(data)) + data if data else b""


_SHA256 = b"\x08\x01"
_LEAF_OPS = _SHA256 + b"\x18\x01\x20\x01"
"""hash SHA256, prehash_key NO_HASH (left out), prehash_value SHA256, length VAR_PROTO."""


def existence(key: bytes, value: bytes, prefix: bytes, steps: Iterable[Step]) -> bytes:
    """Return an ExistenceProof whose leaf has this prefix."""
    inner = (_field(4, _SHA256 + _field(2, before) + _field(3, after)) for before, after in steps)
    return _field(1, key) + _field(2, value) + _field(3, _LEAF_OPS + _field(5, prefix)) + b"".join(inner)


def exists(proof: bytes) -> bytes:
    """Return the CommitmentProof of an ExistenceProof."""
    return _field(1, proof)


def absent(key: bytes, left: bytes, right: bytes) -> bytes:
    """Return the CommitmentProof that a key lies between two neighbours; an empty one is missing."""
    return _field(2, _field(1, key) + _field(2, left) + _field(3, right))


def map_proof(names: Sequence[str], roots: dict[str, bytes], name: str) -> bytes:
    """Return the CommitmentProof of a store's root in the app hash."""
    return exists(existence(name.encode(), roots[name], b"\x00", map_path(names, roots, name)))


def trail_steps(trail: Trail) -> list[Step]:
    """Return the steps from a leaf to the root. Raises: ProofError for more than verifiers accept."""
    steps: list[Step] = []
    for page, node in reversed(trail):
        n, hashes = len(page.keys), page.hashes
        at = node
        while (above := page.parent[at]) != 0:
            left, right = page.left[above - n], page.right[above - n]
            prefix = page.prefix(above)
            if at == left:
                steps.append((prefix, b"\x20" + hashes[right]))
            else:
                steps.append((prefix + hashes[left] + b"\x20", b""))
            at = above
    if len(steps) > MAX_STEPS:
        raise ProofError(f"the path of this key has {len(steps)} steps; verifiers accept {MAX_STEPS}")
    return steps


class Trie:
    """A version's trie as readers walk it; `load` returns pages that nobody alters."""

    __slots__ = ("_load", "_root")

    def __init__(self, load: LoadPage, root: int) -> None:
        self._load = load
        self._root = root

    def find(self, key: bytes) -> tuple[Trail | None, Trail | None]:
        """Return the trail to a key twice, or those to its predecessor and its successor."""
        trail: Trail = []
        page = self._load(self._root)
        while True:
            i, what = route(page, key)
            if what == FOUND:
                found = [*trail, (page, i)]
                return found, found
            if what == DESCEND:
                trail.append((page, i))
                page = self._child(page, i)
                continue
            return self._edge([*trail, (page, i - 1)], -1), self._edge([*trail, (page, i)], 1)

    def _child(self, page: Page, i: int) -> Page:
        kid = page.kids[i] if page.kids is not None else None
        if not isinstance(kid, int):
            raise ProofError("the stored trie is damaged: a subtree has no page; run verify")
        return self._load(kid)

    def _edge(self, trail: Trail, step: int) -> Trail | None:
        """Return the trail to the nearest leaf at or beyond a trail's last entry, which may be out of its page."""
        while trail and not 0 <= trail[-1][1] < len(trail[-1][0].keys):
            trail.pop()
            if trail:
                page, i = trail[-1]
                trail[-1] = (page, i + step)
        if not trail:
            return None
        page, i = trail[-1]
        while page.kids is not None and page.kids[i] is not None:
            page = self._child(page, i)
            i = 0 if step > 0 else len(page.keys) - 1
            trail.append((page, i))
        return trail

    def keys(self, start: bytes, end: bytes | None, reverse: bool) -> Iterator[bytes]:
        """Yield the keys in [start, end) in order."""
        if self._root:
            yield from self._page_keys(self._load(self._root), start, end, reverse)

    def _page_keys(self, page: Page, start: bytes, end: bytes | None, reverse: bool) -> Iterator[bytes]:
        # A subtree lies wholly between the keys of its neighbours, whatever its own key is.
        keys = page.keys
        first = max(0, bisect_right(keys, start) - 1)
        stop = len(keys) if end is None else min(len(keys), bisect_left(keys, end) + 1)
        entries = range(first, stop)
        for i in reversed(entries) if reverse else entries:
            if page.kids is not None and page.kids[i] is not None:
                yield from self._page_keys(self._child(page, i), start, end, reverse)
            elif keys[i] >= start and (end is None or keys[i] < end):
                yield keys[i]
