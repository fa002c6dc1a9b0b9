"""Commands about credentials and consents."""

from chain.sdk.cli import Arg, Column, Command, Kind
from modules.device_registry.lines import DEVICE_ARG, EXAMPLE_DEVICE

_ISSUER = Arg("issuer", "Who stated it", Kind.ADDRESS)
_GRANTEE = Arg("grantee", "Who is allowed something", Kind.ADDRESS)
_KEY = Arg("key", "What it is about, such as calibration")
_EXPIRES = Arg("expires_at", "When it ends: a time in UTC, or one from now on (default: never)", Kind.TIME)
_HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

ISSUE_CREDENTIAL = Command(
    "issue-credential",
    "State something about a device (network's admin, manufacturer, or whom the owner allowed it).",
    f"lampd tx device-registry issue-credential {EXAMPLE_DEVICE} calibration {_HASH} --expires-at +365d --from founder",
    args=(DEVICE_ARG, _KEY, Arg("value_hash", "Hash of the value, 32 bytes in hexadecimal")),
    options=(_EXPIRES,),
    signer="issuer",
)
REVOKE_CREDENTIAL = Command(
    "revoke-credential",
    "Remove a credential (its issuer, the device's owner, or anybody once it is void).",
    f"lampd tx device-registry revoke-credential {EXAMPLE_DEVICE} founder calibration --from owner",
    args=(DEVICE_ARG, _ISSUER, _KEY),
    signer="signer",
)
GRANT_CONSENT = Command(
    "grant-consent",
    "Allow somebody to read telemetry, to learn the place, or to issue credentials (owner only).",
    f"lampd tx device-registry grant-consent {EXAMPLE_DEVICE} insurer telemetry --expires-at +30d --from owner",
    args=(DEVICE_ARG, _GRANTEE, Arg("scopes", "telemetry, location, credentials: what is allowed")),
    options=(_EXPIRES,),
    signer="owner",
)
REVOKE_CONSENT = Command(
    "revoke-consent",
    "Take a consent back (owner, whoever has it, or anybody once it is void).",
    f"lampd tx device-registry revoke-consent {EXAMPLE_DEVICE} insurer --from owner",
    args=(DEVICE_ARG, _GRANTEE),
    signer="signer",
)
CREDENTIAL = Command(
    "credential",
    "Show a credential of a device, and whether it holds.",
    f"lampd query device-registry credential {EXAMPLE_DEVICE} founder calibration",
    args=(DEVICE_ARG, _ISSUER, _KEY),
)
CREDENTIALS = Command(
    "credentials",
    "List the credentials of a device.",
    f"lampd query device-registry credentials {EXAMPLE_DEVICE}",
    args=(DEVICE_ARG,),
    rows="credentials",
    columns=(
        Column("credential.issuer", "issuer"),
        Column("credential.key", "key"),
        Column("credential.value_hash", "value's hash", "hex"),
        Column("valid", "valid"),
        Column("reason", "why not"),
        Column("credential.expires_at", "expires", "time"),
    ),
)
CONSENT = Command(
    "consent",
    "Show what somebody is allowed with a device, and whether it holds.",
    f"lampd query device-registry consent {EXAMPLE_DEVICE} insurer",
    args=(DEVICE_ARG, _GRANTEE),
)
CONSENTS = Command(
    "consents",
    "List the consents of a device's owner.",
    f"lampd query device-registry consents {EXAMPLE_DEVICE}",
    args=(DEVICE_ARG,),
    rows="consents",
    columns=(
        Column("consent.grantee", "grantee"),
        Column("consent.scopes", "scopes"),
        Column("valid", "valid"),
        Column("reason", "why not"),
        Column("consent.expires_at", "expires", "time"),
    ),
)
