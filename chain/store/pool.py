"""The writer's pages in memory, as committed and bounded in number."""

from collections.abc import Mapping
from itertools import islice

from chain.store import records
from chain.store.db import READ_ERRORS, Reads, read_failure
from chain.store.errors import StoreError
from chain.store.page import Page, decode

MIN_PAGES = 64
"""Least bound: a path to a leaf and its neighbours."""


class PagePool:
    """Committed pages by id. A page is taken out to be altered, and comes back under a new id with the commit.

    So the order of insertion is that of last use, and the front is what to drop. Pages of leaves go first: those
    above them are few and every path needs them.
    """

    __slots__ = ("_db", "_inner", "_leaves", "_limit")

    def __init__(self, db: Reads, limit: int) -> None:
        self._db = db
        self._limit = max(MIN_PAGES, limit)
        self._leaves: dict[int, Page] = {}
        self._inner: dict[int, Page] = {}

    def take(self, sid: int, page_id: int) -> Page:
        """Hand over a page, read from disk where it is not in memory. Raises: StoreError when there is none."""
        page = self._leaves.pop(page_id, None) or self._inner.pop(page_id, None)
        if page is not None:
            return page
        try:
            data = self._db.get(b"p" + bytes((sid,)) + records.pack_u64(page_id))
        except READ_ERRORS as error:
            raise read_failure(error) from error
        if data is None:
            raise StoreError(f"page {page_id} is missing: the state is damaged; restore it or sync anew")
        return decode(data)

    def keep(self, pages: Mapping[int, Page]) -> None:
        """Take in a committed block's pages and drop those unused for longest."""
        for page_id, page in pages.items():
            (self._leaves if page.kids is None else self._inner)[page_id] = page
        surplus = len(self._leaves) + len(self._inner) - self._limit
        for held in (self._leaves, self._inner):
            for page_id in list(islice(held, max(0, surplus))):
                del held[page_id]
                surplus -= 1

    def clear(self) -> None:
        """Forget all pages."""
        self._leaves.clear()
        self._inner.clear()
