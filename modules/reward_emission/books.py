"""The books and cells of a message: each is read once and written once, however many devices it concerns."""

from chain.sdk.context import Context
from modules.reward_emission.accounts import Account, Slot, SlotState, open_slots, settled
from modules.reward_emission.params import Params
from modules.reward_emission.ports import Counted
from modules.reward_emission.rings import kept
from modules.reward_emission.schedule import climb, share
from modules.reward_emission.state import BOOKS, CELLS, RING, Book, Reserve

RESOLUTIONS = (8, 7, 6)
"""H3 resolutions at which density counts, from the finest up."""

_FINEST = 15
_EMPTY = Book()


def cells_of(cell: int, caps: tuple[int, ...]) -> list[int]:
    """Return the H3 cells around a cell of resolution 8 or finer that have a cap, from the finest up; none for 0.

    A parent differs in the four bits of its resolution and has ones in place of the finer digits.
    """
    if cell == 0:
        return []
    return [
        cell & ~(0xF << 52) | resolution << 52 | (1 << 3 * (_FINEST - resolution)) - 1
        for resolution, _ in zip(RESOLUTIONS, caps, strict=False)
    ]


class OpenBooks:
    """Books and cells read and changed so far; `flush` writes what changed."""

    __slots__ = ("_books", "_cells", "_changed", "_ctx", "_now", "_params", "_reserve", "_touched")

    def __init__(self, ctx: Context, reserve: Reserve, params: Params) -> None:
        self._ctx = ctx
        self._reserve = reserve
        self._params = params
        self._now = reserve.epochs_closed
        self._books: dict[tuple[int, int], Book | None] = {}
        self._changed: dict[tuple[int, int], Book] = {}
        self._cells: dict[tuple[int, int], dict[int, int]] = {}
        self._touched: dict[tuple[int, int], None] = {}

    def get(self, epoch: int, network: int) -> Book | None:
        """Return a network's book of an epoch, or None when there is none."""
        key = (epoch, network)
        if key not in self._books:
            self._books[key] = BOOKS.get(self._ctx, key)
        return self._books[key]

    def counts(self, epoch: int, network: int, cells: list[int]) -> list[int]:
        """Return the units counted in cells in an epoch."""
        return [self._cell((network, cell)).get(epoch, 0) for cell in cells]

    def count(self, entry: Counted) -> None:
        """Count a receipt's units in its cells and its book, which is opened if need be."""
        _, network, epoch, units, cell, caps = entry[:6]
        book = self.get(epoch, network) or _EMPTY
        # All receipts of an epoch are judged by the same terms; the first one brings them.
        caps = book.caps or (() if book.units else caps)
        cells = cells_of(cell, caps)
        if not cells:
            total = Book(book.pool, book.units + units, book.settled, book.loose + units, caps)
        else:
            grown, rest = climb(units, self.counts(epoch, network, cells), caps)
            for place, counted in zip(cells, grown, strict=False):
                self._cells[network, place][epoch] = counted
                self._touched[network, place] = None
            total = Book(book.pool, book.units + rest, book.settled, book.loose, caps)
        self._put(epoch, network, total)

    def settle(self, account: Account) -> tuple[Account, int]:
        """Return an account with all of its final entries settled, and how much that was before any is held back.

        Entries whose books have expired are closed, too: their shares went back to the network's pool with the book.
        """
        if account.open == 0 or not self._reserve.is_final(account.first_open()):
            return account, 0
        done = [self._settle(slot) for slot in open_slots(account) if self._reserve.is_final(slot.epoch)]
        return settled(account, done, self._now, self._params), sum(slot.amount for slot in done)

    def share_of(self, slot: Slot, book: Book) -> int:
        """Return what an entry earns of its book."""
        if slot.units == 0:
            return 0
        cells = cells_of(slot.cell, book.caps)
        counts = self.counts(slot.epoch, slot.network, cells)
        return share(slot.units, book.pool, book.units, counts, book.caps if cells else ())

    def flush(self) -> None:
        """Write what changed, in order of first change; cells without the epochs whose books are gone."""
        for key, book in self._changed.items():
            BOOKS.set(self._ctx, key, book)
        for place in self._touched:
            CELLS.set(self._ctx, place, kept(self._cells[place], self._now - RING))
        self._changed.clear()
        self._touched.clear()

    def _settle(self, slot: Slot) -> Slot:
        """Take an entry's share out of its book."""
        book = self.get(slot.epoch, slot.network) if slot.units else None
        if book is None:
            return slot._replace(state=SlotState.EXPIRED if slot.units else SlotState.SETTLED)
        amount = self.share_of(slot, book)
        if amount:
            paid = Book(book.pool, book.units, book.settled + amount, book.loose, book.caps)
            self._put(slot.epoch, slot.network, paid)
        return slot._replace(state=SlotState.SETTLED, amount=amount, holdback_bp=self._params.holdback_bp)

    def _cell(self, place: tuple[int, int]) -> dict[int, int]:
        found = self._cells.get(place)
        if found is None:
            found = self._cells[place] = dict(CELLS.get(self._ctx, place) or ())
        return found

    def _put(self, epoch: int, network: int, book: Book) -> None:
        key = (epoch, network)
        self._books[key] = self._changed[key] = book
