"""State of the staking module.

| prefix | key | value |
| --- | --- | --- |
| 00 | | parameters |
| 01 | operator | validator |
| 02 | consensus address | operator |
| 03 | power, operator inverted | there is such a validator, not jailed, of at least one unit of power |
| 04 | | the active set as CometBFT knows it: operator, key, power |
| 05 | | there if powers have changed since the set was last computed |
| 06 | delegator, operator | shares |
| 07 | operator, delegator | there is such a delegation |
| 08 | delegator, operator | entries that unbond |
| 09 | operator, delegator | there are such entries |
| 0a | operator, height, delegator | an entry began to unbond then |
| 0b | time, delegator, operator | an entry completes then |
| 0c | delegator, source, target | entries that redelegate |
| 0d | delegator, target, source | there are such entries |
| 0e | source, height, delegator, target | an entry began to redelegate then |
| 0f | time, delegator, source, target | an entry completes then |
| 10 | time, operator | a validator's unbonding completes then |
| 11 | consensus address | a validator that was removed |
| 12 | time, consensus address | such a validator is forgotten then |
| 13 | | number of the next unbonding |
| 14 | height | header of that block, and since when its set held |
| 15 | height | the active set that held from then on |

Operators are inverted in 03 so that among equals the smaller address comes first when read from the top.
"""

from dataclasses import dataclass

from chain.codec.keys import U64_KEY, FixedKey, PairKey, TripleKey
from chain.codec.values import BLOB, FLAG, TEXT, U64, U128, U256, Choice, Fixed, Many, Record, Uint
from chain.primitives.ids import Address, ConsensusAddress
from chain.sdk.schema import Index, Item, KeySet, Map, Schema
from modules.staking.params import PARAMS
from modules.staking.validator import Commission, Description, Status, Validator


@dataclass(frozen=True, slots=True)
class UnbondingEntry:
    """Tokens on their way out: `balance` is paid at `completion_time` (unix nanoseconds)."""

    creation_height: int
    completion_time: int
    initial_balance: int
    balance: int
    unbonding_id: int


@dataclass(frozen=True, slots=True)
class RedelegationEntry:
    """Tokens that changed validators, still liable for the first one's deeds before `creation_height`."""

    creation_height: int
    completion_time: int
    initial_balance: int
    shares_dst: int
    unbonding_id: int


@dataclass(frozen=True, slots=True)
class Seat:
    """A validator of the active set, as CometBFT was told."""

    operator: Address
    consensus_key: bytes
    power: int


@dataclass(frozen=True, slots=True)
class PastBlock:
    """What a block's header said; `since` is the height from which its active set held."""

    time: int
    app_hash: bytes
    next_validators_hash: bytes
    proposer: bytes
    since: int


SHARES = Uint(320)
"""Shares: decimals of 18 places over amounts of 256 bits."""
_ADDRESS = Fixed(Address, 20)
_KEY = Fixed(bytes, 32)
_VALIDATOR = Record(
    Validator,
    operator=_ADDRESS,
    consensus_key=_KEY,
    consensus_address=Fixed(ConsensusAddress, 20),
    tokens=U256,
    shares=SHARES,
    status=Choice(Status),
    jailed=FLAG,
    description=Record(Description, moniker=TEXT, identity=TEXT, website=TEXT, security_contact=TEXT, details=TEXT),
    commission=Record(Commission, rate=U128, max_rate=U128, max_change_rate=U128, update_time=U64),
    min_self_delegation=U256,
    unbonding_height=U64,
    unbonding_time=U64,
    unbonding_id=U64,
)
_UNBONDING = Record(
    UnbondingEntry,
    creation_height=U64,
    completion_time=U64,
    initial_balance=U256,
    balance=U256,
    unbonding_id=U64,
)
_REDELEGATION = Record(
    RedelegationEntry,
    creation_height=U64,
    completion_time=U64,
    initial_balance=U256,
    shares_dst=SHARES,
    unbonding_id=U64,
)
SEATS = Many(Record(Seat, operator=_ADDRESS, consensus_key=_KEY, power=U64))
"""Codec of an active set."""

SCHEMA = Schema("staking")
"""The module's store."""
ADDRESS_KEY = FixedKey(Address, 20)
"""An account or an operator in a key."""
CONSENSUS_KEY = FixedKey(ConsensusAddress, 20)
"""A consensus address in a key."""
RAW_KEY = FixedKey(bytes, 20)
"""An inverted operator in a key."""
PAIR_KEY = PairKey(ADDRESS_KEY, ADDRESS_KEY)
"""A delegator and an operator, or the other way round."""
TRIPLE_KEY = TripleKey(ADDRESS_KEY, ADDRESS_KEY, ADDRESS_KEY)
"""A delegator and two operators."""

PARAMETERS = Item(SCHEMA, 0x00, "params", PARAMS)
"""Parameters."""
VALIDATORS = Map(SCHEMA, 0x01, "validators", ADDRESS_KEY, _VALIDATOR)
"""Validators by operator."""
BY_CONSENSUS = Map(SCHEMA, 0x02, "by_consensus", CONSENSUS_KEY, _ADDRESS)
"""Operators by consensus address."""
BY_POWER = KeySet(SCHEMA, 0x03, "by_power", PairKey(U64_KEY, RAW_KEY))
"""Who could be in the active set, by power."""
ACTIVE_SET = Item(SCHEMA, 0x04, "active_set", SEATS)
"""The active set as CometBFT knows it."""
CHANGED = Item(SCHEMA, 0x05, "changed", FLAG)
"""There if the active set must be computed again."""
DELEGATIONS = Map(SCHEMA, 0x06, "delegations", PAIR_KEY, SHARES)
"""Shares by delegator and operator."""
DELEGATORS = Index(SCHEMA, 0x07, "delegators", ADDRESS_KEY, ADDRESS_KEY)
"""Delegators by operator."""
UNBONDINGS = Map(SCHEMA, 0x08, "unbondings", PAIR_KEY, Many(_UNBONDING))
"""Entries by delegator and operator."""
UNBONDERS = Index(SCHEMA, 0x09, "unbonders", ADDRESS_KEY, ADDRESS_KEY)
"""Delegators with entries, by operator."""
UNBONDINGS_SINCE = KeySet(SCHEMA, 0x0A, "unbondings_since", TripleKey(ADDRESS_KEY, U64_KEY, ADDRESS_KEY))
"""Entries by operator and the height of their beginning: what a slash reaches."""
UNBONDING_QUEUE = KeySet(SCHEMA, 0x0B, "unbonding_queue", PairKey(U64_KEY, PAIR_KEY))
"""Entries by the time of their completion."""
REDELEGATIONS = Map(SCHEMA, 0x0C, "redelegations", TRIPLE_KEY, Many(_REDELEGATION))
"""Entries by delegator, source and target."""
REDELEGATIONS_TO = KeySet(SCHEMA, 0x0D, "redelegations_to", TRIPLE_KEY)
"""Delegator, target, source of entries."""
REDELEGATIONS_SINCE = KeySet(SCHEMA, 0x0E, "redelegations_since", PairKey(PairKey(ADDRESS_KEY, U64_KEY), PAIR_KEY))
"""Entries by source and the height of their beginning: what a slash reaches."""
REDELEGATION_QUEUE = KeySet(SCHEMA, 0x0F, "redelegation_queue", PairKey(U64_KEY, TRIPLE_KEY))
"""Entries by the time of their completion."""
VALIDATOR_QUEUE = KeySet(SCHEMA, 0x10, "validator_queue", PairKey(U64_KEY, ADDRESS_KEY))
"""Validators by the time at which their unbonding completes."""
DEPARTED = Map(SCHEMA, 0x11, "departed", CONSENSUS_KEY, _VALIDATOR)
"""Validators that were removed, so that late evidence finds whom it names."""
DEPARTED_QUEUE = KeySet(SCHEMA, 0x12, "departed_queue", PairKey(U64_KEY, CONSENSUS_KEY))
"""The same by the time at which they are forgotten."""
NEXT_ID = Item(SCHEMA, 0x13, "next_unbonding_id", U64)
"""Number of the next unbonding."""
HISTORY = Map(
    SCHEMA,
    0x14,
    "history",
    U64_KEY,
    Record(PastBlock, time=U64, app_hash=BLOB, next_validators_hash=BLOB, proposer=BLOB, since=U64),
)
"""Headers by height."""
PAST_SETS = Map(SCHEMA, 0x15, "past_sets", U64_KEY, SEATS)
"""Active sets by the height from which they held."""
