"""Messages about where a device stands, after their stateless checks."""

from dataclasses import dataclass

from chain.codec.devices import SALT_SIZE
from chain.pb.lamppost.device_registry.v1 import places_pb2 as pb
from chain.primitives.ids import Address, DeviceId
from modules.device_registry import checks
from modules.device_registry.errors import RegistryCode, RegistryError


@dataclass(frozen=True, slots=True)
class AssertLocation:
    """Say where a device stands now, for at most `max_price` ulamp."""

    signer: Address
    device: DeviceId
    cell: int
    commitment: bytes
    max_price: int

    @property
    def signers(self) -> tuple[Address, ...]:
        """The account that must sign."""
        return (self.signer,)

    @classmethod
    def from_proto(cls, message: pb.MsgAssertLocation) -> "AssertLocation":
        """Check the message. Raises: RegistryError(INVALID_CELL, INVALID_COMMITMENT), SdkError(INVALID_ADDRESS)."""
        owner, device = checks.address(message.owner, "owner"), checks.device_id(message.device_id)
        cell, commitment = checks.cell(message.cell), checks.commitment(message.commitment)
        return cls(owner, device, cell, commitment, message.max_price)


@dataclass(frozen=True, slots=True)
class RevealLocation:
    """Open the commitment to a finer cell."""

    signer: Address
    device: DeviceId
    fine_cell: int
    salt: bytes

    @property
    def signers(self) -> tuple[Address, ...]:
        """The account that must sign."""
        return (self.signer,)

    @classmethod
    def from_proto(cls, message: pb.MsgRevealLocation) -> "RevealLocation":
        """Check the message. Raises: RegistryError(INVALID_CELL, INVALID_SALT), SdkError(INVALID_ADDRESS)."""
        signer, device = checks.address(message.signer, "signer"), checks.device_id(message.device_id)
        if not message.fine_cell:
            raise RegistryError(RegistryCode.INVALID_CELL, "no fine cell is given")
        if len(message.salt) != SALT_SIZE:
            raise RegistryError(RegistryCode.INVALID_SALT, f"{len(message.salt)} bytes instead of {SALT_SIZE}")
        return cls(signer, device, checks.cell(message.fine_cell), message.salt)
