"""The messages of reward emission, parsed: every check that needs no state."""

from collections.abc import Iterable
from dataclasses import dataclass

from chain.pb.lamppost.reward_emission.v1 import tx_pb2
from chain.primitives.ids import Address, DeviceId
from chain.sdk.parsing import parse_address
from modules.reward_emission.errors import EmissionCode, EmissionError
from modules.reward_emission.params import Params

MAX_DEVICES = 500
"""Most devices that one message settles or claims for."""


@dataclass(frozen=True, slots=True)
class Claim:
    """An owner's wish to be paid for devices."""

    owner: Address
    devices: tuple[DeviceId, ...]

    @property
    def signers(self) -> tuple[Address, ...]:
        """The owner."""
        return (self.owner,)

    @classmethod
    def from_proto(cls, message: tx_pb2.MsgClaim) -> "Claim":
        """Parse. Raises: EmissionError as `_devices`, SdkError(INVALID_ADDRESS)."""
        return cls(parse_address(message.owner, "owner address"), _devices(message.device_ids))


@dataclass(frozen=True, slots=True)
class Settle:
    """Anyone's wish to have the slots of devices settled."""

    sender: Address
    devices: tuple[DeviceId, ...]

    @property
    def signers(self) -> tuple[Address, ...]:
        """The sender."""
        return (self.sender,)

    @classmethod
    def from_proto(cls, message: tx_pb2.MsgSettle) -> "Settle":
        """Parse. Raises: EmissionError as `_devices`, SdkError(INVALID_ADDRESS)."""
        return cls(parse_address(message.sender, "sender address"), _devices(message.device_ids))


@dataclass(frozen=True, slots=True)
class UpdateParams:
    """New parameters, from the chain's authority."""

    authority: Address
    params: Params

    @property
    def signers(self) -> tuple[Address, ...]:
        """The authority."""
        return (self.authority,)

    @classmethod
    def from_proto(cls, message: tx_pb2.MsgUpdateParams) -> "UpdateParams":
        """Parse. Raises: EmissionError(INVALID_PARAMS), SdkError(INVALID_ADDRESS)."""
        return cls(parse_address(message.authority, "authority address"), Params.from_proto(message.params))


@dataclass(frozen=True, slots=True)
class ClaimUsage:
    """A provider's wish to be paid for what his customers burned."""

    provider: Address

    @property
    def signers(self) -> tuple[Address, ...]:
        """The provider."""
        return (self.provider,)

    @classmethod
    def from_proto(cls, message: tx_pb2.MsgClaimUsage) -> "ClaimUsage":
        """Parse. Raises: SdkError(INVALID_ADDRESS)."""
        return cls(parse_address(message.provider, "provider address"))


@dataclass(frozen=True, slots=True)
class SpendTreasury:
    """A payment out of the treasury, from the chain's authority."""

    authority: Address
    recipient: Address
    amount: int

    @property
    def signers(self) -> tuple[Address, ...]:
        """The authority."""
        return (self.authority,)

    @classmethod
    def from_proto(cls, message: tx_pb2.MsgSpendTreasury) -> "SpendTreasury":
        """Parse. Raises: EmissionError(INVALID_AMOUNT), SdkError(INVALID_ADDRESS)."""
        authority = parse_address(message.authority, "authority address")
        recipient = parse_address(message.recipient, "recipient address")
        if message.amount == 0:
            raise EmissionError(EmissionCode.INVALID_AMOUNT, "what is spent must be positive")
        return cls(authority, recipient, message.amount)


def _devices(texts: Iterable[str]) -> tuple[DeviceId, ...]:
    """Parse a list of device ids.

    Raises: EmissionError(NO_DEVICES, TOO_MANY_DEVICES, INVALID_DEVICE_ID, DUPLICATE_DEVICE).
    """
    items = list(texts)
    if not items:
        raise EmissionError(EmissionCode.NO_DEVICES, "a message needs at least one device")
    if len(items) > MAX_DEVICES:
        raise EmissionError(EmissionCode.TOO_MANY_DEVICES, f"{len(items)} devices, at most {MAX_DEVICES} are possible")
    # A dict keeps the order of the message, which a set would lose.
    devices: dict[DeviceId, None] = {}
    for text in items:
        try:
            device = DeviceId.parse(text)
        except ValueError as error:
            raise EmissionError(EmissionCode.INVALID_DEVICE_ID, f"{text[:100]!r}: {error}") from error
        if device in devices:
            raise EmissionError(EmissionCode.DUPLICATE_DEVICE, f"{device} is listed twice")
        devices[device] = None
    return tuple(devices)
