"""The genesis section of reward emission.

Parameters that are missing take their defaults; `reserve` null puts all that is not in supply into the reserve. An
export has everything, the reserve too. Supply, reserve and burned pool must sum to the cap, and the module's account
must cover the books: both are checked against the bank's section, which comes first.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from chain.crypto.addresses import module_address
from chain.primitives.coins import BASE_DENOM
from chain.primitives.ids import DeviceId
from chain.primitives.ints import UnixNano
from chain.sdk.context import Context
from chain.sdk.module import GenesisError, Json
from chain.sdk.sections import Section
from modules.reward_emission.invariants import liabilities
from modules.reward_emission.keeper import RewardEmissionKeeper
from modules.reward_emission.params import Params
from modules.reward_emission.schedule import Buckets
from modules.reward_emission.state import (
    BOOKS,
    EARNINGS,
    EPOCHS,
    PARAMS,
    RESERVE,
    RING,
    STORE,
    Book,
    Earnings,
    EpochEmission,
    Reserve,
    Slot,
)

DEFAULT_CAP = 1_000_000_000_000_000
"""Largest supply there can ever be, in ulamp: 10^9 LAMP."""
MAX_CAP = 2**63 - 1
"""Largest cap that can be chosen, in ulamp: amounts stay within 63 bits."""

_RESERVE_FIELDS = ("remaining", "burned", "burned_in_epoch", "smoothed_burn", "epochs_closed")


@dataclass(frozen=True, slots=True)
class _State:
    params: Params
    cap: int
    reserve: Reserve | None
    books: list[tuple[tuple[int, int], Book]]
    epochs: list[tuple[int, EpochEmission]]
    earnings: list[tuple[DeviceId, Earnings]]


def default() -> Json:
    """Return the section of a new chain."""
    return _write(_State(Params(), DEFAULT_CAP, None, [], [], []))


def validate(section: Json) -> None:
    """Check a section. Raises: GenesisError."""
    _read(section)


def init(ctx: Context, keeper: RewardEmissionKeeper, section: Json) -> None:
    """Write a section into an empty state, behind the bank's. Raises: GenesisError where the two contradict."""
    state = _read(section)
    supply = keeper.bank.supply(ctx, BASE_DENOM)
    held = state.reserve or Reserve(state.cap, state.cap - supply, 0, 0, 0, 0)
    if held.remaining < 0:
        raise GenesisError(f"{STORE}.cap", f"the supply of {supply}{BASE_DENOM} is above the cap of {state.cap}")
    if supply + held.remaining + held.burned != state.cap:
        raise GenesisError(
            f"{STORE}.reserve.remaining", f"supply {supply} + remaining + burned is not the cap of {state.cap}"
        )
    PARAMS.set(ctx, state.params)
    RESERVE.set(ctx, held)
    for key, book in state.books:
        BOOKS.set(ctx, key, book)
    for epoch, emission in state.epochs:
        EPOCHS.set(ctx, epoch, emission)
    for device, earnings in state.earnings:
        EARNINGS.set(ctx, device, earnings)
    owed, balance = liabilities(ctx), keeper.bank.balance(ctx, module_address(STORE), BASE_DENOM)
    if owed > balance:
        raise GenesisError(f"{STORE}.books", f"{owed}{BASE_DENOM} is owed, but the module's account has {balance}")


def export(ctx: Context, keeper: RewardEmissionKeeper) -> Json:
    """Return the section that makes this state again."""
    held = keeper.reserve(ctx)
    return _write(
        _State(
            keeper.params(ctx),
            held.cap,
            held,
            list(BOOKS.scan(ctx)),
            list(EPOCHS.scan(ctx)),
            list(EARNINGS.scan(ctx)),
        )
    )


def _read(data: Json) -> _State:
    section = Section(STORE, data)
    params = _read_params(section.object("params")) if section.has("params") else Params()
    cap = section.uint("cap", DEFAULT_CAP)
    if not 0 < cap <= MAX_CAP:
        raise section.fail("cap", f"must be in 1..{MAX_CAP}")
    held = _read_reserve(section.object("reserve"), cap) if section.has("reserve") else None
    books = [_read_book(item) for item in section.objects("books")]
    epochs = [_read_epoch(item) for item in section.objects("epochs")]
    earnings = [_read_earnings(item) for item in section.objects("earnings")]
    section.done()
    _check_order("books", [key for key, _ in books])
    _check_order("epochs", [key for key, _ in epochs])
    _check_order("earnings", [key for key, _ in earnings])
    _check_slots(books, earnings)
    return _State(params, cap, held, books, epochs, earnings)


def _read_params(section: Section) -> Params:
    params = Params(*(section.uint(name, default) for name, default in asdict(Params()).items()))
    section.done()
    fault = params.fault()
    if fault:
        raise section.fail(*fault)
    return params


def _read_reserve(section: Section, cap: int) -> Reserve:
    held = Reserve(cap, *(section.uint(name) for name in _RESERVE_FIELDS))
    section.done()
    return held


def _read_book(section: Section) -> tuple[tuple[int, int], Book]:
    key = section.uint("epoch"), section.uint("network")
    book = Book(section.uint("pool"), section.uint("units", bits=128), section.uint("settled"))
    section.done()
    if book.settled > book.pool:
        raise section.fail("settled", f"{book.settled} is above the pool of {book.pool}")
    return key, book


def _read_epoch(section: Section) -> tuple[int, EpochEmission]:
    parts = section.object("buckets")
    buckets = Buckets(*(parts.uint(field.name) for field in fields(Buckets)))
    parts.done()
    emission = EpochEmission(
        section.uint("emitted"),
        section.uint("reemitted"),
        buckets,
        section.uint("to_treasury"),
        section.uint("returned"),
        UnixNano(section.uint("closed_at", bits=63)),
    )
    epoch = section.uint("epoch")
    section.done()
    if sum(asdict(buckets).values()) != emission.emitted + emission.reemitted:
        raise section.fail("buckets", "must sum to emitted + reemitted")
    return epoch, emission


def _read_earnings(section: Section) -> tuple[DeviceId, Earnings]:
    device = section.parsed("device_id", DeviceId.parse)
    slots = []
    for item in section.objects("slots"):
        slots.append(Slot(item.uint("epoch"), item.uint("network"), item.uint("units")))
        item.done()
    earnings = Earnings(section.uint("accrued"), section.uint("paid"), tuple(slots))
    section.done()
    if len(slots) > RING:
        raise section.fail("slots", f"{len(slots)} slots, at most {RING} are possible")
    return device, earnings


def _check_order(field: str, keys: Sequence[Any]) -> None:
    for index in range(1, len(keys)):
        if keys[index] <= keys[index - 1]:
            raise GenesisError(f"{STORE}.{field}[{index}]", "must be in order of keys, each once")


def _check_slots(books: list[tuple[tuple[int, int], Book]], earnings: list[tuple[DeviceId, Earnings]]) -> None:
    left = {key: book.units for key, book in books}
    for index, (_, account) in enumerate(earnings):
        for at, slot in enumerate(account.slots):
            key = (slot.epoch, slot.network)
            if key not in left:
                continue
            left[key] -= slot.units
            if left[key] < 0:
                raise GenesisError(f"{STORE}.earnings[{index}].slots[{at}].units", "more units than the book counted")


def _write(state: _State) -> Json:
    return {
        "params": _texts(asdict(state.params)),
        "cap": str(state.cap),
        "reserve": None
        if state.reserve is None
        else {name: str(getattr(state.reserve, name)) for name in _RESERVE_FIELDS},
        "books": [
            {"epoch": str(epoch), "network": str(network), **_texts(asdict(book))}
            for (epoch, network), book in state.books
        ],
        "epochs": [_write_epoch(epoch, emission) for epoch, emission in state.epochs],
        "earnings": [
            {
                "device_id": str(device),
                "accrued": str(account.accrued),
                "paid": str(account.paid),
                "slots": [_texts(asdict(slot)) for slot in account.slots],
            }
            for device, account in state.earnings
        ],
    }


def _write_epoch(epoch: int, emission: EpochEmission) -> Json:
    flat = {field.name: getattr(emission, field.name) for field in fields(EpochEmission) if field.name != "buckets"}
    return {"epoch": str(epoch), **_texts(flat), "buckets": _texts(asdict(emission.buckets))}


def _texts(values: dict[str, int]) -> dict[str, str]:
    return {name: str(value) for name, value in values.items()}
