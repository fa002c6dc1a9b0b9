"""How a device gets another key, and that no key is ever two devices."""

from collections.abc import Iterator

import pytest

from chain.client.devices import accept_message, rotate_message
from chain.crypto.addresses import device_id
from chain.pb.lamppost.device_registry.v1 import transfers_pb2 as pb
from chain.testing import CHAIN_ID, TestChain
from modules.device_registry import state
from modules.device_registry.errors import RegistryCode
from modules.work.receipts import Receipt
from tests.modules.device_registry.lives import (
    APPROVED,
    ASKED,
    CLAIMED,
    NEW_KEY,
    accept,
    approve,
    asked,
    build_lives,
    found,
    keeper,
    offer,
    recover,
    rotate,
)
from tests.modules.device_registry.manufacturers.makers import KEYS, claim
from tests.modules.device_registry.world import World, device_key, device_message
from tests.modules.work.village import Village


@pytest.fixture
def world() -> Iterator[World]:
    made = build_lives()
    yield made
    made.chain.close()


@pytest.mark.parametrize("algorithm", ["ed25519", "p256", "secp256k1"])
def test_a_key_of_any_algorithm_replaces_the_old_one_at_once(world: World, algorithm: str) -> None:
    new = device_key("next", algorithm)
    device = found(world, world.active)
    message = rotate_message(device_key("active"), new, chain_id=CHAIN_ID, device=device)
    world.chain.ok(message, signer="alice")
    device = found(world, world.active)
    assert (device.id, device.public_key, device.bindings) == (world.active, new.public_key, 2)
    seen = keeper(world).work_device(world.chain.ctx(), device_key("active").device_id, 0)
    assert seen is not None
    assert (seen.algorithm, seen.public_key) == (new.algorithm, new.public_key)


def test_no_key_that_a_device_ever_had_becomes_another_device(world: World) -> None:
    """Given keys a, b, c that one device had one after the other, then none of them can be registered or come back."""
    world.chain.ok(rotate(world, "active", "second"), signer="alice")
    third = rotate_message(
        device_key("second"), device_key("third"), chain_id=CHAIN_ID, device=found(world, world.active)
    )
    world.chain.ok(third, signer="alice")
    for name in ("active", "second", "third"):
        result = world.chain.run(device_message(world.chain, name), signer="alice")
        assert (result.codespace, result.code) == ("device_registry", RegistryCode.DEVICE_EXISTS)
        back = rotate_message(
            device_key("third"), device_key(name), chain_id=CHAIN_ID, device=found(world, world.active)
        )
        assert world.chain.run(back, signer="alice").code == RegistryCode.KEY_IN_USE
        other = rotate(world, "hidden", name)
        assert world.chain.run(other, signer="alice").code == RegistryCode.KEY_IN_USE


def test_a_key_of_a_batch_that_became_a_devices_can_be_claimed_no_more(world: World) -> None:
    message = rotate_message(device_key("active"), KEYS[3], chain_id=CHAIN_ID, device=found(world, world.active))
    world.chain.ok(message, signer="alice")
    result = world.chain.run(claim(world, 3), signer="alice")
    assert (result.codespace, result.code) == ("device_registry", RegistryCode.DEVICE_EXISTS)


def test_a_rotation_outlives_export_and_import(world: World) -> None:
    world.chain.ok(rotate(world, "active", "second"), signer="alice")
    exported = world.chain.export()
    with TestChain(genesis=exported) as again:
        again.advance(1)
        assert again.export()["device_registry"] == exported["device_registry"]
        other = World(again, world.active, "", "")
        assert found(other, world.active).public_key == device_key("second").public_key
        assert again.run(device_message(again, "second"), signer="alice").code == RegistryCode.DEVICE_EXISTS


def test_a_claimed_devices_lost_key_is_replaced_when_its_manufacturer_agrees_and_time_has_passed(world: World) -> None:
    """Given a delay of 60 s, when acme agrees, then the new key takes effect 60 s later and not a second before."""
    complete = pb.MsgCompleteRecovery(owner=world["alice"], device_id=ASKED)
    assert world.chain.run(complete, signer="alice").code == RegistryCode.RECOVERY_NOT_READY
    answer = world.chain.ok(approve(world, ASKED), signer="maker", response=pb.MsgApproveRecoveryResponse)
    assert answer.ready_at == world.chain.time + 60 * 10**9
    assert asked(world, ASKED).recovery.ready_at == answer.ready_at
    assert world.chain.run(complete, signer="alice", seconds=59).code == RegistryCode.RECOVERY_NOT_READY
    world.chain.ok(complete, signer="alice", seconds=1)
    device = found(world, ASKED)
    assert (device.public_key, device.bindings) == (NEW_KEY.public_key, 2)
    assert not asked(world, ASKED).HasField("recovery")
    rotated = state.rotated_keys.get(world.chain.ctx(), device_id(NEW_KEY.algorithm, NEW_KEY.public_key))
    assert str(rotated) == ASKED


def test_the_key_that_is_not_lost_stops_its_recovery_through_anybody(world: World) -> None:
    device = found(world, APPROVED)
    shown = asked(world, APPROVED).recovery
    proof = KEYS[2].veto(CHAIN_ID, KEYS[2].device_id, device.bindings, shown.public_key)
    veto = pb.MsgCancelRecovery(signer=world["poor"], device_id=APPROVED, proof=proof)
    world.chain.ok(veto, signer="poor")
    assert not asked(world, APPROVED).HasField("recovery")


def test_a_new_request_needs_a_new_approval(world: World) -> None:
    world.chain.ok(recover(world, APPROVED), signer="alice")
    assert asked(world, APPROVED).recovery.ready_at == 0
    complete = pb.MsgCompleteRecovery(owner=world["alice"], device_id=APPROVED)
    assert world.chain.run(complete, signer="alice", seconds=100).code == RegistryCode.RECOVERY_NOT_READY


def test_a_transfer_ends_a_recovery_that_the_old_owner_asked_for(world: World) -> None:
    world.chain.ok(offer(world, APPROVED, price=0), signer="alice")
    message = accept_message(KEYS[2], chain_id=CHAIN_ID, buyer=world["bob"], device=found(world, APPROVED))
    world.chain.ok(message, signer="bob")
    complete = pb.MsgCompleteRecovery(owner=world["bob"], device_id=APPROVED)
    assert world.chain.run(complete, signer="bob", seconds=100).code == RegistryCode.NO_RECOVERY


def test_a_device_registered_with_the_new_key_meanwhile_stops_a_recovery(world: World) -> None:
    world.chain.ok(approve(world, ASKED), signer="maker")
    world.chain.ok(device_message(world.chain, "replacement", "bob", algorithm="p256"), signer="bob")
    complete = pb.MsgCompleteRecovery(owner=world["alice"], device_id=ASKED)
    assert world.chain.run(complete, signer="alice", seconds=100).code == RegistryCode.KEY_IN_USE


def test_the_new_key_takes_a_transfer_and_the_old_one_does_not(world: World) -> None:
    world.chain.ok(rotate(world, "active", "second"), signer="alice")
    assert world.chain.run(accept(world, "active"), signer="bob").code == RegistryCode.BAD_PROOF


def test_receipts_go_on_with_the_new_key_and_the_old_ones_sequence() -> None:
    """Given a device that reported, when its key changes, then the new key reports on, and the old one no more."""
    with Village() as village:
        place = World(village.chain, str(village.id("a")), "", "")
        assert village.submit(village.receipt("a", units=5)) == [0]
        village.chain.ok(rotate(place, "a", "second"), signer="alice")
        village.next_epoch()
        old = village.receipt("a")
        fields = {name: getattr(old, name) for name in Receipt.__slots__ if name != "signature"}
        new = Receipt(**fields, signature=device_key("second").sign(old.sign_bytes(CHAIN_ID)))
        again = {**fields, "sequence": 1}
        repeated = Receipt(**again, signature=b"")
        repeated = Receipt(**again, signature=device_key("second").sign(repeated.sign_bytes(CHAIN_ID)))
        codes = village.submit(old, repeated, new)
        assert codes[0] != 0
        assert codes[1] != 0
        assert codes[2] == 0


def test_only_acmes_devices_can_lose_their_key(world: World) -> None:
    assert world.chain.run(recover(world, world.active), signer="alice").code == RegistryCode.NO_MANUFACTURER
    world.chain.ok(recover(world, CLAIMED, device_key("fresh")), signer="alice")
