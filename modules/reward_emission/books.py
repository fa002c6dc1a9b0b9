"""The books of a message: each is read once and written once, however many devices it concerns."""

from chain.sdk.context import Context
from modules.reward_emission.schedule import share
from modules.reward_emission.state import BOOKS, Book, Earnings, Reserve, Slot

_EMPTY = Book()


class OpenBooks:
    """Books read and changed so far; `flush` writes what changed."""

    __slots__ = ("_books", "_changed", "_ctx")

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._books: dict[tuple[int, int], Book | None] = {}
        self._changed: dict[tuple[int, int], Book] = {}

    def get(self, epoch: int, network: int) -> Book | None:
        """Return a network's book of an epoch, or None when there is none."""
        key = (epoch, network)
        if key not in self._books:
            self._books[key] = BOOKS.get(self._ctx, key)
        return self._books[key]

    def add_units(self, epoch: int, network: int, units: int) -> None:
        """Count units in a book, which is opened if need be."""
        book = self.get(epoch, network) or _EMPTY
        self._put(epoch, network, Book(book.pool, book.units + units, book.settled))

    def settle(self, slot: Slot) -> int:
        """Take a slot's share out of its book and return it; 0 when the book is gone."""
        book = self.get(slot.epoch, slot.network)
        if book is None:
            return 0
        amount = share(slot.units, book.pool, book.units)
        if amount:
            self._put(slot.epoch, slot.network, Book(book.pool, book.units, book.settled + amount))
        return amount

    def settle_final(self, reserve: Reserve, earnings: Earnings) -> tuple[Earnings, int]:
        """Return the earnings with all final slots turned into accrued, and how much that was.

        Slots whose books have expired go, too: their shares went back to the network's pool with the book.
        """
        kept = []
        amount = 0
        for slot in earnings.slots:
            if reserve.is_final(slot.epoch):
                amount += self.settle(slot)
            else:
                kept.append(slot)
        if len(kept) == len(earnings.slots):
            return earnings, 0
        return Earnings(earnings.accrued + amount, earnings.paid, tuple(kept)), amount

    def flush(self) -> None:
        """Write the books that changed, in order of first change."""
        for key, book in self._changed.items():
            BOOKS.set(self._ctx, key, book)
        self._changed.clear()

    def _put(self, epoch: int, network: int, book: Book) -> None:
        key = (epoch, network)
        self._books[key] = self._changed[key] = book
