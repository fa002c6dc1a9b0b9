"""Whether the parts of a genesis section agree with each other."""

from chain.sdk.module import GenesisError
from modules.reward_emission.accounts import SlotState
from modules.reward_emission.books import cells_of
from modules.reward_emission.genesis_records import Content
from modules.reward_emission.invariants import Key, wrong_total
from modules.reward_emission.state import RING, STORE


def check_agreement(content: Content) -> None:
    """Hold books, cells, accounts, usage and reserve against each other. Raises: GenesisError."""
    _check_epochs(content)
    counts = _counts_by_book(content)
    for index, (key, book) in enumerate(content.books):
        wrong = wrong_total(book, counts.get(key, {}))
        if wrong:
            raise GenesisError(f"{STORE}.books[{index}].units", wrong)
    _check_receipts(content, counts)
    _check_values(content)


def _check_epochs(content: Content) -> None:
    """Nothing is of an epoch that is still to come, and no book of one that has expired."""
    running = content.reserve.epochs_closed if content.reserve else 0
    for index, ((epoch, _), _) in enumerate(content.books):
        if not running - RING <= epoch <= running:
            raise GenesisError(f"{STORE}.books[{index}].epoch", f"{epoch} is not kept while {running} is running")
    for index, (epoch, _) in enumerate(content.usage):
        if not running - RING <= epoch <= running:
            raise GenesisError(f"{STORE}.usage[{index}].epoch", f"{epoch} is not kept while {running} is running")
    for index, (epoch, _) in enumerate(content.epochs):
        if epoch >= running:
            raise GenesisError(f"{STORE}.epochs[{index}].epoch", f"{epoch} is not closed yet")
    for index, (_, account) in enumerate(content.accounts):
        newest = max([account.since, *(slot.epoch for slot in account.slots())])
        if newest > running:
            raise GenesisError(f"{STORE}.accounts[{index}]", f"epoch {newest} is still to come")
    for name, rings in (
        ("cells", [counts for _, counts in content.cells]),
        ("providers", [provider.values for _, provider in content.providers]),
    ):
        for index, ring in enumerate(rings):
            if ring and ring[-1][0] > running:
                raise GenesisError(f"{STORE}.{name}[{index}]", f"epoch {ring[-1][0]} is still to come")


def _counts_by_book(content: Content) -> dict[Key, dict[int, int]]:
    counts: dict[Key, dict[int, int]] = {}
    for (network, cell), ring in content.cells:
        for epoch, units in ring:
            counts.setdefault((epoch, network), {})[cell] = units
    return counts


def _check_receipts(content: Content, counts: dict[Key, dict[int, int]]) -> None:
    """The receipts that accounts remember have no more units than their books and cells counted."""
    books = dict(content.books)
    kept_from = (content.reserve.epochs_closed if content.reserve else 0) - RING
    # Cell 0 stands for the units that no cell limits.
    left = {key: {**counts.get(key, {}), 0: book.loose} for key, book in content.books}
    settled = {key: book.settled for key, book in content.books}
    for index, (_, account) in enumerate(content.accounts):
        for at, slot in enumerate(account.slots()):
            key = (slot.epoch, slot.network)
            where = f"{STORE}.accounts[{index}].receipts[{at}]"
            if key not in books:
                # The close of its epoch would make a book in which nothing was counted, and no share is a part of 0.
                if slot.state == SlotState.OPEN and slot.units and slot.epoch >= kept_from:
                    raise GenesisError(where, f"network {slot.network} has no book of epoch {slot.epoch}")
                continue
            finest = [*cells_of(slot.cell, books[key].caps), 0][0]
            left[key][finest] = left[key].get(finest, 0) - slot.units
            if left[key][finest] < 0:
                raise GenesisError(f"{where}.units", "more units than book and cells counted")
            settled[key] -= slot.amount
            if settled[key] < 0:
                raise GenesisError(f"{where}.amount", "the book settled less")


def _check_values(content: Content) -> None:
    """Providers have no more value to claim for than was burned in an epoch."""
    values: dict[int, int] = {}
    for _, provider in content.providers:
        for epoch, value in provider.values:
            values[epoch] = values.get(epoch, 0) + value
    for index, (epoch, usage) in enumerate(content.usage):
        if values.get(epoch, 0) > usage.burned:
            raise GenesisError(f"{STORE}.usage[{index}].burned", f"providers have a value of {values[epoch]}")
