"""Answers about credentials and consents; void ones are shown as void."""

from chain.pb.lamppost.device_registry.v1 import statements_pb2 as pb
from chain.primitives.errors import SdkCode, SdkError
from chain.primitives.ids import Address, DeviceId
from chain.sdk.context import Context
from chain.sdk.pagination import page
from modules.device_registry import checks, state
from modules.device_registry.devices import verbs as devices
from modules.device_registry.keeper import DeviceRegistryKeeper as Keeper
from modules.device_registry.queries import look_up
from modules.device_registry.statements import verbs
from modules.device_registry.statements.wire import consent_to_proto, credential_to_proto
from modules.device_registry.types import Consent, Credential, Device


def credential(ctx: Context, keeper: Keeper, request: pb.QueryCredentialRequest) -> pb.QueryCredentialResponse:
    """Return one credential. Raises: SdkError(KEY_NOT_FOUND, INVALID_ADDRESS)."""
    number, device = _device(ctx, request.device_id)
    issuer = checks.address(request.issuer, "issuer")
    fits = len(request.key.encode()) <= 32 and "\0" not in request.key
    found = state.credentials.get(ctx, (number, issuer, request.key)) if fits else None
    if found is None:
        raise SdkError(SdkCode.KEY_NOT_FOUND, f"credential {request.key[:40]!r} of {issuer} not found")
    return pb.QueryCredentialResponse(credential=_credential(ctx, device, (number, issuer, request.key), found))


def credentials(ctx: Context, keeper: Keeper, request: pb.QueryCredentialsRequest) -> pb.QueryCredentialsResponse:
    """Return a page of a device's credentials, in order of issuers. Raises: SdkError(KEY_NOT_FOUND)."""
    number, device = _device(ctx, request.device_id)
    items, following = page(ctx, state.credentials, request.pagination, state.DEVICE_KEY.encode(number))
    return pb.QueryCredentialsResponse(
        credentials=[_credential(ctx, device, key, found) for key, found in items], pagination=following
    )


def consent(ctx: Context, keeper: Keeper, request: pb.QueryConsentRequest) -> pb.QueryConsentResponse:
    """Return what somebody is allowed with a device. Raises: SdkError(KEY_NOT_FOUND, INVALID_ADDRESS)."""
    number, device = _device(ctx, request.device_id)
    grantee = checks.address(request.grantee, "grantee")
    found = state.consents.get(ctx, (number, grantee))
    if found is None:
        raise SdkError(SdkCode.KEY_NOT_FOUND, f"consent for {grantee} not found")
    return pb.QueryConsentResponse(consent=_consent(ctx, device, (number, grantee), found))


def consents(ctx: Context, keeper: Keeper, request: pb.QueryConsentsRequest) -> pb.QueryConsentsResponse:
    """Return a page of a device's consents, in order of grantees. Raises: SdkError(KEY_NOT_FOUND)."""
    number, device = _device(ctx, request.device_id)
    items, following = page(ctx, state.consents, request.pagination, state.DEVICE_KEY.encode(number))
    return pb.QueryConsentsResponse(
        consents=[_consent(ctx, device, key, found) for key, found in items], pagination=following
    )


def _device(ctx: Context, text: str) -> tuple[DeviceId, Device]:
    number = checks.device_id(text)
    return number, look_up(devices.find_device, ctx, number)


def _credential(
    ctx: Context, device: Device, key: tuple[DeviceId, Address, str], found: Credential
) -> pb.CredentialState:
    reason = verbs.void_credential(device, found, ctx.time)
    return pb.CredentialState(credential=credential_to_proto(key, found), valid=not reason, reason=reason)


def _consent(ctx: Context, device: Device, key: tuple[DeviceId, Address], found: Consent) -> pb.ConsentState:
    reason = verbs.void_consent(device, found, ctx.time)
    return pb.ConsentState(consent=consent_to_proto(key, found), valid=not reason, reason=reason)
