"""What must hold of reward emission's state after every block."""

from collections.abc import Iterator

from chain.crypto.addresses import module_address
from chain.primitives.coins import BASE_DENOM
from chain.primitives.ints import FULL_BP
from chain.sdk.context import Context
from modules.reward_emission.accounts import Slot, SlotState, open_slots
from modules.reward_emission.books import OpenBooks, cells_of
from modules.reward_emission.keeper import RewardEmissionKeeper
from modules.reward_emission.params import MAX_KAPPA_BP
from modules.reward_emission.schedule import usage_share
from modules.reward_emission.state import ACCOUNTS, BOOKS, CELLS, EPOCHS, PROVIDERS, SPENT, STORE, USAGE, Book, Spent
from modules.reward_emission.usage import payable

Key = tuple[int, int]
"""(epoch, network) of a book."""


def cap_is_kept(ctx: Context, keeper: RewardEmissionKeeper) -> str | None:
    """The supply, the reserve and the burned pool sum to the cap."""
    held, supply = keeper.reserve(ctx), keeper.bank.supply(ctx, BASE_DENOM)
    total = supply + held.remaining + held.burned
    return None if total == held.cap else f"supply {supply} + reserve + burned is {total}, the cap is {held.cap}"


def liabilities(ctx: Context) -> int:
    """Return what the module owes in ulamp: what is accrued or locked, and what is left in books and for usage."""
    devices = sum(account.accrued + account.locked for _, account in ACCOUNTS.scan(ctx))
    books = sum(book.pool - book.settled for _, book in BOOKS.scan(ctx))
    return devices + books + sum(payable(usage) - usage.paid for _, usage in USAGE.scan(ctx))


def liabilities_are_covered(ctx: Context, keeper: RewardEmissionKeeper) -> str | None:
    """The module's account holds at least what it owes."""
    owed, balance = liabilities(ctx), keeper.bank.balance(ctx, module_address(STORE), BASE_DENOM)
    return None if balance >= owed else f"the account holds {balance}, but {owed} is owed"


def buckets_are_exact(ctx: Context, keeper: RewardEmissionKeeper) -> str | None:
    """The buckets of every recorded epoch sum to what it emitted."""
    for epoch, item in EPOCHS.scan(ctx):
        parts = item.buckets
        total = parts.usage + parts.availability + parts.stakers + parts.attesters + parts.delegators + parts.treasury
        if total != item.emitted + item.reemitted:
            return f"the buckets of epoch {epoch} sum to {total} instead of {item.emitted + item.reemitted}"
    return None


def totals_are_clipped_cells(ctx: Context, keeper: RewardEmissionKeeper) -> str | None:
    """The total of a book is its units without a cell and the clipped counts of its coarsest cells, level by level."""
    counts: dict[Key, dict[int, int]] = {}
    for (network, cell), ring in CELLS.scan(ctx):
        for epoch, units in ring:
            counts.setdefault((epoch, network), {})[cell] = units
    for key, book in BOOKS.scan(ctx):
        wrong = wrong_total(book, counts.get(key, {}))
        if wrong:
            return f"epoch {key[0]}, network {key[1]}: {wrong}"
    return None


def wrong_total(book: Book, counts: dict[int, int]) -> str | None:
    """Return what is wrong with the counts of a book's cells, or None."""
    levels: list[dict[int, int]] = [{} for _ in book.caps]
    for cell, units in counts.items():
        level = 8 - (cell >> 52 & 0xF)
        if not 0 <= level < len(levels):
            return f"cell {cell:x} counts, but has no cap"
        levels[level][cell] = units
    for level, (finer, cap) in enumerate(zip(levels, book.caps, strict=True)):
        passed: dict[int, int] = {}
        for cell, units in finer.items():
            above = cells_of(cell, book.caps)[level + 1] if level + 1 < len(levels) else 0
            passed[above] = passed.get(above, 0) + min(units, cap)
        coarser = levels[level + 1] if level + 1 < len(levels) else {0: book.units - book.loose}
        if _positive(passed) != _positive(coarser):
            return f"clipped at {cap}, the cells of resolution {8 - level} do not sum to what is above them"
    return None if levels else (None if book.units == book.loose else "units in cells, but no caps")


def _positive(counts: dict[int, int]) -> dict[int, int]:
    return {cell: units for cell, units in counts.items() if units}


def books_cover_slots(ctx: Context, keeper: RewardEmissionKeeper) -> str | None:
    """A book paid what its settled entries show, and its pool pays all that are open beside."""
    books = dict(BOOKS.scan(ctx))
    reader = OpenBooks(ctx, keeper.reserve(ctx), keeper.params(ctx))
    known: dict[Key, int] = {}
    owed: dict[Key, int] = {}
    for device, slot, is_open in _entries(ctx):
        key = (slot.epoch, slot.network)
        if (slot.state == SlotState.OPEN) != is_open:
            return f"device {device}: the entry of epoch {slot.epoch} is open or settled out of order"
        book = books.get(key)
        if book is None:
            continue
        known[key] = known.get(key, 0) + slot.amount
        if is_open:
            owed[key] = owed.get(key, 0) + reader.share_of(slot, book)
    for key, book in books.items():
        if known.get(key, 0) > book.settled:
            return f"entries of epoch {key[0]}, network {key[1]} were paid more than its book settled"
        if book.settled + owed.get(key, 0) > book.pool:
            return f"the pool of epoch {key[0]}, network {key[1]} does not cover its entries"
    return None


def _entries(ctx: Context) -> Iterator[tuple[str, Slot, bool]]:
    """Yield every entry with its device, and whether the account counts it among the open ones."""
    for device, account in ACCOUNTS.scan(ctx):
        slots, waiting = account.slots(), len(open_slots(account))
        for index, slot in enumerate(slots):
            yield str(device), slot, index >= len(slots) - waiting


def locked_is_sound(ctx: Context, keeper: RewardEmissionKeeper) -> str | None:
    """No device has had more released than was locked, or a drip that began in an epoch to come."""
    running = keeper.epochs_closed(ctx)
    for device, account in ACCOUNTS.scan(ctx):
        if account.released > account.base:
            return f"device {device} had {account.released} released of {account.base}"
        if account.since > running:
            return f"the drip of device {device} began in epoch {account.since}, but {running} is running"
    return None


def usage_stays_below_what_was_burned(ctx: Context, keeper: RewardEmissionKeeper) -> str | None:
    """Usage paid is at most kappa of the values burned, per provider, per epoch and in total; open shares included."""
    epochs = dict(USAGE.scan(ctx))
    open_values: dict[int, int] = {}
    open_shares: dict[int, int] = {}
    total = Spent()
    for address, provider in PROVIDERS.scan(ctx):
        total = Spent(total.burned + provider.burned, total.paid + provider.paid)
        if provider.paid * FULL_BP > MAX_KAPPA_BP * provider.burned:
            return f"provider {address} was paid {provider.paid} for {provider.burned} burned"
        for epoch, value in provider.values:
            open_values[epoch] = open_values.get(epoch, 0) + value
            usage = epochs.get(epoch)
            if usage is not None:
                share = usage_share(usage.bucket, usage.kappa_bp, usage.burned, value)
                open_shares[epoch] = open_shares.get(epoch, 0) + share
    for epoch, usage in epochs.items():
        if open_values.get(epoch, 0) > usage.burned:
            return f"providers of epoch {epoch} have more value than was burned"
        if usage.paid + open_shares.get(epoch, 0) > payable(usage):
            return f"usage of epoch {epoch} exceeds {payable(usage)}"
    if total != (SPENT.get(ctx) or Spent()):
        return "the sums over all providers are not those that are kept"
    return None
