"""What each message about credentials and consents does: check, apply, emit."""

from chain.pb.lamppost.device_registry.v1 import statements_pb2 as pb
from chain.sdk.context import Context
from modules.device_registry import state
from modules.device_registry.devices import verbs as devices
from modules.device_registry.errors import RegistryCode, RegistryError
from modules.device_registry.keeper import DeviceRegistryKeeper as Keeper
from modules.device_registry.manufacturers.types import ManufacturerStatus
from modules.device_registry.networks import verbs as networks
from modules.device_registry.statements import messages as msgs
from modules.device_registry.statements import verbs
from modules.device_registry.types import Consent, ConsentScope, Credential, Device


def issue_credential(ctx: Context, keeper: Keeper, msg: msgs.IssueCredential) -> pb.MsgIssueCredentialResponse:
    """State something about a device, in the place of what the issuer stated under this key.

    Raises: RegistryError(UNKNOWN_DEVICE, WRONG_STATUS, NOT_ISSUER, INVALID_EXPIRY, TOO_MANY_STATEMENTS).
    """
    device = devices.find_device(ctx, msg.device)
    devices.require_alive(device)
    _require_issuer(ctx, msg, device)
    verbs.require_expiry(ctx, msg.expires_at)
    place = (msg.device, msg.signer, msg.key)
    new = not state.credentials.has(ctx, place)
    if new:
        verbs.require_room(ctx, state.credential_counts, msg.device, keeper.params(ctx).max_statements)

    state.credentials.set(ctx, place, Credential(msg.value_hash, ctx.time, msg.expires_at))
    if new:
        verbs.count(ctx, state.credential_counts, msg.device, 1)

    ctx.emit("device_credential_issued", device=msg.device, issuer=msg.signer, key=msg.key, expires_at=msg.expires_at)
    return pb.MsgIssueCredentialResponse()


def _require_issuer(ctx: Context, msg: msgs.IssueCredential, device: Device) -> None:
    # Else strangers could fill the room that a device has for statements.
    if networks.find_network(ctx, device.network).admin == msg.signer:
        return
    maker = devices.maker_of(ctx, device)
    if maker is not None and maker.owner == msg.signer and maker.status is ManufacturerStatus.ACTIVE:
        return
    if not verbs.may(ctx, msg.device, device, msg.signer, ConsentScope.CREDENTIALS):
        raise RegistryError(
            RegistryCode.NOT_ISSUER,
            f"{msg.signer} is not the admin or an active manufacturer, nor allowed by the owner",
        )


def revoke_credential(ctx: Context, keeper: Keeper, msg: msgs.RevokeCredential) -> pb.MsgRevokeCredentialResponse:
    """Remove a statement: its issuer, the device's owner, or anybody once it is void.

    Raises: RegistryError(UNKNOWN_DEVICE, UNKNOWN_STATEMENT, NOT_REVOCABLE).
    """
    device = devices.find_device(ctx, msg.device)
    place = (msg.device, msg.issuer, msg.key)
    found = state.credentials.get(ctx, place)
    if found is None:
        raise RegistryError(RegistryCode.UNKNOWN_STATEMENT, f"{msg.issuer} stated nothing about {msg.key}")
    if msg.signer not in (msg.issuer, device.owner) and not verbs.void_credential(device, found, ctx.time):
        raise RegistryError(RegistryCode.NOT_REVOCABLE, "the credential holds; issuer and owner may remove it")

    state.credentials.delete(ctx, place)
    verbs.count(ctx, state.credential_counts, msg.device, -1)

    ctx.emit("device_credential_revoked", device=msg.device, issuer=msg.issuer, key=msg.key, by=msg.signer)
    return pb.MsgRevokeCredentialResponse()


def grant_consent(ctx: Context, keeper: Keeper, msg: msgs.GrantConsent) -> pb.MsgGrantConsentResponse:
    """Allow somebody something with a device, in the place of what was allowed before.

    Raises: RegistryError(UNKNOWN_DEVICE, NOT_OWNER, WRONG_STATUS, INVALID_EXPIRY, TOO_MANY_STATEMENTS).
    """
    device = devices.find_device(ctx, msg.device)
    devices.require_owner(device, msg.signer)
    devices.require_alive(device)
    verbs.require_expiry(ctx, msg.expires_at)
    place = (msg.device, msg.grantee)
    new = not state.consents.has(ctx, place)
    if new:
        verbs.require_room(ctx, state.consent_counts, msg.device, keeper.params(ctx).max_statements)

    state.consents.set(ctx, place, Consent(device.owner, msg.scopes, ctx.time, msg.expires_at))
    if new:
        verbs.count(ctx, state.consent_counts, msg.device, 1)

    scopes = ",".join(scope.name.lower() for scope in msg.scopes)
    ctx.emit("device_consent_granted", device=msg.device, grantee=msg.grantee, scopes=scopes, expires_at=msg.expires_at)
    return pb.MsgGrantConsentResponse()


def revoke_consent(ctx: Context, keeper: Keeper, msg: msgs.RevokeConsent) -> pb.MsgRevokeConsentResponse:
    """Take a consent back: the owner, whoever has it, or anybody once it is void.

    Raises: RegistryError(UNKNOWN_DEVICE, UNKNOWN_STATEMENT, NOT_REVOCABLE).
    """
    device = devices.find_device(ctx, msg.device)
    place = (msg.device, msg.grantee)
    found = state.consents.get(ctx, place)
    if found is None:
        raise RegistryError(RegistryCode.UNKNOWN_STATEMENT, f"{msg.grantee} is allowed nothing")
    if msg.signer not in (msg.grantee, device.owner) and not verbs.void_consent(device, found, ctx.time):
        raise RegistryError(RegistryCode.NOT_REVOCABLE, "the consent holds; owner and grantee may remove it")

    state.consents.delete(ctx, place)
    verbs.count(ctx, state.consent_counts, msg.device, -1)

    ctx.emit("device_consent_revoked", device=msg.device, grantee=msg.grantee, by=msg.signer)
    return pb.MsgRevokeConsentResponse()
