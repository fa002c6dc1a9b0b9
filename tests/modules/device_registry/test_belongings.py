"""What belongs to devices in the genesis section: all of it comes back, and each mistake is named by its path."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chain.sdk.module import GenesisError
from chain.testing import TestChain
from modules.device_registry import genesis
from tests.modules.device_registry.lives import build_lives, move, retire, rotate
from tests.modules.device_registry.world import World, device_key

Section = dict[str, Any]
Change = Callable[[Section], None]
OTHER = str(device_key("nobody").device_id)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """Make the world in which devices are on the way; one has moved, one has another key, one waits for its bond."""
    made = build_lives()
    made.chain.ok(rotate(made, "hidden", "second"), move(made, made.paused), signer="alice")
    exported = made.chain.export()
    made.chain.close()
    exported["device_registry"]["params"]["bond_seconds"] = "100"
    again = World(TestChain(genesis=exported, authority="council"), made.active, made.paused, made.retired)
    again.chain.advance(1)
    again.chain.ok(retire(again, str(device_key("stale").device_id)), signer="alice")
    yield again
    again.chain.close()


@pytest.fixture
def section(world: World) -> Section:
    return copy.deepcopy(world.chain.export()["device_registry"])


def test_every_list_has_something_and_every_key_and_value_comes_back(world: World) -> None:
    exported = world.chain.export()
    for name in ("rotated_keys", "offers", "recoveries", "held_bonds", "credentials", "consents"):
        assert exported["device_registry"][name], name
    assert any("moves" in device for device in exported["device_registry"]["devices"])

    def content(chain: TestChain) -> list[tuple[bytes, bytes]]:
        return list(chain.ctx().iterate("device_registry", b"", None))

    with TestChain(genesis=exported) as again:
        again.advance(1)
        assert content(again) == content(world.chain)


def test_a_held_bond_that_nobody_holds_is_a_mistake(section: Section) -> None:
    section["held_bonds"][0]["amount"] = str(10**15)
    with pytest.raises(GenesisError, match="the module's account has"):
        TestChain(genesis={"device_registry": section})


def put(kind: str, /, **fields: Any) -> Change:
    def change(section: Section) -> None:
        section[kind][0].update(fields)

    return change


def again(kind: str) -> Change:
    def change(section: Section) -> None:
        section[kind].append(dict(section[kind][0]))

    return change


def status(index: str) -> Callable[[Section], str]:
    """Return a maker of the id of a device in a status."""
    return lambda section: next(item["id"] for item in section["devices"] if item["status"] == index)


def of(kind: str, wanted: str) -> Change:
    """Name a device of another status."""

    def change(section: Section) -> None:
        section[kind][0]["device_id"] = status(wanted)(section)

    return change


def moved(**fields: Any) -> Change:
    def change(section: Section) -> None:
        (device,) = (item for item in section["devices"] if "moves" in item)
        section["devices"].remove(device)
        section["devices"].insert(0, device)
        device["moves"].update(fields)

    return change


def first_device(**fields: Any) -> Change:
    return put("devices", **fields)


def no_place(section: Section) -> None:
    (disk,) = (item for item in section["devices"] if item["id"] == str(device_key("disk").device_id))
    section["devices"].remove(disk)
    section["devices"].insert(0, disk)
    disk["moves"] = {"asserts": 2}


PATH = "device_registry."
RETIRED, ACTIVE = "DEVICE_STATUS_RETIRED", "DEVICE_STATUS_ACTIVE"
LATER = [
    (f"{PATH}offers[0].device_id", put("offers", device_id=OTHER)),
    (f"{PATH}offers[0].device_id", put("offers", device_id="x")),
    (f"{PATH}offers[0].device_id", of("offers", RETIRED)),
    (f"{PATH}offers[0].buyer", put("offers", buyer="x")),
    (f"{PATH}offers[0].expires_at", put("offers", expires_at="0")),
    (f"{PATH}offers[0].prize", put("offers", prize="1")),
    (f"{PATH}recoveries[0].device_id", put("recoveries", device_id=OTHER)),
    (f"{PATH}recoveries[0].device_id", of("recoveries", RETIRED)),
    (f"{PATH}recoveries[0].public_key", put("recoveries", public_key="")),
    (f"{PATH}recoveries[0].public_key", put("recoveries", algorithm=0)),
    (f"{PATH}recoveries[0].ready_at", put("recoveries", ready_at="-1")),
    (f"{PATH}held_bonds[0].device_id", of("held_bonds", ACTIVE)),
    (f"{PATH}held_bonds[1].device_id", again("held_bonds")),
    (f"{PATH}held_bonds[0].amount", put("held_bonds", amount="0")),
    (f"{PATH}held_bonds[0].due_at", put("held_bonds", due_at="-1")),
    (f"{PATH}credentials[0].device_id", put("credentials", device_id=OTHER)),
    (f"{PATH}credentials[0].issuer", put("credentials", issuer="")),
    (f"{PATH}credentials[0].key", put("credentials", key="No")),
    (f"{PATH}credentials[2].key", again("credentials")),
    (f"{PATH}credentials[0].value_hash", put("credentials", value_hash="")),
    (f"{PATH}credentials[0]", put("credentials", issued_at="-1")),
    (f"{PATH}credentials[0].expires_at", put("credentials", expires_at="-1")),
    (f"{PATH}consents[0].device_id", put("consents", device_id=OTHER)),
    (f"{PATH}consents[0].grantee", put("consents", grantee="")),
    (f"{PATH}consents[2].grantee", again("consents")),
    (f"{PATH}consents[0].scopes", put("consents", scopes=[])),
    (f"{PATH}consents[0].owner", put("consents", owner="x")),
    (f"{PATH}rotated_keys[0].key_id", put("rotated_keys", key_id="x")),
    (f"{PATH}rotated_keys[0].device_id", put("rotated_keys", device_id="x")),
    (f"{PATH}rotated_keys[1].key_id", again("rotated_keys")),
    (f"{PATH}offers", lambda section: section.update(offers={})),
    (f"{PATH}devices[0].status", first_device(status="DEVICE_STATUS_SUSPENDED")),
    (f"{PATH}devices[0].moves.asserts", moved(asserts=1)),
    (f"{PATH}devices[0].moves.steps", moved(steps=41)),
    (f"{PATH}devices[0].moves.asserted_at", moved(asserted_at="-1")),
    (f"{PATH}devices[0].moves.cell_before", moved(cell_before="1")),
    (f"{PATH}devices[0].moves", no_place),
    (f"{PATH}devices", first_device(position="77")),
]


@pytest.mark.parametrize(("path", "change"), LATER)
def test_a_mistake_is_named_by_its_path(section: Section, path: str, change: Change) -> None:
    genesis.validate(section)
    change(section)
    with pytest.raises(GenesisError) as caught:
        genesis.validate(section)
    assert caught.value.path == path, caught.value


def test_a_rotated_key_is_of_a_device_of_the_file_and_none_itself(section: Section) -> None:
    rotated = section["rotated_keys"][0]
    for fields in ({"key_id": OTHER, "device_id": OTHER}, {"key_id": section["devices"][0]["id"]}):
        wrong = {**section, "rotated_keys": [rotated, {**rotated, **fields}]}
        with pytest.raises(GenesisError) as caught:
            genesis.validate(wrong)
        assert caught.value.path == "device_registry.rotated_keys"


def test_a_key_that_is_not_the_devices_needs_its_rotation(section: Section) -> None:
    section["rotated_keys"] = []
    with pytest.raises(GenesisError, match="nor is that a rotated key of the device"):
        genesis.validate(section)


def test_devices_without_positions_get_them_in_order(section: Section) -> None:
    for device in section["devices"]:
        device["position"] = "0"
    genesis.validate(section)
