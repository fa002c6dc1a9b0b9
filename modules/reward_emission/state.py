"""The state of reward emission.

| prefix | name      | key                          | value                                                     |
|--------|-----------|------------------------------|-----------------------------------------------------------|
| 00     | params    |                              | parameters                                                |
| 01     | reserve   |                              | cap, what remains, what was burned, epochs closed         |
| 02     | books     | epoch (8 bytes), network (8) | pool, total units T, settled, units without a cell, caps  |
| 03     | epochs    | epoch (8 bytes)              | what its close emitted and where it went                  |
| 04     | accounts  | device id                    | accrued, paid, locked, and a ring of its last 8 receipts  |
| 05     | cells     | network (8), H3 cell (8)     | a ring of (epoch, units U)                                |
| 10     | usage     | epoch (8 bytes)              | what its providers earn and have been paid                |
| 11     | providers | address                      | sums, and a ring of (epoch, value burned)                 |
| 12     | spent     |                              | values burned and usage paid since genesis                |

Prefixes 06 to 0f and 13 to 1f are free.
"""

from dataclasses import dataclass

from chain.codec.keys import U64_KEY, FixedKey, PairKey
from chain.codec.values import U32, U64, U128, Many, Record
from chain.primitives.ids import Address, DeviceId
from chain.primitives.ints import UnixNano
from chain.sdk.schema import Item, Map, Schema
from modules.reward_emission.accounts import AccountCodec
from modules.reward_emission.params import Params
from modules.reward_emission.rings import CountsCodec
from modules.reward_emission.schedule import Buckets

STORE = "reward_emission"
"""Name of the module, its store, and the account that holds what devices earned and will earn."""
TREASURY = "treasury"
"""Name of the account that takes what nobody else takes."""
RING = 8
"""Epochs behind the running one whose books are kept, so that slots can be settled and usage claimed."""
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
    """T: the units that no cell limits and the clipped counts of the coarsest cells."""
    settled: int = 0
    loose: int = 0
    """Units that no cell limits."""
    caps: tuple[int, ...] = ()
    """The network's caps of the epoch at resolutions 8, 7 and 6, put here by the first receipt; empty without any."""


@dataclass(frozen=True, slots=True)
class EpochEmission:
    """What the close of an epoch did, in ulamp; `to_treasury` is all that went there, its own bucket included."""

    emitted: int
    reemitted: int
    buckets: Buckets
    to_treasury: int
    returned: int
    closed_at: UnixNano
    taken: int = 0
    """What takers of the stakers', attesters' and delegators' buckets took."""
    usage_payable: int = 0
    """What providers can claim of the usage bucket."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What providers earn of one epoch, in ulamp; bucket and kappa are 0 until the epoch ends."""

    burned: int = 0
    """Sum of the values burned."""
    bucket: int = 0
    kappa_bp: int = 0
    paid: int = 0


@dataclass(frozen=True, slots=True)
class Provider:
    """What a provider's customers burned, in ulamp."""

    burned: int = 0
    """Since genesis."""
    paid: int = 0
    """Since genesis."""
    values: tuple[tuple[int, int], ...] = ()
    """(epoch, value burned) not claimed yet, in order of epochs."""


@dataclass(frozen=True, slots=True)
class Spent:
    """Sums over all providers since genesis, in ulamp."""

    burned: int = 0
    paid: int = 0


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
        holdback_bp=U32,
        release_epochs=U32,
        usage_kappa_bp=U32,
    ),
)
RESERVE = Item(
    SCHEMA,
    0x01,
    "reserve",
    Record(Reserve, cap=U64, remaining=U64, burned=U64, burned_in_epoch=U64, smoothed_burn=U64, epochs_closed=U64),
)
BOOKS = Map(
    SCHEMA,
    0x02,
    "books",
    PairKey(U64_KEY, U64_KEY),
    Record(Book, pool=U64, units=U128, settled=U64, loose=U128, caps=Many(U64, limit=3)),
)
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
        taken=U64,
        usage_payable=U64,
    ),
)
ACCOUNTS = Map(SCHEMA, 0x04, "accounts", FixedKey(DeviceId, 20), AccountCodec())
CELLS = Map(SCHEMA, 0x05, "cells", PairKey(U64_KEY, U64_KEY), CountsCodec())
USAGE = Map(SCHEMA, 0x10, "usage", U64_KEY, Record(Usage, burned=U64, bucket=U64, kappa_bp=U32, paid=U64))
PROVIDERS = Map(
    SCHEMA,
    0x11,
    "providers",
    FixedKey(Address, 20),
    Record(Provider, burned=U128, paid=U128, values=CountsCodec()),
)
SPENT = Item(SCHEMA, 0x12, "spent", Record(Spent, burned=U128, paid=U128))
