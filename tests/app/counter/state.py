"""The schema: 0x00 account -> count."""

from chain.codec.keys import FixedKey
from chain.codec.values import U64
from chain.primitives.ids import Address
from chain.sdk.schema import Map, Schema

SCHEMA = Schema("counter")
COUNTS = Map(SCHEMA, 0x00, "counts", FixedKey(Address, 20), U64)
