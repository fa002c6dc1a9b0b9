"""Manufacturers and batches in the genesis section: what goes in comes out, and each mistake is named by its path."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chain.sdk.module import GenesisError
from chain.testing import TestChain
from modules.device_registry import genesis
from tests.modules.device_registry.manufacturers.makers import COUNT, build_makers, claim
from tests.modules.device_registry.world import World

Section = dict[str, Any]
Change = Callable[[Section], None]


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    made = build_makers()
    yield made
    made.chain.close()


@pytest.fixture
def section(world: World) -> Section:
    return copy.deepcopy(world.chain.export()["device_registry"])


def test_every_key_and_value_of_the_store_is_there_after_import(world: World) -> None:
    def content(chain: TestChain) -> list[tuple[bytes, bytes]]:
        return list(chain.ctx().iterate("device_registry", b"", None))

    with TestChain(genesis=world.chain.export()) as again:
        again.advance(1)
        again.check_invariants()
        assert content(again) == content(world.chain)


def test_claims_go_on_after_import(world: World) -> None:
    with TestChain(genesis=world.chain.export()) as again:
        again.advance(1)
        later = World(again, world.active, world.paused, world.retired)
        again.ok(claim(later, 2), signer="alice")


def put(kind: str, index: int, /, **fields: Any) -> Change:
    return lambda section: section[kind][index].update(fields)


def another(kind: str, **fields: Any) -> Change:
    return lambda section: section[kind].append({**section[kind][0], **fields})


def claimed(section: Section) -> Section:
    """Return the first device that was claimed."""
    found: Section = next(item for item in section["devices"] if item["batch"] != "0")
    return found


def place_of(section: Section) -> int:
    return next(index for index, item in enumerate(section["devices"]) if item["batch"] != "0")


ONE = "device_registry.manufacturers[0]"
BATCH = "device_registry.batches[0]"
MISTAKES: list[tuple[str, Change]] = [
    ("device_registry.manufacturers", lambda section: section.update(manufacturers={})),
    (f"{ONE}.id", put("manufacturers", 0, id="2")),
    (f"{ONE}.name", put("manufacturers", 0, name="A")),
    ("device_registry.manufacturers[1].name", another("manufacturers", id="2")),
    (f"{ONE}.owner", put("manufacturers", 0, owner="lamp1")),
    (f"{ONE}.public_key", put("manufacturers", 0, public_key="")),
    (f"{ONE}.status", put("manufacturers", 0, status=7)),
    (f"{ONE}.status", put("manufacturers", 0, status=3)),
    (f"{ONE}.bond", put("manufacturers", 0, status=4)),
    (f"{ONE}.bond_due_at", put("manufacturers", 0, bond_due_at="5")),
    (f"{ONE}.bond_due_at", put("manufacturers", 0, bond_due_at="-5")),
    (f"{ONE}.signatures", put("manufacturers", 0, signatures="0")),
    (f"{ONE}.registered_at", put("manufacturers", 0, registered_at="-1")),
    (f"{ONE}.open_batches", put("manufacturers", 0, open_batches="1")),
    (f"{BATCH}.id", put("batches", 0, id="0")),
    (f"{BATCH}.model", put("batches", 0, model="99")),
    (f"{BATCH}.model", put("batches", 0, model="1")),
    (f"{BATCH}.root", put("batches", 0, root="AAAA")),
    (f"{BATCH}.count", put("batches", 0, count="0")),
    (f"{BATCH}.count", put("batches", 0, count=str(2**32 + 1))),
    (f"{BATCH}.issued_at", put("batches", 0, issued_at="-1")),
    (f"{BATCH}.status", put("batches", 0, status=9)),
    ("device_registry.models[4].manufacturer", put("models", 4, manufacturer="9")),
    ("device_registry.models[4]", put("models", 4, manufacturer="0")),
]


@pytest.mark.parametrize(("path", "change"), MISTAKES)
def test_a_mistake_is_named_by_its_path(section: Section, path: str, change: Change) -> None:
    genesis.validate(section)
    change(section)
    with pytest.raises(GenesisError) as caught:
        genesis.validate(section)
    assert caught.value.path == path, caught.value


@pytest.mark.parametrize(("batch", "reason"), [("99", "no batch"), ("4", "not of the device's model")])
def test_a_device_of_another_batch_is_a_mistake(section: Section, batch: str, reason: str) -> None:
    claimed(section)["batch"] = batch
    with pytest.raises(GenesisError, match=reason) as caught:
        genesis.validate(section)
    assert caught.value.path == f"device_registry.devices[{place_of(section)}].batch"


def test_more_devices_than_keys_are_a_mistake(section: Section) -> None:
    section["batches"][0]["count"] = "1"
    with pytest.raises(GenesisError, match="batch 1 has 1 keys"):
        genesis.validate(section)
    assert COUNT > 1


def test_bonds_that_nobody_holds_are_a_mistake(world: World) -> None:
    exported = world.chain.export()
    exported["device_registry"]["manufacturers"][0]["bond"] = str(10**15)
    with pytest.raises(GenesisError, match="the module's account has"):
        TestChain(genesis=exported)
