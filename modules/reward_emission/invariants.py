"""What must hold of reward emission's state after every block."""

from chain.crypto.addresses import module_address
from chain.primitives.coins import BASE_DENOM
from chain.sdk.context import Context
from modules.reward_emission.keeper import RewardEmissionKeeper
from modules.reward_emission.schedule import share
from modules.reward_emission.state import BOOKS, EARNINGS, EPOCHS, STORE


def cap_is_kept(ctx: Context, keeper: RewardEmissionKeeper) -> str | None:
    """The supply, the reserve and the burned pool sum to the cap."""
    held, supply = keeper.reserve(ctx), keeper.bank.supply(ctx, BASE_DENOM)
    total = supply + held.remaining + held.burned
    return None if total == held.cap else f"supply {supply} + reserve + burned is {total}, the cap is {held.cap}"


def liabilities(ctx: Context) -> int:
    """Return what the module owes: everything accrued and everything left in the books, in ulamp."""
    accrued = sum(earnings.accrued for _, earnings in EARNINGS.scan(ctx))
    return accrued + sum(book.pool - book.settled for _, book in BOOKS.scan(ctx))


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


def books_cover_slots(ctx: Context, keeper: RewardEmissionKeeper) -> str | None:
    """The units of a book are at least its unsettled slots', and its pool pays all of them beside what was settled."""
    units: dict[tuple[int, int], int] = {}
    owed: dict[tuple[int, int], int] = {}
    books = dict(BOOKS.scan(ctx))
    for _, earnings in EARNINGS.scan(ctx):
        for slot in earnings.slots:
            key = (slot.epoch, slot.network)
            book = books.get(key)
            if book is not None and book.units:
                units[key] = units.get(key, 0) + slot.units
                owed[key] = owed.get(key, 0) + share(slot.units, book.pool, book.units)
    for key, book in books.items():
        if units.get(key, 0) > book.units:
            return f"slots of epoch {key[0]}, network {key[1]} have {units[key]} units, the book {book.units}"
        if book.settled + owed.get(key, 0) > book.pool:
            return f"the pool of epoch {key[0]}, network {key[1]} does not cover its slots"
    return None
