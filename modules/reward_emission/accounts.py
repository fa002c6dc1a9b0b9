"""A device's account: what it earned, what of that is locked, and a ring of its last receipts.

One record with packed parts, because every receipt reads and writes it. All functions here are free of state.
"""

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from chain.primitives.ints import FULL_BP, mul_div_floor
from modules.reward_emission.params import Params
from modules.reward_emission.schedule import due, held_back

ENTRIES = 8
"""Receipts that an account remembers."""

_HEAD = struct.Struct(">QQQQIB")
_ENTRY = struct.Struct(">IIQQQQHIIBBQH")
_SIZE = _ENTRY.size


class SlotState(IntEnum):
    """What became of a receipt's units."""

    OPEN = 0
    """Not settled yet."""
    SETTLED = 1
    EXPIRED = 2
    """Not settled before the book went."""


class Slot(NamedTuple):
    """A device's effective units in one epoch, how they came about, and what they earned."""

    epoch: int
    network: int
    units: int
    cell: int
    claimed: int
    max_units: int
    uptime_bp: int
    hardware_bp: int
    level_bp: int
    why: int
    """Why the units are 0: 0 they are not, 1 an audit was missed, 2 the device has moved."""
    state: int = SlotState.OPEN
    amount: int = 0
    """What it was settled for, in ulamp."""
    holdback_bp: int = 0
    """Part of the amount that was locked."""


@dataclass(frozen=True, slots=True)
class Account:
    """A device's account, in ulamp; the ring in order of epochs, its last `open` entries not settled yet."""

    accrued: int = 0
    """Free and not paid yet."""
    paid: int = 0
    base: int = 0
    """What was locked when the drip last began anew."""
    released: int = 0
    """What of the base has been moved to `accrued` since."""
    since: int = 0
    """Epoch in which the drip last began anew."""
    open: int = 0
    ring: bytes = b""

    @property
    def locked(self) -> int:
        """What is locked, or has dripped out and was not moved to `accrued` yet."""
        return self.base - self.released

    def slots(self) -> tuple[Slot, ...]:
        """Return the ring's entries."""
        return tuple(map(Slot._make, _ENTRY.iter_unpack(self.ring)))

    def first_open(self) -> int:
        """Return the epoch of the earliest entry that is not settled; only for an account that has one."""
        at = len(self.ring) - self.open * _SIZE
        return int.from_bytes(self.ring[at : at + 4], "big")


class AccountCodec:
    """An account: five numbers and the count of open entries in 37 bytes, then entries of one size."""

    __slots__ = ()

    def write(self, value: Account, out: bytearray) -> None:
        """Append an account. Raises: ValueError for a number out of range."""
        try:
            out += _HEAD.pack(value.accrued, value.paid, value.base, value.released, value.since, value.open)
        except struct.error as error:
            raise ValueError(f"a number does not fit its field: {error}") from error
        out += value.ring

    def read(self, data: bytes, at: int) -> tuple[Account, int]:
        """Return the account that takes all of the data from `at` on. Raises: ValueError when it is cut off."""
        end = len(data)
        start = at + _HEAD.size
        if end < start or (end - start) % _SIZE:
            raise ValueError("account is cut off")
        accrued, paid, base, released, since, waiting = _HEAD.unpack_from(data, at)
        return Account(accrued, paid, base, released, since, waiting, data[start:]), end


def pack(slots: tuple[Slot, ...] | list[Slot]) -> bytes:
    """Return a ring. Raises: ValueError for a number out of range."""
    try:
        return b"".join([_ENTRY.pack(*slot) for slot in slots])
    except struct.error as error:
        raise ValueError(f"a number does not fit its field: {error}") from error


def remember(account: Account, slot: Slot) -> Account:
    """Return the account with one more receipt; the oldest goes when there are too many.

    That one is settled: an account is settled before it is given another receipt, which leaves two open ones at most.
    """
    ring = account.ring + pack((slot,))
    if len(ring) > ENTRIES * _SIZE:
        ring = ring[-ENTRIES * _SIZE :]
    return Account(
        account.accrued,
        account.paid,
        account.base,
        account.released,
        account.since,
        account.open + 1,
        ring,
    )


def open_slots(account: Account) -> tuple[Slot, ...]:
    """Return the entries that are not settled yet."""
    return tuple(map(Slot._make, _ENTRY.iter_unpack(account.ring[len(account.ring) - account.open * _SIZE :])))


def settled(account: Account, slots: list[Slot], now: int, params: Params) -> Account:
    """Return the account with its first open entries replaced by these settled ones and what they earned.

    The held back part of each is locked and the drip begins anew for all that is, after what is due was released;
    nothing locked leaves the drip as it was.
    """
    start = len(account.ring) - account.open * _SIZE
    ring = account.ring[:start] + pack(slots) + account.ring[start + len(slots) * _SIZE :]
    left = account.open - len(slots)
    amount = sum(slot.amount for slot in slots)
    locked = sum(held_back(slot.amount, slot.holdback_bp) for slot in slots)
    accrued, base, released, since = account.accrued + amount - locked, account.base, account.released, account.since
    if locked:
        free = due(base, released, now - since, params.release_epochs)
        accrued, base, released, since = accrued + free, base - released - free + locked, 0, now
    return Account(accrued, account.paid, base, released, since, left, ring)


def dripped(account: Account, now: int, params: Params) -> int:
    """Return what of the locked part is due."""
    return due(account.base, account.released, now - account.since, params.release_epochs)


def release(account: Account, now: int, params: Params) -> Account:
    """Return the account with what is due moved to `accrued`; the drip goes on as it was."""
    free = dripped(account, now, params)
    if free == 0:
        return account
    base, released, since = account.base, account.released + free, account.since
    if base == released:
        base = released = since = 0
    return Account(account.accrued + free, account.paid, base, released, since, account.open, account.ring)


def paid_out(account: Account) -> Account:
    """Return the account with everything accrued counted as paid."""
    return Account(
        0,
        account.paid + account.accrued,
        account.base,
        account.released,
        account.since,
        account.open,
        account.ring,
    )


def forfeited(account: Account, bp: int, now: int, params: Params) -> tuple[Account, int]:
    """Return the account without a part of what is locked, and that part, rounded down.

    What is due by now is the device's own and released first; what stays locked drips out anew from now on.
    """
    free = release(account, now, params)
    cut = mul_div_floor(free.locked, bp, FULL_BP)
    if cut == 0:
        return free, 0
    base = free.locked - cut
    return Account(free.accrued, free.paid, base, 0, now if base else 0, free.open, free.ring), cut
