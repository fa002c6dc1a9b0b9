"""How the records of reward emission look in JSON, read and written."""

from dataclasses import asdict, dataclass, field, fields

from chain.primitives.ids import Address, DeviceId
from chain.primitives.ints import FULL_BP, UnixNano
from chain.sdk.module import GenesisError, Json
from chain.sdk.sections import Section
from modules.reward_emission.accounts import ENTRIES, Account, Slot, SlotState, pack
from modules.reward_emission.books import RESOLUTIONS
from modules.reward_emission.params import MAX_HOLDBACK_BP, MAX_KAPPA_BP, Params
from modules.reward_emission.rings import LIMIT, Counts
from modules.reward_emission.schedule import Buckets, held_back
from modules.reward_emission.state import Book, EpochEmission, Provider, Reserve, Spent, Usage
from modules.reward_emission.usage import payable

DEFAULT_CAP = 1_000_000_000_000_000
"""Largest supply there can ever be, in ulamp: 10^9 LAMP."""
MAX_CAP = 2**63 - 1
"""Largest cap that can be chosen, in ulamp: amounts stay within 63 bits."""

_RESERVE_FIELDS = ("remaining", "burned", "burned_in_epoch", "smoothed_burn", "epochs_closed")
_STATES = {state.name.lower(): state for state in SlotState}
_BITS = {
    "epoch": 32,
    "network": 32,
    "uptime_bp": 16,
    "hardware_bp": 32,
    "level_bp": 32,
    "why": 8,
    "holdback_bp": 16,
}
"""Bits of the fields of a receipt that have fewer than 64."""


@dataclass(frozen=True, slots=True)
class Content:
    """All that a section holds, in order of keys."""

    params: Params
    cap: int
    reserve: Reserve | None
    books: list[tuple[tuple[int, int], Book]] = field(default_factory=list)
    epochs: list[tuple[int, EpochEmission]] = field(default_factory=list)
    accounts: list[tuple[DeviceId, Account]] = field(default_factory=list)
    cells: list[tuple[tuple[int, int], Counts]] = field(default_factory=list)
    usage: list[tuple[int, Usage]] = field(default_factory=list)
    providers: list[tuple[Address, Provider]] = field(default_factory=list)
    spent: Spent = field(default_factory=Spent)


def read_params(section: Section) -> Params:
    """Read the parameters. Raises: GenesisError."""
    params = Params(*(section.uint(name, default) for name, default in asdict(Params()).items()))
    section.done()
    fault = params.fault()
    if fault:
        raise section.fail(*fault)
    return params


def read_reserve(section: Section, cap: int) -> Reserve:
    """Read the reserve. Raises: GenesisError."""
    held = Reserve(cap, *(section.uint(name) for name in _RESERVE_FIELDS))
    section.done()
    return held


def read_book(section: Section) -> tuple[tuple[int, int], Book]:
    """Read a book and its key. Raises: GenesisError."""
    key = section.uint("epoch", bits=32), section.uint("network", bits=32)
    caps = tuple(_uint_text(section, "caps", text) for text in section.texts("caps"))
    book = Book(
        section.uint("pool"),
        section.uint("units", bits=128),
        section.uint("settled"),
        section.uint("loose", bits=128),
        caps,
    )
    section.done()
    if book.settled > book.pool:
        raise section.fail("settled", f"{book.settled} is above the pool of {book.pool}")
    if book.loose > book.units:
        raise section.fail("loose", f"{book.loose} is above all units, {book.units}")
    if len(caps) > len(RESOLUTIONS):
        raise section.fail("caps", f"there are {len(RESOLUTIONS)} resolutions with a cap")
    return key, book


def read_epoch(section: Section) -> tuple[int, EpochEmission]:
    """Read what the close of an epoch did. Raises: GenesisError."""
    parts = section.object("buckets")
    buckets = Buckets(*(parts.uint(item.name) for item in fields(Buckets)))
    parts.done()
    emission = EpochEmission(
        section.uint("emitted"),
        section.uint("reemitted"),
        buckets,
        section.uint("to_treasury"),
        section.uint("returned"),
        UnixNano(section.uint("closed_at", bits=63)),
        section.uint("taken"),
        section.uint("usage_payable"),
    )
    epoch = section.uint("epoch", bits=32)
    section.done()
    if sum(asdict(buckets).values()) != emission.emitted + emission.reemitted:
        raise section.fail("buckets", "must sum to emitted + reemitted")
    return epoch, emission


def read_account(section: Section) -> tuple[DeviceId, Account]:
    """Read a device's account with its receipts. Raises: GenesisError."""
    device = section.parsed("device_id", DeviceId.parse)
    slots = [_read_slot(item) for item in section.objects("receipts")]
    states = [slot.state for slot in slots]
    waiting = states.count(SlotState.OPEN)
    account = Account(
        section.uint("accrued", bits=63),
        # Half of what fits, so that no claim can ever pass the whole.
        section.uint("paid", bits=63),
        section.uint("base"),
        section.uint("released"),
        section.uint("since", bits=32),
        waiting,
        pack(slots),
    )
    section.done()
    if account.released > account.base:
        raise section.fail("released", f"{account.released} is above the base of {account.base}")
    if len(slots) > ENTRIES:
        raise section.fail("receipts", f"{len(slots)} receipts, at most {ENTRIES} are remembered")
    if SlotState.OPEN in states[: len(slots) - waiting]:
        raise section.fail("receipts", "a settled receipt stands behind an open one")
    for index in range(1, len(slots)):
        if slots[index].epoch <= slots[index - 1].epoch:
            raise GenesisError(section.at(f"receipts[{index}].epoch"), "receipts must be in order of epochs")
    return device, account


def _read_slot(section: Section) -> Slot:
    names = [name for name in Slot._fields if name not in ("state", "cell")]
    values = {name: section.uint(name, bits=_BITS.get(name, 64)) for name in names}
    state = section.text("state")
    if state not in _STATES:
        raise section.fail("state", f"{state!r} is not one of {', '.join(_STATES)}")
    slot = Slot(**values, state=_STATES[state], cell=section.parsed("cell", _hexadecimal))
    section.done()
    if slot.uptime_bp > FULL_BP:
        raise section.fail("uptime_bp", f"{slot.uptime_bp} is above {FULL_BP}")
    if slot.holdback_bp > MAX_HOLDBACK_BP:
        raise section.fail("holdback_bp", f"{slot.holdback_bp} is above {MAX_HOLDBACK_BP}")
    if slot.why and slot.units:
        raise section.fail("why", "units count, so there is no reason why they don't")
    if slot.amount and slot.state != SlotState.SETTLED:
        raise section.fail("amount", "only a settled receipt earned something")
    if slot.amount and not slot.units:
        raise section.fail("amount", "0 units earn nothing")
    return slot


def read_cell(section: Section) -> tuple[tuple[int, int], Counts]:
    """Read the counts of a cell and its key. Raises: GenesisError."""
    key = section.uint("network", bits=32), section.parsed("cell", _hexadecimal)
    counts = _read_counts(section, "counts", "units", 128)
    section.done()
    if not RESOLUTIONS[-1] <= key[1] >> 52 & 0xF <= RESOLUTIONS[0]:
        raise section.fail("cell", f"is not of resolution {RESOLUTIONS[-1]} to {RESOLUTIONS[0]}")
    if not counts:
        raise section.fail("counts", "must not be empty")
    return key, counts


def read_usage(section: Section) -> tuple[int, Usage]:
    """Read the usage of an epoch. Raises: GenesisError."""
    epoch = section.uint("epoch", bits=32)
    usage = Usage(
        section.uint("burned"), section.uint("bucket"), section.uint("kappa_bp", bits=32), section.uint("paid")
    )
    section.done()
    if usage.kappa_bp > MAX_KAPPA_BP:
        raise section.fail("kappa_bp", f"{usage.kappa_bp} is above {MAX_KAPPA_BP}")
    if usage.paid > payable(usage):
        raise section.fail("paid", f"{usage.paid} is above {payable(usage)}, all that providers can earn")
    return epoch, usage


def read_provider(section: Section) -> tuple[Address, Provider]:
    """Read a provider's account. Raises: GenesisError."""
    address = section.address("address")
    provider = Provider(
        section.uint("burned", bits=128),
        section.uint("paid", bits=128),
        _read_counts(section, "values", "burned", 64),
    )
    section.done()
    if provider.paid > held_back(provider.burned, MAX_KAPPA_BP):
        raise section.fail("paid", f"{provider.paid} is above {MAX_KAPPA_BP} bp of what was burned")
    if sum(value for _, value in provider.values) > provider.burned:
        raise section.fail("values", "sum to more than was ever burned")
    return address, provider


def read_spent(section: Section) -> Spent:
    """Read the sums over all providers. Raises: GenesisError."""
    spent = Spent(section.uint("burned", bits=128), section.uint("paid", bits=128))
    section.done()
    return spent


def _read_counts(section: Section, name: str, unit: str, bits: int) -> Counts:
    counts = []
    for item in section.objects(name):
        counts.append((item.uint("epoch", bits=32), item.uint(unit, bits=bits)))
        item.done()
        if len(counts) > 1 and counts[-1][0] <= counts[-2][0]:
            raise item.fail("epoch", "must be in order of epochs, each once")
    if len(counts) > LIMIT:
        raise section.fail(name, f"{len(counts)} epochs, at most {LIMIT} are kept")
    return tuple(counts)


def _uint_text(section: Section, name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 20 and int(text) < 1 << 64):
        raise section.fail(name, f"{text[:40]!r} is no whole number of 64 bits")
    return int(text)


def _hexadecimal(text: str) -> int:
    number = int(text, 16)
    if not 0 <= number < 1 << 64 or f"{number:x}" != text:
        raise ValueError(f"{text[:40]!r} is no H3 cell in lower-case hex")
    return number


def write(content: Content) -> Json:
    """Return a section."""
    held = content.reserve
    return {
        "params": _texts(asdict(content.params)),
        "cap": str(content.cap),
        "reserve": None if held is None else {name: str(getattr(held, name)) for name in _RESERVE_FIELDS},
        "books": [
            {"epoch": str(epoch), "network": str(network), **_write_book(book)}
            for (epoch, network), book in content.books
        ],
        "epochs": [_write_epoch(epoch, emission) for epoch, emission in content.epochs],
        "accounts": [_write_account(device, account) for device, account in content.accounts],
        "cells": [
            {"network": str(network), "cell": f"{cell:x}", "counts": _write_counts(counts, "units")}
            for (network, cell), counts in content.cells
        ],
        "usage": [{"epoch": str(epoch), **_texts(asdict(usage))} for epoch, usage in content.usage],
        "providers": [
            {
                "address": str(address),
                "burned": str(provider.burned),
                "paid": str(provider.paid),
                "values": _write_counts(provider.values, "burned"),
            }
            for address, provider in content.providers
        ],
        "spent": _texts(asdict(content.spent)),
    }


def _write_book(book: Book) -> Json:
    numbers = {name: getattr(book, name) for name in ("pool", "units", "settled", "loose")}
    return {**_texts(numbers), "caps": [str(cap) for cap in book.caps]}


def _write_account(device: DeviceId, account: Account) -> Json:
    numbers = {name: getattr(account, name) for name in ("accrued", "paid", "base", "released", "since")}
    return {
        "device_id": str(device),
        **_texts(numbers),
        "receipts": [
            {**_texts(slot._asdict()), "cell": f"{slot.cell:x}", "state": SlotState(slot.state).name.lower()}
            for slot in account.slots()
        ],
    }


def _write_counts(counts: Counts, unit: str) -> list[Json]:
    return [{"epoch": str(epoch), unit: str(count)} for epoch, count in counts]


def _write_epoch(epoch: int, emission: EpochEmission) -> Json:
    flat = {item.name: getattr(emission, item.name) for item in fields(EpochEmission) if item.name != "buckets"}
    return {"epoch": str(epoch), **_texts(flat), "buckets": _texts(asdict(emission.buckets))}


def _texts(values: dict[str, int]) -> dict[str, str]:
    return {name: str(value) for name, value in values.items()}
