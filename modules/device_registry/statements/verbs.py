"""What credentials and consents come to: whether they hold, and how many of them one device has."""

from chain.primitives.ids import Address, DeviceId
from chain.primitives.ints import UnixNano
from chain.sdk.context import Context
from chain.sdk.schema import Map
from modules.device_registry import state
from modules.device_registry.errors import RegistryCode, RegistryError
from modules.device_registry.types import Consent, ConsentScope, Credential, Device, DeviceStatus


def void_credential(device: Device, credential: Credential, now: UnixNano) -> str:
    """Return why a credential does not hold, or the empty text."""
    if device.status is DeviceStatus.RETIRED:
        return "device is retired"
    return _expired(credential.expires_at, now)


def void_consent(device: Device, consent: Consent, now: UnixNano) -> str:
    """Return why a consent does not hold, or the empty text. The consents of an owner end with a transfer."""
    if device.status is DeviceStatus.RETIRED:
        return "device is retired"
    if consent.owner != device.owner:
        return "device has another owner"
    return _expired(consent.expires_at, now)


def _expired(expires_at: UnixNano, now: UnixNano) -> str:
    return "expired" if expires_at and expires_at <= now else ""


def may(ctx: Context, number: DeviceId, device: Device, account: Address, scope: ConsentScope) -> bool:
    """Tell whether a device's owner allows an account something now."""
    consent = state.consents.get(ctx, (number, account))
    return consent is not None and scope in consent.scopes and not void_consent(device, consent, ctx.time)


def end_consents(ctx: Context, number: DeviceId, owner: Address) -> None:
    """Remove what an account allowed when a device was its own before; else it would hold again now that it is."""
    given = state.consents.scan(ctx, within=state.DEVICE_KEY.encode(number))
    for place in [place for place, consent in given if consent.owner == owner]:
        state.consents.delete(ctx, place)
        count(ctx, state.consent_counts, number, -1)


def require_expiry(ctx: Context, expires_at: UnixNano) -> None:
    """Refuse an expiry that is not ahead; 0 means never. Raises: RegistryError(INVALID_EXPIRY)."""
    if expires_at and expires_at <= ctx.time:
        raise RegistryError(RegistryCode.INVALID_EXPIRY, f"{expires_at} is not after the block's time")


def require_room(ctx: Context, counts: Map[DeviceId, int], number: DeviceId, most: int) -> None:
    """Refuse one statement more than a device may have. Raises: RegistryError(TOO_MANY_STATEMENTS)."""
    if (counts.get(ctx, number) or 0) >= most:
        raise RegistryError(RegistryCode.TOO_MANY_STATEMENTS, f"the device has {most}; void ones can be removed")


def count(ctx: Context, counts: Map[DeviceId, int], number: DeviceId, change: int) -> None:
    """Change how many statements a device has."""
    left = (counts.get(ctx, number) or 0) + change
    if left:
        counts.set(ctx, number, left)
    else:
        counts.delete(ctx, number)
