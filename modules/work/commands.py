"""How the commands of work look."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chain.pb.lamppost.work.v1 import tx_pb2, types_pb2
from chain.primitives.ids import DeviceId
from chain.sdk.cli import Arg, Command, Kind

_RECEIPT_FIELDS = (
    "network",
    "device",
    "epoch",
    "sequence",
    "units",
    "uptime_bp",
    "telemetry_root",
    "audit_answer",
    "signature",
)


def build_submit(values: Mapping[str, Any]) -> tx_pb2.MsgSubmitWork:
    """Return the message of a file of receipts: a JSON list, or an object with a list in `receipts`.

    Device ids are `lampdev1...`, bytes are hex. Raises: ValueError naming the file, or the receipt and the field.
    """
    file = Path(values["file"])
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(f"{file} cannot be read as JSON: {error}") from error
    items = data.get("receipts") if isinstance(data, dict) else data
    if not isinstance(items, list):
        raise ValueError(f"{file} holds no list of receipts")
    message = tx_pb2.MsgSubmitWork(submitter=values["submitter"])
    for index, item in enumerate(items):
        try:
            message.receipts.append(_receipt(item))
        except (TypeError, ValueError) as error:
            raise ValueError(f"receipts[{index}]: {error}") from error
    return message


def _receipt(item: Any) -> types_pb2.Receipt:
    if not isinstance(item, dict):
        raise ValueError("is no object")
    unknown = sorted(set(item) - set(_RECEIPT_FIELDS))
    if unknown:
        raise ValueError(f"{unknown[0]} is unknown; known are {', '.join(_RECEIPT_FIELDS)}")
    missing = [field for field in _RECEIPT_FIELDS if field not in item and field != "audit_answer"]
    if missing:
        raise ValueError(f"{missing[0]} is missing")
    return types_pb2.Receipt(
        network=int(item["network"]),
        device=bytes(DeviceId.parse(str(item["device"]))),
        epoch=int(item["epoch"]),
        sequence=int(item["sequence"]),
        units=int(item["units"]),
        uptime_bp=int(item["uptime_bp"]),
        telemetry_root=bytes.fromhex(item["telemetry_root"]),
        audit_answer=bytes.fromhex(item.get("audit_answer", "")),
        signature=bytes.fromhex(item["signature"]),
    )


SUBMIT = Command(
    name="submit",
    help="Hand in a file of signed receipts; each is judged by itself.",
    example="lampd tx work submit receipts.json --from gateway",
    args=(Arg("file", "JSON list of receipts; ids as lampdev1..., bytes as hex.", Kind.FILE, metavar="FILE"),),
    signer="submitter",
    build=build_submit,
)
UPDATE_PARAMS = Command(
    name="update-params",
    help="Replace the parameters of work (the chain's authority only).",
    example="lampd tx work update-params "
    """'{"epoch_seconds": "3600", "max_receipts": 256, "audits_per_epoch": 16, "max_strikes": 3, """
    """"suspension_epochs": 10, "forfeit_bp": 5000, "max_network_quota": "100000"}' --from authority""",
    args=(Arg("params", "All parameters as JSON.", Kind.JSON, metavar="PARAMS"),),
    signer="authority",
)
PARAMS = Command(
    name="params",
    help="Show the length of an epoch, the limits of a message and the rules of audits and gateways.",
    example="lampd query work params",
    shows={"epoch_seconds": "seconds", "max_network_quota": "number"},
)
EPOCH = Command(
    name="epoch",
    help="Show the running epoch: its number, when it began and when it ends.",
    example="lampd query work epoch",
    shows={"start": "time", "end": "time", "seconds": "seconds"},
)
DEVICE = Command(
    name="device",
    help="Show a device's last receipt and whether it may hand in another.",
    example="lampd query work device lampdev1qqqsyqcyq5rqwzqfpg9scrgwpugpzysnsfe57z",
    args=(Arg("device_id", "The device: lampdev1...", metavar="DEVICE"),),
)
