"""What the registry offers about credentials and consents: messages, queries, events."""

from chain.pb.lamppost.device_registry.v1 import statements_pb2
from chain.sdk.module import Message, Query
from modules.device_registry.queries import SERVICE
from modules.device_registry.statements import commands, handlers, messages, queries

MESSAGES = (
    Message(
        statements_pb2.MsgIssueCredential,
        messages.IssueCredential.from_proto,
        handlers.issue_credential,
        commands.ISSUE_CREDENTIAL,
    ),
    Message(
        statements_pb2.MsgRevokeCredential,
        messages.RevokeCredential.from_proto,
        handlers.revoke_credential,
        commands.REVOKE_CREDENTIAL,
    ),
    Message(
        statements_pb2.MsgGrantConsent,
        messages.GrantConsent.from_proto,
        handlers.grant_consent,
        commands.GRANT_CONSENT,
    ),
    Message(
        statements_pb2.MsgRevokeConsent,
        messages.RevokeConsent.from_proto,
        handlers.revoke_consent,
        commands.REVOKE_CONSENT,
    ),
)
"""Messages about credentials and consents."""

QUERIES = (
    Query(
        SERVICE + "Credential",
        statements_pb2.QueryCredentialRequest,
        statements_pb2.QueryCredentialResponse,
        queries.credential,
        commands.CREDENTIAL,
    ),
    Query(
        SERVICE + "Credentials",
        statements_pb2.QueryCredentialsRequest,
        statements_pb2.QueryCredentialsResponse,
        queries.credentials,
        commands.CREDENTIALS,
    ),
    Query(
        SERVICE + "Consent",
        statements_pb2.QueryConsentRequest,
        statements_pb2.QueryConsentResponse,
        queries.consent,
        commands.CONSENT,
    ),
    Query(
        SERVICE + "Consents",
        statements_pb2.QueryConsentsRequest,
        statements_pb2.QueryConsentsResponse,
        queries.consents,
        commands.CONSENTS,
    ),
)
"""Queries about credentials and consents."""

EVENTS = (
    "device_credential_issued",
    "device_credential_revoked",
    "device_consent_granted",
    "device_consent_revoked",
)
"""Events about credentials and consents."""
