"""The writer's trie of one store: applies a block's sorted changes to copy-on-write pages.

Pages that a block changes are taken out of the cache, altered in place and linked from their parents as objects until
`flush` gives them ids; what is cached is always as committed. So dropping a half-applied block is forgetting the root.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from itertools import pairwise

from chain.store.hashing import EMPTY_ROOT, crit
from chain.store.page import LIMIT, SMALL, Entry, Page, Piece, build, cut, encode, rehash

TakePage = Callable[[int], Page]
"""Hands over a page by its id; it is the taker's to alter."""

FOUND, DESCEND, INSERT = 0, 1, 2


def route(page: Page, key: bytes) -> tuple[int, int]:
    """Tell where a key belongs in a page: (entry, found), (entry, descend) or (entry before which it goes, insert)."""
    keys, crits, kids = page.keys, page.crits, page.kids
    last = len(keys) - 1
    i = bisect_right(keys, key) - 1
    if i >= 0:
        distance = crit(keys[i], key) if keys[i] != key else 1 << 30
        is_leaf = kids is None or kids[i] is None
        if is_leaf and keys[i] == key:
            return i, FOUND
        if i == last or distance > crits[i]:
            if not is_leaf and (i == 0 or distance > crits[i - 1]):
                return i, DESCEND
            return i + 1, INSERT
    j = i + 1
    if kids is not None and kids[j] is not None and (j == last or crit(key, keys[j]) > crits[j]):
        return j, DESCEND
    return j, INSERT


def run_end(page: Page, i: int, changed: Sequence[bytes], start: int, stop: int) -> int:
    """Return where the run of sorted keys that descend into entry i ends, given that it begins at `start`."""
    keys, crits = page.keys, page.crits
    rep, last = keys[i], len(keys) - 1
    end = stop if i == last else bisect_left(changed, keys[i + 1], start, stop)
    own = max(crits[i - 1] if i else -1, crits[i] if i < last else -1)

    def belongs(key: bytes) -> bool:
        return key == rep or crit(rep, key) > own

    if end - start <= 1:
        return max(end, start + 1)
    if belongs(changed[end - 1]):
        return end
    inside, outside = start, end - 1
    while outside - inside > 1:
        middle = (inside + outside) >> 1
        if belongs(changed[middle]):
            inside = middle
        else:
            outside = middle
    return outside


class _Edits:
    """What a block changes in the entries of one page; None as a piece removes the entry."""

    __slots__ = ("count", "inserts", "pieces")

    def __init__(self, count: int) -> None:
        self.count = count
        """Entries that the page will have."""
        self.inserts: dict[int, list[Entry]] = {}
        """New leaves by the entry before which they go."""
        self.pieces: dict[int, Piece | None] = {}
        """What takes an entry's place."""

    def replace(self, i: int, piece: Piece | None) -> None:
        self.pieces[i] = piece
        self.count += (len(piece[0]) if piece else 0) - 1

    def insert(self, i: int, leaf: Entry) -> None:
        self.inserts.setdefault(i, []).append(leaf)
        self.count += 1


def _place(page: Page, kids: list[Page | int | None], i: int, child: Page) -> bool:
    """Put a changed child into its entry, whose key may stay; tell whether its size or height is another."""
    kids[i] = child
    page.hashes[i] = child.hashes[-1]
    before = page.sizes[i], page.heights[i]
    page.sizes[i], page.heights[i] = after = child.dimensions()
    return before != after


class Tree:
    """One store's trie as of the last commit, plus at most one block that is not committed yet."""

    __slots__ = ("_digests", "_keys", "_limit", "_take", "dirty", "replaced", "root_id", "root_page")

    def __init__(self, take: TakePage, root_id: int, limit: int = LIMIT) -> None:
        self._take = take
        self._limit = limit
        self._keys: Sequence[bytes] = ()
        self._digests: Sequence[bytes | None] = ()
        self.root_id = root_id
        """Committed root page, 0 when the store is empty."""
        self.root_page: Page | int | None = None
        """Root of the block in progress: a changed page, the id of one that is as it was, None for an empty store."""
        self.dirty = False
        self.replaced: list[int] = []
        """Ids of committed pages that the block in progress no longer uses."""

    def apply(self, keys: Sequence[bytes], digests: Sequence[bytes | None]) -> tuple[bytes, int]:
        """Change the trie and return its new root and size; a digest is the key's new leaf hash, None deletes.

        Keys ascend. Deletes of missing keys must have been left out.
        """
        self.discard()
        self.dirty = True
        self._keys, self._digests = keys, digests
        stop = len(keys)
        if self.root_id:
            page = self._fetch(self.root_id)
            piece = self._change(page, 0, stop)
            self.root_page = page if piece is None else self._new_root(piece)
        else:
            self.root_page = self._new_root(self._loose_leaves(0, stop))
        self._keys = self._digests = ()
        return self._summary()

    def _summary(self) -> tuple[bytes, int]:
        root = self.root_page
        if root is None:
            return EMPTY_ROOT, 0
        if isinstance(root, int):
            # A lone subtree was promoted; its page is as committed, so it may go back to the cache unaltered.
            root = self.root_page = self._fetch(root)
        return root.hashes[-1], root.dimensions()[0]

    def discard(self) -> None:
        """Forget the block in progress."""
        self.root_page, self.dirty = None, False
        self.replaced = []

    def _fetch(self, page_id: int) -> Page:
        self.replaced.append(page_id)
        return self._take(page_id)

    def _loose_leaves(self, start: int, stop: int) -> Piece:
        entries = [self._leaf(at) for at in range(start, stop)]
        crits = [crit(a[0], b[0]) for a, b in pairwise(entries)]
        return self._within_limit(entries, crits)

    def _leaf(self, at: int) -> Entry:
        digest = self._digests[at]
        if digest is None:
            raise ValueError(f"key {self._keys[at].hex()} is to be deleted but is not in the trie")
        return self._keys[at], digest, None, 1, 0

    def _within_limit(self, entries: list[Entry], crits: list[int]) -> Piece:
        return (entries, crits) if len(entries) <= self._limit else cut(entries, crits, self._limit)

    def _new_root(self, piece: Piece) -> Page | int | None:
        entries, crits = piece
        if not entries:
            return None
        if len(entries) == 1 and entries[0][2] is not None:
            return entries[0][2]
        return build(entries, crits)

    def _change(self, page: Page, start: int, stop: int) -> Piece | None:
        """Apply a run of changes to a page of this block.

        Returns None when the page has been altered in place, else the piece that takes its place.
        """
        if page.kids is not None:
            return self._change_mixed(page, page.kids, start, stop)
        keys, digests, hashes = self._keys, self._digests, page.hashes
        own = page.keys
        n = len(own)
        changed = []
        for at in range(start, stop):
            key = keys[at]
            i = bisect_left(own, key)
            digest = digests[at]
            if i == n or own[i] != key or digest is None:
                return self._change_leaves(page, start, stop)
            hashes[i] = digest
            changed.append(i)
        rehash(page, changed)
        return None

    def _change_leaves(self, page: Page, start: int, stop: int) -> Piece:
        """Apply changes that add or remove leaves to a page without subtrees."""
        keys, digests = self._keys, self._digests
        edits = _Edits(len(page.keys))
        for at in range(start, stop):
            i, what = route(page, keys[at])
            digest = digests[at]
            if what == INSERT:
                edits.insert(i, self._leaf(at))
            elif digest is None:
                edits.replace(i, None)
            else:
                page.hashes[i] = digest
        return self._rebuild(page, edits)

    def _change_mixed(self, page: Page, kids: list[Page | int | None], start: int, stop: int) -> Piece | None:
        keys, digests = self._keys, self._digests
        changed: list[int] = []
        resized = False
        edits = _Edits(len(page.keys))
        waiting: list[tuple[int, Piece]] = []
        at = start
        while at < stop:
            i, what = route(page, keys[at])
            if what == DESCEND:
                end = run_end(page, i, keys, at, stop)
                child = self._child(kids[i])
                piece = self._change(child, at, end)
                if piece is None:
                    resized = _place(page, kids, i, child) or resized
                    changed.append(i)
                else:
                    waiting.append((i, piece))
                at = end
                continue
            digest = digests[at]
            if what == INSERT:
                edits.insert(i, self._leaf(at))
            elif digest is None:
                edits.replace(i, None)
            else:
                page.hashes[i] = digest
                changed.append(i)
            at += 1
        for i, (entries, crits) in waiting:
            if len(entries) < 2 or (len(entries) < SMALL and self._dissolves(entries, edits)):
                edits.replace(i, (entries, crits) if entries else None)
            else:
                resized = _place(page, kids, i, build(entries, crits)) or resized
                changed.append(i)
        if edits.inserts or edits.pieces:
            return self._rebuild(page, edits)
        rehash(page, changed, resized)
        return None

    def _child(self, kid: Page | int | None) -> Page:
        if isinstance(kid, int):
            return self._fetch(kid)
        if kid is None:
            raise ValueError("a leaf has no page below it")
        return kid

    def _dissolves(self, entries: list[Entry], edits: _Edits) -> bool:
        """Tell whether there is room for a small child's entries, or they are what a cut left above new pages."""
        return edits.count + len(entries) - 1 <= self._limit or any(isinstance(entry[2], Page) for entry in entries)

    def _rebuild(self, page: Page, edits: _Edits) -> Piece:
        """Return the page's entries after the edits, cut where there are too many."""
        kids, crits = page.kids, page.crits
        entries: list[Entry] = []
        gaps: list[int] = []
        known: int | None = None
        """Crit between the last entry and the page's next one, where both were in the page before."""
        for i, key in enumerate(page.keys):
            if i in edits.inserts:
                self._append_leaves(entries, gaps, edits.inserts[i])
                known = None
            gap = crits[i] if i < len(crits) else -1
            piece: Piece | None
            if i in edits.pieces:
                piece = edits.pieces[i]
            elif kids is None:
                piece = [(key, page.hashes[i], None, 1, 0)], []
            else:
                piece = [(key, page.hashes[i], kids[i], page.sizes[i], page.heights[i])], []
            if piece is None:
                known = None if known is None else min(known, gap)
                continue
            if entries:
                gaps.append(crit(entries[-1][0], piece[0][0][0]) if known is None else known)
            entries += piece[0]
            gaps += piece[1]
            known = gap
        self._append_leaves(entries, gaps, edits.inserts.get(len(page.keys), []))
        return self._within_limit(entries, gaps)

    @staticmethod
    def _append_leaves(entries: list[Entry], gaps: list[int], leaves: list[Entry]) -> None:
        for leaf in leaves:
            if entries:
                gaps.append(crit(entries[-1][0], leaf[0]))
            entries.append(leaf)

    def flush(self, next_id: int, write: Callable[[int, bytes], None], keep: dict[int, Page]) -> int:
        """Give ids to the block's pages and write them, children first; returns the next free id.

        `keep` receives the pages by id. The block's root becomes the committed one.
        """
        if not self.dirty:
            return next_id
        root = self.root_page
        if isinstance(root, Page):
            next_id = self._flush_page(root, next_id, write, keep)
            self.root_id = next_id - 1
        else:
            self.root_id = root or 0
        self.discard()
        return next_id

    def _flush_page(self, page: Page, next_id: int, write: Callable[[int, bytes], None], keep: dict[int, Page]) -> int:
        if page.kids is not None:
            for i, kid in enumerate(page.kids):
                if isinstance(kid, Page):
                    next_id = self._flush_page(kid, next_id, write, keep)
                    page.kids[i] = next_id - 1
        write(next_id, encode(page))
        keep[next_id] = page
        return next_id + 1
