"""A world in which devices are on the way: offered, getting another key, hidden, talked about."""

from typing import Any

import h3.api.basic_int as h3_library

from chain.client.devices import accept_message, recovery_message, rotate_message
from chain.codec.devices import location_commitment
from chain.pb.lamppost.device_registry.v1 import places_pb2, query_pb2, statements_pb2, transfers_pb2, tx_pb2
from chain.pb.lamppost.device_registry.v1 import types_pb2 as types
from chain.primitives.ids import DeviceId
from chain.testing import CHAIN_ID
from modules.device_registry.keeper import DeviceRegistryKeeper
from tests.modules.device_registry.manufacturers.makers import KEYS, build_makers, claim
from tests.modules.device_registry.world import CELL, World, device_key, device_message

QUERY = "/lamppost.device_registry.v1.Query/"
PRICE = 5_000_000
SALT = b"s" * 32
FINE_CELL = h3_library.latlng_to_cell(47.6, -122.3, 12)
NEXT_CELL = h3_library.latlng_to_cell(47.7, -122.3, 8)
HASH = b"h" * 32
CLAIMED, ASKED, APPROVED = (str(KEYS[number].device_id) for number in (0, 1, 2))
"""Claimed devices of alice: without a recovery, with one that waits for acme, with one that acme agreed to."""
NEW_KEY = device_key("replacement", "p256")
HIDDEN = str(device_key("hidden").device_id)
"""A device with a commitment to FINE_CELL."""


def keeper(world: World) -> DeviceRegistryKeeper:
    """Return the registry's keeper."""
    (found,) = (module.keeper for module in world.chain.wiring.modules if module.name == "device_registry")
    assert isinstance(found, DeviceRegistryKeeper)
    return found


def asked(world: World, number: str) -> query_pb2.QueryDeviceResponse:
    """Return what the chain says of a device."""
    request = query_pb2.QueryDeviceRequest(device_id=number)
    return world.chain.query(QUERY + "Device", request, query_pb2.QueryDeviceResponse)


def found(world: World, number: str) -> types.Device:
    """Return a device as the chain shows it."""
    return asked(world, number).device


def balance(world: World, name: str) -> int:
    """Return what somebody has, in ulamp."""
    return keeper(world).bank.balance(world.chain.ctx(), world.chain.address(name), "ulamp")


def offer(world: World, number: str, seconds: int = 1_000, **changes: Any) -> transfers_pb2.MsgOfferTransfer:
    """Return alice's offer to bob that ends some seconds from now."""
    fields: dict[str, Any] = {
        "owner": world["alice"],
        "device_id": number,
        "buyer": world["bob"],
        "price": PRICE,
        "expires_at": world.chain.time + seconds * 10**9,
        **changes,
    }
    return transfers_pb2.MsgOfferTransfer(**fields)


def accept(world: World, name: str, buyer: str = "bob", price: int = PRICE) -> transfers_pb2.MsgAcceptTransfer:
    """Return the message that takes the device of a key's name over."""
    key = device_key(name)
    device = found(world, str(key.device_id))
    return accept_message(key, chain_id=CHAIN_ID, buyer=world[buyer], device=device, price=price)


def rotate(world: World, name: str, new: str) -> transfers_pb2.MsgRotateKey:
    """Return the message that replaces the key of one name by that of another."""
    old = device_key(name)
    device = found(world, str(old.device_id))
    return rotate_message(old, device_key(new), chain_id=CHAIN_ID, device=device)


def recover(world: World, number: str, new: Any = NEW_KEY) -> transfers_pb2.MsgRequestRecovery:
    """Return the owner's request for a new key."""
    return recovery_message(new, chain_id=CHAIN_ID, device=found(world, number))


def approve(world: World, number: str, signer: str = "maker", new: Any = NEW_KEY) -> transfers_pb2.MsgApproveRecovery:
    """Return the manufacturer's approval."""
    return transfers_pb2.MsgApproveRecovery(signer=world[signer], device_id=number, public_key=new.public_key)


def move(world: World, number: str, cell: int = NEXT_CELL, **changes: Any) -> places_pb2.MsgAssertLocation:
    """Return alice's assertion of a device's place, at any price."""
    fields: dict[str, Any] = {
        "owner": world["alice"],
        "device_id": number,
        "cell": cell,
        "max_price": 2**63,
        **changes,
    }
    return places_pb2.MsgAssertLocation(**fields)


def reveal(world: World, **changes: Any) -> places_pb2.MsgRevealLocation:
    """Return alice's opening of the hidden device's commitment."""
    fields: dict[str, Any] = {
        "signer": world["alice"],
        "device_id": HIDDEN,
        "fine_cell": FINE_CELL,
        "salt": SALT,
        **changes,
    }
    return places_pb2.MsgRevealLocation(**fields)


def issue(world: World, number: str, issuer: str = "founder", **changes: Any) -> statements_pb2.MsgIssueCredential:
    """Return the message that states something about a device."""
    fields: dict[str, Any] = {
        "issuer": world[issuer],
        "device_id": number,
        "key": "calibration",
        "value_hash": HASH,
        **changes,
    }
    return statements_pb2.MsgIssueCredential(**fields)


def consent(world: World, number: str, grantee: str = "bob", **changes: Any) -> statements_pb2.MsgGrantConsent:
    """Return alice's consent."""
    fields: dict[str, Any] = {
        "owner": world["alice"],
        "device_id": number,
        "grantee": world[grantee],
        "scopes": [statements_pb2.CONSENT_SCOPE_TELEMETRY],
        **changes,
    }
    return statements_pb2.MsgGrantConsent(**fields)


def build_lives() -> World:
    """Make the world: `active` is offered to bob, so is `stale`, for a time that is over."""
    world = build_makers()
    chain = world.chain
    commitment = location_commitment(DeviceId.parse(HIDDEN), FINE_CELL, SALT)
    chain.ok(
        device_message(chain, "stale"),
        device_message(chain, "hidden", commitment=commitment),
        device_message(chain, "disk", network=2, model=3, cell=0),
        claim(world, 2),
        signer="alice",
    )
    chain.ok(
        offer(world, world.active),
        offer(world, str(device_key("stale").device_id), seconds=5),
        recover(world, ASKED),
        recover(world, APPROVED, device_key("second replacement")),
        consent(world, world.active, expires_at=chain.time + 1_000 * 10**9),
        consent(world, world.active, "maker", scopes=[3], expires_at=chain.time + 5 * 10**9),
        signer="alice",
    )
    chain.ok(approve(world, APPROVED, new=device_key("second replacement")), signer="maker")
    chain.ok(
        issue(world, world.active),
        issue(world, world.active, key="old", expires_at=chain.time + 5 * 10**9),
        signer="founder",
    )
    chain.advance(10)
    assert found(world, HIDDEN).cell == CELL
    return world


def pause(world: World, number: str) -> tx_pb2.MsgPauseDevice:
    """Return alice's pause of a device."""
    return tx_pb2.MsgPauseDevice(signer=world["alice"], device_id=number)


def retire(world: World, number: str, owner: str = "alice") -> tx_pb2.MsgRetireDevice:
    """Return an owner's retirement of a device."""
    return tx_pb2.MsgRetireDevice(owner=world[owner], device_id=number)
