"""State of the distribution module.

| prefix | key | value |
| --- | --- | --- |
| 00 | | parameters |
| 01 | operator | accumulator per share, outstanding, commission |
| 02 | delegator, operator | accumulator when last settled, fraction of a ulamp still owed |
| 03 | delegator | address that rewards go to, where it is another |
| 04 | denomination | community pool |
| 05 | operator, height, number | fraction of a slash |

Amounts are decimals of 18 places; the accumulator is a decimal of 36 places per share.
"""

from dataclasses import dataclass

from chain.codec.keys import TEXT_KEY, U64_KEY, FixedKey, PairKey, TripleKey
from chain.codec.values import U64, Fixed, Record, Uint
from chain.primitives.ids import Address
from chain.sdk.schema import Item, Map, Schema
from modules.distribution.params import PARAMS

STORE = "distribution"
"""Name of the module, its store, and the account that holds rewards, commissions and the community pool."""
RATE = 10**36
"""Scale of the accumulator.

A share is a decimal too, so the accumulator gains 10^18 per ulamp and ulamp staked: what an addition rounds off is
below 10^-18 ulamp as long as less than 10^18 ulamp are staked, which the cap on the supply forbids.
"""


@dataclass(frozen=True, slots=True)
class Rewards:
    """A validator's account; decimals of ulamp."""

    per_share: int = 0
    """What a share has earned since the validator was made, times RATE."""
    outstanding: int = 0
    """What the validator's delegators and its commission have not been paid yet."""
    commission: int = 0
    """The part of it that is commission."""


@dataclass(frozen=True, slots=True)
class Stake:
    """A delegation's account."""

    per_share: int
    """The validator's accumulator when this delegation was last settled."""
    owed: int = 0
    """Fraction of a ulamp that was not paid then, a decimal below 1."""


SCHEMA = Schema(STORE)
ADDRESS_KEY = FixedKey(Address, 20)
"""An address in a key."""
_WIDE = Uint(512)
_DECIMAL = Uint(320)

PARAMETERS = Item(SCHEMA, 0x00, "params", PARAMS)
"""Parameters."""
REWARDS = Map(
    SCHEMA,
    0x01,
    "rewards",
    ADDRESS_KEY,
    Record(Rewards, per_share=_WIDE, outstanding=_DECIMAL, commission=_DECIMAL),
)
"""Validators' accounts by operator."""
STAKES = Map(SCHEMA, 0x02, "stakes", PairKey(ADDRESS_KEY, ADDRESS_KEY), Record(Stake, per_share=_WIDE, owed=U64))
"""Delegations' accounts by delegator and operator."""
WITHDRAW_ADDRESSES = Map(SCHEMA, 0x03, "withdraw_addresses", ADDRESS_KEY, Fixed(Address, 20))
"""Addresses that rewards go to, by delegator."""
POOL = Map(SCHEMA, 0x04, "pool", TEXT_KEY, _DECIMAL)
"""Community pool by denomination; never zero."""
SLASHES = Map(SCHEMA, 0x05, "slashes", TripleKey(ADDRESS_KEY, U64_KEY, U64_KEY), U64)
"""Slashes by operator, height and number within the block."""
