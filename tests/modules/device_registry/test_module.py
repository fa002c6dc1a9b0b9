"""What the module declares is complete and written down."""

import re
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from google.protobuf.message import Message as ProtoMessage

from chain.cli.specs import fill
from chain.pb.lamppost.device_registry.v1 import query_pb2, tx_pb2, types_pb2
from chain.primitives.ids import Address
from chain.primitives.ints import UnixNano
from chain.sdk.context import Context
from chain.sdk.module import Message, Module, Query
from modules.device_registry import lines, state, types
from modules.device_registry.errors import RegistryCode
from modules.device_registry.keeper import DeviceRegistryKeeper
from modules.device_registry.module import module
from modules.device_registry.params import BOUNDS, Params, params_from_proto, params_to_proto
from modules.device_registry.state import SCHEMA
from tests.modules.device_registry.world import build, caps, device_key

README = (Path(types.__file__).parent / "README.md").read_text()
MODULE: Module = module(DeviceRegistryKeeper(None))  # type: ignore[arg-type]  # nothing runs here
PRESET = Path(__file__).parents[3] / "localnet" / "networks" / "weather.toml"
ALICE = "lamp1qqqsyqcyq5rqwzqfpg9scrgwpugpzysngcq2vy"


def test_every_message_and_query_of_the_protos_is_there() -> None:
    wanted = {method.input_type.full_name for method in tx_pb2.DESCRIPTOR.services_by_name["Msg"].methods}
    assert {message.proto.DESCRIPTOR.full_name for message in MODULE.messages} == wanted
    service = query_pb2.DESCRIPTOR.services_by_name["Query"]
    assert {(query.path, query.request.DESCRIPTOR, query.response.DESCRIPTOR) for query in MODULE.queries} == {
        (f"/{service.full_name}/{method.name}", method.input_type, method.output_type) for method in service.methods
    }


@pytest.mark.parametrize("item", [*MODULE.messages, *MODULE.queries], ids=lambda item: item.command.name)
def test_every_message_and_query_has_a_command_with_help_and_example(item: Message | Query) -> None:
    command = item.command
    assert command is not None
    assert re.fullmatch(r"[a-z-]+", command.name)
    assert command.help.endswith(".")
    tree = "tx" if isinstance(item, Message) else "query"
    assert command.example.startswith(f"lampd {tree} device-registry {command.name}")
    for arg in (*command.args, *command.options):
        assert arg.help


def test_readme_names_every_message_query_code_parameter_event_and_invariant() -> None:
    for message in MODULE.messages:
        assert f"| {message.proto.DESCRIPTOR.name} |" in README
    for query in MODULE.queries:
        assert f"`{query.path.rpartition('/')[2]}`" in README
    for code in RegistryCode:
        assert f"| {int(code)} | {code.name} |" in README
    for name, (low, high) in BOUNDS.items():
        row = next(line for line in README.splitlines() if line.startswith(f"| {name} |"))
        default = f"{getattr(Params(), name):,}"
        assert default in row
        assert f"{low:,} to {'10^15' if high == 10**15 else f'{high:,}'}" in row
    for event in MODULE.events:
        assert f"| {event} |" in README
    for invariant in MODULE.invariants:
        assert f"`{invariant.name}`" in README


def test_every_code_is_named_where_it_may_be_raised() -> None:
    """Handlers and parsers of all folders name their codes in docstrings."""
    texts = "".join(f"{message.handle.__doc__}{message.parse.__doc__}" for message in MODULE.messages)
    assert [code.name for code in RegistryCode if code.name not in texts] == []


def test_codes_start_at_2_in_order() -> None:
    assert list(map(int, RegistryCode)) == sorted(set(map(int, RegistryCode)))
    assert min(RegistryCode) == 2


@pytest.mark.parametrize(
    ("ours", "theirs", "prefix"),
    [
        (types.NetworkKind, types_pb2.NetworkKind, "NETWORK_KIND_"),
        (types.NetworkStatus, types_pb2.NetworkStatus, "NETWORK_STATUS_"),
        (types.ReceiptPolicy, types_pb2.ReceiptPolicy, "RECEIPT_POLICY_"),
        (types.ModelStatus, types_pb2.ModelStatus, "MODEL_STATUS_"),
        (types.DeviceStatus, types_pb2.DeviceStatus, "DEVICE_STATUS_"),
    ],
)
def test_enums_are_those_of_the_protos(ours: type[types.ModelStatus], theirs: object, prefix: str) -> None:
    wanted = dict(theirs.items())  # type: ignore[attr-defined]  # protobuf's enum wrapper
    assert {f"{prefix}{item.name}": item.value for item in ours} | {f"{prefix}UNSPECIFIED": 0} == wanted


def test_the_states_table_is_the_schema() -> None:
    rows = dict(re.findall(r"^\| ([0-9a-f]{2}) \| (\w+) \|", state.__doc__ or "", re.MULTILINE))
    assert rows == {f"{prefix:02x}": item.name for prefix, item in SCHEMA.collections.items()}


def test_parameters_survive_the_wire() -> None:
    params = Params(1, 2, 3, 4, 5, 6)
    assert params_from_proto(params_to_proto(params)) == params


def test_every_event_that_is_emitted_is_declared() -> None:
    sources = [path.read_text() for path in Path(types.__file__).parent.rglob("*.py")]
    emitted = {name for source in sources for name in re.findall(r'ctx\.emit\(\s*"(\w+)"', source)}
    assert emitted == set(MODULE.events)


KEY = device_key("new")
LINES: list[tuple[str, dict[str, str], ProtoMessage]] = [
    (
        "update-network",
        {"network": "1", "caps": "8=1,7=2,6=3", "levels": "1,2,3,4"},
        tx_pb2.MsgUpdateNetwork(admin=ALICE, network=1, location_caps=caps(1, 2, 3), level_weights=[1, 2, 3, 4]),
    ),
    (
        "update-network",
        {"network": "1", "description": ""},
        tx_pb2.MsgUpdateNetwork(admin=ALICE, network=1, description=""),
    ),
    (
        "set-network-weight",
        {"network": "1", "weight_bp": "3000"},
        tx_pb2.MsgSetNetworkWeight(authority=ALICE, network=1, weight_bp=3_000),
    ),
    ("close-network", {"network": "1"}, tx_pb2.MsgCloseNetwork(admin=ALICE, network=1)),
    (
        "add-model",
        {"network": "1", "name": "roof", "hardware_bp": "10000", "max_units": "24"},
        tx_pb2.MsgAddModel(
            admin=ALICE, network=1, model=tx_pb2.ModelSpec(name="roof", hardware_bp=10_000, max_units=24)
        ),
    ),
    (
        "set-model-status",
        {"model": "1", "status": "suspended"},
        tx_pb2.MsgSetModelStatus(admin=ALICE, model=1, status=types_pb2.MODEL_STATUS_SUSPENDED),
    ),
    (
        "register-device",
        {
            "algorithm": "ed25519",
            "public_key": KEY.public_key.hex(),
            "network": "3",
            "model": "5",
            "proof": "0102",
            "cell": "8828d54681fffff",
            "payout": ALICE,
            "commitment": "cc" * 32,
        },
        tx_pb2.MsgRegisterDevice(
            owner=ALICE,
            algorithm=types_pb2.KEY_ALGORITHM_ED25519,
            public_key=KEY.public_key,
            network=3,
            model=5,
            payout=ALICE,
            cell=0x8828D54681FFFFF,
            commitment=b"\xcc" * 32,
            proof=b"\x01\x02",
        ),
    ),
    (
        "set-operator",
        {"device_id": str(KEY.device_id), "operator": ALICE},
        tx_pb2.MsgSetOperator(owner=ALICE, device_id=str(KEY.device_id), operator=ALICE),
    ),
    (
        "pause-device",
        {"device_id": str(KEY.device_id)},
        tx_pb2.MsgPauseDevice(signer=ALICE, device_id=str(KEY.device_id)),
    ),
]


def run(name: str, values: dict[str, str]) -> ProtoMessage:
    """Fill a command as `lampd` does."""
    (found,) = (item for item in MODULE.messages if item.command and item.command.name == name)
    command = found.command
    assert command is not None
    raw = {f"arg_{arg.field}": values.get(arg.field) for arg in (*command.args, *command.options)}
    return fill(command, found.proto, {**raw, "signer_key": "alice"}, lambda text: ALICE if text == "alice" else text)


@pytest.mark.parametrize(("name", "values", "expected"), LINES)
def test_a_command_line_becomes_the_message(name: str, values: dict[str, str], expected: ProtoMessage) -> None:
    assert run(name, values) == expected


def test_a_network_file_on_the_command_line_becomes_one_message() -> None:
    message = run("create-network", {"file": str(PRESET)})
    assert isinstance(message, tx_pb2.MsgCreateNetwork)
    assert (message.admin, message.name) == (ALICE, "weather")
    assert [model.name for model in message.models] == ["garden-station", "roof-station-pro"]


@pytest.mark.parametrize(
    ("name", "values", "text"),
    [
        ("create-network", {"file": "none.toml"}, "none.toml: can't be read"),
        ("update-network", {"network": "one"}, "network 'one' is no whole number"),
        ("update-network", {"network": "1", "caps": "8:1"}, "not RESOLUTION=UNITS"),
        ("update-network", {"network": "1", "levels": "1,x"}, "level weight 'x' is no whole number"),
        ("set-model-status", {"model": "1", "status": "gone"}, "none of active, suspended"),
        (
            "register-device",
            {"algorithm": "rsa", "public_key": "", "network": "1", "model": "1", "proof": ""},
            "none of secp256k1, ed25519, p256",
        ),
        (
            "register-device",
            {"algorithm": "p256", "public_key": "xy", "network": "1", "model": "1", "proof": ""},
            "public key is not hexadecimal",
        ),
        (
            "register-device",
            {"algorithm": "p256", "public_key": "", "network": "1", "model": "1", "proof": "", "cell": "Seattle"},
            "no H3 index in hexadecimal",
        ),
    ],
)
def test_a_mistake_on_the_command_line_says_what_is_wrong(name: str, values: dict[str, str], text: str) -> None:
    with pytest.raises((ValueError, click.UsageError), match=re.escape(text)):
        run(name, values)


def test_the_examples_device_is_a_device_id() -> None:
    from chain.primitives.ids import DeviceId

    assert DeviceId.parse(lines.EXAMPLE_DEVICE) == bytes(range(20))


DEVICE = device_key("active").device_id
STRANGER = device_key("nobody").device_id
ISSUER = Address(bytes(20))
BREAKS: list[tuple[str, Callable[[Context], None]]] = [
    ("funds", lambda ctx: state.networks.set(ctx, 1, _with(state.networks.get(ctx, 1), deposit=10**12))),
    ("funds", lambda ctx: state.held_bonds.set(ctx, DEVICE, types.HeldBond(10**12, UnixNano(0)))),
    ("counts", lambda ctx: state.totals.set(ctx, types.Counts(9, 9, 9))),
    ("indexes", lambda ctx: state.network_names.delete(ctx, "weather")),
    ("indexes", lambda ctx: state.living.set(ctx, 1, STRANGER)),
    ("indexes", lambda ctx: state.devices_by_cell.add(ctx, (1, DEVICE))),
    ("weights", lambda ctx: state.weights.set(ctx, ())),
    ("manufacturers", lambda ctx: state.manufacturer_count.set(ctx, 7)),
    ("belongings", lambda ctx: state.living.delete(ctx, 1)),
    ("belongings", lambda ctx: state.offers.set(ctx, STRANGER, types.Offer(ISSUER, 1, UnixNano(1)))),
    ("belongings", lambda ctx: state.recoveries.set(ctx, STRANGER, types.Recovery(2, bytes(32), UnixNano(1)))),
    ("belongings", lambda ctx: state.held_bonds.set(ctx, DEVICE, types.HeldBond(1, UnixNano(1)))),
    ("belongings", lambda ctx: state.credential_counts.set(ctx, DEVICE, 1)),
    ("belongings", lambda ctx: state.consent_counts.set(ctx, DEVICE, 1)),
    ("belongings", lambda ctx: state.rotated_keys.set(ctx, DEVICE, DEVICE)),
]


def test_invariants_see_what_is_broken() -> None:
    """Each invariant is shown states that break it."""
    assert {name for name, _ in BREAKS} == {invariant.name for invariant in MODULE.invariants}
    world = build()
    (found,) = (item for item in world.chain.wiring.modules if item.name == "device_registry")
    checks = {invariant.name: invariant.check for invariant in found.invariants}
    for name, spoil in BREAKS:
        ctx = world.chain.ctx()
        assert checks[name](ctx, found.keeper) is None
        spoil(ctx)
        assert checks[name](ctx, found.keeper) is not None, name
    world.chain.close()


def _with(network: types.Network | None, **fields: int) -> types.Network:
    from dataclasses import replace

    assert network is not None
    return replace(network, **fields)  # type: ignore[arg-type]  # amounts only
