"""The state of reward emission.

| prefix | name     | key                           | value                                                       |
|--------|----------|-------------------------------|-------------------------------------------------------------|
| 00     | params   |                               | parameters                                                  |
| 01     | reserve  |                               | cap, what remains, what was burned, epochs closed           |
| 02     | books    | epoch (8 bytes), network (8)  | pool, total units T, what was settled                       |
| 03     | epochs   | epoch (8 bytes)               | what its close emitted and where it went                    |
| 04     | earnings | device id                     | accrued, paid, slots of (epoch, network, units)             |

Prefixes 05 to 0f are kept for cells and holdback, 10 to 1f for usage, stakers, attesters and delegators.
"""

from dataclasses import dataclass

from chain.codec.keys import U64_KEY, FixedKey, PairKey
from chain.codec.values import U32, U64, U128, Many, Record
from chain.primitives.ids import DeviceId
from chain.primitives.ints import UnixNano
from chain.sdk.schema import Item, Map, Schema
from modules.reward_emission.params import Params
from modules.reward_emission.schedule import Buckets

STORE = "reward_emission"
"""Name of the module, its store, and the account that holds what devices earned and will earn."""
TREASURY = "treasury"
"""Name of the account that takes what nobody else takes."""
RING = 8
"""Epochs for which a book is kept and a slot can be settled."""
HISTORY = 1_024
"""Epochs for which the record of a close is kept."""


@dataclass(frozen=True, slots=True)
class Reserve:
    """Where every ulamp that is not in circulation is: supply + remaining + burned = cap."""

    cap: int
    remaining: int
    burned: int
    burned_in_epoch: int
    smoothed_burn: int
    epochs_closed: int

    def is_final(self, epoch: int) -> bool:
        """Tell whether an epoch's units are counted no more: the epoch after it has been closed, too."""
        return epoch + 2 <= self.epochs_closed


@dataclass(frozen=True, slots=True)
class Book:
    """One network's account of one epoch; pool and settled in ulamp."""

    pool: int = 0
    units: int = 0
    settled: int = 0


@dataclass(frozen=True, slots=True)
class EpochEmission:
    """What the close of an epoch did, in ulamp; `to_treasury` is all that went there, its own bucket included."""

    emitted: int
    reemitted: int
    buckets: Buckets
    to_treasury: int
    returned: int
    closed_at: UnixNano


@dataclass(frozen=True, slots=True)
class Slot:
    """A device's effective units in one epoch, not settled yet."""

    epoch: int
    network: int
    units: int


@dataclass(frozen=True, slots=True)
class Earnings:
    """A device's account, in ulamp; slots in order of epochs."""

    accrued: int = 0
    paid: int = 0
    slots: tuple[Slot, ...] = ()


SCHEMA = Schema(STORE)
PARAMS = Item(
    SCHEMA,
    0x00,
    "params",
    Record(
        Params,
        decay=U64,
        usage_bp=U32,
        availability_bp=U32,
        stakers_bp=U32,
        attesters_bp=U32,
        delegators_bp=U32,
        decline_bp=U32,
        decline_epochs=U64,
        reemission_cap=U64,
    ),
)
RESERVE = Item(
    SCHEMA,
    0x01,
    "reserve",
    Record(Reserve, cap=U64, remaining=U64, burned=U64, burned_in_epoch=U64, smoothed_burn=U64, epochs_closed=U64),
)
BOOKS = Map(SCHEMA, 0x02, "books", PairKey(U64_KEY, U64_KEY), Record(Book, pool=U64, units=U128, settled=U64))
EPOCHS = Map(
    SCHEMA,
    0x03,
    "epochs",
    U64_KEY,
    Record(
        EpochEmission,
        emitted=U64,
        reemitted=U64,
        buckets=Record(Buckets, usage=U64, availability=U64, stakers=U64, attesters=U64, delegators=U64, treasury=U64),
        to_treasury=U64,
        returned=U64,
        closed_at=U64,
    ),
)
EARNINGS = Map(
    SCHEMA,
    0x04,
    "earnings",
    FixedKey(DeviceId, 20),
    Record(Earnings, accrued=U64, paid=U64, slots=Many(Record(Slot, epoch=U64, network=U64, units=U64), limit=RING)),
)
