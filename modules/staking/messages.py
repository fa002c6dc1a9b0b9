"""Messages of the staking module after their stateless checks."""

from dataclasses import dataclass

from google.protobuf.any_pb2 import Any
from google.protobuf.message import DecodeError

from chain.pb.cosmos.base.v1beta1 import coin_pb2
from chain.pb.cosmos.crypto.ed25519 import keys_pb2
from chain.pb.cosmos.staking.v1beta1 import staking_pb2, tx_pb2
from chain.primitives.coins import MAX_AMOUNT, Coin, valid_denom
from chain.primitives.decimals import ONE, read_scaled
from chain.primitives.errors import SdkCode, SdkError
from chain.primitives.ids import Address
from chain.primitives.ints import NANOS
from modules.staking.errors import StakingCode, StakingError
from modules.staking.params import Params
from modules.staking.validator import Description
from modules.staking.wire import ED25519_URL, description

KEEP = "[do-not-modify]"
"""Text of a description's field that an edit leaves as it is."""
_LIMITS = {
    "moniker": (70, "moniker"),
    "identity": (3000, "identity"),
    "website": (140, "website"),
    "security_contact": (140, "security contact"),
    "details": (280, "details"),
}
"""Longest texts of a description, bytes, and their names in errors; those of the Cosmos SDK."""


@dataclass(frozen=True, slots=True)
class Rates:
    """Commission as a new validator wants it, decimals."""

    rate: int
    max_rate: int
    max_change_rate: int


@dataclass(frozen=True, slots=True)
class CreateValidator:
    """Become a validator, with some tokens of one's own."""

    operator: Address
    consensus_key: bytes
    description: Description
    rates: Rates
    min_self_delegation: int
    value: Coin

    @property
    def signers(self) -> tuple[Address, ...]:
        """The operator."""
        return (self.operator,)

    @classmethod
    def from_proto(cls, proto: tx_pb2.MsgCreateValidator) -> "CreateValidator":
        """Check and convert.

        Raises: SdkError(INVALID_ADDRESS, INVALID_REQUEST), StakingError(EMPTY_VALIDATOR_PUBKEY,
        VALIDATOR_PUBKEY_TYPE_NOT_SUPPORTED, SELF_DELEGATION_BELOW_MINIMUM, COMMISSION_NEGATIVE, COMMISSION_HUGE,
        COMMISSION_GT_MAX_RATE, COMMISSION_CHANGE_RATE_NEGATIVE, COMMISSION_CHANGE_RATE_GT_MAX_RATE).
        """
        operator = _operator(proto.validator_address, "validator")
        if not proto.HasField("pubkey"):
            raise StakingError(StakingCode.EMPTY_VALIDATOR_PUBKEY)
        value = _amount(proto.value, "invalid delegation amount")
        about = description(proto.description)
        if about == Description():
            raise SdkError(SdkCode.INVALID_REQUEST, "empty description")
        if not proto.HasField("commission"):
            raise SdkError(SdkCode.INVALID_REQUEST, "empty commission")
        rates = _rates(proto.commission)
        least = _whole(proto.min_self_delegation)
        if least is None or least <= 0:
            raise SdkError(SdkCode.INVALID_REQUEST, "minimum self delegation must be a positive integer")
        if value.amount < least:
            raise StakingError(StakingCode.SELF_DELEGATION_BELOW_MINIMUM)
        check_description(about)
        return cls(operator, _consensus_key(proto.pubkey), about, rates, least, value)


@dataclass(frozen=True, slots=True)
class EditValidator:
    """Change what a validator says and takes; None keeps a number as it is."""

    operator: Address
    description: Description
    commission_rate: int | None
    min_self_delegation: int | None

    @property
    def signers(self) -> tuple[Address, ...]:
        """The operator."""
        return (self.operator,)

    @classmethod
    def from_proto(cls, proto: tx_pb2.MsgEditValidator) -> "EditValidator":
        """Check and convert. Raises: SdkError(INVALID_ADDRESS, INVALID_REQUEST)."""
        operator = _operator(proto.validator_address, "validator")
        about = description(proto.description)
        if about == Description():
            raise SdkError(SdkCode.INVALID_REQUEST, "empty description")
        least = None
        if proto.min_self_delegation:
            least = _whole(proto.min_self_delegation)
            if least is None or least <= 0:
                raise SdkError(SdkCode.INVALID_REQUEST, "minimum self delegation must be a positive integer")
        rate = None
        if proto.commission_rate:
            rate = _decimal(proto.commission_rate)
            if not 0 <= rate <= ONE:
                raise SdkError(SdkCode.INVALID_REQUEST, "commission rate must be between 0 and 1 (inclusive)")
        return cls(operator, about, rate, least)


@dataclass(frozen=True, slots=True)
class Delegate:
    """Give a validator tokens."""

    delegator: Address
    operator: Address
    amount: Coin

    @property
    def signers(self) -> tuple[Address, ...]:
        """The delegator."""
        return (self.delegator,)

    @classmethod
    def from_proto(cls, proto: tx_pb2.MsgDelegate) -> "Delegate":
        """Check and convert. Raises: SdkError(INVALID_ADDRESS, INVALID_REQUEST)."""
        operator = _operator(proto.validator_address, "validator")
        delegator = _delegator(proto.delegator_address)
        return cls(delegator, operator, _amount(proto.amount, "invalid delegation amount"))


@dataclass(frozen=True, slots=True)
class BeginRedelegate:
    """Move stake from one validator to another."""

    delegator: Address
    source: Address
    target: Address
    amount: Coin

    @property
    def signers(self) -> tuple[Address, ...]:
        """The delegator."""
        return (self.delegator,)

    @classmethod
    def from_proto(cls, proto: tx_pb2.MsgBeginRedelegate) -> "BeginRedelegate":
        """Check and convert. Raises: SdkError(INVALID_ADDRESS, INVALID_REQUEST)."""
        source = _operator(proto.validator_src_address, "source validator")
        target = _operator(proto.validator_dst_address, "destination validator")
        delegator = _delegator(proto.delegator_address)
        return cls(delegator, source, target, _amount(proto.amount, "invalid shares amount"))


@dataclass(frozen=True, slots=True)
class Undelegate:
    """Begin to take tokens back."""

    delegator: Address
    operator: Address
    amount: Coin

    @property
    def signers(self) -> tuple[Address, ...]:
        """The delegator."""
        return (self.delegator,)

    @classmethod
    def from_proto(cls, proto: tx_pb2.MsgUndelegate) -> "Undelegate":
        """Check and convert. Raises: SdkError(INVALID_ADDRESS, INVALID_REQUEST)."""
        operator = _operator(proto.validator_address, "validator")
        delegator = _delegator(proto.delegator_address)
        return cls(delegator, operator, _amount(proto.amount, "invalid shares amount"))


@dataclass(frozen=True, slots=True)
class CancelUnbonding:
    """Give tokens that unbond back to their validator."""

    delegator: Address
    operator: Address
    amount: Coin
    creation_height: int

    @property
    def signers(self) -> tuple[Address, ...]:
        """The delegator."""
        return (self.delegator,)

    @classmethod
    def from_proto(cls, proto: tx_pb2.MsgCancelUnbondingDelegation) -> "CancelUnbonding":
        """Check and convert. Raises: SdkError(INVALID_ADDRESS, INVALID_REQUEST)."""
        operator = _operator(proto.validator_address, "validator")
        delegator = _delegator(proto.delegator_address)
        amount = _amount(proto.amount, "invalid amount")
        if proto.creation_height <= 0:
            raise SdkError(SdkCode.INVALID_REQUEST, "invalid height")
        return cls(delegator, operator, amount, proto.creation_height)


@dataclass(frozen=True, slots=True)
class UpdateParams:
    """Replace all parameters."""

    authority: Address
    params: Params

    @property
    def signers(self) -> tuple[Address, ...]:
        """The authority."""
        return (self.authority,)

    @classmethod
    def from_proto(cls, proto: tx_pb2.MsgUpdateParams) -> "UpdateParams":
        """Check and convert. Raises: SdkError(INVALID_ADDRESS, INVALID_REQUEST)."""
        try:
            authority = Address.parse(proto.authority)
        except ValueError as error:
            raise SdkError(SdkCode.INVALID_ADDRESS, f"invalid authority address: {error}") from error
        given = proto.params
        params = Params(
            given.unbonding_time.seconds * NANOS + given.unbonding_time.nanos,
            given.max_validators,
            given.max_entries,
            given.historical_entries,
            given.bond_denom,
            _decimal(given.min_commission_rate),
        )
        fault = params.fault()
        if fault is not None:
            raise SdkError(SdkCode.INVALID_REQUEST, f"{fault[0]} {fault[1]}")
        return cls(authority, params)


def check_description(about: Description) -> None:
    """Refuse texts that are too long. Raises: SdkError(INVALID_REQUEST)."""
    for field, (limit, name) in _LIMITS.items():
        size = len(getattr(about, field).encode())
        if size > limit:
            raise SdkError(SdkCode.INVALID_REQUEST, f"invalid {name} length; got: {size}, max: {limit}")


def _rates(proto: staking_pb2.CommissionRates) -> Rates:
    rates = Rates(_decimal(proto.rate), _decimal(proto.max_rate), _decimal(proto.max_change_rate))
    if rates.max_rate < 0:
        raise StakingError(StakingCode.COMMISSION_NEGATIVE)
    if rates.max_rate > ONE:
        raise StakingError(StakingCode.COMMISSION_HUGE)
    if rates.rate < 0:
        raise StakingError(StakingCode.COMMISSION_NEGATIVE)
    if rates.rate > rates.max_rate:
        raise StakingError(StakingCode.COMMISSION_GT_MAX_RATE)
    if rates.max_change_rate < 0:
        raise StakingError(StakingCode.COMMISSION_CHANGE_RATE_NEGATIVE)
    if rates.max_change_rate > rates.max_rate:
        raise StakingError(StakingCode.COMMISSION_CHANGE_RATE_GT_MAX_RATE)
    return rates


def _consensus_key(packed: Any) -> bytes:
    if packed.type_url != ED25519_URL:
        kind = packed.type_url[:100].split(".")[-2:-1] or [packed.type_url[:100]]
        raise StakingError(StakingCode.VALIDATOR_PUBKEY_TYPE_NOT_SUPPORTED, f"got: {kind[0]}, expected: [ed25519]")
    try:
        key = keys_pb2.PubKey.FromString(packed.value).key
    except DecodeError as error:
        raise SdkError(SdkCode.INVALID_PUBKEY, "the consensus key is no ed25519 key") from error
    if len(key) != 32:
        raise SdkError(SdkCode.INVALID_PUBKEY, f"an ed25519 key has 32 bytes, not {len(key)}")
    return key


def _amount(proto: coin_pb2.Coin, wrong: str) -> Coin:
    amount = _whole(proto.amount)
    if amount is None or not 0 < amount <= MAX_AMOUNT or not valid_denom(proto.denom):
        raise SdkError(SdkCode.INVALID_REQUEST, wrong)
    return Coin(proto.denom, amount)


def _whole(text: str) -> int | None:
    """Return a whole number's text as an integer, or None for anything else; 78 digits are those of 2^256."""
    if not (text.isascii() and text.isdigit() and len(text) <= 78) or (text[0] == "0" and text != "0"):
        return None
    return int(text)


def _decimal(text: str) -> int:
    try:
        return read_scaled(text)
    except ValueError as error:
        raise SdkError(SdkCode.INVALID_REQUEST, str(error)) from error


def _operator(text: str, what: str) -> Address:
    try:
        return Address.parse_operator(text)
    except ValueError as error:
        raise SdkError(SdkCode.INVALID_ADDRESS, f"invalid {what} address: {error}") from error


def _delegator(text: str) -> Address:
    try:
        return Address.parse(text)
    except ValueError as error:
        raise SdkError(SdkCode.INVALID_ADDRESS, f"invalid delegator address: {error}") from error
