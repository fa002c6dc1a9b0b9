"""The life of manufacturers: keys, strikes, bonds, the end."""

from collections.abc import Iterator

import pytest

from chain.client.manufacturers import set_issuing_key_message
from chain.crypto.addresses import module_address
from chain.pb.lamppost.device_registry.v1 import manufacturers_pb2 as pb
from chain.pb.lamppost.device_registry.v1 import query_pb2
from chain.testing import CHAIN_ID
from modules.device_registry.errors import RegistryCode as Code
from tests.modules.device_registry.manufacturers.makers import (
    CLOSED,
    DRN_BATCH,
    ISSUING,
    OPEN,
    QUERY,
    REVOKED,
    build_makers,
    find,
    issue_message,
    maker_message,
)
from tests.modules.device_registry.world import MAKER_BOND, World, device_key

NEXT = device_key("acme's next issuing key", "secp256k1")
HOLD = 100
"""Seconds for which this world holds the bond of a retired manufacturer."""


@pytest.fixture
def world() -> Iterator[World]:
    made = build_makers()
    yield made
    made.chain.close()


def balance(world: World, name: str) -> int:
    bank = next(module.keeper for module in world.chain.wiring.modules if module.name == "bank")
    return int(bank.balance(world.chain.ctx(), world.chain.address(name), "ulamp"))


def held(world: World) -> int:
    bank = next(module.keeper for module in world.chain.wiring.modules if module.name == "bank")
    return int(bank.balance(world.chain.ctx(), module_address("device_registry"), "ulamp"))


def burned(world: World) -> int:
    """Return supply, which burning lowers."""
    bank = next(module.keeper for module in world.chain.wiring.modules if module.name == "bank")
    return int(bank.supply(world.chain.ctx(), "ulamp"))


def retire(world: World) -> None:
    maker = world["maker"]
    world.chain.ok(
        pb.MsgCloseBatch(owner=maker, batch=OPEN),
        pb.MsgRevokeBatch(signer=maker, batch=DRN_BATCH),
        pb.MsgRetireManufacturer(owner=maker, manufacturer=1),
        signer="maker",
    )


def status(world: World, to: pb.ManufacturerStatus.ValueType, number: int = 1) -> None:
    message = pb.MsgSetManufacturerStatus(authority=world["council"], manufacturer=number, status=to)
    world.chain.ok(message, signer="council")


def test_a_manufacturer_is_registered_with_its_bond(world: World) -> None:
    before = balance(world, "maker"), held(world)
    answer = world.chain.ok(
        maker_message(world, "second", NEXT), signer="maker", response=pb.MsgRegisterManufacturerResponse
    )
    assert answer.manufacturer == 2
    assert (balance(world, "maker"), held(world)) == (before[0] - MAKER_BOND, before[1] + MAKER_BOND)
    assert find(world, 2) == pb.Manufacturer(
        id=2,
        name="second",
        owner=world["maker"],
        algorithm=int(NEXT.algorithm),  # type: ignore[arg-type]  # the wire's enums are integers
        public_key=NEXT.public_key,
        bond=MAKER_BOND,
        status=pb.MANUFACTURER_STATUS_ACTIVE,
        signatures=1,
        registered_at=world.chain.time,
    )


def test_three_strikes_suspend_and_the_authority_may_forgive(world: World) -> None:
    strike = pb.MsgStrikeManufacturer(authority=world["council"], manufacturer=1, reason="keys in public")
    for number in (1, 2):
        answer = world.chain.ok(strike, signer="council", response=pb.MsgStrikeManufacturerResponse)
        assert answer.strikes == number
        assert find(world).status == pb.MANUFACTURER_STATUS_ACTIVE
    world.chain.ok(strike, signer="council")
    assert (find(world).strikes, find(world).status) == (3, pb.MANUFACTURER_STATUS_SUSPENDED)
    assert world.chain.run(issue_message(world), signer="maker").code == Code.MANUFACTURER_NOT_ACTIVE
    status(world, pb.MANUFACTURER_STATUS_ACTIVE)
    assert (find(world).strikes, find(world).status) == (0, pb.MANUFACTURER_STATUS_ACTIVE)
    world.chain.ok(issue_message(world), signer="maker")


def test_a_suspended_manufacturer_neither_retires_nor_gets_its_bond(world: World) -> None:
    status(world, pb.MANUFACTURER_STATUS_SUSPENDED)
    message = pb.MsgRetireManufacturer(owner=world["maker"], manufacturer=1)
    assert world.chain.run(message, signer="maker").code == Code.MANUFACTURER_NOT_ACTIVE


def test_a_revoked_manufacturers_bond_is_burned(world: World) -> None:
    supply, mine = burned(world), balance(world, "maker")
    status(world, pb.MANUFACTURER_STATUS_REVOKED)
    assert (burned(world), balance(world, "maker")) == (supply - MAKER_BOND, mine)
    assert (find(world).bond, find(world).status) == (0, pb.MANUFACTURER_STATUS_REVOKED)


def test_a_retired_manufacturers_bond_comes_back_after_the_hold_and_once(world: World) -> None:
    retire(world)
    mine = balance(world, "maker")
    assert find(world).bond_due_at == world.chain.time + HOLD * 10**9
    back = pb.MsgReturnManufacturerBond(signer=world["bob"], manufacturer=1)
    assert world.chain.run(back, signer="bob", seconds=HOLD - 1).code == Code.BOND_LOCKED
    answer = world.chain.ok(back, signer="bob", response=pb.MsgReturnManufacturerBondResponse)
    assert (answer.amount, balance(world, "maker")) == (MAKER_BOND, mine + MAKER_BOND)
    assert world.chain.run(back, signer="bob").code == Code.NO_BOND


def test_a_bond_that_is_held_can_still_be_lost(world: World) -> None:
    retire(world)
    supply = burned(world)
    status(world, pb.MANUFACTURER_STATUS_REVOKED)
    assert burned(world) == supply - MAKER_BOND
    back = pb.MsgReturnManufacturerBond(signer=world["bob"], manufacturer=1)
    assert world.chain.run(back, signer="bob", seconds=HOLD).code == Code.WRONG_STATUS


def test_a_new_issuing_key_takes_the_place_of_the_old_one(world: World) -> None:
    message = set_issuing_key_message(
        ISSUING,
        NEXT,
        chain_id=CHAIN_ID,
        owner=world["maker"],
        manufacturer=1,
        name="acme",
        number=find(world).signatures,
    )
    world.chain.ok(message, signer="maker")
    assert find(world).public_key == NEXT.public_key
    assert world.chain.run(issue_message(world), signer="maker").code == Code.BAD_ISSUE_SIGNATURE
    world.chain.ok(issue_message(world, key=NEXT), signer="maker")
    assert world.chain.run(message, signer="maker").code == Code.BAD_ISSUE_SIGNATURE


@pytest.mark.parametrize("by", ["maker", "founder", "council"])
def test_a_batch_is_revoked_by_its_manufacturer_its_networks_admin_or_the_authority(world: World, by: str) -> None:
    opened = find(world).open_batches
    world.chain.ok(pb.MsgRevokeBatch(signer=world[by], batch=OPEN), signer=by)
    assert find(world).open_batches == opened - 1


def test_a_closed_batch_may_still_be_revoked_and_is_counted_once(world: World) -> None:
    opened = find(world).open_batches
    world.chain.ok(pb.MsgRevokeBatch(signer=world["maker"], batch=CLOSED), signer="maker")
    assert find(world).open_batches == opened


def test_manufacturers_batches_and_models_are_listed(world: World) -> None:
    world.chain.ok(maker_message(world, "second", NEXT, "bob"), signer="bob")

    def numbers(kind: str, field: str, **fields: object) -> list[int]:
        request = getattr(query_pb2, f"Query{kind}Request")(**fields)
        answer = world.chain.query(QUERY + kind, request, getattr(query_pb2, f"Query{kind}Response"))
        return [item.id for item in getattr(answer, field)]

    assert numbers("Manufacturers", "manufacturers") == [1, 2]
    assert numbers("ManufacturersByOwner", "manufacturers", owner=world["bob"]) == [2]
    assert numbers("ModelsByManufacturer", "models", manufacturer=1) == [5, 6]
    assert numbers("ModelsByManufacturer", "models", manufacturer=2) == []
    assert numbers("BatchesByModel", "batches", model=5) == [OPEN, CLOSED, REVOKED]
    assert numbers("BatchesByManufacturer", "batches", manufacturer=1) == [1, 2, 3, 4]
    totals = world.chain.query(QUERY + "Totals", query_pb2.QueryTotalsRequest(), query_pb2.QueryTotalsResponse)
    assert (totals.networks, totals.models, totals.manufacturers, totals.batches) == (3, 6, 2, 4)
    named = query_pb2.QueryManufacturerByNameRequest(name="second")
    found = world.chain.query(QUERY + "ManufacturerByName", named, query_pb2.QueryManufacturerByNameResponse)
    assert found.manufacturer == find(world, 2)
