"""Commands about devices, and how what people write becomes messages."""

from collections.abc import Mapping
from typing import Any

from chain.pb.lamppost.device_registry.v1 import tx_pb2
from chain.sdk.cli import Arg, Command, Kind
from modules.device_registry.lines import (
    ALGORITHMS,
    DEVICE_ARG,
    DEVICE_COLUMNS,
    EXAMPLE_DEVICE,
    MODEL_ARG,
    NETWORK_ARG,
    cell,
    choose,
    hexadecimal,
    integer,
)


def register_device(values: Mapping[str, Any]) -> tx_pb2.MsgRegisterDevice:
    """Return the message that registers a device whose proof was made elsewhere. Raises: ValueError."""
    return tx_pb2.MsgRegisterDevice(
        owner=values["owner"],
        algorithm=choose(ALGORITHMS, values["algorithm"], "algorithm"),
        public_key=hexadecimal(values["public_key"], "public key"),
        network=integer(values["network"], "network"),
        model=integer(values["model"], "model"),
        operator=values.get("operator") or "",
        payout=values.get("payout") or "",
        cell=cell(values.get("cell") or "0"),
        commitment=hexadecimal(values.get("commitment") or "", "commitment"),
        proof=hexadecimal(values["proof"], "proof"),
    )


REGISTER_DEVICE = Command(
    "register-device",
    "Register a device with a proof that its key made; `lampd device register` does both.",
    "lampd tx device-registry register-device ed25519 PUBLIC_KEY_HEX 3 5 PROOF_HEX --from owner",
    args=(
        Arg("algorithm", "secp256k1, ed25519 or p256"),
        Arg("public_key", "The device's public key in hexadecimal"),
        NETWORK_ARG,
        MODEL_ARG,
        Arg("proof", "The device's signature of its binding to the owner, in hexadecimal"),
    ),
    options=(
        Arg("operator", "Account that does the daily work (default: the owner)", Kind.ADDRESS),
        Arg("payout", "Account that rewards go to (default: the owner)", Kind.ADDRESS),
        Arg("cell", "H3 cell in hexadecimal, of resolution 8 or finer; needed in a PRN"),
        Arg("commitment", "Salted hash of a finer place, 32 bytes in hexadecimal"),
    ),
    signer="owner",
    build=register_device,
)

SET_OPERATOR = Command(
    "set-operator",
    "Name the account that does a device's daily work (owner only).",
    f"lampd tx device-registry set-operator {EXAMPLE_DEVICE} gateway --from owner",
    args=(DEVICE_ARG, Arg("operator", "The account; the owner's own to take it back", Kind.ADDRESS)),
    signer="owner",
)

SET_PAYOUT = Command(
    "set-payout",
    "Name the account that a device's rewards go to (owner only).",
    f"lampd tx device-registry set-payout {EXAMPLE_DEVICE} savings --from owner",
    args=(DEVICE_ARG, Arg("payout", "The account; the owner's own to take it back", Kind.ADDRESS)),
    signer="owner",
)

PAUSE_DEVICE = Command(
    "pause-device",
    "Stop a device's work until resumed (owner or operator).",
    f"lampd tx device-registry pause-device {EXAMPLE_DEVICE} --from owner",
    args=(DEVICE_ARG,),
    signer="signer",
)

RESUME_DEVICE = Command(
    "resume-device",
    "Let a paused device work again (owner or operator).",
    f"lampd tx device-registry resume-device {EXAMPLE_DEVICE} --from owner",
    args=(DEVICE_ARG,),
    signer="signer",
)

RETIRE_DEVICE = Command(
    "retire-device",
    "End a device for good (owner only): it is paid out, its bond can be returned some time later.",
    f"lampd tx device-registry retire-device {EXAMPLE_DEVICE} --from owner",
    args=(DEVICE_ARG,),
    signer="owner",
)

RETURN_BOND = Command(
    "return-bond",
    "Send a retired device's bond to its owner, once it is due (anybody).",
    f"lampd tx device-registry return-bond {EXAMPLE_DEVICE} --from owner",
    args=(DEVICE_ARG,),
    signer="signer",
)

ACTIVE_DEVICE = Command(
    "active-device",
    "Show the device at an index of all that are not retired, as audits draw it.",
    "lampd query device-registry active-device 0",
    args=(Arg("index", "Index, from 0 upward"),),
    shows={"bond": "amount", "cell": "hex"},
)

DEVICE = Command(
    "device",
    "Show a device, and whether it may work now.",
    f"lampd query device-registry device {EXAMPLE_DEVICE}",
    args=(DEVICE_ARG,),
    shows={"bond": "amount", "cell": "hex"},
)

DEVICES_BY_OWNER = Command(
    "devices-by-owner",
    "List the devices that an account owns.",
    "lampd query device-registry devices-by-owner owner",
    args=(Arg("owner", "The owner", Kind.ADDRESS),),
    rows="devices",
    columns=DEVICE_COLUMNS,
)

DEVICES_BY_OPERATOR = Command(
    "devices-by-operator",
    "List the devices that an account operates for other owners.",
    "lampd query device-registry devices-by-operator gateway",
    args=(Arg("operator", "The operator", Kind.ADDRESS),),
    rows="devices",
    columns=DEVICE_COLUMNS,
)

DEVICES_BY_NETWORK = Command(
    "devices-by-network",
    "List a network's devices, or those of one of its models.",
    "lampd query device-registry devices-by-network 1",
    args=(NETWORK_ARG,),
    options=(Arg("model", "Only devices of this model"),),
    rows="devices",
    columns=DEVICE_COLUMNS,
)

DEVICE_COUNT = Command(
    "device-count",
    "Count devices by status: all, or those of a network, model, owner, manufacturer or batch.",
    "lampd query device-registry device-count --network 1",
    options=(
        Arg("network", "Only devices of this network"),
        Arg("model", "Only devices of this model"),
        Arg("owner", "Only devices of this owner", Kind.ADDRESS),
        Arg("manufacturer", "Only devices that this manufacturer vouches for"),
        Arg("batch", "Only devices of this batch"),
    ),
)
