"""Messages about a device's key, after their stateless checks."""

from dataclasses import dataclass

from chain.crypto.keys import Algorithm
from chain.pb.lamppost.device_registry.v1 import transfers_pb2 as pb
from chain.primitives.ids import Address, DeviceId
from modules.device_registry import checks


@dataclass(frozen=True, slots=True)
class RotateKey:
    """Replace a device's key by one that it agrees with."""

    signer: Address
    device: DeviceId
    algorithm: Algorithm
    public_key: bytes
    old_proof: bytes
    new_proof: bytes

    @property
    def signers(self) -> tuple[Address, ...]:
        """The account that must sign."""
        return (self.signer,)

    @classmethod
    def from_proto(cls, message: pb.MsgRotateKey) -> "RotateKey":
        """Check the message.

        Raises: RegistryError(INVALID_ALGORITHM, INVALID_PUBLIC_KEY), SdkError(INVALID_ADDRESS).
        """
        owner, device = checks.address(message.owner, "owner"), checks.device_id(message.device_id)
        algorithm = checks.public_key(message.algorithm, message.public_key)
        return cls(owner, device, algorithm, message.public_key, message.old_proof, message.new_proof)


@dataclass(frozen=True, slots=True)
class RequestRecovery:
    """Ask for another key in the place of a lost one."""

    signer: Address
    device: DeviceId
    algorithm: Algorithm
    public_key: bytes
    proof: bytes

    @property
    def signers(self) -> tuple[Address, ...]:
        """The account that must sign."""
        return (self.signer,)

    @classmethod
    def from_proto(cls, message: pb.MsgRequestRecovery) -> "RequestRecovery":
        """Check the message.

        Raises: RegistryError(INVALID_ALGORITHM, INVALID_PUBLIC_KEY), SdkError(INVALID_ADDRESS).
        """
        owner, device = checks.address(message.owner, "owner"), checks.device_id(message.device_id)
        algorithm = checks.public_key(message.algorithm, message.public_key)
        return cls(owner, device, algorithm, message.public_key, message.proof)


@dataclass(frozen=True, slots=True)
class ApproveRecovery:
    """Agree to the recovery of a device's key."""

    signer: Address
    device: DeviceId
    public_key: bytes

    @property
    def signers(self) -> tuple[Address, ...]:
        """The account that must sign."""
        return (self.signer,)

    @classmethod
    def from_proto(cls, message: pb.MsgApproveRecovery) -> "ApproveRecovery":
        """Check the message. Raises: SdkError(INVALID_ADDRESS)."""
        signer, device = checks.address(message.signer, "signer"), checks.device_id(message.device_id)
        return cls(signer, device, message.public_key)


@dataclass(frozen=True, slots=True)
class CancelRecovery:
    """Stop the recovery of a device's key; without a proof the signer is the owner."""

    signer: Address
    device: DeviceId
    proof: bytes

    @property
    def signers(self) -> tuple[Address, ...]:
        """The account that must sign."""
        return (self.signer,)

    @classmethod
    def from_proto(cls, message: pb.MsgCancelRecovery) -> "CancelRecovery":
        """Check the message. Raises: SdkError(INVALID_ADDRESS)."""
        signer, device = checks.address(message.signer, "signer"), checks.device_id(message.device_id)
        return cls(signer, device, message.proof)


@dataclass(frozen=True, slots=True)
class CompleteRecovery:
    """Put the new key in the old one's place."""

    signer: Address
    device: DeviceId

    @property
    def signers(self) -> tuple[Address, ...]:
        """The account that must sign."""
        return (self.signer,)

    @classmethod
    def from_proto(cls, message: pb.MsgCompleteRecovery) -> "CompleteRecovery":
        """Check the message. Raises: SdkError(INVALID_ADDRESS)."""
        return cls(checks.address(message.owner, "owner"), checks.device_id(message.device_id))
