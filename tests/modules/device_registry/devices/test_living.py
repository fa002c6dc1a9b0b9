"""The dense index of living devices, suspension, and how little an idle device takes."""

from collections.abc import Callable, Iterator

import pytest
from google.protobuf.message import Message as ProtoMessage
from hypothesis import given, settings
from hypothesis import strategies as st

from chain.pb.lamppost.device_registry.v1 import query_pb2, tx_pb2
from chain.pb.lamppost.device_registry.v1 import types_pb2 as types
from chain.testing import QueryFailed, TestChain
from modules.device_registry.errors import RegistryCode
from tests.modules.device_registry.lives import (
    QUERY,
    accept,
    asked,
    balance,
    keeper,
    offer,
    pause,
    retire,
    rotate,
)
from tests.modules.device_registry.manufacturers.makers import KEYS, build_makers, claim
from tests.modules.device_registry.world import World, build, device_key, device_message, network_message, start
from tests.modules.work.village import Village


@pytest.fixture
def world() -> Iterator[World]:
    made = build()
    yield made
    made.chain.close()


def index(world: World) -> list[str]:
    """Return the whole index, as queries show it."""
    registry, ctx = keeper(world), world.chain.ctx()
    shown = []
    for number in range(registry.active_count(ctx)):
        request = query_pb2.QueryActiveDeviceRequest(index=number)
        answer = world.chain.query(QUERY + "ActiveDevice", request, query_pb2.QueryActiveDeviceResponse)
        assert answer.count == registry.active_count(ctx)
        assert answer.device.id == str(registry.active_at(ctx, number))
        assert answer.device.position == number + 1
        shown.append(answer.device.id)
    return shown


def test_the_index_holds_all_that_are_not_retired_and_the_last_fills_a_gap(world: World) -> None:
    """Given five devices, when the first retires, then the fifth has its place and the others stay where they are."""
    world.chain.ok(*(device_message(world.chain, name) for name in "abc"), signer="alice")
    a, b, c = (str(device_key(name).device_id) for name in "abc")
    assert index(world) == [world.active, world.paused, a, b, c]
    world.chain.ok(retire(world, world.active), signer="alice")
    assert index(world) == [c, world.paused, a, b]
    world.chain.ok(retire(world, b), signer="alice")
    assert index(world) == [c, world.paused, a]
    world.chain.ok(*(retire(world, number) for number in (a, world.paused, c)), signer="alice")
    assert index(world) == []


def test_there_is_nothing_beyond_the_last(world: World) -> None:
    with pytest.raises(LookupError):
        keeper(world).active_at(world.chain.ctx(), 2)
    for number in (2, 2**64 - 1):
        with pytest.raises(QueryFailed) as failed:
            world.chain.query(
                QUERY + "ActiveDevice",
                query_pb2.QueryActiveDeviceRequest(index=number),
                query_pb2.QueryActiveDeviceResponse,
            )
        assert (failed.value.codespace, failed.value.code) == ("sdk", 22)


def test_a_pause_of_one_block_does_not_dodge_a_draw(world: World) -> None:
    before = index(world)
    world.chain.ok(pause(world, world.active), signer="alice")
    assert index(world) == before


@settings(max_examples=15)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 9)), max_size=20))
def test_the_index_is_the_set_of_living_devices_after_any_joining_and_retiring(steps: list[tuple[bool, int]]) -> None:
    with start() as chain:
        chain.ok(network_message(chain), signer="founder")
        world, joined = World(chain, "", "", ""), 0
        living: list[str] = []
        for joins, pick in steps:
            if joins or not living:
                chain.ok(device_message(chain, f"{joined}"), signer="alice")
                living.append(str(device_key(f"{joined}").device_id))
                joined += 1
            else:
                gone = living.pop(pick % len(living))
                chain.ok(retire(world, gone), signer="alice")
        assert sorted(index(world)) == sorted(living)


def test_the_order_of_the_index_outlives_export_and_import(world: World) -> None:
    world.chain.ok(*(device_message(world.chain, name) for name in "abc"), signer="alice")
    world.chain.ok(retire(world, world.active), signer="alice")
    before, exported = index(world), world.chain.export()
    with TestChain(genesis=exported) as again:
        again.advance(1)
        assert index(World(again, "", "", "")) == before


def test_retiring_costs_the_same_with_many_devices_as_with_few(world: World) -> None:
    def cost(name: str) -> int:
        world.chain.ok(device_message(world.chain, name), device_message(world.chain, name + " last"), signer="alice")
        return int(world.chain.run(retire(world, str(device_key(name).device_id)), signer="alice").gas_used)

    cost("first")
    few = cost("second")
    world.chain.ok(*(device_message(world.chain, f"more {number}") for number in range(60)), signer="alice")
    assert cost("third") == few


def test_a_device_that_retires_is_paid_out_and_what_is_not_final_stays_its_owners() -> None:
    """Given final units and units of the running epoch, when the device retires, then the first are paid at once."""
    with Village() as village:
        place, number = World(village.chain, "", "", ""), str(village.id("a"))
        village.submit(village.receipt("a"))
        village.next_epoch()
        village.next_epoch()
        village.submit(village.receipt("a"))
        before = balance(place, "alice")
        result = village.chain.run(retire(place, number), signer="alice")
        (event,) = (event for event in result.events if event.type == "device_retired")
        paid = int({item.key: item.value for item in event.attributes}["paid_out"])
        assert paid > 0
        # The village's bonds go back at once.
        assert balance(place, "alice") == before + paid + 1_000_000
        village.next_epoch()
        village.next_epoch()
        assert village.claim("alice", "a") > 0


def test_a_query_tells_what_a_devices_work_weighs() -> None:
    world = build_makers()
    answer = asked(world, str(KEYS[0].device_id))
    assert (answer.level, answer.level_bp, answer.hardware_bp, answer.max_units) == (2, 9_000, 10_000, 24)
    assert (answer.usable, answer.reason, answer.weightless_until) == (True, "", 0)
    assert answer.status == types.DEVICE_STATUS_ACTIVE
    assert asked(world, world.paused).reason == "device is paused"
    world.chain.close()


# Suspension


def suspended(village: Village, name: str, until_epoch: int) -> TestChain:
    """Return a chain that goes on from the village's state, in which a device is suspended."""
    exported = village.chain.export()
    for device in exported["device_registry"]["devices"]:
        if device["id"] == str(village.id(name)):
            device["suspended_until"] = str(until_epoch)
    return TestChain(genesis=exported, authority="council")


def test_suspending_says_so_lasts_the_longest_time_and_spares_the_retired() -> None:
    with Village() as village:
        place = World(village.chain, "", "", "")
        registry, ctx, number = keeper(place), village.chain.ctx(), village.id("a")
        registry.suspend(ctx, number, 10)
        registry.suspend(ctx, number, 5)
        (event,) = ctx.events
        assert (event.type, event.attributes) == (
            "device_suspended",
            (("device", str(number)), ("until_epoch", "10")),
        )
        seen = [registry.work_device(ctx, number, epoch) for epoch in (0, 9, 10)]
        assert [(item.usable, item.reason) for item in seen if item] == [
            (False, "device is suspended until epoch 10"),
            (False, "device is suspended until epoch 10"),
            (True, ""),
        ]
        assert registry.active_count(ctx) == 3
        village.chain.ok(retire(place, str(village.id("b"))), signer="alice")
        ctx = village.chain.ctx()
        registry.suspend(ctx, village.id("b"), 10)
        assert ctx.events == []


def test_a_suspended_device_is_shown_as_such_with_the_reason_until_it_ends_by_itself() -> None:
    """Given a suspension until epoch 2, when epoch 2 begins, then the device works again without a message."""
    with Village() as village, suspended(village, "a", 2) as chain:
        place, number = World(chain, "", "", ""), str(village.id("a"))
        chain.advance(1)
        answer = asked(place, number)
        assert (answer.usable, answer.reason) == (False, "device is suspended until epoch 2")
        assert answer.status == answer.device.status == types.DEVICE_STATUS_SUSPENDED
        assert answer.suspended_until == 2
        request = query_pb2.QueryDevicesByOwnerRequest(owner=place["alice"])
        listed = chain.query(QUERY + "DevicesByOwner", request, query_pb2.QueryDevicesByOwnerResponse).devices
        assert {device.id: device.status for device in listed}[number] == types.DEVICE_STATUS_SUSPENDED
        chain.advance(100)
        assert not asked(place, number).usable
        chain.advance(100)
        answer = asked(place, number)
        assert (answer.usable, answer.reason, answer.suspended_until) == (True, "", 0)
        assert answer.status == types.DEVICE_STATUS_ACTIVE


Way = Callable[[World, str], tuple[ProtoMessage, str]]


def paused(world: World, number: str) -> tuple[ProtoMessage, str]:
    return pause(world, number), "alice"


def rotated(world: World, number: str) -> tuple[ProtoMessage, str]:
    return rotate(world, "a", "second"), "alice"


def transferred(world: World, number: str) -> tuple[ProtoMessage, str]:
    world.chain.ok(offer(world, number, price=0), signer="alice")
    return accept(world, "a", price=0), "bob"


@pytest.mark.parametrize("way", [paused, rotated, transferred])
def test_there_is_no_way_out_of_a_suspension(way: Way) -> None:
    with Village() as village, suspended(village, "a", 9) as chain:
        place, number = World(chain, "", "", ""), str(village.id("a"))
        chain.advance(1)
        message, signer = way(place, number)
        chain.ok(message, signer=signer)
        if way is paused:
            chain.ok(tx_pb2.MsgResumeDevice(signer=place["alice"], device_id=number), signer="alice")
        answer = asked(place, number)
        assert (answer.usable, answer.status) == (False, types.DEVICE_STATUS_SUSPENDED)
        assert answer.suspended_until == 9


def test_a_suspended_device_retires_only_when_its_time_is_over() -> None:
    with Village() as village, suspended(village, "a", 1) as chain:
        place, number = World(chain, "", "", ""), str(village.id("a"))
        result = chain.run(retire(place, number), signer="alice")
        assert (result.codespace, result.code) == ("device_registry", RegistryCode.DEVICE_SUSPENDED)
        chain.ok(retire(place, number), signer="alice", seconds=100)


def test_receipts_of_a_suspended_device_are_rejected_with_the_reason() -> None:
    with Village() as village:
        exported = village.chain.export()
        for device in exported["device_registry"]["devices"]:
            device["suspended_until"] = "5"
        receipt = village.submission(village.receipt("a"))
        with TestChain(genesis=exported) as chain:
            result = chain.run(receipt, signer="gateway")
            (event,) = (event for event in result.events if event.type == "receipt_rejected")
            reasons = {item.key: item.value for item in event.attributes}
            assert "suspended until epoch 5" in reasons["reason"]


# Size


def state_bytes(chain: TestChain) -> int:
    """Return the bytes of all keys and values of all stores but the accounts and balances of people."""
    ctx = chain.ctx()
    stores = [item.name for item in chain.wiring.modules if item.name not in ("auth", "bank")]
    return sum(len(key) + len(value) for store in stores for key, value in ctx.iterate(store, b"", None))


@pytest.mark.parametrize("form", ["registered", "claimed"])
@pytest.mark.parametrize("committed", [False, True])
def test_an_idle_device_takes_at_most_300_bytes_of_state(form: str, committed: bool) -> None:
    """The largest common forms: in a PRN, with secp256k1 or P-256 key, with or without a commitment to a finer cell."""
    world = build_makers()
    commitment = b"c" * 32 if committed else b""
    before = state_bytes(world.chain)
    if form == "claimed":
        message: ProtoMessage = claim(world, 5, owner="bob", commitment=commitment)
    else:
        message = device_message(world.chain, "idle", "bob", algorithm="p256", commitment=commitment)
    world.chain.ok(message, signer="bob")
    taken = state_bytes(world.chain) - before
    # Bob's first device: the count of his devices is part of it.
    assert 200 < taken <= 300, taken
    world.chain.close()
