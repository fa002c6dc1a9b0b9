"""How a device goes from one owner to the next."""

from collections.abc import Iterator

import pytest

from chain.pb.lamppost.device_registry.v1 import query_pb2, statements_pb2, transfers_pb2, tx_pb2
from chain.pb.lamppost.device_registry.v1 import types_pb2 as types
from modules.device_registry.errors import RegistryCode
from tests.modules.device_registry.lives import (
    PRICE,
    QUERY,
    accept,
    asked,
    balance,
    build_lives,
    consent,
    found,
    offer,
    retire,
)
from tests.modules.device_registry.world import World, device_key, device_message
from tests.modules.work.village import Village


@pytest.fixture
def world() -> Iterator[World]:
    made = build_lives()
    yield made
    made.chain.close()


def counts(world: World, owner: str) -> types.DeviceCounts:
    request = query_pb2.QueryDeviceCountRequest(owner=world[owner])
    return world.chain.query(QUERY + "DeviceCount", request, query_pb2.QueryDeviceCountResponse).devices


def test_a_buyer_pays_the_owner_and_holds_everything_of_the_device(world: World) -> None:
    """Given an offered device run by bob, when the buyer accepts, then money and device change hands at once."""
    before = balance(world, "alice"), balance(world, "bob"), counts(world, "alice").active
    world.chain.ok(accept(world, "active"), signer="bob")
    assert (balance(world, "alice"), balance(world, "bob")) == (before[0] + PRICE, before[1] - PRICE)
    device = found(world, world.active)
    assert (device.owner, device.operator, device.payout) == (world["bob"],) * 3
    assert device.bindings == 2
    assert not asked(world, world.active).HasField("offer")
    assert (counts(world, "alice").active, counts(world, "bob")) == (before[2] - 1, types.DeviceCounts(active=1))
    assert world.chain.run(retire(world, world.active), signer="alice").code == RegistryCode.NOT_OWNER
    world.chain.ok(retire(world, world.active, "bob"), signer="bob")


def test_the_bond_goes_with_the_device(world: World) -> None:
    world.chain.ok(accept(world, "active"), signer="bob")
    before = balance(world, "bob")
    world.chain.ok(retire(world, world.active, "bob"), signer="bob")
    assert balance(world, "bob") == before + 1_000_000


def test_a_gift_needs_no_price(world: World) -> None:
    world.chain.ok(offer(world, world.paused, price=0), signer="alice")
    before = balance(world, "bob")
    world.chain.ok(accept(world, "paused", price=0), signer="bob")
    assert balance(world, "bob") == before
    device = found(world, world.paused)
    assert (device.owner, device.status) == (world["bob"], types.DEVICE_STATUS_PAUSED)


def test_an_offer_is_shown_until_it_is_taken_back_or_turned_down(world: World) -> None:
    shown = asked(world, world.active).offer
    assert (shown.buyer, shown.price) == (world["bob"], PRICE)
    for signer in ("alice", "bob"):
        world.chain.ok(offer(world, world.active), signer="alice")
        cancel = transfers_pb2.MsgCancelTransfer(signer=world[signer], device_id=world.active)
        world.chain.ok(cancel, signer=signer)
        assert not asked(world, world.active).HasField("offer")
        assert world.chain.run(accept(world, "active"), signer="bob").code == RegistryCode.NO_OFFER


def test_a_later_offer_replaces_the_earlier_and_the_buyer_pays_only_what_he_read(world: World) -> None:
    dearer = offer(world, world.active, price=PRICE * 2)
    accepted = accept(world, "active")
    world.chain.ok(dearer, signer="alice")
    assert world.chain.run(accepted, signer="bob").code == RegistryCode.PRICE_DIFFERS
    world.chain.ok(offer(world, world.active, buyer=world["maker"]), signer="alice")
    assert world.chain.run(accepted, signer="bob").code == RegistryCode.NOT_BUYER


def test_an_offer_ends_when_the_device_retires(world: World) -> None:
    accepted = accept(world, "active")
    world.chain.ok(retire(world, world.active), signer="alice")
    assert not asked(world, world.active).HasField("offer")
    assert world.chain.run(accepted, signer="bob").code == RegistryCode.NO_OFFER


def test_a_proof_of_one_transfer_is_worth_nothing_for_the_next(world: World) -> None:
    first = accept(world, "active")
    world.chain.ok(first, signer="bob")
    back = offer(world, world.active, owner=world["bob"], buyer=world["alice"], price=0)
    world.chain.ok(back, signer="bob")
    world.chain.ok(accept(world, "active", "alice", 0), signer="alice")
    world.chain.ok(offer(world, world.active), signer="alice")
    assert world.chain.run(first, signer="bob").code == RegistryCode.BAD_PROOF


def test_the_old_owners_consents_end_with_a_transfer_and_anybody_may_remove_them(world: World) -> None:
    request = statements_pb2.QueryConsentRequest(device_id=world.active, grantee=world["bob"])

    def shown() -> statements_pb2.ConsentState:
        return world.chain.query(QUERY + "Consent", request, statements_pb2.QueryConsentResponse).consent

    assert shown().valid
    world.chain.ok(accept(world, "active"), signer="bob")
    assert (shown().valid, shown().reason) == (False, "device has another owner")
    world.chain.ok(consent(world, world.active, "founder", owner=world["bob"]), signer="bob")
    world.chain.ok(
        statements_pb2.MsgRevokeConsent(signer=world["poor"], device_id=world.active, grantee=world["bob"]),
        signer="poor",
    )


def test_consents_do_not_hold_again_when_a_device_comes_back(world: World) -> None:
    """Given what alice allowed, when bob buys the device and alice buys it back, then nothing of that holds."""
    kept = statements_pb2.QueryConsentsRequest(device_id=world.active)
    world.chain.ok(accept(world, "active"), signer="bob")
    world.chain.ok(consent(world, world.active, "founder", owner=world["bob"]), signer="bob")
    world.chain.ok(offer(world, world.active, owner=world["bob"], buyer=world["alice"]), signer="bob")
    world.chain.ok(accept(world, "active", "alice"), signer="alice")
    answer = world.chain.query(QUERY + "Consents", kept, statements_pb2.QueryConsentsResponse)
    assert [(item.consent.grantee, item.valid) for item in answer.consents] == [(world["founder"], False)]


def test_what_a_device_earned_is_paid_to_the_old_payout_first() -> None:
    """Given alice's device with final units and payout bob, when founder takes it over, then bob is paid, once."""
    with Village() as village:
        chain = village.chain
        device = str(village.id("a"))
        alice, founder = str(chain.address("alice")), str(chain.address("founder"))
        chain.ok(tx_pb2.MsgSetPayout(owner=alice, device_id=device, payout=str(chain.address("bob"))), signer="alice")
        village.submit(village.receipt("a"))
        village.next_epoch()
        village.next_epoch()
        place = World(chain, device, "", "")
        chain.ok(offer(place, device, buyer=founder, price=7), signer="alice")
        before = balance(place, "bob")
        response = chain.ok(
            accept(place, "a", "founder", 7), signer="founder", response=transfers_pb2.MsgAcceptTransferResponse
        )
        assert response.paid_out > 0
        assert balance(place, "bob") == before + response.paid_out
        village.submit(village.receipt("a"))
        village.next_epoch()
        village.next_epoch()
        assert village.claim("founder", "a") > 0
        assert balance(place, "bob") == before + response.paid_out


def test_a_transfer_costs_the_same_with_many_devices_as_with_few(world: World) -> None:
    def cost(name: str) -> int:
        world.chain.ok(device_message(world.chain, name), signer="alice")
        world.chain.ok(offer(world, str(device_key(name).device_id)), signer="alice")
        return int(world.chain.run(accept(world, name), signer="bob").gas_used)

    cost("first")
    few = cost("second")
    world.chain.ok(*(device_message(world.chain, f"more {number}") for number in range(60)), signer="alice")
    # A position above 127 takes one byte more; there are fewer devices here.
    assert cost("third") == few
