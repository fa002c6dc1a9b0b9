"""Devices of batches and manufacturers in pages, and what can't be found."""

from collections.abc import Iterator

import pytest
from google.protobuf.message import Message as ProtoMessage

from chain.pb.cosmos.base.query.v1beta1.pagination_pb2 import PageRequest
from chain.pb.lamppost.device_registry.v1 import query_pb2 as pb
from chain.pb.lamppost.device_registry.v1 import tx_pb2
from chain.testing import QueryFailed
from modules.device_registry.manufacturers import walk
from tests.modules.device_registry.manufacturers.makers import (
    COUNT,
    DRN_BATCH,
    KEYS,
    OPEN,
    PRN_MODEL,
    QUERY,
    build_makers,
    claim,
    spec,
)
from tests.modules.device_registry.world import World, network_message

MINE = {str(key.device_id) for key in KEYS}


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """Make a world in which all keys are claimed, 4 from the PRN's batch and 3 from the DRN's, with models between."""
    made = build_makers()
    made.chain.ok(claim(made, 2), claim(made, 3), *(claim(made, n, DRN_BATCH) for n in range(4, COUNT)), signer="alice")
    models = [spec(f"empty-{number}") for number in range(3)]
    made.chain.ok(network_message(made.chain, "empty", "DRN", models=models), signer="founder")
    yield made
    made.chain.close()


def page(world: World, limit: int, key: bytes = b"") -> tuple[list[str], bytes]:
    request = pb.QueryDevicesByManufacturerRequest(manufacturer=1, pagination=PageRequest(key=key, limit=limit))
    answer = world.chain.query(QUERY + "DevicesByManufacturer", request, pb.QueryDevicesByManufacturerResponse)
    return [item.id for item in answer.devices], answer.pagination.next_key


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 7, 100])
def test_a_manufacturers_devices_come_model_by_model_in_pages_of_any_size(world: World, limit: int) -> None:
    found, key = page(world, limit)
    while key:
        more, key = page(world, limit, key)
        assert len(more) <= limit
        found += more
    assert len(found) == len(set(found)) == COUNT
    assert set(found) == MINE


def test_a_page_looks_at_a_bounded_number_of_models(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Models that anybody made in a manufacturer's name make more pages, not longer ones."""
    monkeypatch.setattr(walk, "MAX_MODELS", 2)
    found, key = page(world, 100)
    assert (len(found), bool(key)) == (COUNT, True)
    pages = 1
    while key:
        more, key = page(world, 100, key)
        assert more == []
        pages += 1
    assert pages == 3


@pytest.mark.parametrize("wrong", [{"offset": 1}, {"reverse": True}, {"count_total": True}, {"key": b"short"}])
def test_these_pages_go_by_key_and_forward(world: World, wrong: dict[str, object]) -> None:
    request = pb.QueryDevicesByManufacturerRequest(manufacturer=1, pagination=PageRequest(**wrong))  # type: ignore[arg-type]  # as given
    with pytest.raises(QueryFailed) as caught:
        world.chain.query(QUERY + "DevicesByManufacturer", request, pb.QueryDevicesByManufacturerResponse)
    assert (caught.value.codespace, caught.value.code) == ("sdk", 18)


def test_a_batchs_devices_are_those_claimed_from_it(world: World) -> None:
    request = pb.QueryDevicesByBatchRequest(batch=OPEN)
    answer = world.chain.query(QUERY + "DevicesByBatch", request, pb.QueryDevicesByBatchResponse)
    assert {item.id for item in answer.devices} == {str(KEYS[index].device_id) for index in range(4)}
    assert {item.batch for item in answer.devices} == {OPEN}


def test_devices_of_a_network_and_model_hold_those_of_batches(world: World) -> None:
    request = pb.QueryDevicesByNetworkRequest(network=1, model=PRN_MODEL)
    answer = world.chain.query(QUERY + "DevicesByNetwork", request, pb.QueryDevicesByNetworkResponse)
    assert {item.id for item in answer.devices} == {str(KEYS[index].device_id) for index in range(4)}


MISSING: list[tuple[str, ProtoMessage]] = [
    ("Manufacturer", pb.QueryManufacturerRequest(manufacturer=9)),
    ("ManufacturerByName", pb.QueryManufacturerByNameRequest(name="nobody")),
    ("ManufacturerByName", pb.QueryManufacturerByNameRequest(name="x" * 40)),
    ("ModelsByManufacturer", pb.QueryModelsByManufacturerRequest(manufacturer=9)),
    ("Batch", pb.QueryBatchRequest(batch=9)),
    ("BatchesByModel", pb.QueryBatchesByModelRequest(model=99)),
    ("BatchesByManufacturer", pb.QueryBatchesByManufacturerRequest(manufacturer=9)),
    ("DevicesByBatch", pb.QueryDevicesByBatchRequest(batch=9)),
    ("DevicesByManufacturer", pb.QueryDevicesByManufacturerRequest(manufacturer=9)),
    ("DeviceCount", pb.QueryDeviceCountRequest(batch=9)),
    ("DeviceCount", pb.QueryDeviceCountRequest(manufacturer=9)),
]


@pytest.mark.parametrize(("name", "request_message"), MISSING)
def test_what_is_not_there_is_not_found(world: World, name: str, request_message: ProtoMessage) -> None:
    with pytest.raises(QueryFailed) as caught:
        world.chain.query(QUERY + name, request_message, getattr(pb, f"Query{name}Response"))
    assert (caught.value.codespace, caught.value.code) == ("sdk", 22)


def test_retired_devices_stay_in_the_lists(world: World) -> None:
    device = str(KEYS[6].device_id)
    world.chain.ok(tx_pb2.MsgRetireDevice(owner=world["alice"], device_id=device), signer="alice")
    assert device in page(world, 100)[0]
