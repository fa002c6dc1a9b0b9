"""State of the evidence module.

| prefix | key | value |
| --- | --- | --- |
| 00 | hash (32) | what a validator was punished for |

The hash is SHA-256 of the evidence's protobuf.
"""

from dataclasses import dataclass

from chain.codec.keys import FixedKey
from chain.codec.values import U64, Fixed, Record
from chain.primitives.ids import ConsensusAddress
from chain.sdk.schema import Map, Schema

STORE = "evidence"
"""Name of the module and of its store."""


@dataclass(frozen=True, slots=True)
class Equivocation:
    """A validator signed two blocks of one height, or lied to light clients; time in unix nanoseconds."""

    height: int
    time: int
    power: int
    consensus_address: ConsensusAddress


SCHEMA = Schema(STORE)
EVIDENCE = Map(
    SCHEMA,
    0x00,
    "evidence",
    FixedKey(bytes, 32),
    Record(Equivocation, height=U64, time=U64, power=U64, consensus_address=Fixed(ConsensusAddress, 20)),
)
"""Evidence that somebody was punished for, by hash."""
