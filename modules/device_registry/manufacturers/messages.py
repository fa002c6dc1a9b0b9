"""Messages about manufacturers and batches after their stateless checks."""

from dataclasses import dataclass

from chain.crypto.keys import Algorithm
from chain.crypto.merkle import HASH_BYTES
from chain.pb.lamppost.device_registry.v1 import manufacturers_pb2 as pb
from chain.primitives.ids import Address
from modules.device_registry import checks
from modules.device_registry.errors import RegistryCode, RegistryError
from modules.device_registry.manufacturers.types import MAX_KEYS, ManufacturerStatus

_MAX_PATH = (MAX_KEYS - 1).bit_length()


@dataclass(frozen=True, slots=True)
class RegisterManufacturer:
    """Register a manufacturer with its issuing key."""

    signer: Address
    name: str
    algorithm: Algorithm
    public_key: bytes
    proof: bytes

    @property
    def signers(self) -> tuple[Address, ...]:
        """The account that must sign."""
        return (self.signer,)

    @classmethod
    def from_proto(cls, message: pb.MsgRegisterManufacturer) -> "RegisterManufacturer":
        """Check the message.

        Raises: RegistryError(INVALID_NAME, INVALID_ALGORITHM, INVALID_PUBLIC_KEY), SdkError(INVALID_ADDRESS).
        """
        owner = checks.address(message.owner, "owner")
        name = checks.network_name(message.name)
        algorithm = checks.public_key(message.algorithm, message.public_key)
        return cls(owner, name, algorithm, message.public_key, message.proof)


@dataclass(frozen=True, slots=True)
class SetIssuingKey:
    """Replace a manufacturer's issuing key."""

    signer: Address
    manufacturer: int
    algorithm: Algorithm
    public_key: bytes
    old_proof: bytes
    new_proof: bytes

    @property
    def signers(self) -> tuple[Address, ...]:
        """The account that must sign."""
        return (self.signer,)

    @classmethod
    def from_proto(cls, message: pb.MsgSetIssuingKey) -> "SetIssuingKey":
        """Check the message.

        Raises: RegistryError(INVALID_ALGORITHM, INVALID_PUBLIC_KEY), SdkError(INVALID_ADDRESS).
        """
        owner = checks.address(message.owner, "owner")
        algorithm = checks.public_key(message.algorithm, message.public_key)
        return cls(owner, message.manufacturer, algorithm, message.public_key, message.old_proof, message.new_proof)


@dataclass(frozen=True, slots=True)
class StrikeManufacturer:
    """Add a strike to a manufacturer."""

    signer: Address
    manufacturer: int
    reason: str

    @property
    def signers(self) -> tuple[Address, ...]:
        """The account that must sign."""
        return (self.signer,)

    @classmethod
    def from_proto(cls, message: pb.MsgStrikeManufacturer) -> "StrikeManufacturer":
        """Check the message. Raises: RegistryError(INVALID_TEXT), SdkError(INVALID_ADDRESS)."""
        authority = checks.address(message.authority, "authority")
        if not message.reason:
            raise RegistryError(RegistryCode.INVALID_TEXT, "a strike needs a reason")
        return cls(authority, message.manufacturer, checks.description(message.reason))


@dataclass(frozen=True, slots=True)
class SetManufacturerStatus:
    """Suspend a manufacturer, let it go on, or end it for good."""

    signer: Address
    manufacturer: int
    status: ManufacturerStatus

    @property
    def signers(self) -> tuple[Address, ...]:
        """The account that must sign."""
        return (self.signer,)

    @classmethod
    def from_proto(cls, message: pb.MsgSetManufacturerStatus) -> "SetManufacturerStatus":
        """Check the message. Raises: RegistryError(INVALID_STATUS), SdkError(INVALID_ADDRESS)."""
        authority = checks.address(message.authority, "authority")
        status = checks.member(ManufacturerStatus, message.status, RegistryCode.INVALID_STATUS)
        if status is ManufacturerStatus.RETIRED:
            raise RegistryError(RegistryCode.INVALID_STATUS, "only its owner retires a manufacturer")
        return cls(authority, message.manufacturer, status)


@dataclass(frozen=True, slots=True)
class RetireManufacturer:
    """End a manufacturer by its own will."""

    signer: Address
    manufacturer: int

    @property
    def signers(self) -> tuple[Address, ...]:
        """The account that must sign."""
        return (self.signer,)

    @classmethod
    def from_proto(cls, message: pb.MsgRetireManufacturer) -> "RetireManufacturer":
        """Check the message. Raises: SdkError(INVALID_ADDRESS)."""
        return cls(checks.address(message.owner, "owner"), message.manufacturer)


@dataclass(frozen=True, slots=True)
class ReturnManufacturerBond:
    """Send a retired manufacturer's bond back."""

    signer: Address
    manufacturer: int

    @property
    def signers(self) -> tuple[Address, ...]:
        """The account that must sign."""
        return (self.signer,)

    @classmethod
    def from_proto(cls, message: pb.MsgReturnManufacturerBond) -> "ReturnManufacturerBond":
        """Check the message. Raises: SdkError(INVALID_ADDRESS)."""
        return cls(checks.address(message.signer, "signer"), message.manufacturer)


@dataclass(frozen=True, slots=True)
class RevokeModel:
    """End a model for good."""

    signer: Address
    model: int

    @property
    def signers(self) -> tuple[Address, ...]:
        """The account that must sign."""
        return (self.signer,)

    @classmethod
    def from_proto(cls, message: pb.MsgRevokeModel) -> "RevokeModel":
        """Check the message. Raises: SdkError(INVALID_ADDRESS)."""
        return cls(checks.address(message.signer, "signer"), message.model)


@dataclass(frozen=True, slots=True)
class IssueBatch:
    """Issue a batch of device keys."""

    signer: Address
    model: int
    root: bytes
    count: int
    signature: bytes

    @property
    def signers(self) -> tuple[Address, ...]:
        """The account that must sign."""
        return (self.signer,)

    @classmethod
    def from_proto(cls, message: pb.MsgIssueBatch) -> "IssueBatch":
        """Check the message. Raises: RegistryError(INVALID_ROOT, INVALID_COUNT), SdkError(INVALID_ADDRESS)."""
        owner = checks.address(message.owner, "owner")
        if len(message.root) != HASH_BYTES:
            raise RegistryError(RegistryCode.INVALID_ROOT, f"{len(message.root)} bytes instead of {HASH_BYTES}")
        if not 1 <= message.count <= MAX_KEYS:
            raise RegistryError(RegistryCode.INVALID_COUNT, f"{message.count} keys, must be 1 to {MAX_KEYS}")
        return cls(owner, message.model, message.root, message.count, message.signature)


@dataclass(frozen=True, slots=True)
class CloseBatch:
    """Let nobody claim devices of a batch any more."""

    signer: Address
    batch: int

    @property
    def signers(self) -> tuple[Address, ...]:
        """The account that must sign."""
        return (self.signer,)

    @classmethod
    def from_proto(cls, message: pb.MsgCloseBatch) -> "CloseBatch":
        """Check the message. Raises: SdkError(INVALID_ADDRESS)."""
        return cls(checks.address(message.owner, "owner"), message.batch)


@dataclass(frozen=True, slots=True)
class RevokeBatch:
    """Stop a batch with all its devices for good."""

    signer: Address
    batch: int

    @property
    def signers(self) -> tuple[Address, ...]:
        """The account that must sign."""
        return (self.signer,)

    @classmethod
    def from_proto(cls, message: pb.MsgRevokeBatch) -> "RevokeBatch":
        """Check the message. Raises: SdkError(INVALID_ADDRESS)."""
        return cls(checks.address(message.signer, "signer"), message.batch)


@dataclass(frozen=True, slots=True)
class ClaimDevice:
    """Claim a device of a batch."""

    signer: Address
    batch: int
    index: int
    algorithm: Algorithm
    public_key: bytes
    path: tuple[bytes, ...]
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
    def from_proto(cls, message: pb.MsgClaimDevice) -> "ClaimDevice":
        """Check the message.

        Raises: RegistryError(INVALID_ALGORITHM, INVALID_PUBLIC_KEY, INVALID_PATH, INVALID_CELL, INVALID_COMMITMENT),
        SdkError(INVALID_ADDRESS).
        """
        owner = checks.address(message.owner, "owner")
        algorithm = checks.public_key(message.algorithm, message.public_key)
        path = tuple(message.path)
        if len(path) > _MAX_PATH or any(len(item) != HASH_BYTES for item in path):
            raise RegistryError(RegistryCode.INVALID_PATH, f"not at most {_MAX_PATH} hashes of {HASH_BYTES} bytes")
        return cls(
            owner,
            message.batch,
            message.index,
            algorithm,
            message.public_key,
            path,
            checks.address_or_none(message.operator, "operator"),
            checks.address_or_none(message.payout, "payout"),
            checks.cell(message.cell),
            checks.commitment(message.commitment),
            message.proof,
        )
