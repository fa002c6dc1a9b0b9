"""Every rejection of every message about networks and models, by code."""

from collections.abc import Iterator
from typing import Any

import pytest
from google.protobuf.message import Message as ProtoMessage

from chain.pb.lamppost.device_registry.v1 import networks_pb2 as networks_pb
from chain.pb.lamppost.device_registry.v1 import tx_pb2 as pb
from modules.device_registry.errors import RegistryCode as Code
from tests.modules.device_registry.rejections import (
    ADDRESS,
    FUNDS,
    STRANGER,
    Case,
    Make,
    as_params,
    check_rejection,
    ours,
)
from tests.modules.device_registry.world import World, build, caps, network_message


def new_network(name: str = "fresh", kind: str = "PRN", **changes: Any) -> Make:
    return lambda world: network_message(world.chain, name, kind, **changes)


def without_kind(number: int) -> Make:
    def make(world: World) -> ProtoMessage:
        message = network_message(world.chain, "fresh")
        message.kind = number  # type: ignore[assignment]
        return message

    return make


def model(name: str = "roof", hardware_bp: int = 10_000, max_units: int = 24) -> pb.ModelSpec:
    return pb.ModelSpec(name=name, hardware_bp=hardware_bp, max_units=max_units)


CREATE_NETWORK: list[Case] = [
    ("malformed admin", "founder", new_network(admin="lamp1"), ADDRESS),
    ("admin of another prefix", "founder", new_network(admin=STRANGER), ADDRESS),
    ("empty name", "founder", new_network(""), ours(Code.INVALID_NAME)),
    ("short name", "founder", new_network("ab"), ours(Code.INVALID_NAME)),
    ("long name", "founder", new_network("a" * 33), ours(Code.INVALID_NAME)),
    ("name with a capital", "founder", new_network("Weather"), ours(Code.INVALID_NAME)),
    ("name with a letter that looks like another", "founder", new_network("we\u0430ther"), ours(Code.INVALID_NAME)),
    ("name with a line feed behind", "founder", new_network("weather2\n"), ours(Code.INVALID_NAME)),
    ("name of another network", "founder", new_network("weather"), ours(Code.NAME_TAKEN)),
    ("name of a closed network", "founder", new_network("gone"), ours(Code.NAME_TAKEN)),
    ("two models of one name", "founder", new_network(models=[model(), model()]), ours(Code.NAME_TAKEN)),
    ("no kind", "founder", without_kind(0), ours(Code.INVALID_KIND)),
    ("unknown kind", "founder", without_kind(3), ours(Code.INVALID_KIND)),
    ("no unit", "founder", new_network(unit=""), ours(Code.INVALID_TEXT)),
    ("long unit", "founder", new_network(unit="u" * 33), ours(Code.INVALID_TEXT)),
    ("unit with spaces around", "founder", new_network(unit=" hour"), ours(Code.INVALID_TEXT)),
    ("unit beyond ASCII", "founder", new_network(unit="kilomètre"), ours(Code.INVALID_TEXT)),
    ("long description", "founder", new_network(description="é" * 129), ours(Code.INVALID_TEXT)),
    ("description with an escape", "founder", new_network(description="a\x1b[2J"), ours(Code.INVALID_TEXT)),
    ("no receipt policy", "founder", new_network(receipt_policy=0), ours(Code.INVALID_RECEIPT_POLICY)),
    ("planned receipt policy", "founder", new_network(receipt_policy=2), ours(Code.INVALID_RECEIPT_POLICY)),
    ("PRN without caps", "founder", new_network(location_caps=[]), ours(Code.INVALID_LOCATION_CAPS)),
    ("PRN with two caps", "founder", new_network(location_caps=caps(1, 2)), ours(Code.INVALID_LOCATION_CAPS)),
    (
        "caps in wrong order",
        "founder",
        new_network(location_caps=caps(1, 2, 3)[::-1]),
        ours(Code.INVALID_LOCATION_CAPS),
    ),
    ("cap of zero", "founder", new_network(location_caps=caps(0, 2, 3)), ours(Code.INVALID_LOCATION_CAPS)),
    ("shrinking caps", "founder", new_network(location_caps=caps(3, 2, 3)), ours(Code.INVALID_LOCATION_CAPS)),
    (
        "DRN with caps",
        "founder",
        new_network(kind="DRN", location_caps=caps(1, 2, 3)),
        ours(Code.INVALID_LOCATION_CAPS),
    ),
    ("three levels", "founder", new_network(level_weights=[1, 2, 3]), ours(Code.INVALID_LEVEL_WEIGHTS)),
    ("falling levels", "founder", new_network(level_weights=[2, 1, 3, 4]), ours(Code.INVALID_LEVEL_WEIGHTS)),
    ("levels of nothing", "founder", new_network(level_weights=[0, 0, 0, 0]), ours(Code.INVALID_LEVEL_WEIGHTS)),
    ("level above any", "founder", new_network(level_weights=[0, 0, 0, 2**32 - 1]), ours(Code.INVALID_LEVEL_WEIGHTS)),
    (
        "level above the parameter",
        "founder",
        new_network(level_weights=[0, 0, 0, 20_001]),
        ours(Code.INVALID_LEVEL_WEIGHTS),
    ),
    ("model without a name", "founder", new_network(models=[model("")]), ours(Code.INVALID_TEXT)),
    ("weightless model", "founder", new_network(models=[model(hardware_bp=0)]), ours(Code.INVALID_HARDWARE_WEIGHT)),
    ("heavy model", "founder", new_network(models=[model(hardware_bp=20_001)]), ours(Code.INVALID_HARDWARE_WEIGHT)),
    ("idle model", "founder", new_network(models=[model(max_units=0)]), ours(Code.INVALID_MAX_UNITS)),
    ("busy model", "founder", new_network(models=[model(max_units=1_001)]), ours(Code.INVALID_MAX_UNITS)),
    ("four models", "founder", new_network(models=[model(f"m{n}") for n in range(4)]), ours(Code.TOO_MANY_MODELS)),
    (
        "any number of models",
        "founder",
        new_network(models=[model(f"m{n}") for n in range(1_025)]),
        ours(Code.TOO_MANY_MODELS),
    ),
    ("deposit that can't be paid", "poor", lambda w: network_message(w.chain, "fresh", admin=w["poor"]), FUNDS),
]


def update(**fields: Any) -> Make:
    return lambda world: pb.MsgUpdateNetwork(**{"admin": world["founder"], "network": 1, **fields})


UPDATE_NETWORK: list[Case] = [
    ("malformed admin", "founder", update(admin="x", description="new"), ADDRESS),
    ("no field", "founder", update(), ours(Code.NOTHING_TO_CHANGE)),
    ("unknown network", "founder", update(network=99, description="new"), ours(Code.UNKNOWN_NETWORK)),
    ("network 0", "founder", update(network=0, description="new"), ours(Code.UNKNOWN_NETWORK)),
    ("huge network", "founder", update(network=2**64 - 1, description="new"), ours(Code.UNKNOWN_NETWORK)),
    ("stranger", "bob", lambda w: update(admin=w["bob"], description="new")(w), ours(Code.NOT_ADMIN)),
    ("closed network", "founder", update(network=3, description="new"), ours(Code.NETWORK_CLOSED)),
    ("long description", "founder", update(description="x" * 257), ours(Code.INVALID_TEXT)),
    ("shrinking caps", "founder", update(location_caps=caps(3, 2, 1)), ours(Code.INVALID_LOCATION_CAPS)),
    ("caps of a DRN", "founder", update(network=2, location_caps=caps(1, 2, 3)), ours(Code.INVALID_LOCATION_CAPS)),
    ("falling levels", "founder", update(level_weights=[4, 3, 2, 1]), ours(Code.INVALID_LEVEL_WEIGHTS)),
    ("level above the parameter", "founder", update(level_weights=[0, 0, 0, 20_001]), ours(Code.INVALID_LEVEL_WEIGHTS)),
]


def weight(network: int, weight_bp: int, signer: str = "council") -> Make:
    return lambda w: pb.MsgSetNetworkWeight(authority=w[signer], network=network, weight_bp=weight_bp)


SET_NETWORK_WEIGHT: list[Case] = [
    ("malformed authority", "council", lambda w: pb.MsgSetNetworkWeight(authority="x", network=1), ADDRESS),
    ("admin instead of the authority", "founder", weight(1, 1, "founder"), ours(Code.NOT_AUTHORITY)),
    ("unknown network", "council", weight(99, 1), ours(Code.UNKNOWN_NETWORK)),
    ("closed network", "council", weight(3, 1), ours(Code.NETWORK_CLOSED)),
    ("more than the whole", "council", weight(1, 10_001), ours(Code.INVALID_EMISSION_WEIGHT)),
    ("more than what others leave", "council", weight(1, 7_001), ours(Code.INVALID_EMISSION_WEIGHT)),
]


def close(network: int, signer: str = "founder") -> Make:
    return lambda w: pb.MsgCloseNetwork(admin=w[signer], network=network)


CLOSE_NETWORK: list[Case] = [
    ("malformed admin", "founder", lambda w: pb.MsgCloseNetwork(admin="x", network=2), ADDRESS),
    ("unknown network", "founder", close(99), ours(Code.UNKNOWN_NETWORK)),
    ("stranger", "bob", close(2, "bob"), ours(Code.NOT_ADMIN)),
    ("closed before", "founder", close(3), ours(Code.NETWORK_CLOSED)),
    ("devices that are not retired", "founder", close(1), ours(Code.NETWORK_IN_USE)),
]


def add(network: int = 1, spec: pb.ModelSpec | None = None, signer: str = "founder") -> Make:
    return lambda w: pb.MsgAddModel(admin=w[signer], network=network, model=spec or model())


ADD_MODEL: list[Case] = [
    ("malformed admin", "founder", lambda w: pb.MsgAddModel(admin="x", network=1, model=model()), ADDRESS),
    ("no model", "founder", lambda w: pb.MsgAddModel(admin=w["founder"], network=1), ours(Code.INVALID_TEXT)),
    ("weightless model", "founder", add(spec=model(hardware_bp=0)), ours(Code.INVALID_HARDWARE_WEIGHT)),
    ("heavy model", "founder", add(spec=model(hardware_bp=20_001)), ours(Code.INVALID_HARDWARE_WEIGHT)),
    ("idle model", "founder", add(spec=model(max_units=0)), ours(Code.INVALID_MAX_UNITS)),
    ("busy model", "founder", add(spec=model(max_units=1_001)), ours(Code.INVALID_MAX_UNITS)),
    ("unknown network", "founder", add(99), ours(Code.UNKNOWN_NETWORK)),
    ("stranger", "bob", add(signer="bob"), ours(Code.NOT_ADMIN)),
    ("closed network", "founder", add(3), ours(Code.NETWORK_CLOSED)),
    ("name of another model", "founder", add(spec=model("garden")), ours(Code.NAME_TAKEN)),
]


def model_status(number: int, status: int, signer: str = "founder") -> Make:
    return lambda w: pb.MsgSetModelStatus(admin=w[signer], model=number, status=status)  # type: ignore[arg-type]


SET_MODEL_STATUS: list[Case] = [
    ("malformed admin", "founder", lambda w: pb.MsgSetModelStatus(admin="x", model=1, status=2), ADDRESS),  # type: ignore[arg-type]
    ("no status", "founder", model_status(1, 0), ours(Code.INVALID_STATUS)),
    ("planned status", "founder", model_status(1, 3), ours(Code.INVALID_STATUS)),
    ("unknown model", "founder", model_status(99, 2), ours(Code.UNKNOWN_MODEL)),
    ("stranger", "bob", model_status(1, 2, "bob"), ours(Code.NOT_ADMIN)),
    ("model of a closed network", "founder", model_status(4, 2), ours(Code.NETWORK_CLOSED)),
    ("status that it has", "founder", model_status(1, 1), ours(Code.WRONG_STATUS)),
]


def offer(network: int = 1, to: str = "bob", signer: str = "founder") -> Make:
    return lambda w: networks_pb.MsgOfferNetwork(admin=w[signer], network=network, new_admin=w[to] if to else "x")


OFFER_NETWORK: list[Case] = [
    ("malformed admin", "founder", lambda w: networks_pb.MsgOfferNetwork(admin="x", new_admin=w["bob"]), ADDRESS),
    ("malformed new admin", "founder", offer(to=""), ADDRESS),
    ("unknown network", "founder", offer(99), ours(Code.UNKNOWN_NETWORK)),
    ("stranger", "bob", offer(signer="bob"), ours(Code.NOT_ADMIN)),
    ("closed network", "founder", offer(3), ours(Code.NETWORK_CLOSED)),
    ("to the admin", "founder", offer(to="founder"), ours(Code.INVALID_BUYER)),
]


def accept(network: int, signer: str) -> Make:
    return lambda w: networks_pb.MsgAcceptNetwork(new_admin=w[signer] if signer else "x", network=network)


ACCEPT_NETWORK: list[Case] = [
    ("malformed new admin", "alice", accept(2, ""), ADDRESS),
    ("unknown network", "alice", accept(99, "alice"), ours(Code.UNKNOWN_NETWORK)),
    ("closed network", "alice", accept(3, "alice"), ours(Code.NETWORK_CLOSED)),
    ("no offer", "alice", accept(1, "alice"), ours(Code.NO_OFFER)),
    ("offered to another", "bob", accept(2, "bob"), ours(Code.NOT_BUYER)),
    ("admin", "founder", accept(2, "founder"), ours(Code.NOT_BUYER)),
]


def cancel(network: int, signer: str) -> Make:
    return lambda w: networks_pb.MsgCancelNetworkOffer(signer=w[signer] if signer else "x", network=network)


CANCEL_NETWORK_OFFER: list[Case] = [
    ("malformed signer", "founder", cancel(2, ""), ADDRESS),
    ("unknown network", "founder", cancel(99, "founder"), ours(Code.UNKNOWN_NETWORK)),
    ("closed network", "founder", cancel(3, "founder"), ours(Code.NETWORK_CLOSED)),
    ("no offer", "founder", cancel(1, "founder"), ours(Code.NO_OFFER)),
    ("stranger", "bob", cancel(2, "bob"), ours(Code.NOT_ADMIN)),
]

TABLES: dict[str, list[Case]] = {
    "MsgCreateNetwork": CREATE_NETWORK,
    "MsgUpdateNetwork": UPDATE_NETWORK,
    "MsgOfferNetwork": OFFER_NETWORK,
    "MsgAcceptNetwork": ACCEPT_NETWORK,
    "MsgCancelNetworkOffer": CANCEL_NETWORK_OFFER,
    "MsgSetNetworkWeight": SET_NETWORK_WEIGHT,
    "MsgCloseNetwork": CLOSE_NETWORK,
    "MsgAddModel": ADD_MODEL,
    "MsgSetModelStatus": SET_MODEL_STATUS,
}


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    made = build()
    offered = networks_pb.MsgOfferNetwork(admin=made["founder"], network=2, new_admin=made["alice"])
    made.chain.ok(offered, signer="founder")
    yield made
    made.chain.close()


@pytest.mark.parametrize(("case", "signer", "make", "code"), as_params(TABLES))
def test_a_bad_message_is_rejected_by_code_and_changes_nothing(
    world: World, case: str, signer: str, make: Make, code: tuple[str, int]
) -> None:
    check_rejection(world, signer, make, code)
