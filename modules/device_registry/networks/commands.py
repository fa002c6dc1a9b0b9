"""Commands about networks and models, and how what people write becomes messages."""

from collections.abc import Callable, Mapping
from typing import Any

from chain.codec.networks import load_network
from chain.pb.lamppost.device_registry.v1 import query_pb2, tx_pb2, types_pb2
from chain.sdk.cli import Arg, Column, Command, Kind
from modules.device_registry.lines import MODEL_ARG, NETWORK_ARG, choose, integer
from modules.device_registry.queries import SERVICE

_STATUSES = {"active": types_pb2.MODEL_STATUS_ACTIVE, "suspended": types_pb2.MODEL_STATUS_SUSPENDED}

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
    Column("manufacturer", "manufacturer"),
    Column("hardware_bp", "hardware", "bp"),
    Column("max_units", "units/epoch"),
    Column("status", "status"),
)

_NETWORK_UNITS = {"deposit": "amount", "level_weights": "bp"}


def parse_caps(text: str) -> list[types_pb2.LocationCap]:
    """Read `8=48,7=168,6=600` (H3 resolution and cap). Raises: ValueError."""
    caps = []
    for part in filter(None, text.split(",")):
        resolution, sign, cap = part.partition("=")
        if not sign:
            raise ValueError(f"cap {part!r} is not RESOLUTION=UNITS, such as 8=48")
        caps.append(types_pb2.LocationCap(resolution=integer(resolution, "resolution"), cap=integer(cap, "cap")))
    return caps


def create_network(values: Mapping[str, Any]) -> tx_pb2.MsgCreateNetwork:
    """Return the message that a network file asks for; the node knows manufacturers by name.

    Raises: NetworkFileError.
    """
    file = load_network(values["file"])
    return file.message(values["admin"], {name: _manufacturer(values["ask"], name) for name in file.manufacturers})


def _manufacturer(ask: Callable[..., Any], name: str) -> int:
    request = query_pb2.QueryManufacturerByNameRequest(name=name)
    answer = ask(SERVICE + "ManufacturerByName", request, query_pb2.QueryManufacturerByNameResponse)
    return int(answer.manufacturer.id)


def update_network(values: Mapping[str, Any]) -> tx_pb2.MsgUpdateNetwork:
    """Return the message with what was given. Raises: ValueError."""
    message = tx_pb2.MsgUpdateNetwork(admin=values["admin"], network=integer(values["network"], "network"))
    if values.get("description") is not None:
        message.description = values["description"]
    message.location_caps.extend(parse_caps(values.get("caps") or ""))
    weights = values.get("levels") or ""
    message.level_weights.extend(integer(item, "level weight") for item in filter(None, weights.split(",")))
    return message


def add_model(values: Mapping[str, Any]) -> tx_pb2.MsgAddModel:
    """Return the message that adds one model. Raises: ValueError."""
    spec = tx_pb2.ModelSpec(
        name=values["name"],
        hardware_bp=integer(values["hardware_bp"], "hardware weight"),
        max_units=integer(values["max_units"], "maximum of units"),
        level=integer(values.get("level") or "0", "level"),
        manufacturer=integer(values.get("manufacturer") or "0", "manufacturer"),
    )
    return tx_pb2.MsgAddModel(admin=values["admin"], network=integer(values["network"], "network"), model=spec)


def set_model_status(values: Mapping[str, Any]) -> tx_pb2.MsgSetModelStatus:
    """Return the message that suspends or wakes a model. Raises: ValueError."""
    status = choose(_STATUSES, values["status"], "status")
    return tx_pb2.MsgSetModelStatus(admin=values["admin"], model=integer(values["model"], "model"), status=status)


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
    "Change a network's description at once, its caps or level weights from the epoch after the next (admin only).",
    "lampd tx device-registry update-network 1 --caps 8=48,7=168,6=600 --from founder",
    args=(NETWORK_ARG,),
    options=(
        Arg("description", "New description"),
        Arg("caps", "New caps by H3 resolution, such as 8=48,7=168,6=600"),
        Arg("levels", "New weights of the levels 0 to 3 in basis points, such as 5000,7000,9000,10000"),
    ),
    signer="admin",
    build=update_network,
)

OFFER_NETWORK = Command(
    "offer-network",
    "Offer a network to another admin, who accepts (admin only).",
    "lampd tx device-registry offer-network 1 alice --from founder",
    args=(NETWORK_ARG, Arg("new_admin", "The account that may become the admin", Kind.ADDRESS)),
    signer="admin",
)
ACCEPT_NETWORK = Command(
    "accept-network",
    "Become the admin of a network that was offered to you, with the claim to its deposit.",
    "lampd tx device-registry accept-network 1 --from alice",
    args=(NETWORK_ARG,),
    signer="new_admin",
)
CANCEL_NETWORK_OFFER = Command(
    "cancel-network-offer",
    "Take an offer of a network back (admin or the one who was asked).",
    "lampd tx device-registry cancel-network-offer 1 --from founder",
    args=(NETWORK_ARG,),
    signer="signer",
)
SET_NETWORK_WEIGHT = Command(
    "set-network-weight",
    "Set a network's share of the emission in basis points (authority only).",
    "lampd tx device-registry set-network-weight 1 3000 --from authority",
    args=(NETWORK_ARG, Arg("weight_bp", "Share in basis points; all networks together have at most 10000")),
    signer="authority",
)

CLOSE_NETWORK = Command(
    "close-network",
    "Close a network without working devices for good and get the deposit back (admin only).",
    "lampd tx device-registry close-network 1 --from founder",
    args=(NETWORK_ARG,),
    signer="admin",
)

ADD_MODEL = Command(
    "add-model",
    "Add a model of devices to a network (admin only).",
    "lampd tx device-registry add-model 1 roof-station 10000 24 --from founder",
    args=(
        NETWORK_ARG,
        Arg("name", "Name of the model, unique in the network"),
        Arg("hardware_bp", "What a unit of this hardware counts, in basis points"),
        Arg("max_units", "Most units that a device may earn for in an epoch"),
    ),
    options=(
        Arg("level", "Attestation level, 0 to 3 (default 0); above 0 it needs a manufacturer"),
        Arg("manufacturer", "Id of the manufacturer whose batches its devices come from"),
    ),
    signer="admin",
    build=add_model,
)

SET_MODEL_STATUS = Command(
    "set-model-status",
    "Suspend a model with all its devices, or make it active again (admin only).",
    "lampd tx device-registry set-model-status 1 suspended --from founder",
    args=(MODEL_ARG, Arg("status", "active or suspended")),
    signer="admin",
    build=set_model_status,
)

NETWORK = Command(
    "network",
    "Show a network.",
    "lampd query device-registry network 1",
    args=(NETWORK_ARG,),
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

MODEL = Command("model", "Show a model of devices.", "lampd query device-registry model 1", args=(MODEL_ARG,))

MODELS = Command(
    "models",
    "List a network's models.",
    "lampd query device-registry models 1",
    args=(NETWORK_ARG,),
    rows="models",
    columns=_MODEL_COLUMNS,
)
