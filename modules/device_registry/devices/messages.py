"""Messages about devices after their stateless checks."""

from dataclasses import dataclass

from chain.crypto.keys import Algorithm
from chain.pb.lamppost.device_registry.v1 import transfers_pb2
from chain.pb.lamppost.device_registry.v1 import tx_pb2 as pb
from chain.primitives.ids import Address, DeviceId
from modules.device_registry import checks


@dataclass(frozen=True, slots=True)
class RegisterDevice:
    """Register a device whose key proves that it belongs to the owner."""

    signer: Address
    algorithm: Algorithm
    public_key: bytes
    network: int
    model: int
    operator: Address | None
    payout: Address | None
    cell: int
    commitment: bytes
    proof: bytes

    @property
    def signers(self) -> tuple[Address, ...]:
        """The account that must sign."""
        return (self.signer,)

    @classmethod
    def from_proto(cls, message: pb.MsgRegisterDevice) -> "RegisterDevice":
        """Check the message.

        Raises: RegistryError(INVALID_ALGORITHM, INVALID_PUBLIC_KEY, INVALID_CELL, INVALID_COMMITMENT),
        SdkError(INVALID_ADDRESS).
        """
        owner = checks.address(message.owner, "owner")
        return cls(
            owner,
            checks.public_key(message.algorithm, message.public_key),
            message.public_key,
            message.network,
            message.model,
            checks.address_or_none(message.operator, "operator"),
            checks.address_or_none(message.payout, "payout"),
            checks.cell(message.cell),
            checks.commitment(message.commitment),
            message.proof,
        )


@dataclass(frozen=True, slots=True)
class SetOperator:
    """Name the account that does a device's daily work."""

    signer: Address
    device: DeviceId
    operator: Address | None

    @property
    def signers(self) -> tuple[Address, ...]:
        """The account that must sign."""
        return (self.signer,)

    @classmethod
    def from_proto(cls, message: pb.MsgSetOperator) -> "SetOperator":
        """Check the message. Raises: SdkError(INVALID_ADDRESS)."""
        owner, device = checks.address(message.owner, "owner"), checks.device_id(message.device_id)
        return cls(owner, device, checks.address_or_none(message.operator, "operator"))


@dataclass(frozen=True, slots=True)
class SetPayout:
    """Name the account that a device's rewards go to."""

    signer: Address
    device: DeviceId
    payout: Address | None

    @property
    def signers(self) -> tuple[Address, ...]:
        """The account that must sign."""
        return (self.signer,)

    @classmethod
    def from_proto(cls, message: pb.MsgSetPayout) -> "SetPayout":
        """Check the message. Raises: SdkError(INVALID_ADDRESS)."""
        owner, device = checks.address(message.owner, "owner"), checks.device_id(message.device_id)
        return cls(owner, device, checks.address_or_none(message.payout, "payout"))


@dataclass(frozen=True, slots=True)
class PauseDevice:
    """Stop a device's work until resumed."""

    signer: Address
    device: DeviceId

    @property
    def signers(self) -> tuple[Address, ...]:
        """The account that must sign."""
        return (self.signer,)

    @classmethod
    def from_proto(cls, message: pb.MsgPauseDevice) -> "PauseDevice":
        """Check the message. Raises: SdkError(INVALID_ADDRESS)."""
        return cls(checks.address(message.signer, "signer"), checks.device_id(message.device_id))


@dataclass(frozen=True, slots=True)
class ResumeDevice:
    """Let a paused device work again."""

    signer: Address
    device: DeviceId

    @property
    def signers(self) -> tuple[Address, ...]:
        """The account that must sign."""
        return (self.signer,)

    @classmethod
    def from_proto(cls, message: pb.MsgResumeDevice) -> "ResumeDevice":
        """Check the message. Raises: SdkError(INVALID_ADDRESS)."""
        return cls(checks.address(message.signer, "signer"), checks.device_id(message.device_id))


@dataclass(frozen=True, slots=True)
class RetireDevice:
    """End a device for good."""

    signer: Address
    device: DeviceId

    @property
    def signers(self) -> tuple[Address, ...]:
        """The account that must sign."""
        return (self.signer,)

    @classmethod
    def from_proto(cls, message: pb.MsgRetireDevice) -> "RetireDevice":
        """Check the message. Raises: SdkError(INVALID_ADDRESS)."""
        return cls(checks.address(message.owner, "owner"), checks.device_id(message.device_id))


@dataclass(frozen=True, slots=True)
class ReturnBond:
    """Send a retired device's bond to its owner."""

    signer: Address
    device: DeviceId

    @property
    def signers(self) -> tuple[Address, ...]:
        """The account that must sign."""
        return (self.signer,)

    @classmethod
    def from_proto(cls, message: transfers_pb2.MsgReturnBond) -> "ReturnBond":
        """Check the message. Raises: SdkError(INVALID_ADDRESS)."""
        return cls(checks.address(message.signer, "signer"), checks.device_id(message.device_id))
