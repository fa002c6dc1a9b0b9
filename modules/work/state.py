"""The state of work.

| prefix | name    | key       | value                                             |
|--------|---------|-----------|---------------------------------------------------|
| 00     | params  |           | parameters                                        |
| 01     | clock   |           | the running epoch: number, start (ns), seconds    |
| 02     | devices | device id | last sequence, earliest epoch not yet reported on |
| 04     | gateways | network, address | quota, what was used of it in which epoch |
| 05     | quotas  | network   | sum of the quotas of the network's gateways       |

Prefixes 06 to 0f are kept for what comes, 10 to 1f for reports.
"""

from dataclasses import dataclass

from chain.codec.keys import U64_KEY, FixedKey, PairKey
from chain.codec.values import U32, U64, Record
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


@dataclass(frozen=True, slots=True)
class DeviceWork:
    """How far a device's receipts have come."""

    sequence: int
    """Sequence of its last receipt, 0 before the first."""
    next_epoch: Epoch
    """Earliest epoch it has not reported on: that of its last receipt plus 1, 0 before the first."""


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
DEVICES = Map(SCHEMA, 0x02, "devices", FixedKey(DeviceId, 20), Record(DeviceWork, sequence=U64, next_epoch=U64))
GATEWAYS = Map(
    SCHEMA,
    0x04,
    "gateways",
    PairKey(U64_KEY, FixedKey(Address, 20)),
    Record(Gateway, quota=U64, used=U64, epoch=U64),
)
QUOTAS = Map(SCHEMA, 0x05, "quotas", U64_KEY, U64)
