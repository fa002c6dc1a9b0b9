"""Every rejection of every message, by code; a rejected message leaves the state as it was."""

from collections.abc import Callable, Iterator
from typing import Any

import h3.api.basic_int as h3_library
import pytest
from google.protobuf.message import Message as ProtoMessage

from chain.pb.lamppost.device_registry.v1 import tx_pb2 as pb
from chain.testing import CHAIN_ID
from modules.device_registry.errors import RegistryCode as Code
from modules.device_registry.params import BOUNDS, Params, params_to_proto
from tests.modules.device_registry.world import (
    CELL,
    COARSE_CELL,
    World,
    build,
    caps,
    device_key,
    device_message,
    network_message,
)

Make = Callable[[World], ProtoMessage]
Case = tuple[str, str, Make, tuple[str, int]]
ADDRESS = ("sdk", 7)
FUNDS = ("sdk", 5)
STRANGER = str(device_key("nobody").device_id)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    made = build()
    yield made
    made.chain.close()


def ours(code: Code) -> tuple[str, int]:
    return ("device_registry", int(code))


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


def device(**changes: Any) -> Make:
    return lambda w: device_message(w.chain, **changes)


def altered(**fields: Any) -> Make:
    def make(world: World) -> ProtoMessage:
        message = device_message(world.chain)
        for name, value in fields.items():
            setattr(message, name, value)
        return message

    return make


def proof_for(**changes: Any) -> Make:
    """Return a right message whose proof was made for something else."""

    def make(world: World) -> ProtoMessage:
        other = {"chain_id": CHAIN_ID, "owner": world["alice"], "network": 1, "nonce": 0, **changes}
        return device_message(world.chain, proof=device_key("new").prove(**other))

    return make


def stolen(world: World) -> ProtoMessage:
    """Return bob's attempt with the message that alice published."""
    message = device_message(world.chain, owner="alice")
    message.owner = world["bob"]
    return message


def other_key(world: World) -> ProtoMessage:
    proof = device_key("other").prove(CHAIN_ID, world["alice"], 1)
    return device_message(world.chain, proof=proof)


def receipt_as_proof(world: World) -> ProtoMessage:
    return device_message(world.chain, proof=device_key("new").sign(b"lamppost/receipt\n"))


REGISTER_DEVICE: list[Case] = [
    ("malformed owner", "alice", altered(owner="x"), ADDRESS),
    ("malformed operator", "alice", altered(operator="x"), ADDRESS),
    ("malformed payout", "alice", altered(payout="x"), ADDRESS),
    ("no algorithm", "alice", altered(algorithm=0), ours(Code.INVALID_ALGORITHM)),
    ("unknown algorithm", "alice", altered(algorithm=4), ours(Code.INVALID_ALGORITHM)),
    ("no key", "alice", altered(public_key=b""), ours(Code.INVALID_PUBLIC_KEY)),
    ("short key", "alice", altered(public_key=b"k" * 31), ours(Code.INVALID_PUBLIC_KEY)),
    ("key of another algorithm", "alice", altered(algorithm=1), ours(Code.INVALID_PUBLIC_KEY)),
    ("no cell at all", "alice", altered(cell=1), ours(Code.INVALID_CELL)),
    ("edge instead of a cell", "alice", altered(cell=CELL | 1 << 60), ours(Code.INVALID_CELL)),
    ("cell with the highest bit", "alice", altered(cell=CELL | 1 << 63), ours(Code.INVALID_CELL)),
    ("short commitment", "alice", altered(commitment=b"c" * 31), ours(Code.INVALID_COMMITMENT)),
    ("unknown network", "alice", device(network=99), ours(Code.UNKNOWN_NETWORK)),
    ("closed network", "alice", device(network=3, model=4, cell=0), ours(Code.NETWORK_CLOSED)),
    ("unknown model", "alice", device(model=99), ours(Code.UNKNOWN_MODEL)),
    ("model of another network", "alice", device(model=3), ours(Code.MODEL_OF_OTHER_NETWORK)),
    ("suspended model", "alice", device(model=2), ours(Code.MODEL_SUSPENDED)),
    ("PRN without a cell", "alice", device(cell=0), ours(Code.CELL_REQUIRED)),
    ("PRN with a coarse cell", "alice", device(cell=COARSE_CELL), ours(Code.INVALID_CELL)),
    ("DRN with a cell", "alice", device(network=2, model=3), ours(Code.CELL_NOT_ALLOWED)),
    (
        "DRN with a commitment",
        "alice",
        device(network=2, model=3, cell=0, commitment=b"c" * 32),
        ours(Code.CELL_NOT_ALLOWED),
    ),
    ("registered before", "alice", device(name="active"), ours(Code.DEVICE_EXISTS)),
    ("registered before by another", "bob", device(name="active", owner="bob"), ours(Code.DEVICE_EXISTS)),
    ("retired before", "alice", device(name="retired"), ours(Code.DEVICE_EXISTS)),
    ("no proof", "alice", altered(proof=b""), ours(Code.BAD_PROOF)),
    ("long proof", "alice", altered(proof=b"p" * 65), ours(Code.BAD_PROOF)),
    ("proof of another owner", "bob", stolen, ours(Code.BAD_PROOF)),
    ("proof of another chain", "alice", proof_for(chain_id="lamppost-2"), ours(Code.BAD_PROOF)),
    ("proof for another network", "alice", proof_for(network=2), ours(Code.BAD_PROOF)),
    ("proof with another nonce", "alice", proof_for(nonce=1), ours(Code.BAD_PROOF)),
    ("proof by another key", "alice", other_key, ours(Code.BAD_PROOF)),
    ("receipt's signature as proof", "alice", receipt_as_proof, ours(Code.BAD_PROOF)),
    (
        "key that is no point",
        "alice",
        altered(algorithm=1, public_key=b"\x02" + b"\xff" * 32),
        ours(Code.INVALID_PUBLIC_KEY),
    ),
    ("key of small order", "alice", altered(public_key=b"\x01" + bytes(31)), ours(Code.INVALID_PUBLIC_KEY)),
    ("bond that can't be paid", "poor", device(owner="poor"), FUNDS),
]


def of_device(kind: type[Any], **fields: str) -> Callable[[str, str], Make]:
    """Return a maker of makers: (device's name in the world or id, signer) -> message."""

    def for_device(name: str, signer: str) -> Make:
        def make(world: World) -> ProtoMessage:
            role = "owner" if "owner" in kind.DESCRIPTOR.fields_by_name else "signer"
            number = getattr(world, name) if hasattr(world, name) else name
            return kind(**{role: world[signer] if signer else "x", "device_id": number, **fields})

        return make

    return for_device


def device_cases(kind: type[Any], refused: Code, statuses: tuple[str, ...], **fields: str) -> list[Case]:
    make = of_device(kind, **fields)
    return [
        ("malformed signer", "alice", make("active", ""), ADDRESS),
        ("malformed device", "alice", make("lampdev1", "alice"), ADDRESS),
        ("account instead of a device", "alice", lambda w: make(w["alice"], "alice")(w), ADDRESS),
        ("unknown device", "alice", make(STRANGER, "alice"), ours(Code.UNKNOWN_DEVICE)),
        ("stranger", "founder", make("active", "founder"), ours(refused)),
        *((f"{status} device", "alice", make(status, "alice"), ours(Code.WRONG_STATUS)) for status in statuses),
    ]


OPERATOR = of_device(pb.MsgRetireDevice)("active", "bob")
DEVICE_MESSAGES: dict[str, list[Case]] = {
    "MsgSetOperator": [
        *device_cases(pb.MsgSetOperator, Code.NOT_OWNER, ("retired",)),
        ("operator", "bob", of_device(pb.MsgSetOperator)("active", "bob"), ours(Code.NOT_OWNER)),
        ("malformed operator", "alice", of_device(pb.MsgSetOperator, operator="x")("active", "alice"), ADDRESS),
    ],
    "MsgSetPayout": [
        *device_cases(pb.MsgSetPayout, Code.NOT_OWNER, ()),
        ("operator", "bob", of_device(pb.MsgSetPayout)("active", "bob"), ours(Code.NOT_OWNER)),
        ("malformed payout", "alice", of_device(pb.MsgSetPayout, payout="x")("active", "alice"), ADDRESS),
    ],
    "MsgPauseDevice": device_cases(pb.MsgPauseDevice, Code.NOT_OPERATOR, ("paused", "retired")),
    "MsgResumeDevice": device_cases(pb.MsgResumeDevice, Code.NOT_OPERATOR, ("active", "retired")),
    "MsgRetireDevice": [
        *device_cases(pb.MsgRetireDevice, Code.NOT_OWNER, ("retired",)),
        ("operator", "bob", OPERATOR, ours(Code.NOT_OWNER)),
    ],
}


def params(signer: str = "council", **changes: int) -> Make:
    def make(world: World) -> ProtoMessage:
        wanted = params_to_proto(Params())
        for name, value in changes.items():
            setattr(wanted, name, value)
        return pb.MsgUpdateParams(authority=world[signer], params=wanted)

    return make


UPDATE_PARAMS: list[Case] = [
    (
        "malformed authority",
        "council",
        lambda w: pb.MsgUpdateParams(authority="x", params=params_to_proto(Params())),
        ADDRESS,
    ),
    ("no parameters", "council", lambda w: pb.MsgUpdateParams(authority=w["council"]), ours(Code.INVALID_PARAMS)),
    ("somebody else", "alice", params("alice"), ours(Code.NOT_AUTHORITY)),
    *(
        (f"{name} above its bound", "council", params(**{name: high + 1}), ours(Code.INVALID_PARAMS))
        for name, (_, high) in BOUNDS.items()
    ),
    *(
        (f"{name} below its bound", "council", params(**{name: low - 1}), ours(Code.INVALID_PARAMS))
        for name, (low, _) in BOUNDS.items()
        if low
    ),
]

TABLES: dict[str, list[Case]] = {
    "MsgUpdateParams": UPDATE_PARAMS,
    "MsgCreateNetwork": CREATE_NETWORK,
    "MsgUpdateNetwork": UPDATE_NETWORK,
    "MsgSetNetworkWeight": SET_NETWORK_WEIGHT,
    "MsgCloseNetwork": CLOSE_NETWORK,
    "MsgAddModel": ADD_MODEL,
    "MsgSetModelStatus": SET_MODEL_STATUS,
    "MsgRegisterDevice": REGISTER_DEVICE,
    **DEVICE_MESSAGES,
}
CASES = [
    pytest.param(*case, id=f"{message}: {case[0]}".replace("/", " "))
    for message, cases in TABLES.items()
    for case in cases
]
ELSEWHERE = {Code.TOO_MANY_WEIGHTED_NETWORKS, Code.BOND_LOCKED}
"""Need worlds of their own: test_networks.py, test_life.py."""


@pytest.mark.parametrize(("case", "signer", "make", "code"), CASES)
def test_a_bad_message_is_rejected_by_code_and_changes_nothing(
    world: World, case: str, signer: str, make: Make, code: tuple[str, int]
) -> None:
    before = world.chain.export()["device_registry"]
    # An honest proposer would leave out what is malformed, so the proposal is not judged here.
    result = world.chain.deliver(world.chain.tx(make(world), signer=signer), process=False).tx_results[0]
    assert (result.codespace, result.code) == code, result.log
    assert world.chain.export()["device_registry"] == before


def test_every_code_has_a_case() -> None:
    found = {code for cases in TABLES.values() for _, _, _, (space, code) in cases if space == "device_registry"}
    assert found | set(map(int, ELSEWHERE)) == set(map(int, Code))


def test_a_device_may_give_any_finer_cell(world: World) -> None:
    for resolution in (9, 15):
        cell = h3_library.latlng_to_cell(47.6, -122.3, resolution)
        world.chain.ok(device_message(world.chain, f"fine {resolution}", cell=cell), signer="alice")
