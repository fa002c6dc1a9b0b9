"""The messages about gateways, parsed."""

from dataclasses import dataclass

from chain.pb.lamppost.work.v1 import tx_pb2
from chain.primitives.ids import Address
from chain.sdk.parsing import parse_address
from modules.work.errors import WorkCode, WorkError
from modules.work.params import MAX_QUOTA


@dataclass(frozen=True, slots=True)
class RegisterGateway:
    """Let an account hand in a network's receipts without fees."""

    admin: Address
    network: int
    gateway: Address
    quota: int
    """Receipts per epoch."""

    @property
    def signers(self) -> tuple[Address, ...]:
        """The network's admin."""
        return (self.admin,)

    @classmethod
    def from_proto(cls, message: tx_pb2.MsgRegisterGateway) -> "RegisterGateway":
        """Parse. Raises: WorkError(INVALID_QUOTA), SdkError(INVALID_ADDRESS)."""
        return cls(*_parties(message), _quota(message.quota))


@dataclass(frozen=True, slots=True)
class UpdateGateway:
    """Change a gateway's quota."""

    admin: Address
    network: int
    gateway: Address
    quota: int
    """Receipts per epoch."""

    @property
    def signers(self) -> tuple[Address, ...]:
        """The network's admin."""
        return (self.admin,)

    @classmethod
    def from_proto(cls, message: tx_pb2.MsgUpdateGateway) -> "UpdateGateway":
        """Parse. Raises: WorkError(INVALID_QUOTA), SdkError(INVALID_ADDRESS)."""
        return cls(*_parties(message), _quota(message.quota))


@dataclass(frozen=True, slots=True)
class RevokeGateway:
    """End a gateway's right."""

    admin: Address
    network: int
    gateway: Address

    @property
    def signers(self) -> tuple[Address, ...]:
        """The network's admin."""
        return (self.admin,)

    @classmethod
    def from_proto(cls, message: tx_pb2.MsgRevokeGateway) -> "RevokeGateway":
        """Parse. Raises: SdkError(INVALID_ADDRESS)."""
        return cls(*_parties(message))


def _parties(
    message: tx_pb2.MsgRegisterGateway | tx_pb2.MsgUpdateGateway | tx_pb2.MsgRevokeGateway,
) -> tuple[Address, int, Address]:
    admin = parse_address(message.admin, "admin address")
    return admin, message.network, parse_address(message.gateway, "gateway address")


def _quota(quota: int) -> int:
    if not 1 <= quota <= MAX_QUOTA:
        raise WorkError(WorkCode.INVALID_QUOTA, f"a quota of {quota} receipts is not in 1..{MAX_QUOTA}")
    return quota
