"""Messages about a device's way from one owner to the next, after their stateless checks."""

from dataclasses import dataclass

from chain.pb.lamppost.device_registry.v1 import transfers_pb2 as pb
from chain.primitives.ids import Address, DeviceId
from chain.primitives.ints import UnixNano
from modules.device_registry import checks
from modules.device_registry.errors import RegistryCode, RegistryError

MAX_PRICE = 10**15
"""Highest price of a device, in ulamp: all that can ever exist."""


@dataclass(frozen=True, slots=True)
class OfferTransfer:
    """Offer a device to one buyer."""

    signer: Address
    device: DeviceId
    buyer: Address
    price: int
    expires_at: UnixNano

    @property
    def signers(self) -> tuple[Address, ...]:
        """The account that must sign."""
        return (self.signer,)

    @classmethod
    def from_proto(cls, message: pb.MsgOfferTransfer) -> "OfferTransfer":
        """Check the message. Raises: RegistryError(INVALID_BUYER, INVALID_PRICE), SdkError(INVALID_ADDRESS)."""
        owner, device = checks.address(message.owner, "owner"), checks.device_id(message.device_id)
        buyer = checks.address(message.buyer, "buyer")
        if buyer == owner:
            raise RegistryError(RegistryCode.INVALID_BUYER, f"{owner} owns the device already")
        if message.price > MAX_PRICE:
            raise RegistryError(RegistryCode.INVALID_PRICE, f"{message.price} is above {MAX_PRICE}")
        return cls(owner, device, buyer, message.price, UnixNano(message.expires_at))


@dataclass(frozen=True, slots=True)
class AcceptTransfer:
    """Take an offered device over for the price that was read in the offer."""

    signer: Address
    device: DeviceId
    price: int
    proof: bytes

    @property
    def signers(self) -> tuple[Address, ...]:
        """The account that must sign."""
        return (self.signer,)

    @classmethod
    def from_proto(cls, message: pb.MsgAcceptTransfer) -> "AcceptTransfer":
        """Check the message. Raises: SdkError(INVALID_ADDRESS)."""
        buyer, device = checks.address(message.buyer, "buyer"), checks.device_id(message.device_id)
        return cls(buyer, device, message.price, message.proof)


@dataclass(frozen=True, slots=True)
class CancelTransfer:
    """Take an offer back, or turn it down."""

    signer: Address
    device: DeviceId

    @property
    def signers(self) -> tuple[Address, ...]:
        """The account that must sign."""
        return (self.signer,)

    @classmethod
    def from_proto(cls, message: pb.MsgCancelTransfer) -> "CancelTransfer":
        """Check the message. Raises: SdkError(INVALID_ADDRESS)."""
        return cls(checks.address(message.signer, "signer"), checks.device_id(message.device_id))
