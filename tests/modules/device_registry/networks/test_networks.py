"""The life of networks and models."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from chain.client.manufacturers import register_manufacturer_message
from chain.client.networks import load_network
from chain.crypto.addresses import module_address
from chain.pb.lamppost.device_registry.v1 import manufacturers_pb2, query_pb2
from chain.pb.lamppost.device_registry.v1 import tx_pb2 as pb
from chain.pb.lamppost.device_registry.v1 import types_pb2 as types
from chain.testing import CHAIN_ID, TestChain
from modules.device_registry import state
from modules.device_registry.errors import RegistryCode as Code
from modules.device_registry.keeper import DeviceRegistryKeeper
from modules.device_registry.params import Params, params_to_proto
from tests.modules.device_registry.world import BOND, DEPOSIT, caps, device_key, device_message, network_message, start

PRESETS = Path(__file__).parents[4] / "localnet" / "networks"
QUERY = "/lamppost.device_registry.v1.Query/"


@pytest.fixture
def chain() -> Iterator[TestChain]:
    with start() as made:
        yield made


def registry(chain: TestChain) -> DeviceRegistryKeeper:
    (found,) = (module.keeper for module in chain.wiring.modules if module.name == "device_registry")
    assert isinstance(found, DeviceRegistryKeeper)
    return found


def balance(chain: TestChain, name: str) -> int:
    return registry(chain).bank.balance(chain.ctx(), chain.address(name), "ulamp")


def held(chain: TestChain) -> int:
    return registry(chain).bank.balance(chain.ctx(), module_address("device_registry"), "ulamp")


def network(chain: TestChain, number: int) -> types.Network:
    request = query_pb2.QueryNetworkRequest(network=number)
    return chain.query(QUERY + "Network", request, query_pb2.QueryNetworkResponse).network


def test_one_message_creates_a_network_with_its_models_and_takes_the_deposit(chain: TestChain) -> None:
    models = [pb.ModelSpec(name=name, hardware_bp=12_000, max_units=48) for name in ("garden", "roof")]
    before = balance(chain, "founder")
    response = chain.ok(network_message(chain, models=models), signer="founder", response=pb.MsgCreateNetworkResponse)
    assert response == pb.MsgCreateNetworkResponse(network=1, models=[1, 2])
    assert before - balance(chain, "founder") == DEPOSIT == held(chain)
    assert network(chain, 1) == types.Network(
        id=1,
        name="weather",
        kind=types.NETWORK_KIND_PRN,
        unit="station-hour",
        admin=str(chain.address("founder")),
        status=types.NETWORK_STATUS_ACTIVE,
        deposit=DEPOSIT,
        receipt_policy=types.RECEIPT_POLICY_DIRECT,
        location_caps=caps(10, 20, 30),
        level_weights=[5_000, 7_000, 9_000, 10_000],
        description="Readings",
        terms=[types.Terms(location_caps=caps(10, 20, 30), level_weights=[5_000, 7_000, 9_000, 10_000])],
    )
    answer = chain.query(QUERY + "Models", query_pb2.QueryModelsRequest(network=1), query_pb2.QueryModelsResponse)
    assert list(answer.models) == [
        types.Model(
            id=number,
            network=1,
            name=name,
            hardware_bp=12_000,
            max_units=48,
            status=types.MODEL_STATUS_ACTIVE,
        )
        for number, name in ((1, "garden"), (2, "roof"))
    ]


@pytest.mark.parametrize("name", sorted(path.stem for path in PRESETS.glob("*.toml")))
def test_each_preset_is_one_transaction_under_the_default_parameters(name: str) -> None:
    """The manufacturers that a file names are registered before."""
    with start(device_registry={}) as chain:
        file, maker = load_network(PRESETS / f"{name}.toml"), str(chain.address("maker"))
        numbers = {}
        for title in file.manufacturers:
            key = device_key(f"issuing {title}")
            register = register_manufacturer_message(key, chain_id=CHAIN_ID, owner=maker, name=title)
            answer = chain.ok(register, signer="maker", response=manufacturers_pb2.MsgRegisterManufacturerResponse)
            numbers[title] = answer.manufacturer
        chain.ok(file.message(str(chain.address("founder")), numbers), signer="founder")
        assert network(chain, 1).name == file.name


def test_a_message_of_many_networks_fails_as_a_whole(chain: TestChain) -> None:
    result = chain.run(network_message(chain, "first"), network_message(chain, "first", "DRN"), signer="founder")
    assert (result.codespace, result.code) == ("device_registry", Code.NAME_TAKEN)
    assert held(chain) == 0
    assert state.network_count.get(chain.ctx()) is None


def test_weights_of_all_networks_stay_within_the_whole_and_their_number_within_the_parameter(
    chain: TestChain,
) -> None:
    council = str(chain.address("council"))
    for name in ("one", "two", "three"):
        chain.ok(network_message(chain, name, "DRN"), signer="founder")

    def set_weight(number: int, weight_bp: int) -> int:
        message = pb.MsgSetNetworkWeight(authority=council, network=number, weight_bp=weight_bp)
        return chain.run(message, signer="council").code

    assert set_weight(2, 4_000) == 0
    assert set_weight(1, 6_000) == 0
    assert registry(chain).emission_weights(chain.ctx()) == ((1, 6_000), (2, 4_000))
    assert set_weight(3, 1) == Code.INVALID_EMISSION_WEIGHT
    assert set_weight(1, 5_000) == 0
    assert set_weight(3, 1_000) == Code.TOO_MANY_WEIGHTED_NETWORKS
    assert set_weight(1, 0) == 0
    assert set_weight(3, 1_000) == 0
    assert registry(chain).emission_weights(chain.ctx()) == ((2, 4_000), (3, 1_000))


def test_a_closed_network_gives_the_deposit_back_and_loses_its_weight(chain: TestChain) -> None:
    before = balance(chain, "founder")
    chain.ok(network_message(chain), signer="founder")
    council, admin = str(chain.address("council")), str(chain.address("founder"))
    chain.ok(pb.MsgSetNetworkWeight(authority=council, network=1, weight_bp=10_000), signer="council")
    chain.ok(pb.MsgCloseNetwork(admin=admin, network=1), signer="founder")
    assert balance(chain, "founder") == before
    assert registry(chain).emission_weights(chain.ctx()) == ()
    found = network(chain, 1)
    assert (found.status, found.deposit, found.weight_bp) == (types.NETWORK_STATUS_CLOSED, 0, 0)


def test_a_network_can_be_closed_once_its_last_device_is_retired(chain: TestChain) -> None:
    chain.ok(network_message(chain), signer="founder")
    registered = chain.ok(device_message(chain, "a"), signer="alice", response=pb.MsgRegisterDeviceResponse).device_id
    close = pb.MsgCloseNetwork(admin=str(chain.address("founder")), network=1)
    alice = str(chain.address("alice"))
    assert chain.run(close, signer="founder").code == Code.NETWORK_IN_USE
    chain.ok(pb.MsgPauseDevice(signer=alice, device_id=registered), signer="alice")
    assert chain.run(close, signer="founder").code == Code.NETWORK_IN_USE
    chain.ok(pb.MsgRetireDevice(owner=alice, device_id=registered), signer="alice")
    chain.ok(close, signer="founder")
    assert held(chain) == 0


def test_a_deposit_returns_as_it_was_taken_when_the_parameter_changed_meanwhile(chain: TestChain) -> None:
    chain.ok(network_message(chain), signer="founder")
    params = params_to_proto(Params(network_deposit=5, device_bond=7))
    chain.ok(pb.MsgUpdateParams(authority=str(chain.address("council")), params=params), signer="council")
    chain.ok(network_message(chain, "second"), signer="founder")
    assert held(chain) == DEPOSIT + 5
    chain.ok(pb.MsgCloseNetwork(admin=str(chain.address("founder")), network=1), signer="founder")
    assert held(chain) == 5


def test_parameters_may_ask_for_no_deposit_and_no_bond(chain: TestChain) -> None:
    params = params_to_proto(Params(network_deposit=0, device_bond=0))
    chain.ok(pb.MsgUpdateParams(authority=str(chain.address("council")), params=params), signer="council")
    answer = chain.query(QUERY + "Params", query_pb2.QueryParamsRequest(), query_pb2.QueryParamsResponse)
    assert answer.params == params
    chain.ok(network_message(chain), signer="founder")
    chain.ok(device_message(chain), signer="alice")
    assert held(chain) == 0


def test_models_are_numbered_across_networks_and_named_within_one(chain: TestChain) -> None:
    admin = str(chain.address("founder"))
    chain.ok(network_message(chain), network_message(chain, "storage", "DRN"), signer="founder")
    spec = pb.ModelSpec(name="roof", hardware_bp=1, max_units=1)
    for number, expected in ((1, 3), (2, 4)):
        message = pb.MsgAddModel(admin=admin, network=number, model=spec)
        assert chain.ok(message, signer="founder", response=pb.MsgAddModelResponse).model == expected
    assert chain.run(pb.MsgAddModel(admin=admin, network=1, model=spec), signer="founder").code == Code.NAME_TAKEN


def test_a_network_takes_models_up_to_the_parameter(chain: TestChain) -> None:
    chain.ok(network_message(chain), signer="founder")
    codes = []
    for number in range(3):
        spec = pb.ModelSpec(name=f"m{number}", hardware_bp=1, max_units=1)
        message = pb.MsgAddModel(admin=str(chain.address("founder")), network=1, model=spec)
        codes.append(chain.run(message, signer="founder").code)
    assert codes == [0, 0, Code.TOO_MANY_MODELS]


def test_one_write_suspends_all_devices_of_a_model(chain: TestChain) -> None:
    chain.ok(network_message(chain), signer="founder")
    ids = []
    for number in range(3):
        answer = chain.ok(device_message(chain, str(number)), signer="alice", response=pb.MsgRegisterDeviceResponse)
        ids.append(answer.device_id)
    admin = str(chain.address("founder"))

    def states() -> list[tuple[bool, str]]:
        answers = [
            chain.query(QUERY + "Device", query_pb2.QueryDeviceRequest(device_id=number), query_pb2.QueryDeviceResponse)
            for number in ids
        ]
        return [(answer.usable, answer.reason) for answer in answers]

    assert states() == [(True, "")] * 3
    suspend = pb.MsgSetModelStatus(admin=admin, model=1, status=types.MODEL_STATUS_SUSPENDED)
    chain.ok(suspend, signer="founder")
    assert states() == [(False, "model is suspended")] * 3
    chain.ok(pb.MsgSetModelStatus(admin=admin, model=1, status=types.MODEL_STATUS_ACTIVE), signer="founder")
    assert states() == [(True, "")] * 3
    assert held(chain) == DEPOSIT + 3 * BOND
