"""Credentials and consents as they are on the wire."""

from typing import Any

from chain.pb.lamppost.device_registry.v1 import statements_pb2 as pb
from chain.primitives.ids import Address, DeviceId
from modules.device_registry.types import Consent, Credential


def credential_to_proto(key: tuple[DeviceId, Address, str], credential: Credential) -> pb.Credential:
    """Return a credential's message."""
    number, issuer, name = key
    return pb.Credential(
        device_id=str(number),
        issuer=str(issuer),
        key=name,
        value_hash=credential.value_hash,
        issued_at=credential.issued_at,
        expires_at=credential.expires_at,
    )


def consent_to_proto(key: tuple[DeviceId, Address], consent: Consent) -> pb.Consent:
    """Return a consent's message."""
    number, grantee = key
    # The wire's enums are integers that have a type of their own in the stubs only.
    scopes: Any = [int(scope) for scope in consent.scopes]
    return pb.Consent(
        device_id=str(number),
        grantee=str(grantee),
        scopes=scopes,
        granted_at=consent.granted_at,
        expires_at=consent.expires_at,
        owner=str(consent.owner),
    )
