"""The state of work.

| prefix | name    | key       | value                                             |
|--------|---------|-----------|---------------------------------------------------|
| 00     | params  |           | parameters                                        |
| 01     | clock   |           | the running epoch: number, start (ns), seconds    |
| 02     | devices | device id | sequence, epoch and root of its last receipt; strikes, open question |
| 03     | beacon  |           | what the next draw of devices depends on          |
| 04     | gateways | network, address | quota, what was used of it in which epoch |
| 05     | quotas  | network   | sum of the quotas of the network's gateways       |
| 06     | audits  | epoch, device id | nonce and outcome, for 8 epochs            |
| 07     | spent   | network   | fee-free receipts of the network, and in which epoch |

Prefixes 08 to 0f are kept for what comes, 10 to 1f for reports.
"""

from dataclasses import dataclass
from enum import IntEnum

from chain.codec.keys import U64_KEY, FixedKey, PairKey
from chain.codec.values import U8, U32, U64, Choice, Fixed, Maybe, Record
from chain.primitives.ids import Address, DeviceId
from chain.primitives.ints import NANOS, Epoch, UnixNano
from chain.sdk.schema import Item, Map, Schema
from modules.work.params import Params

STORE = "work"
"""Name of the module and its store."""


@dataclass(frozen=True, slots=True)
class Clock:
    """The running epoch; it covers [start, end)."""

    epoch: Epoch
    start: UnixNano
    seconds: int

    @property
    def end(self) -> UnixNano:
        """The boundary: the first block at or after it closes the epoch."""
        return UnixNano(self.start + self.seconds * NANOS)

    @property
    def earliest(self) -> Epoch:
        """The earliest epoch for which receipts are taken: the one before the running one."""
        return Epoch(max(self.epoch - 1, 0))


class Outcome(IntEnum):
    """What became of an audit."""

    OPEN = 0
    ANSWERED = 1
    MISSED = 2
    SKIPPED = 3


@dataclass(frozen=True, slots=True)
class Audit:
    """One device's audit of one epoch."""

    nonce: int
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Question:
    """What a device must answer in its next receipt of `epoch` or later."""

    epoch: Epoch
    """The running epoch when the device was drawn."""
    nonce: int
    """Which sample to show, above 0."""
    root: bytes
    """The tree asked about: that of the last receipt accepted before the draw."""
    root_epoch: Epoch
    """The epoch of that receipt."""


@dataclass(frozen=True, slots=True)
class DeviceWork:
    """How far a device's receipts have come."""

    sequence: int
    """Sequence of its last receipt, 0 before the first."""
    next_epoch: Epoch
    """Earliest epoch it has not reported on: that of its last receipt plus 1, 0 before the first."""
    root: bytes
    """Telemetry root of its last receipt; empty before the first."""
    strikes: int = 0
    """Audits missed since the last suspension for it."""
    question: Question | None = None
    """The open audit."""


@dataclass(frozen=True, slots=True)
class Beacon:
    """What the next draw of devices depends on."""

    bits: int
    """One bit of each of the last 64 blocks, the newest lowest."""
    devices: int
    """Devices of the registry when the running epoch began; the next draw is among them."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What all gateways of a network have used in one epoch, those that are no more included."""

    used: int
    epoch: Epoch


@dataclass(frozen=True, slots=True)
class Gateway:
    """An account's right to hand in receipts of a network without fees."""

    quota: int
    """Receipts per epoch."""
    used: int
    """How many were used in `epoch`."""
    epoch: Epoch
    """The last epoch in which any was used."""


SCHEMA = Schema(STORE)
PARAMS = Item(
    SCHEMA,
    0x00,
    "params",
    Record(
        Params,
        epoch_seconds=U64,
        max_receipts=U32,
        audits_per_epoch=U32,
        max_strikes=U32,
        suspension_epochs=U32,
        forfeit_bp=U32,
        max_network_quota=U64,
    ),
)
CLOCK = Item(SCHEMA, 0x01, "clock", Record(Clock, epoch=U64, start=U64, seconds=U64))
_ROOT = Fixed(bytes, 32)
DEVICES = Map(
    SCHEMA,
    0x02,
    "devices",
    FixedKey(DeviceId, 20),
    Record(
        DeviceWork,
        sequence=U64,
        next_epoch=U64,
        root=_ROOT,
        strikes=U8,
        question=Maybe(Record(Question, epoch=U64, nonce=U64, root=_ROOT, root_epoch=U64)),
    ),
)
BEACON = Item(SCHEMA, 0x03, "beacon", Record(Beacon, bits=U64, devices=U64))
GATEWAYS = Map(
    SCHEMA,
    0x04,
    "gateways",
    PairKey(U64_KEY, FixedKey(Address, 20)),
    Record(Gateway, quota=U64, used=U64, epoch=U64),
)
QUOTAS = Map(SCHEMA, 0x05, "quotas", U64_KEY, U64)
SPENT = Map(SCHEMA, 0x07, "spent", U64_KEY, Record(Spent, used=U64, epoch=U64))
AUDITS = Map(
    SCHEMA,
    0x06,
    "audits",
    PairKey(U64_KEY, FixedKey(DeviceId, 20)),
    Record(Audit, nonce=U64, outcome=Choice(Outcome)),
)
