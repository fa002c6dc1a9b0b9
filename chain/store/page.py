"""Pages: connected pieces of a trie, at most 24 entries each, as kept in memory and on disk.

A page's nodes are numbered: its n entries 0..n-1 in order of keys, then its n-1 inner nodes, children before
parents, so that the last node is the top. An entry is a leaf or a subtree, the latter with any key that is or was in
it as its key. The shape (who is whose child) and the inner hashes are part of the page: loading one hashes nothing,
and a changed entry re-hashes only the path above it.
"""

from collections.abc import Sequence
from hashlib import sha256
from struct import Struct

from chain.store.hashing import node_prefix

LIMIT = 24
"""Most entries in a page."""
SMALL = 6
"""A page with fewer entries is dissolved into its parent where there is room."""

_HEAD = Struct(">BBHH")
_LEAVES = 0
_MIXED = 1


class Page:
    """One page; `kids` and the sizes and heights of all nodes are kept only where an entry is a subtree."""

    __slots__ = (
        "crits",
        "fixed",
        "hashes",
        "heights",
        "keys",
        "kids",
        "left",
        "parent",
        "prefixes",
        "right",
        "sizes",
    )

    keys: tuple[bytes, ...]
    hashes: list[bytes]
    """Of all nodes; the last is the page's own."""
    left: bytes
    """Left child of inner node n + k."""
    right: bytes
    parent: bytes
    """Parent of each node; 0, which is an entry, for the top."""
    crits: tuple[int, ...]
    """First bit in which the keys left and right of each gap differ."""
    prefixes: Sequence[bytes]
    """What precedes the left hash in each inner node; where an entry is a subtree a list, empty until computed."""
    kids: "list[Page | int | None] | None"
    """Per entry: None for a leaf, a page's id, or a changed page without one yet."""
    sizes: list[int]
    heights: list[int]
    fixed: bytes
    """The encoding of all that an update of values leaves as it is."""

    def dimensions(self) -> tuple[int, int]:
        """Return the number of leaves below the top node and its height."""
        if self.kids is not None:
            return self.sizes[-1], self.heights[-1]
        return len(self.keys), self.prefixes[-1][0] >> 1 if self.prefixes else 0

    def prefix(self, node: int) -> bytes:
        """Return what precedes the left hash in an inner node."""
        return self.prefixes[node - len(self.keys)] or node_prefix(self.heights[node], self.sizes[node])


Entry = tuple[bytes, bytes, Page | int | None, int, int]
"""Key, hash, kid, size, height: a leaf or a subtree outside of its page."""
Piece = tuple[list[Entry], list[int]]
"""Neighbouring entries and the crits of the gaps between them."""


def build(entries: list[Entry], crits: list[int]) -> Page:
    """Return the page of some entries, given the crits of the gaps between them."""
    n = len(entries)
    page = Page()
    page.keys = tuple([entry[0] for entry in entries])
    page.hashes = hashes = [entry[1] for entry in entries]
    sizes = [entry[3] for entry in entries]
    heights = [entry[4] for entry in entries]
    left, right, parent = bytearray(), bytearray(), bytearray(2 * n - 1)
    prefixes: list[bytes] = []
    waiting: list[tuple[int, int]] = []

    def close(distance: int, node: int) -> int:
        """Join a node with the left parts that end before the bit at `distance`."""
        while waiting and waiting[-1][0] > distance:
            _, sibling = waiting.pop()
            top = len(hashes)
            parent[sibling] = parent[node] = top
            left.append(sibling)
            right.append(node)
            a, b = heights[sibling], heights[node]
            height, size = 1 + (a if a > b else b), sizes[sibling] + sizes[node]
            heights.append(height)
            sizes.append(size)
            prefix = node_prefix(height, size)
            prefixes.append(prefix)
            hashes.append(sha256(b"".join((prefix, hashes[sibling], b"\x20", hashes[node]))).digest())
            node = top
        return node

    for gap, distance in enumerate(crits):
        waiting.append((distance, close(distance, gap)))
    close(-1, n - 1)
    page.left, page.right, page.parent = bytes(left), bytes(right), bytes(parent)
    page.crits = tuple(crits)
    if any(entry[2] is not None for entry in entries):
        page.kids = [entry[2] for entry in entries]
        page.sizes, page.heights, page.prefixes = sizes, heights, prefixes
    else:
        page.kids, page.prefixes = None, tuple(prefixes)
    page.fixed = _encode_fixed(page)
    return page


def cut(entries: list[Entry], crits: list[int], limit: int = LIMIT) -> Piece:
    """Close pages bottom-up until at most `limit` entries stay open; return those and the crits between them.

    Where two sides together exceed the limit, the larger becomes a page, and the smaller too unless it is small.
    """
    small = min(SMALL, limit // 2)
    waiting: list[tuple[int, list[Entry], list[int]]] = []

    def close(distance: int, part: list[Entry], inner: list[int]) -> Piece:
        while waiting and waiting[-1][0] > distance:
            between, before, outer = waiting.pop()
            if len(before) + len(part) > limit:
                a, b = len(before), len(part)
                if a >= b or a >= small:
                    before, outer = [subtree(build(before, outer))], []
                if b > a or b >= small:
                    part, inner = [subtree(build(part, inner))], []
            part = before + part
            inner = [*outer, between, *inner]
        return part, inner

    for gap, distance in enumerate(crits):
        part, inner = close(distance, [entries[gap]], [])
        waiting.append((distance, part, inner))
    return close(-1, [entries[-1]], [])


def subtree(page: Page) -> Entry:
    """Return the entry that stands for a page in its parent."""
    size, height = page.dimensions()
    return page.keys[0], page.hashes[-1], page, size, height


def rehash(page: Page, changed: list[int], resized: bool = False) -> None:
    """Hash anew the inner nodes above some entries, each once, children first.

    `resized` tells that sizes or heights of the entries changed too.
    """
    hashes, left, right, parent = page.hashes, page.left, page.right, page.parent
    n = len(page.keys)
    if len(changed) == 1:
        nodes = []
        node = parent[changed[0]]
        while node:
            nodes.append(node)
            node = parent[node]
    else:
        seen = set()
        for entry in changed:
            node = parent[entry]
            while node and node not in seen:
                seen.add(node)
                node = parent[node]
        nodes = sorted(seen)
    if page.kids is not None:
        _measure(page, nodes, resized)
    prefixes = page.prefixes
    for node in nodes:
        k = node - n
        hashes[node] = sha256(b"".join((prefixes[k], hashes[left[k]], b"\x20", hashes[right[k]]))).digest()


def _measure(page: Page, nodes: list[int], resized: bool) -> None:
    """Bring the prefixes of some inner nodes up to date, children first, and their sizes and heights if they moved."""
    n, sizes, heights, prefixes = len(page.keys), page.sizes, page.heights, list(page.prefixes)
    for node in nodes:
        k = node - n
        if resized:
            a, b = page.left[k], page.right[k]
            sizes[node] = sizes[a] + sizes[b]
            heights[node] = 1 + max(heights[a], heights[b])
        elif prefixes[k]:
            continue
        prefixes[k] = node_prefix(heights[node], sizes[node])
    page.prefixes = prefixes


def _encode_fixed(page: Page) -> bytes:
    n = len(page.keys)
    lengths = [len(key) for key in page.keys]
    uniform = lengths[0] if min(lengths) == max(lengths) else 0
    parts = [
        page.left,
        page.right,
        page.parent,
        Struct(f">{n - 1}H").pack(*page.crits),
        b"" if uniform else Struct(f">{n}H").pack(*lengths),
        *page.keys,
        *(page.prefixes if page.kids is None else ()),
    ]
    kind = _LEAVES if page.kids is None else _MIXED
    length = _HEAD.size + sum(map(len, parts))
    return b"".join((_HEAD.pack(kind, n, length, uniform), *parts))


def encode(page: Page) -> bytes:
    """Return a page's record; its kids must all have ids."""
    if page.kids is None:
        return page.fixed + b"".join(page.hashes)
    n = len(page.keys)
    numbers = _mixed_struct(n).pack(*[kid or 0 for kid in page.kids], *page.sizes, *page.heights)
    return b"".join((page.fixed, numbers, *page.hashes))


_shapes: dict[tuple[int, int], Struct] = {}
_mixed: dict[int, Struct] = {}


def _mixed_struct(n: int) -> Struct:
    """Return the form of kids, sizes and heights; a store holds less than 2^32 keys."""
    found = _mixed.get(n)
    if found is None:
        found = _mixed[n] = Struct(f">{n}Q{2 * n - 1}I{2 * n - 1}H")
    return found


def _uniform_struct(n: int, length: int) -> Struct:
    """Return the form of a page of leaves with keys of one length, from its shape on."""
    found = _shapes.get((n, length))
    if found is None:
        form = f">{n - 1}s{n - 1}s{2 * n - 1}s{n - 1}H" + f"{length}s" * n + "4s" * (n - 1)
        found = _shapes[n, length] = Struct(form + "32s" * (2 * n - 1))
    return found


def decode(data: bytes) -> Page:
    """Read a page's record."""
    kind, n, length, uniform = _HEAD.unpack_from(data)
    page = Page()
    page.fixed = data[:length]
    if kind == _LEAVES and uniform:
        fields = _uniform_struct(n, uniform).unpack_from(data, _HEAD.size)
        page.left, page.right, page.parent = fields[:3]
        a, b, c = n + 2, 2 * n + 2, 3 * n + 1
        page.crits, page.keys, page.prefixes = fields[3:a], fields[a:b], fields[b:c]
        page.hashes = list(fields[c:])
        page.kids = None
        return page
    at = _HEAD.size
    page.left, page.right = data[at : at + n - 1], data[at + n - 1 : at + 2 * n - 2]
    at += 2 * n - 2
    page.parent = data[at : at + 2 * n - 1]
    at += 2 * n - 1
    page.crits = Struct(f">{n - 1}H").unpack_from(data, at)
    at += 2 * n - 2
    lengths = (uniform,) * n if uniform else Struct(f">{n}H").unpack_from(data, at)
    at += 0 if uniform else 2 * n
    page.keys = Struct("".join([f"{each}s" for each in lengths])).unpack_from(data, at)
    if kind == _LEAVES:
        page.prefixes = Struct("4s" * (n - 1)).unpack_from(data, length - 4 * (n - 1))
        page.kids, at = None, length
    else:
        form = _mixed_struct(n)
        numbers = form.unpack_from(data, length)
        page.prefixes = [b""] * (n - 1)
        page.kids = [kid or None for kid in numbers[:n]]
        page.sizes, page.heights = list(numbers[n : 3 * n - 1]), list(numbers[3 * n - 1 :])
        at = length + form.size
    page.hashes = list(Struct("32s" * (2 * n - 1)).unpack_from(data, at))
    return page
