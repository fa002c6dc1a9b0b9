"""The life of devices, and what other modules see of them."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from chain.crypto.addresses import module_address
from chain.pb.lamppost.device_registry.v1 import query_pb2
from chain.pb.lamppost.device_registry.v1 import tx_pb2 as pb
from chain.pb.lamppost.device_registry.v1 import types_pb2 as types
from chain.primitives.ids import DeviceId
from chain.testing import TestChain
from modules.device_registry.devices import verbs
from modules.device_registry.keeper import DeviceRegistryKeeper
from modules.device_registry.networks import verbs as networks
from modules.device_registry.types import NetworkStatus, WorkDevice
from tests.modules.device_registry.world import BOND, CELL, DEPOSIT, World, build, device_key, device_message

QUERY = "/lamppost.device_registry.v1.Query/"


@pytest.fixture
def world() -> Iterator[World]:
    made = build()
    yield made
    made.chain.close()


def registry(chain: TestChain) -> DeviceRegistryKeeper:
    (found,) = (module.keeper for module in chain.wiring.modules if module.name == "device_registry")
    assert isinstance(found, DeviceRegistryKeeper)
    return found


def device(world: World, number: str) -> types.Device:
    request = query_pb2.QueryDeviceRequest(device_id=number)
    return world.chain.query(QUERY + "Device", request, query_pb2.QueryDeviceResponse).device


def held(world: World) -> int:
    return registry(world.chain).bank.balance(world.chain.ctx(), module_address("device_registry"), "ulamp")


@pytest.mark.parametrize("algorithm", ["ed25519", "p256", "secp256k1"])
def test_a_device_of_each_algorithm_registers_with_its_proof(world: World, algorithm: str) -> None:
    key = device_key("new", algorithm)
    before = held(world)
    message = device_message(world.chain, algorithm=algorithm, payout=world["bob"], commitment=b"c" * 32)
    response = world.chain.ok(message, signer="alice", response=pb.MsgRegisterDeviceResponse)
    assert response.device_id == str(key.device_id)
    assert held(world) - before == BOND
    assert device(world, response.device_id) == types.Device(
        id=response.device_id,
        algorithm=message.algorithm,
        public_key=key.public_key,
        owner=world["alice"],
        operator=world["alice"],
        payout=world["bob"],
        network=1,
        model=1,
        status=types.DEVICE_STATUS_ACTIVE,
        cell=CELL,
        commitment=b"c" * 32,
        bond=BOND,
        bindings=1,
        registered_at=world.chain.time,
        position=3,
    )


def test_a_fleet_registers_in_one_transaction(world: World) -> None:
    messages = [device_message(world.chain, f"fleet {number}", network=2, model=3, cell=0) for number in range(20)]
    world.chain.ok(*messages, signer="alice")
    request = query_pb2.QueryDeviceCountRequest(network=2)
    answer = world.chain.query(QUERY + "DeviceCount", request, query_pb2.QueryDeviceCountResponse)
    assert answer.devices == types.DeviceCounts(active=20)


def test_one_key_twice_in_a_transaction_registers_nothing(world: World) -> None:
    before = held(world)
    result = world.chain.run(device_message(world.chain), device_message(world.chain), signer="alice")
    assert result.code != 0
    assert held(world) == before


def test_owner_and_operator_pause_and_resume(world: World) -> None:
    for signer, by in (("alice", world["alice"]), ("bob", world["bob"])):
        world.chain.ok(pb.MsgPauseDevice(signer=by, device_id=world.active), signer=signer)
        assert device(world, world.active).status == types.DEVICE_STATUS_PAUSED
        world.chain.ok(pb.MsgResumeDevice(signer=by, device_id=world.active), signer=signer)
        assert device(world, world.active).status == types.DEVICE_STATUS_ACTIVE


def test_a_replaced_operator_loses_the_device_and_the_new_one_finds_it(world: World) -> None:
    founder = world["founder"]
    message = pb.MsgSetOperator(owner=world["alice"], device_id=world.active, operator=founder)
    world.chain.ok(message, signer="alice")
    assert world.chain.run(pb.MsgPauseDevice(signer=world["bob"], device_id=world.active), signer="bob").code
    assert operated(world, "founder") == [world.active]
    assert world.active not in operated(world, "bob")
    world.chain.ok(pb.MsgPauseDevice(signer=founder, device_id=world.active), signer="founder")


def operated(world: World, name: str) -> list[str]:
    request = query_pb2.QueryDevicesByOperatorRequest(operator=world[name])
    answer = world.chain.query(QUERY + "DevicesByOperator", request, query_pb2.QueryDevicesByOperatorResponse)
    return [item.id for item in answer.devices]


@pytest.mark.parametrize("operator", ["", "alice"])
def test_the_owner_takes_the_operation_back(world: World, operator: str) -> None:
    named = world[operator] if operator else ""
    message = pb.MsgSetOperator(owner=world["alice"], device_id=world.active, operator=named)
    world.chain.ok(message, signer="alice")
    assert device(world, world.active).operator == world["alice"]
    assert operated(world, "alice") == []
    assert world.active not in operated(world, "bob")


def test_rewards_go_to_the_owner_until_another_account_is_named(world: World) -> None:
    keeper, number = registry(world.chain), DeviceId.parse(world.active)
    alice, bob = world.chain.address("alice"), world.chain.address("bob")
    assert keeper.payees(world.chain.ctx(), number) == (alice, alice)
    world.chain.ok(pb.MsgSetPayout(owner=str(alice), device_id=world.active, payout=str(bob)), signer="alice")
    assert keeper.payees(world.chain.ctx(), number) == (alice, bob)
    world.chain.ok(pb.MsgSetPayout(owner=str(alice), device_id=world.active), signer="alice")
    assert keeper.payees(world.chain.ctx(), number) == (alice, alice)


def test_a_retired_device_gives_the_bond_back_and_still_names_who_is_paid(world: World) -> None:
    keeper, alice = registry(world.chain), world.chain.address("alice")
    before = keeper.bank.balance(world.chain.ctx(), alice, "ulamp")
    for number in (world.active, world.paused):
        world.chain.ok(pb.MsgRetireDevice(owner=str(alice), device_id=number), signer="alice")
    assert keeper.bank.balance(world.chain.ctx(), alice, "ulamp") - before == 2 * BOND
    assert held(world) == 2 * DEPOSIT
    assert device(world, world.active).bond == 0
    assert keeper.payees(world.chain.ctx(), DeviceId.parse(world.active)) == (alice, alice)
    world.chain.ok(pb.MsgSetPayout(owner=str(alice), device_id=world.active, payout=world["bob"]), signer="alice")


def test_work_sees_a_device_with_its_models_and_networks_weights(world: World) -> None:
    number = DeviceId.parse(world.active)
    key = device_key("active")
    assert registry(world.chain).work_device(world.chain.ctx(), number, 0) == WorkDevice(
        id=number,
        network=1,
        algorithm=key.algorithm,
        public_key=key.public_key,
        owner=world.chain.address("alice"),
        operator=world.chain.address("bob"),
        payout=world.chain.address("alice"),
        usable=True,
        reason="",
        max_units=24,
        hardware_bp=10_000,
        level_bp=5_000,
        registered_at=verbs.find_device(world.chain.ctx(), number).registered_at,
        cell=CELL,
        caps=(10, 20, 30),
        weightless=False,
    )


def test_work_is_told_why_a_device_is_not_usable(world: World) -> None:
    keeper, ctx = registry(world.chain), world.chain.ctx()
    for name, reason in (("active", ""), ("paused", "device is paused"), ("retired", "device is retired")):
        found = keeper.work_device(ctx, DeviceId.parse(getattr(world, name)), 0)
        assert found is not None
        assert (found.usable, found.reason) == (not reason, reason)


def test_a_closed_network_would_stop_its_devices(world: World) -> None:
    """No message can close a network under a working device; the rule stands for what comes later."""
    ctx = world.chain.ctx()
    found = verbs.find_device(ctx, DeviceId.parse(world.active))
    model, network = networks.find_model(ctx, found.model), networks.find_network(ctx, found.network)
    assert verbs.reason(ctx, found, model, network, 0) == ""
    assert verbs.reason(ctx, found, model, replace(network, status=NetworkStatus.CLOSED), 0) == "network is closed"


def test_no_device_is_made_up_for_an_unknown_id(world: World) -> None:
    keeper, number = registry(world.chain), device_key("nobody").device_id
    assert keeper.work_device(world.chain.ctx(), number, 0) is None
    assert keeper.payees(world.chain.ctx(), number) is None


def test_a_message_costs_the_same_with_many_devices_as_with_few(world: World) -> None:
    """Gas counts every read and write, so equal gas means equal work."""

    def cost() -> int:
        pause = pb.MsgPauseDevice(signer=world["bob"], device_id=world.active)
        resume = pb.MsgResumeDevice(signer=world["bob"], device_id=world.active)
        return int(world.chain.run(pause, resume, signer="bob").gas_used)

    cost()  # the first transaction of an account is shorter: its sequence is 0
    few = cost()
    for part in range(5):
        messages = [device_message(world.chain, f"{part}.{number}") for number in range(20)]
        world.chain.ok(*messages, signer="alice")
    assert cost() == few
