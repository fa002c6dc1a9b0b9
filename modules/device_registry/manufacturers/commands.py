"""Commands about manufacturers and batches, and how what people write becomes messages."""

from collections.abc import Mapping
from typing import Any

from chain.codec.batchfiles import load_issue, load_proof
from chain.pb.lamppost.device_registry.v1 import manufacturers_pb2 as pb
from chain.sdk.cli import Arg, Column, Command, Kind
from modules.device_registry.lines import (
    ALGORITHMS,
    DEVICE_COLUMNS,
    MODEL_ARG,
    cell,
    choose,
    hexadecimal,
    integer,
)

_MANUFACTURER = Arg("manufacturer", "Id of the manufacturer")
_BATCH = Arg("batch", "Id of the batch")
_STATUSES = {
    "active": pb.MANUFACTURER_STATUS_ACTIVE,
    "suspended": pb.MANUFACTURER_STATUS_SUSPENDED,
    "revoked": pb.MANUFACTURER_STATUS_REVOKED,
}
_ALGORITHM = Arg("algorithm", "secp256k1, ed25519 or p256")
_PUBLIC_KEY = Arg("public_key", "The issuing key's public part in hexadecimal")
_MANUFACTURER_COLUMNS = (
    Column("id", "id"),
    Column("name", "name"),
    Column("status", "status"),
    Column("strikes", "strikes"),
    Column("open_batches", "open batches"),
    Column("bond", "bond", "amount"),
    Column("owner", "owner"),
)
_BATCH_COLUMNS = (
    Column("id", "id"),
    Column("model", "model"),
    Column("count", "keys"),
    Column("status", "status"),
    Column("issued_at", "issued", "time"),
    Column("root", "root", "hex"),
)
_MODEL_COLUMNS = (
    Column("id", "id"),
    Column("network", "network"),
    Column("name", "name"),
    Column("level", "level"),
    Column("status", "status"),
)


def register_manufacturer(values: Mapping[str, Any]) -> pb.MsgRegisterManufacturer:
    """Return the message that registers a manufacturer whose proof was made elsewhere. Raises: ValueError."""
    return pb.MsgRegisterManufacturer(
        owner=values["owner"],
        name=values["name"],
        algorithm=choose(ALGORITHMS, values["algorithm"], "algorithm"),
        public_key=hexadecimal(values["public_key"], "public key"),
        proof=hexadecimal(values["proof"], "proof"),
    )


def set_issuing_key(values: Mapping[str, Any]) -> pb.MsgSetIssuingKey:
    """Return the message that replaces an issuing key. Raises: ValueError."""
    return pb.MsgSetIssuingKey(
        owner=values["owner"],
        manufacturer=integer(values["manufacturer"], "manufacturer"),
        algorithm=choose(ALGORITHMS, values["algorithm"], "algorithm"),
        public_key=hexadecimal(values["public_key"], "public key"),
        old_proof=hexadecimal(values["old_proof"], "old proof"),
        new_proof=hexadecimal(values["new_proof"], "new proof"),
    )


def set_manufacturer_status(values: Mapping[str, Any]) -> pb.MsgSetManufacturerStatus:
    """Return the message that suspends, wakes or ends a manufacturer. Raises: ValueError."""
    return pb.MsgSetManufacturerStatus(
        authority=values["authority"],
        manufacturer=integer(values["manufacturer"], "manufacturer"),
        status=choose(_STATUSES, values["status"], "status"),
    )


def issue_batch(values: Mapping[str, Any]) -> pb.MsgIssueBatch:
    """Return the message that issues the batch of an issue file. Raises: BatchFileError."""
    issue = load_issue(values["file"])
    return pb.MsgIssueBatch(
        owner=values["owner"], model=issue.model, root=issue.root, count=issue.count, signature=issue.signature
    )


def claim_device(values: Mapping[str, Any]) -> pb.MsgClaimDevice:
    """Return the message that claims the device of a proof file. Raises: BatchFileError, ValueError."""
    place = load_proof(values["file"])
    return pb.MsgClaimDevice(
        owner=values["owner"],
        batch=integer(values["batch"], "batch"),
        index=place.index,
        algorithm=choose(ALGORITHMS, place.algorithm, "algorithm"),
        public_key=place.public_key,
        path=place.path,
        operator=values.get("operator") or "",
        payout=values.get("payout") or "",
        cell=cell(values.get("cell") or "0"),
        commitment=hexadecimal(values.get("commitment") or "", "commitment"),
        proof=hexadecimal(values["proof"], "proof"),
    )


REGISTER_MANUFACTURER = Command(
    "register-manufacturer",
    "Register a manufacturer with a proof that its issuing key made; `lampd manufacturer register` does both.",
    "lampd tx device-registry register-manufacturer acme ed25519 PUBLIC_KEY_HEX PROOF_HEX --from maker",
    args=(
        Arg("name", "Name of the manufacturer, unique on the chain"),
        _ALGORITHM,
        _PUBLIC_KEY,
        Arg("proof", "The issuing key's signature of its binding, in hexadecimal"),
    ),
    signer="owner",
    build=register_manufacturer,
)
SET_ISSUING_KEY = Command(
    "set-issuing-key",
    "Replace a manufacturer's issuing key, with signatures of both keys; `lampd manufacturer set-key` makes them.",
    "lampd tx device-registry set-issuing-key 1 ed25519 PUBLIC_KEY_HEX OLD_PROOF_HEX NEW_PROOF_HEX --from maker",
    args=(
        _MANUFACTURER,
        _ALGORITHM,
        _PUBLIC_KEY,
        Arg("old_proof", "The old issuing key's signature of the new one, in hexadecimal"),
        Arg("new_proof", "The new issuing key's signature of itself, in hexadecimal"),
    ),
    signer="owner",
    build=set_issuing_key,
)
STRIKE_MANUFACTURER = Command(
    "strike-manufacturer",
    "Add a strike to a manufacturer; the third suspends it (authority only).",
    "lampd tx device-registry strike-manufacturer 1 'keys were found in public' --from authority",
    args=(_MANUFACTURER, Arg("reason", "What happened, at most 256 bytes")),
    signer="authority",
)
SET_MANUFACTURER_STATUS = Command(
    "set-manufacturer-status",
    "Suspend a manufacturer with all its devices, let it go on, or end it and burn its bond (authority only).",
    "lampd tx device-registry set-manufacturer-status 1 suspended --from authority",
    args=(_MANUFACTURER, Arg("status", "active, suspended or revoked")),
    signer="authority",
    build=set_manufacturer_status,
)
RETIRE_MANUFACTURER = Command(
    "retire-manufacturer",
    "End a manufacturer without open batches; the bond comes back after a hold (its owner only).",
    "lampd tx device-registry retire-manufacturer 1 --from maker",
    args=(_MANUFACTURER,),
    signer="owner",
)
RETURN_MANUFACTURER_BOND = Command(
    "return-manufacturer-bond",
    "Send a retired manufacturer's bond to its owner once it is due.",
    "lampd tx device-registry return-manufacturer-bond 1 --from maker",
    args=(_MANUFACTURER,),
    signer="signer",
)
REVOKE_MODEL = Command(
    "revoke-model",
    "Stop a model with all its devices for good (network's admin or manufacturer's owner).",
    "lampd tx device-registry revoke-model 1 --from founder",
    args=(MODEL_ARG,),
    signer="signer",
)
ISSUE_BATCH = Command(
    "issue-batch",
    "Issue the batch of device keys that `lampd manufacturer batch sign` wrote (manufacturer's owner only).",
    "lampd tx device-registry issue-batch issue.json --from maker",
    args=(Arg("file", "What the issuing key signed", Kind.FILE, metavar="ISSUE.json"),),
    signer="owner",
    build=issue_batch,
)
CLOSE_BATCH = Command(
    "close-batch",
    "Let nobody claim devices of a batch any more (manufacturer's owner only).",
    "lampd tx device-registry close-batch 1 --from maker",
    args=(_BATCH,),
    signer="owner",
)
REVOKE_BATCH = Command(
    "revoke-batch",
    "Stop a batch with all its devices for good (manufacturer's owner, network's admin or authority).",
    "lampd tx device-registry revoke-batch 1 --from maker",
    args=(_BATCH,),
    signer="signer",
)
CLAIM_DEVICE = Command(
    "claim-device",
    "Claim a device of a batch with a proof that its key made; `lampd device claim` does both.",
    "lampd tx device-registry claim-device 1 proof.json PROOF_HEX --cell 8828d54681fffff --from owner",
    args=(
        _BATCH,
        Arg(
            "file",
            "The key's place in the batch, as `lampd manufacturer batch proof` prints it",
            Kind.FILE,
            metavar="PROOF.json",
        ),
        Arg("proof", "The device's signature of its binding to the owner, in hexadecimal"),
    ),
    options=(
        Arg("operator", "Account that does the daily work (default: the owner)", Kind.ADDRESS),
        Arg("payout", "Account that rewards go to (default: the owner)", Kind.ADDRESS),
        Arg("cell", "H3 cell in hexadecimal, of resolution 8 or finer; needed in a PRN"),
        Arg("commitment", "Salted hash of a finer place, 32 bytes in hexadecimal"),
    ),
    signer="owner",
    build=claim_device,
)

MANUFACTURER = Command(
    "manufacturer",
    "Show a manufacturer, with counts of its devices.",
    "lampd query device-registry manufacturer 1",
    args=(_MANUFACTURER,),
    shows={"bond": "amount", "public_key": "hex"},
)
MANUFACTURER_BY_NAME = Command(
    "manufacturer-by-name",
    "Show a manufacturer by its name.",
    "lampd query device-registry manufacturer-by-name acme",
    args=(Arg("name", "Name of the manufacturer"),),
    shows={"bond": "amount", "public_key": "hex"},
)
MANUFACTURERS = Command(
    "manufacturers",
    "List all manufacturers.",
    "lampd query device-registry manufacturers",
    rows="manufacturers",
    columns=_MANUFACTURER_COLUMNS,
)
MANUFACTURERS_BY_OWNER = Command(
    "manufacturers-by-owner",
    "List the manufacturers of an account.",
    "lampd query device-registry manufacturers-by-owner maker",
    args=(Arg("owner", "The owner", Kind.ADDRESS),),
    rows="manufacturers",
    columns=_MANUFACTURER_COLUMNS,
)
MODELS_BY_MANUFACTURER = Command(
    "models-by-manufacturer",
    "List the models that a manufacturer vouches for.",
    "lampd query device-registry models-by-manufacturer 1",
    args=(_MANUFACTURER,),
    rows="models",
    columns=_MODEL_COLUMNS,
)
BATCH = Command(
    "batch",
    "Show a batch of device keys, and how many were claimed.",
    "lampd query device-registry batch 1",
    args=(_BATCH,),
    shows={"root": "hex"},
)
BATCHES_BY_MODEL = Command(
    "batches-by-model",
    "List a model's batches.",
    "lampd query device-registry batches-by-model 1",
    args=(MODEL_ARG,),
    rows="batches",
    columns=_BATCH_COLUMNS,
)
BATCHES_BY_MANUFACTURER = Command(
    "batches-by-manufacturer",
    "List a manufacturer's batches.",
    "lampd query device-registry batches-by-manufacturer 1",
    args=(_MANUFACTURER,),
    rows="batches",
    columns=_BATCH_COLUMNS,
)
DEVICES_BY_BATCH = Command(
    "devices-by-batch",
    "List the devices that were claimed from a batch.",
    "lampd query device-registry devices-by-batch 1",
    args=(_BATCH,),
    rows="devices",
    columns=DEVICE_COLUMNS,
)
DEVICES_BY_MANUFACTURER = Command(
    "devices-by-manufacturer",
    "List the devices of a manufacturer's models, model by model.",
    "lampd query device-registry devices-by-manufacturer 1",
    args=(_MANUFACTURER,),
    rows="devices",
    columns=DEVICE_COLUMNS,
)
TOTALS = Command(
    "totals",
    "Count networks, models, manufacturers, batches and devices.",
    "lampd query device-registry totals",
)
