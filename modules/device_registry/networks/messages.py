"""Messages about networks and models after their stateless checks."""

from dataclasses import dataclass
from itertools import pairwise

from chain.pb.lamppost.device_registry.v1 import networks_pb2 as networks_pb
from chain.pb.lamppost.device_registry.v1 import tx_pb2 as pb
from chain.primitives.ids import Address
from chain.primitives.ints import FULL_BP
from modules.device_registry import checks
from modules.device_registry.checks import ModelSpec
from modules.device_registry.errors import RegistryCode, RegistryError
from modules.device_registry.types import ModelStatus, NetworkKind, ReceiptPolicy

# The message itself is signed and its size paid for; this bounds the work of one message.
_MAX_MODELS = 1_024


@dataclass(frozen=True, slots=True)
class CreateNetwork:
    """Create a network and its first models."""

    signer: Address
    name: str
    kind: NetworkKind
    unit: str
    description: str
    receipt_policy: ReceiptPolicy
    location_caps: tuple[int, ...]
    level_weights: tuple[int, ...]
    models: tuple[ModelSpec, ...]

    @property
    def signers(self) -> tuple[Address, ...]:
        """The account that must sign."""
        return (self.signer,)

    @classmethod
    def from_proto(cls, message: pb.MsgCreateNetwork) -> "CreateNetwork":
        """Check the message.

        Raises: RegistryError(INVALID_NAME, INVALID_KIND, INVALID_TEXT, INVALID_RECEIPT_POLICY, INVALID_LOCATION_CAPS,
        INVALID_LEVEL_WEIGHTS, INVALID_HARDWARE_WEIGHT, INVALID_MAX_UNITS, INVALID_LEVEL, LEVEL_NEEDS_MANUFACTURER,
        TOO_MANY_MODELS, NAME_TAKEN), SdkError(INVALID_ADDRESS).
        """
        admin = checks.address(message.admin, "admin")
        kind = checks.member(NetworkKind, message.kind, RegistryCode.INVALID_KIND)
        if len(message.models) > _MAX_MODELS:
            raise RegistryError(RegistryCode.TOO_MANY_MODELS, f"{len(message.models)} models")
        models = tuple(map(checks.model_spec, message.models))
        _require_distinct(models)
        return cls(
            admin,
            checks.network_name(message.name),
            kind,
            checks.label(message.unit, "unit"),
            checks.description(message.description),
            checks.member(ReceiptPolicy, message.receipt_policy, RegistryCode.INVALID_RECEIPT_POLICY),
            checks.location_caps(message.location_caps, kind),
            checks.level_weights(message.level_weights),
            models,
        )


def _require_distinct(models: tuple[ModelSpec, ...]) -> None:
    names = sorted(model.name for model in models)
    for name, following in pairwise(names):
        if name == following:
            raise RegistryError(RegistryCode.NAME_TAKEN, f"two models are named {name}")


@dataclass(frozen=True, slots=True)
class UpdateNetwork:
    """Change what is given; None and empty tuples leave the rest."""

    signer: Address
    network: int
    description: str | None
    location_caps: tuple[int, ...]
    level_weights: tuple[int, ...]

    @property
    def signers(self) -> tuple[Address, ...]:
        """The account that must sign."""
        return (self.signer,)

    @classmethod
    def from_proto(cls, message: pb.MsgUpdateNetwork) -> "UpdateNetwork":
        """Check the message.

        Raises: RegistryError(NOTHING_TO_CHANGE, INVALID_TEXT, INVALID_LOCATION_CAPS, INVALID_LEVEL_WEIGHTS),
        SdkError(INVALID_ADDRESS).
        """
        admin = checks.address(message.admin, "admin")
        described = message.HasField("description")
        if not (described or message.location_caps or message.level_weights):
            raise RegistryError(RegistryCode.NOTHING_TO_CHANGE, "no field is given")
        return cls(
            admin,
            message.network,
            checks.description(message.description) if described else None,
            checks.location_caps(message.location_caps, NetworkKind.PRN) if message.location_caps else (),
            checks.level_weights(message.level_weights) if message.level_weights else (),
        )


@dataclass(frozen=True, slots=True)
class OfferNetwork:
    """Offer a network to another admin."""

    signer: Address
    network: int
    new_admin: Address

    @property
    def signers(self) -> tuple[Address, ...]:
        """The account that must sign."""
        return (self.signer,)

    @classmethod
    def from_proto(cls, message: networks_pb.MsgOfferNetwork) -> "OfferNetwork":
        """Check the message. Raises: SdkError(INVALID_ADDRESS)."""
        admin = checks.address(message.admin, "admin")
        return cls(admin, message.network, checks.address(message.new_admin, "new admin"))


@dataclass(frozen=True, slots=True)
class AcceptNetwork:
    """Take an offered network over."""

    signer: Address
    network: int

    @property
    def signers(self) -> tuple[Address, ...]:
        """The account that must sign."""
        return (self.signer,)

    @classmethod
    def from_proto(cls, message: networks_pb.MsgAcceptNetwork) -> "AcceptNetwork":
        """Check the message. Raises: SdkError(INVALID_ADDRESS)."""
        return cls(checks.address(message.new_admin, "new admin"), message.network)


@dataclass(frozen=True, slots=True)
class CancelNetworkOffer:
    """Take an offer of a network back."""

    signer: Address
    network: int

    @property
    def signers(self) -> tuple[Address, ...]:
        """The account that must sign."""
        return (self.signer,)

    @classmethod
    def from_proto(cls, message: networks_pb.MsgCancelNetworkOffer) -> "CancelNetworkOffer":
        """Check the message. Raises: SdkError(INVALID_ADDRESS)."""
        return cls(checks.address(message.signer, "signer"), message.network)


@dataclass(frozen=True, slots=True)
class SetNetworkWeight:
    """Set a network's share of the emission."""

    signer: Address
    network: int
    weight_bp: int

    @property
    def signers(self) -> tuple[Address, ...]:
        """The account that must sign."""
        return (self.signer,)

    @classmethod
    def from_proto(cls, message: pb.MsgSetNetworkWeight) -> "SetNetworkWeight":
        """Check the message. Raises: RegistryError(INVALID_EMISSION_WEIGHT), SdkError(INVALID_ADDRESS)."""
        authority = checks.address(message.authority, "authority")
        if message.weight_bp > FULL_BP:
            raise RegistryError(RegistryCode.INVALID_EMISSION_WEIGHT, f"{message.weight_bp} bp is above {FULL_BP}")
        return cls(authority, message.network, message.weight_bp)


@dataclass(frozen=True, slots=True)
class CloseNetwork:
    """Close a network for good."""

    signer: Address
    network: int

    @property
    def signers(self) -> tuple[Address, ...]:
        """The account that must sign."""
        return (self.signer,)

    @classmethod
    def from_proto(cls, message: pb.MsgCloseNetwork) -> "CloseNetwork":
        """Check the message. Raises: SdkError(INVALID_ADDRESS)."""
        return cls(checks.address(message.admin, "admin"), message.network)


@dataclass(frozen=True, slots=True)
class AddModel:
    """Add a model to a network."""

    signer: Address
    network: int
    model: ModelSpec

    @property
    def signers(self) -> tuple[Address, ...]:
        """The account that must sign."""
        return (self.signer,)

    @classmethod
    def from_proto(cls, message: pb.MsgAddModel) -> "AddModel":
        """Check the message.

        Raises: RegistryError(INVALID_TEXT, INVALID_HARDWARE_WEIGHT, INVALID_MAX_UNITS, INVALID_LEVEL,
        LEVEL_NEEDS_MANUFACTURER), SdkError(INVALID_ADDRESS).
        """
        return cls(checks.address(message.admin, "admin"), message.network, checks.model_spec(message.model))


@dataclass(frozen=True, slots=True)
class SetModelStatus:
    """Suspend a model or make it active again."""

    signer: Address
    model: int
    status: ModelStatus

    @property
    def signers(self) -> tuple[Address, ...]:
        """The account that must sign."""
        return (self.signer,)

    @classmethod
    def from_proto(cls, message: pb.MsgSetModelStatus) -> "SetModelStatus":
        """Check the message. Raises: RegistryError(INVALID_STATUS), SdkError(INVALID_ADDRESS)."""
        admin = checks.address(message.admin, "admin")
        status = checks.member(ModelStatus, message.status, RegistryCode.INVALID_STATUS)
        if status is ModelStatus.REVOKED:
            raise RegistryError(RegistryCode.INVALID_STATUS, "a model is revoked by a message of its own")
        return cls(admin, message.model, status)
