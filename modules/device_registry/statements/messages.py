"""Messages about credentials and consents, after their stateless checks."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from chain.pb.lamppost.device_registry.v1 import statements_pb2 as pb
from chain.primitives.ids import Address, DeviceId
from chain.primitives.ints import UnixNano
from modules.device_registry import checks
from modules.device_registry.errors import RegistryCode, RegistryError
from modules.device_registry.types import ConsentScope

HASH_SIZE = 32
"""Bytes of the hash of a credential's value."""

_KEY = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")


@dataclass(frozen=True, slots=True)
class IssueCredential:
    """State something about a device; an expiry of 0 means never."""

    signer: Address
    device: DeviceId
    key: str
    value_hash: bytes
    expires_at: UnixNano

    @property
    def signers(self) -> tuple[Address, ...]:
        """The account that must sign."""
        return (self.signer,)

    @classmethod
    def from_proto(cls, message: pb.MsgIssueCredential) -> "IssueCredential":
        """Check the message. Raises: RegistryError(INVALID_KEY, INVALID_VALUE_HASH), SdkError(INVALID_ADDRESS)."""
        issuer, device = checks.address(message.issuer, "issuer"), checks.device_id(message.device_id)
        key = credential_key(message.key)
        if len(message.value_hash) != HASH_SIZE:
            raise RegistryError(
                RegistryCode.INVALID_VALUE_HASH, f"{len(message.value_hash)} bytes instead of {HASH_SIZE}"
            )
        return cls(issuer, device, key, message.value_hash, UnixNano(message.expires_at))


@dataclass(frozen=True, slots=True)
class RevokeCredential:
    """Remove a statement about a device."""

    signer: Address
    device: DeviceId
    issuer: Address
    key: str

    @property
    def signers(self) -> tuple[Address, ...]:
        """The account that must sign."""
        return (self.signer,)

    @classmethod
    def from_proto(cls, message: pb.MsgRevokeCredential) -> "RevokeCredential":
        """Check the message. Raises: RegistryError(INVALID_KEY), SdkError(INVALID_ADDRESS)."""
        signer, device = checks.address(message.signer, "signer"), checks.device_id(message.device_id)
        return cls(signer, device, checks.address(message.issuer, "issuer"), credential_key(message.key))


@dataclass(frozen=True, slots=True)
class GrantConsent:
    """Allow somebody something with a device; an expiry of 0 means never."""

    signer: Address
    device: DeviceId
    grantee: Address
    scopes: tuple[ConsentScope, ...]
    expires_at: UnixNano

    @property
    def signers(self) -> tuple[Address, ...]:
        """The account that must sign."""
        return (self.signer,)

    @classmethod
    def from_proto(cls, message: pb.MsgGrantConsent) -> "GrantConsent":
        """Check the message. Raises: RegistryError(INVALID_SCOPES), SdkError(INVALID_ADDRESS)."""
        owner, device = checks.address(message.owner, "owner"), checks.device_id(message.device_id)
        grantee = checks.address(message.grantee, "grantee")
        return cls(owner, device, grantee, consent_scopes(message.scopes), UnixNano(message.expires_at))


@dataclass(frozen=True, slots=True)
class RevokeConsent:
    """Take back what somebody is allowed."""

    signer: Address
    device: DeviceId
    grantee: Address

    @property
    def signers(self) -> tuple[Address, ...]:
        """The account that must sign."""
        return (self.signer,)

    @classmethod
    def from_proto(cls, message: pb.MsgRevokeConsent) -> "RevokeConsent":
        """Check the message. Raises: SdkError(INVALID_ADDRESS)."""
        signer, device = checks.address(message.signer, "signer"), checks.device_id(message.device_id)
        return cls(signer, device, checks.address(message.grantee, "grantee"))


def credential_key(text: str) -> str:
    """Check what a credential is about. Raises: RegistryError(INVALID_KEY)."""
    if not _KEY.fullmatch(text):
        raise RegistryError(
            RegistryCode.INVALID_KEY, f"{text[:40]!r} is not 1 to 32 of a-z, 0-9, dot, hyphen and underscore"
        )
    return text


def consent_scopes(numbers: Iterable[int]) -> tuple[ConsentScope, ...]:
    """Check scopes and return them in order of their numbers. Raises: RegistryError(INVALID_SCOPES)."""
    given = tuple(numbers)
    known = tuple(scope for scope in ConsentScope if int(scope) in given)
    if not known or len(known) != len(given):
        raise RegistryError(RegistryCode.INVALID_SCOPES, f"{list(given)[:8]} are no scopes, each given once")
    return known
