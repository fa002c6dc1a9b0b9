"""The registry's genesis section: what goes in comes out, and each mistake is named by its path."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chain.sdk.module import GenesisError
from chain.testing import TestChain
from modules.device_registry import genesis, state
from modules.device_registry.params import BOUNDS
from tests.modules.device_registry.world import World, build, device_key

Section = dict[str, Any]


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    made = build()
    yield made
    made.chain.close()


@pytest.fixture
def section(world: World) -> Section:
    return copy.deepcopy(world.chain.export()["device_registry"])


def test_the_default_section_is_valid_and_empty() -> None:
    section = genesis.default()
    genesis.validate(section)
    assert (section["networks"], section["models"], section["devices"]) == ([], [], [])


def test_export_import_export_is_identical(world: World) -> None:
    exported = world.chain.export()
    with TestChain(genesis=exported) as again:
        again.advance(1)
        again.check_invariants()
        assert again.export()["device_registry"] == exported["device_registry"]


def test_deposits_and_bonds_that_nobody_holds_are_a_mistake(section: Section) -> None:
    with pytest.raises(GenesisError, match="the module's account has 0") as caught:
        TestChain(genesis={"device_registry": section})
    assert caught.value.path == "device_registry.networks"


def test_what_is_derived_is_there_after_import(world: World) -> None:
    """Every key and value of the store, indexes and counts included, is as it was."""

    def content(chain: TestChain) -> list[tuple[bytes, bytes]]:
        return list(chain.ctx().iterate("device_registry", b"", None))

    with TestChain(genesis=world.chain.export()) as again:
        again.advance(1)
        assert content(again) == content(world.chain)


def test_a_network_made_after_import_gets_the_next_number(world: World) -> None:
    with TestChain(genesis=world.chain.export()) as again:
        again.advance(1)
        assert (state.network_count.get(again.ctx()), state.model_count.get(again.ctx())) == (3, 4)


def test_a_section_without_lists_is_valid() -> None:
    genesis.validate({"params": genesis.default()["params"]})


Change = Callable[[Section], None]


def put(kind: str, index: int, /, **fields: Any) -> Change:
    def change(section: Section) -> None:
        section[kind][index].update(fields)

    return change


def terms(network: int, /, *starts: int, **fields: Any) -> Change:
    """Return a change of a network's terms: one more for each epoch, or of the first one's fields."""

    def change(section: Section) -> None:
        listed = section["networks"][network]["terms"]
        listed[:] = [{**listed[0], "from_epoch": str(start)} for start in starts] or [{**listed[0], **fields}]

    return change


def again(kind: str, /, **fields: Any) -> Change:
    def change(section: Section) -> None:
        section[kind].append({**section[kind][0], **fields})

    return change


def replace(key: str, value: Any) -> Change:
    def change(section: Section) -> None:
        section[key] = value

    return change


CAPS = [{"resolution": 8, "cap": "1"}, {"resolution": 7, "cap": "1"}, {"resolution": 6, "cap": "1"}]
MISTAKES: list[tuple[str, Change]] = [
    ("device_registry.netwoks", replace("netwoks", [])),
    ("device_registry.params", replace("params", None)),
    ("device_registry.params", replace("params", [])),
    ("device_registry.params.fee", lambda section: section["params"].update(fee=1)),
    *(
        (
            f"device_registry.params.{name}",
            lambda section, name=name, high=high: section["params"].update({name: high + 1}),
        )
        for name, (_, high) in BOUNDS.items()
    ),
    ("device_registry.params.device_bond", lambda section: section["params"].update(device_bond="-1")),
    ("device_registry.params.max_models", lambda section: section["params"].pop("max_models")),
    ("device_registry.networks", replace("networks", {})),
    ("device_registry.networks[1]", lambda section: section["networks"].__setitem__(1, "storage")),
    ("device_registry.networks[0].id", put("networks", 0, id="2")),
    ("device_registry.networks[3].id", again("networks", name="more")),
    ("device_registry.networks[3].name", again("networks", id="4")),
    ("device_registry.networks[0].name", put("networks", 0, name="We")),
    ("device_registry.networks[0].nmae", put("networks", 0, nmae="x")),
    ("device_registry.networks[0].kind", put("networks", 0, kind="NETWORK_KIND_ORN")),
    ("device_registry.networks[0].kind", put("networks", 0, kind=0)),
    ("device_registry.networks[0].unit", put("networks", 0, unit="")),
    ("device_registry.networks[0].admin", put("networks", 0, admin="lamp1")),
    ("device_registry.networks[0].status", put("networks", 0, status=9)),
    ("device_registry.networks[0].receipt_policy", put("networks", 0, receipt_policy=0)),
    ("device_registry.networks[0].location_caps", put("networks", 0, terms=[])),
    ("device_registry.networks[1].location_caps", put("networks", 1, terms=[], location_caps=CAPS)),
    ("device_registry.networks[0].level_weights", put("networks", 0, terms=[], location_caps=CAPS)),
    ("device_registry.networks[0].terms", put("networks", 0, location_caps=CAPS)),
    ("device_registry.networks[0].terms", put("networks", 0, level_weights=[1, 2, 3, 4])),
    ("device_registry.networks[0].terms[0].location_caps", terms(0, location_caps=[])),
    ("device_registry.networks[1].terms[0].location_caps", terms(1, location_caps=CAPS)),
    ("device_registry.networks[0].terms[0].level_weights", terms(0, level_weights=[1, 2, 3])),
    ("device_registry.networks[0].terms", terms(0, 0, 1, 2, 3, 4)),
    ("device_registry.networks[0].terms[1].from_epoch", terms(0, 3, 3)),
    ("device_registry.networks[0].offered_to", put("networks", 0, offered_to="x")),
    ("device_registry.networks[0].description", put("networks", 0, description="x" * 257)),
    ("device_registry.networks[0].deposit", put("networks", 0, deposit="1.5")),
    ("device_registry.networks[2].deposit", put("networks", 2, deposit="1")),
    ("device_registry.networks[2].weight_bp", put("networks", 2, weight_bp=1)),
    ("device_registry.networks", put("networks", 0, weight_bp=7_001)),
    ("device_registry.models[0].id", put("models", 0, id="0")),
    ("device_registry.models[0].network", put("models", 0, network="9")),
    ("device_registry.models[0].network", put("models", 0, network="0")),
    ("device_registry.models[0]", put("models", 0, name="")),
    ("device_registry.models[0]", put("models", 0, hardware_bp=0)),
    ("device_registry.models[0]", put("models", 0, max_units="0")),
    ("device_registry.models[4].name", again("models", id="5")),
    ("device_registry.models[0]", put("models", 0, level=4)),
    ("device_registry.models[0]", put("models", 0, level=1)),
    ("device_registry.models[0].manufacturer", put("models", 0, manufacturer="1")),
    ("device_registry.models[0].status", put("models", 0, status=4)),
    ("device_registry.devices[0].public_key", put("devices", 0, public_key="")),
    ("device_registry.devices[0].public_key", put("devices", 0, algorithm=9)),
    ("device_registry.devices[0].public_key", put("devices", 0, public_key="no base64!")),
    ("device_registry.devices[0].id", put("devices", 0, id="lampdev1")),
    ("device_registry.devices[0].id", put("devices", 0, id=str(device_key("nobody").device_id))),
    ("device_registry.devices[3].id", again("devices")),
    ("device_registry.devices[0].model", put("devices", 0, model="9")),
    ("device_registry.devices[0].network", put("devices", 0, network="2")),
    ("device_registry.devices[0].status", put("devices", 0, status=1)),
    ("device_registry.devices[0].cell", put("devices", 0, cell="0")),
    ("device_registry.devices[0].cell", put("devices", 0, cell="12345")),
    ("device_registry.devices[0].commitment", put("devices", 0, commitment="AAAA")),
    ("device_registry.devices[0].bindings", put("devices", 0, bindings="0")),
    ("device_registry.devices[0].registered_at", put("devices", 0, registered_at="-1")),
    ("device_registry.devices[0].owner", put("devices", 0, owner="")),
    ("device_registry.devices[0].operator", put("devices", 0, operator="x")),
    ("device_registry.devices[0].payout", put("devices", 0, payout="x")),
]


@pytest.mark.parametrize(("path", "change"), MISTAKES)
def test_a_mistake_is_named_by_its_path(section: Section, path: str, change: Change) -> None:
    genesis.validate(section)
    change(section)
    with pytest.raises(GenesisError) as caught:
        genesis.validate(section)
    assert caught.value.path == path, caught.value


def test_a_retired_device_with_a_bond_is_a_mistake(section: Section) -> None:
    (index,) = (n for n, item in enumerate(section["devices"]) if item["status"] == "DEVICE_STATUS_RETIRED")
    section["devices"][index]["bond"] = "1"
    with pytest.raises(GenesisError) as caught:
        genesis.validate(section)
    assert caught.value.path == f"device_registry.devices[{index}].bond"


def test_a_working_device_of_a_closed_network_is_a_mistake(section: Section) -> None:
    section["networks"][0].update(status="NETWORK_STATUS_CLOSED", deposit="0", weight_bp=0)
    working = [n for n, item in enumerate(section["devices"]) if item["status"] != "DEVICE_STATUS_RETIRED"]
    with pytest.raises(GenesisError) as caught:
        genesis.validate(section)
    assert caught.value.path == f"device_registry.devices[{working[0]}].status"


def test_too_many_networks_with_a_weight_are_a_mistake(section: Section) -> None:
    for number in range(4, 505):
        section["networks"].append(
            {**section["networks"][1], "id": str(number), "name": f"net-{number}", "weight_bp": 1}
        )
    section["networks"][0]["weight_bp"] = section["networks"][1]["weight_bp"] = 1
    with pytest.raises(GenesisError, match="503 networks have a weight, at most 500"):
        genesis.validate(section)
