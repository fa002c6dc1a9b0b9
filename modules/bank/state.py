"""State of the bank module.

| prefix | key | value |
| --- | --- | --- |
| 00 | | parameters |
| 01 | denomination | supply |
| 02 | address, denomination | balance; never zero |
| 03 | denomination, address | there is such a balance |
| 04 | denomination | metadata |
| 05 | denomination | whether it can be sent, where that differs from the default |

Denominations in keys are at most 32 bytes (ADR 0600).
"""

from chain.codec.keys import MAX_TEXT_KEY, TEXT_KEY, FixedKey, PairKey
from chain.codec.values import FLAG
from chain.primitives.coins import MAX_AMOUNT
from chain.primitives.ids import Address
from chain.sdk.schema import Index, Item, Map, Schema
from modules.bank.metadata import METADATA
from modules.bank.params import PARAMS

MAX_DENOM = MAX_TEXT_KEY
"""Longest denomination that this state can hold, in bytes."""


class AmountCodec:
    """A positive amount: big-endian, without leading zeros, up to the end of the value."""

    __slots__ = ()

    def write(self, value: int, out: bytearray) -> None:
        """Append the amount. Raises: ValueError when it is not in 1..2^256-1."""
        if not 0 < value <= MAX_AMOUNT:
            raise ValueError("amount is not in 1..2^256-1")
        out += value.to_bytes((value.bit_length() + 7) >> 3, "big")

    def read(self, data: bytes, at: int) -> tuple[int, int]:
        """Return the amount. Raises: ValueError on malformed data."""
        if not 0 < len(data) - at <= 32 or data[at] == 0:
            raise ValueError("malformed amount")
        return int.from_bytes(data[at:], "big"), len(data)


SCHEMA = Schema("bank")
"""The module's store."""
ADDRESS_KEY = FixedKey(Address, 20)
"""An address in a key."""
PARAMETERS = Item(SCHEMA, 0x00, "params", PARAMS)
"""Parameters."""
SUPPLY = Map(SCHEMA, 0x01, "supply", TEXT_KEY, AmountCodec())
"""Supply by denomination."""
BALANCES = Map(SCHEMA, 0x02, "balances", PairKey(ADDRESS_KEY, TEXT_KEY), AmountCodec())
"""Balances by address and denomination."""
OWNERS = Index(SCHEMA, 0x03, "owners", TEXT_KEY, ADDRESS_KEY)
"""Addresses by the denomination that they have some of."""
DENOM_METADATA = Map(SCHEMA, 0x04, "denom_metadata", TEXT_KEY, METADATA)
"""Metadata by denomination."""
SEND_ENABLED = Map(SCHEMA, 0x05, "send_enabled", TEXT_KEY, FLAG)
"""Entries that override the default."""
