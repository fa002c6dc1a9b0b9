"""Devices of batches: how they come to be, and what stops them without touching them."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chain.codec.batches import leaf_bytes
from chain.crypto import merkle
from chain.pb.lamppost.device_registry.v1 import manufacturers_pb2 as pb
from chain.pb.lamppost.device_registry.v1 import query_pb2, tx_pb2
from chain.pb.lamppost.device_registry.v1 import types_pb2 as types
from modules.device_registry import state
from modules.device_registry.errors import RegistryCode as Code
from tests.modules.device_registry.manufacturers.makers import (
    COUNT,
    DRN_BATCH,
    DRN_MODEL,
    KEYS,
    LEAVES,
    OPEN,
    PRN_MODEL,
    QUERY,
    ROOT,
    build_makers,
    claim,
    issue_message,
    spec,
)
from tests.modules.device_registry.world import World


@pytest.fixture
def world() -> Iterator[World]:
    made = build_makers()
    yield made
    made.chain.close()


def usable(world: World, index: int) -> tuple[bool, str]:
    """Return whether the device of a key may work, by its query and by what work sees."""
    number = KEYS[index].device_id
    request = query_pb2.QueryDeviceRequest(device_id=str(number))
    answer = world.chain.query(QUERY + "Device", request, query_pb2.QueryDeviceResponse)
    (keeper,) = (module.keeper for module in world.chain.wiring.modules if module.name == "device_registry")
    seen = keeper.work_device(world.chain.ctx(), number, 0)
    assert (seen.usable, seen.reason) == (answer.usable, answer.reason)
    return answer.usable, answer.reason


def test_each_algorithm_and_place_of_a_batch_is_claimed_without_a_bond(world: World) -> None:
    for index in range(2, COUNT):
        answer = world.chain.ok(claim(world, index), signer="alice", response=pb.MsgClaimDeviceResponse)
        assert answer.device_id == str(KEYS[index].device_id)
    found = state.devices.get(world.chain.ctx(), KEYS[2].device_id)
    assert found is not None
    assert (found.batch, found.model, found.network, found.bond, found.bindings) == (OPEN, PRN_MODEL, 1, 0, 1)
    answer = world.chain.query(QUERY + "Batch", query_pb2.QueryBatchRequest(batch=OPEN), query_pb2.QueryBatchResponse)
    assert (answer.claimed, answer.batch.count, answer.manufacturer) == (COUNT, COUNT, 1)


def test_a_device_earns_by_the_level_of_its_model(world: World) -> None:
    (keeper,) = (module.keeper for module in world.chain.wiring.modules if module.name == "device_registry")
    seen = keeper.work_device(world.chain.ctx(), KEYS[0].device_id, 0)
    assert seen.level_bp == 9_000


def test_a_key_becomes_a_device_once_whatever_the_batch_owner_or_fate(world: World) -> None:
    owner, device = world["alice"], str(KEYS[0].device_id)

    def again(batch: int = OPEN, owner: str = "alice") -> int:
        return world.chain.run(claim(world, 0, batch, owner), signer=owner).code

    assert again() == Code.DEVICE_EXISTS
    assert again(owner="bob") == Code.DEVICE_EXISTS
    assert again(DRN_BATCH) == Code.DEVICE_EXISTS
    world.chain.ok(tx_pb2.MsgRetireDevice(owner=owner, device_id=device), signer="alice")
    assert again() == Code.DEVICE_EXISTS


def test_counts_of_batch_and_manufacturer_follow_their_devices(world: World) -> None:
    def counts() -> tuple[types.DeviceCounts, types.DeviceCounts]:
        batch = query_pb2.QueryDeviceCountRequest(batch=OPEN)
        maker = query_pb2.QueryDeviceCountRequest(manufacturer=1)
        kind = query_pb2.QueryDeviceCountResponse
        return (
            world.chain.query(QUERY + "DeviceCount", batch, kind).devices,
            world.chain.query(QUERY + "DeviceCount", maker, kind).devices,
        )

    assert counts() == (types.DeviceCounts(active=2), types.DeviceCounts(active=2))
    world.chain.ok(claim(world, 3, DRN_BATCH), signer="alice")
    assert counts() == (types.DeviceCounts(active=2), types.DeviceCounts(active=3))
    first, second = (str(KEYS[index].device_id) for index in (0, 1))
    world.chain.ok(
        tx_pb2.MsgPauseDevice(signer=world["alice"], device_id=first),
        tx_pb2.MsgRetireDevice(owner=world["alice"], device_id=second),
        signer="alice",
    )
    assert counts() == (types.DeviceCounts(paused=1, retired=1), types.DeviceCounts(active=1, paused=1, retired=1))


def test_one_write_stops_the_devices_of_a_batch_a_model_or_a_manufacturer(world: World) -> None:
    """Given devices in a PRN and a DRN, when one of the other objects is stopped, then no device's bytes change."""
    chain, council, founder = world.chain, world["council"], world["founder"]
    chain.ok(claim(world, 3, DRN_BATCH), signer="alice")

    def raw() -> list[tuple[bytes, bytes]]:
        prefix = state.devices.prefix
        return list(chain.ctx().iterate("device_registry", prefix, bytes([prefix[0] + 1])))

    def status(to: pb.ManufacturerStatus.ValueType) -> pb.MsgSetManufacturerStatus:
        return pb.MsgSetManufacturerStatus(authority=council, manufacturer=1, status=to)

    before = raw()
    assert [usable(world, index) for index in (0, 3)] == [(True, "")] * 2
    chain.ok(status(pb.MANUFACTURER_STATUS_SUSPENDED), signer="council")
    assert [usable(world, index) for index in (0, 3)] == [(False, "manufacturer is suspended")] * 2
    chain.ok(status(pb.MANUFACTURER_STATUS_ACTIVE), signer="council")
    assert [usable(world, index) for index in (0, 3)] == [(True, "")] * 2
    suspend = tx_pb2.MsgSetModelStatus(admin=founder, model=PRN_MODEL, status=types.MODEL_STATUS_SUSPENDED)
    chain.ok(suspend, signer="founder")
    assert [usable(world, index) for index in (0, 3)] == [(False, "model is suspended"), (True, "")]
    suspend.status = types.MODEL_STATUS_ACTIVE
    chain.ok(suspend, signer="founder")
    chain.ok(pb.MsgRevokeBatch(signer=world["maker"], batch=OPEN), signer="maker")
    assert [usable(world, index) for index in (0, 3)] == [(False, "batch is revoked"), (True, "")]
    chain.ok(pb.MsgRevokeModel(signer=world["maker"], model=DRN_MODEL), signer="maker")
    assert usable(world, 3) == (False, "model is revoked")
    chain.ok(status(pb.MANUFACTURER_STATUS_REVOKED), signer="council")
    assert usable(world, 3) == (False, "manufacturer is revoked")
    assert raw() == before


def test_a_closed_batch_takes_no_claims_and_its_devices_go_on(world: World) -> None:
    world.chain.ok(pb.MsgCloseBatch(owner=world["maker"], batch=OPEN), signer="maker")
    assert usable(world, 0) == (True, "")
    assert world.chain.run(claim(world, 2), signer="alice").code == Code.BATCH_NOT_ACTIVE


def test_devices_of_a_retired_manufacturer_stop(world: World) -> None:
    maker = world["maker"]
    world.chain.ok(
        pb.MsgCloseBatch(owner=maker, batch=OPEN),
        pb.MsgCloseBatch(owner=maker, batch=DRN_BATCH),
        pb.MsgRetireManufacturer(owner=maker, manufacturer=1),
        signer="maker",
    )
    assert usable(world, 0) == (False, "manufacturer is retired")


def test_a_batch_of_one_key_needs_no_path(world: World) -> None:
    world.chain.ok(issue_message(world, root=LEAVES[2], count=1), signer="maker")
    message = claim(world, 2, batch=5)
    message.index = 0
    del message.path[:]
    world.chain.ok(message, signer="alice")


def test_a_batch_of_four_billion_keys_is_one_transaction(world: World) -> None:
    """A tree of 2^32 leaves whose every other node is the same needs 33 hashes to make, and a path of 32."""
    value, path = LEAVES[2], []
    sibling = LEAVES[3]
    for _ in range(32):
        path.append(sibling)
        value = merkle.node_hash(value, sibling)
        sibling = merkle.node_hash(sibling, sibling)
    world.chain.ok(issue_message(world, root=value, count=2**32), signer="maker")
    message = claim(world, 2, batch=5)
    message.index = 0
    del message.path[:]
    message.path.extend(path)
    world.chain.ok(message, signer="alice")


def test_the_root_that_the_chain_checks_is_the_one_of_the_tool(world: World) -> None:
    assert merkle.root(merkle.leaf_hash(bytes([key.algorithm]) + key.public_key) for key in KEYS) == ROOT


@settings(max_examples=150, derandomize=True, deadline=None)
@given(st.data())
def test_no_other_place_path_or_leaf_passes(data: st.DataObject) -> None:
    """Wrong indexes, cut, grown and changed paths, other leaves, inner nodes as leaves: none is in the batch."""
    count = data.draw(st.integers(1, 40))
    leaves = [merkle.leaf_hash(leaf_bytes(2, number.to_bytes(32, "big"))) for number in range(count)]
    root, index = merkle.root(leaves), data.draw(st.integers(0, count - 1))
    path = merkle.path(leaves, index)
    assert merkle.verify(root, leaves[index], index, count, path)
    for other in (*range(count + 3), 2**32, 2**64 - 1):
        assert merkle.verify(root, leaves[index], other, count, path) == (other == index)
    for cut in range(len(path)):
        assert not merkle.verify(root, leaves[index], index, count, path[:cut])
        assert not merkle.verify(root, leaves[index], index, count, path[cut + 1 :])
    assert not merkle.verify(root, leaves[index], index, count, [*path, root])
    if path:
        at = data.draw(st.integers(0, len(path) - 1))
        changed = bytes([path[at][0] ^ 1]) + path[at][1:]
        assert not merkle.verify(root, leaves[index], index, count, [*path[:at], changed, *path[at + 1 :]])
        inner = merkle.node_hash(leaves[0], leaves[1])
        assert not merkle.verify(root, merkle.leaf_hash(leaves[0] + leaves[1]), index, count, path)
        assert not merkle.verify(root, merkle.leaf_hash(inner), index >> 1, count, path[1:])
    for other in (count - 1, count + 1):
        assert not merkle.verify(root, merkle.leaf_hash(b"other"), index, other, path)


def test_an_inner_node_is_no_key(world: World) -> None:
    """The two children of a node are 64 bytes and no key; and a leaf's hash starts with another byte than a node's."""
    message = claim(world, 2)
    message.public_key = LEAVES[0] + LEAVES[1]
    result = world.chain.deliver(world.chain.tx(message, signer="alice"), process=False).tx_results[0]
    assert result.code == Code.INVALID_PUBLIC_KEY


def test_claiming_costs_the_same_whatever_was_claimed_before(world: World) -> None:
    """Gas counts every read and write: the places of a full subtree of 4 keys have paths of one length."""
    used = [world.chain.run(claim(world, index), signer="alice").gas_used for index in (2, 3)]
    assert abs(used[0] - used[1]) < 2_000  # algorithms differ in the price of a signature
    assert world.chain.run(claim(world, 3), signer="alice").code == Code.DEVICE_EXISTS


def test_an_idle_device_of_a_batch_takes_at_most_300_bytes_of_state(world: World) -> None:
    def size() -> int:
        ctx = world.chain.ctx()
        return sum(len(key) + len(value) for key, value in ctx.iterate("device_registry", b"", None))

    for index, operator in ((2, ""), (3, world["bob"])):
        before = size()
        world.chain.ok(claim(world, index, operator=operator), signer="alice")
        assert size() - before <= 300


def test_a_model_may_be_vouched_for_at_level_0(world: World) -> None:
    message = tx_pb2.MsgAddModel(admin=world["founder"], network=2, model=spec("plain"))
    answer = world.chain.ok(message, signer="founder", response=tx_pb2.MsgAddModelResponse)
    world.chain.ok(issue_message(world, answer.model), signer="maker")
