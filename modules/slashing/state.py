"""State of the slashing module.

| prefix | key | value |
| --- | --- | --- |
| 00 | | parameters |
| 01 | consensus address | how well the validator signs, with the bits of the window's missed blocks |

Counters and bits are one value, so that a validator's part of a block is one read and one write.
"""

from dataclasses import dataclass

from chain.codec.keys import FixedKey
from chain.codec.values import BLOB, FLAG, U32, U64, U128, Record
from chain.primitives.ids import ConsensusAddress
from chain.sdk.schema import Item, Map, Schema
from modules.slashing.params import PARAMS

STORE = "slashing"
"""Name of the module and of its store."""


@dataclass(frozen=True, slots=True)
class SigningInfo:
    """How well a validator signs; times in unix nanoseconds."""

    start_height: int
    """Height at which the counting began."""
    window: int
    """Length of the window that the bits belong to."""
    index_offset: int = 0
    """Blocks counted since then; the place in the window is this modulo its length."""
    missed: int = 0
    """Blocks missed in the window: how many bits are set."""
    jailed_until: int = 0
    tombstoned: bool = False
    bits: bytes = b""
    """Bit i of byte j is place 8 * j + i of the window; trailing zero bytes are left out."""


SCHEMA = Schema(STORE)
PARAMETERS = Item(SCHEMA, 0x00, "params", PARAMS)
"""Parameters."""
SIGNING_INFOS = Map(
    SCHEMA,
    0x01,
    "signing_infos",
    FixedKey(ConsensusAddress, 20),
    Record(
        SigningInfo,
        start_height=U64,
        window=U32,
        index_offset=U64,
        missed=U32,
        jailed_until=U128,
        tombstoned=FLAG,
        bits=BLOB,
    ),
)
"""Signing infos by consensus address; those of validators that left stay, because evidence may still come."""
