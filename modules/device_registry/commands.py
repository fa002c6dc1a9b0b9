"""The registry's commands, and how what people write becomes messages."""

from collections.abc import Mapping
from typing import Any

from chain.codec.networks import load_network
from chain.pb.lamppost.device_registry.v1 import tx_pb2, types_pb2
from chain.sdk.cli import Arg, Column, Command, Kind

_NETWORK = Arg("network", "Id of the network")
_MODEL = Arg("model", "Id of the model")
_DEVICE_ID = Arg("device_id", "Id of the device (lampdev1...)", metavar="DEVICE")
_ALGORITHMS = {
    "secp256k1": types_pb2.KEY_ALGORITHM_SECP256K1,
    "ed25519": types_pb2.KEY_ALGORITHM_ED25519,
    "p256": types_pb2.KEY_ALGORITHM_P256,
}
_STATUSES = {"active": types_pb2.MODEL_STATUS_ACTIVE, "suspended": types_pb2.MODEL_STATUS_SUSPENDED}
EXAMPLE_DEVICE = "lampdev1qqqsyqcyq5rqwzqfpg9scrgwpugpzysnsfe57z"
"""A device id for the examples of commands."""

_NETWORK_COLUMNS = (
    Column("id", "id"),
    Column("name", "name"),
    Column("kind", "kind"),
    Column("unit", "unit"),
    Column("weight_bp", "weight", "bp"),
    Column("status", "status"),
    Column("admin", "admin"),
)
_MODEL_COLUMNS = (
    Column("id", "id"),
    Column("name", "name"),
    Column("level", "level"),
    Column("hardware_bp", "hardware", "bp"),
    Column("max_units", "units/epoch"),
    Column("status", "status"),
)
_DEVICE_COLUMNS = (
    Column("id", "device"),
    Column("network", "network"),
    Column("model", "model"),
    Column("status", "status"),
    Column("owner", "owner"),
    Column("bond", "bond", "amount"),
    Column("registered_at", "registered", "time"),
)
_NETWORK_UNITS = {"deposit": "amount", "level_weights": "bp"}


def _choose(options: Mapping[str, int], text: str, what: str) -> Any:
    if text.lower() not in options:
        raise ValueError(f"{what} {text!r} is none of {', '.join(options)}")
    return options[text.lower()]


def _integer(text: Any, what: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise ValueError(f"{what} {text!r} is no whole number") from error


def _hex(text: str, what: str) -> bytes:
    try:
        return bytes.fromhex(text.removeprefix("0x"))
    except ValueError as error:
        raise ValueError(f"{what} is not hexadecimal") from error


def _cell(text: str) -> int:
    try:
        return int(text, 16)
    except ValueError as error:
        raise ValueError(f"cell {text!r} is no H3 index in hexadecimal, such as 8828d54681fffff") from error


def parse_caps(text: str) -> list[types_pb2.LocationCap]:
    """Read `8=48,7=168,6=600` (H3 resolution and cap). Raises: ValueError."""
    caps = []
    for part in filter(None, text.split(",")):
        resolution, sign, cap = part.partition("=")
        if not sign:
            raise ValueError(f"cap {part!r} is not RESOLUTION=UNITS, such as 8=48")
        caps.append(types_pb2.LocationCap(resolution=_integer(resolution, "resolution"), cap=_integer(cap, "cap")))
    return caps


def create_network(values: Mapping[str, Any]) -> tx_pb2.MsgCreateNetwork:
    """Return the message that a network file asks for. Raises: NetworkFileError."""
    return load_network(values["file"]).message(values["admin"])


def update_network(values: Mapping[str, Any]) -> tx_pb2.MsgUpdateNetwork:
    """Return the message with what was given. Raises: ValueError."""
    message = tx_pb2.MsgUpdateNetwork(admin=values["admin"], network=_integer(values["network"], "network"))
    if values.get("description") is not None:
        message.description = values["description"]
    message.location_caps.extend(parse_caps(values.get("caps") or ""))
    weights = values.get("levels") or ""
    message.level_weights.extend(_integer(item, "level weight") for item in filter(None, weights.split(",")))
    return message


def add_model(values: Mapping[str, Any]) -> tx_pb2.MsgAddModel:
    """Return the message that adds one model. Raises: ValueError."""
    spec = tx_pb2.ModelSpec(
        name=values["name"],
        hardware_bp=_integer(values["hardware_bp"], "hardware weight"),
        max_units=_integer(values["max_units"], "maximum of units"),
    )
    return tx_pb2.MsgAddModel(admin=values["admin"], network=_integer(values["network"], "network"), model=spec)


def set_model_status(values: Mapping[str, Any]) -> tx_pb2.MsgSetModelStatus:
    """Return the message that suspends or wakes a model. Raises: ValueError."""
    status = _choose(_STATUSES, values["status"], "status")
    return tx_pb2.MsgSetModelStatus(admin=values["admin"], model=_integer(values["model"], "model"), status=status)


def register_device(values: Mapping[str, Any]) -> tx_pb2.MsgRegisterDevice:
    """Return the message that registers a device whose proof was made elsewhere. Raises: ValueError."""
    return tx_pb2.MsgRegisterDevice(
        owner=values["owner"],
        algorithm=_choose(_ALGORITHMS, values["algorithm"], "algorithm"),
        public_key=_hex(values["public_key"], "public key"),
        network=_integer(values["network"], "network"),
        model=_integer(values["model"], "model"),
        operator=values.get("operator") or "",
        payout=values.get("payout") or "",
        cell=_cell(values.get("cell") or "0"),
        commitment=_hex(values.get("commitment") or "", "commitment"),
        proof=_hex(values["proof"], "proof"),
    )


UPDATE_PARAMS = Command(
    "update-params",
    "Replace all parameters of the registry (authority only).",
    'lampd tx device-registry update-params \'{"network_deposit": "100000000", ...}\' --from authority',
    args=(Arg("params", "All parameters as JSON", Kind.JSON),),
    signer="authority",
)
CREATE_NETWORK = Command(
    "create-network",
    "Create a network with its models from a TOML file, in one transaction.",
    "lampd tx device-registry create-network localnet/networks/weather.toml --from founder",
    args=(Arg("file", "The network file", Kind.FILE, metavar="FILE.toml"),),
    signer="admin",
    build=create_network,
)
UPDATE_NETWORK = Command(
    "update-network",
    "Change a network's description, caps or level weights (admin only).",
    "lampd tx device-registry update-network 1 --caps 8=48,7=168,6=600 --from founder",
    args=(_NETWORK,),
    options=(
        Arg("description", "New description"),
        Arg("caps", "New caps by H3 resolution, such as 8=48,7=168,6=600"),
        Arg("levels", "New weights of the levels 0 to 3 in basis points, such as 5000,7000,9000,10000"),
    ),
    signer="admin",
    build=update_network,
)
SET_NETWORK_WEIGHT = Command(
    "set-network-weight",
    "Set a network's share of the emission in basis points (authority only).",
    "lampd tx device-registry set-network-weight 1 3000 --from authority",
    args=(_NETWORK, Arg("weight_bp", "Share in basis points; all networks together have at most 10000")),
    signer="authority",
)
CLOSE_NETWORK = Command(
    "close-network",
    "Close a network without working devices for good and get the deposit back (admin only).",
    "lampd tx device-registry close-network 1 --from founder",
    args=(_NETWORK,),
    signer="admin",
)
ADD_MODEL = Command(
    "add-model",
    "Add a model of devices to a network (admin only).",
    "lampd tx device-registry add-model 1 roof-station 10000 24 --from founder",
    args=(
        _NETWORK,
        Arg("name", "Name of the model, unique in the network"),
        Arg("hardware_bp", "What a unit of this hardware counts, in basis points"),
        Arg("max_units", "Most units that a device may earn for in an epoch"),
    ),
    signer="admin",
    build=add_model,
)
SET_MODEL_STATUS = Command(
    "set-model-status",
    "Suspend a model with all its devices, or make it active again (admin only).",
    "lampd tx device-registry set-model-status 1 suspended --from founder",
    args=(_MODEL, Arg("status", "active or suspended")),
    signer="admin",
    build=set_model_status,
)
REGISTER_DEVICE = Command(
    "register-device",
    "Register a device with a proof that its key made; `lampd device register` does both.",
    "lampd tx device-registry register-device ed25519 PUBLIC_KEY_HEX 3 5 PROOF_HEX --from owner",
    args=(
        Arg("algorithm", "secp256k1, ed25519 or p256"),
        Arg("public_key", "The device's public key in hexadecimal"),
        _NETWORK,
        _MODEL,
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
    args=(_DEVICE_ID, Arg("operator", "The account; the owner's own to take it back", Kind.ADDRESS)),
    signer="owner",
)
SET_PAYOUT = Command(
    "set-payout",
    "Name the account that a device's rewards go to (owner only).",
    f"lampd tx device-registry set-payout {EXAMPLE_DEVICE} savings --from owner",
    args=(_DEVICE_ID, Arg("payout", "The account; the owner's own to take it back", Kind.ADDRESS)),
    signer="owner",
)
PAUSE_DEVICE = Command(
    "pause-device",
    "Stop a device's work until resumed (owner or operator).",
    f"lampd tx device-registry pause-device {EXAMPLE_DEVICE} --from owner",
    args=(_DEVICE_ID,),
    signer="signer",
)
RESUME_DEVICE = Command(
    "resume-device",
    "Let a paused device work again (owner or operator).",
    f"lampd tx device-registry resume-device {EXAMPLE_DEVICE} --from owner",
    args=(_DEVICE_ID,),
    signer="signer",
)
RETIRE_DEVICE = Command(
    "retire-device",
    "End a device for good and get the bond back (owner only).",
    f"lampd tx device-registry retire-device {EXAMPLE_DEVICE} --from owner",
    args=(_DEVICE_ID,),
    signer="owner",
)

PARAMS = Command(
    "params",
    "Show the registry's parameters.",
    "lampd query device-registry params",
    shows={"network_deposit": "amount", "device_bond": "amount"},
)
NETWORK = Command(
    "network",
    "Show a network.",
    "lampd query device-registry network 1",
    args=(_NETWORK,),
    shows=_NETWORK_UNITS,
)
NETWORK_BY_NAME = Command(
    "network-by-name",
    "Show a network by its name.",
    "lampd query device-registry network-by-name weather",
    args=(Arg("name", "Name of the network"),),
    shows=_NETWORK_UNITS,
)
NETWORKS = Command(
    "networks",
    "List all networks.",
    "lampd query device-registry networks",
    rows="networks",
    columns=_NETWORK_COLUMNS,
)
EMISSION_WEIGHTS = Command(
    "emission-weights",
    "List the networks' shares of the emission.",
    "lampd query device-registry emission-weights",
    rows="weights",
    columns=(Column("network", "network"), Column("weight_bp", "weight", "bp")),
)
MODEL = Command("model", "Show a model of devices.", "lampd query device-registry model 1", args=(_MODEL,))
MODELS = Command(
    "models",
    "List a network's models.",
    "lampd query device-registry models 1",
    args=(_NETWORK,),
    rows="models",
    columns=_MODEL_COLUMNS,
)
DEVICE = Command(
    "device",
    "Show a device, and whether it may work now.",
    f"lampd query device-registry device {EXAMPLE_DEVICE}",
    args=(_DEVICE_ID,),
    shows={"bond": "amount", "cell": "hex"},
)
DEVICES_BY_OWNER = Command(
    "devices-by-owner",
    "List the devices that an account owns.",
    "lampd query device-registry devices-by-owner owner",
    args=(Arg("owner", "The owner", Kind.ADDRESS),),
    rows="devices",
    columns=_DEVICE_COLUMNS,
)
DEVICES_BY_OPERATOR = Command(
    "devices-by-operator",
    "List the devices that an account operates.",
    "lampd query device-registry devices-by-operator gateway",
    args=(Arg("operator", "The operator", Kind.ADDRESS),),
    rows="devices",
    columns=_DEVICE_COLUMNS,
)
DEVICES_BY_NETWORK = Command(
    "devices-by-network",
    "List a network's devices, or those of one of its models.",
    "lampd query device-registry devices-by-network 1",
    args=(_NETWORK,),
    options=(Arg("model", "Only devices of this model"),),
    rows="devices",
    columns=_DEVICE_COLUMNS,
)
DEVICE_COUNT = Command(
    "device-count",
    "Count devices by status: all, or those of a network, a model or an owner.",
    "lampd query device-registry device-count --network 1",
    options=(
        Arg("network", "Only devices of this network"),
        Arg("model", "Only devices of this model"),
        Arg("owner", "Only devices of this owner", Kind.ADDRESS),
    ),
)
