"""Pages, counts and what can't be found."""

from collections.abc import Iterator

import pytest
from google.protobuf.message import Message as ProtoMessage

from chain.pb.cosmos.base.query.v1beta1.pagination_pb2 import PageRequest
from chain.pb.lamppost.device_registry.v1 import query_pb2 as pb
from chain.pb.lamppost.device_registry.v1 import tx_pb2
from chain.pb.lamppost.device_registry.v1 import types_pb2 as types
from chain.testing import QueryFailed
from tests.modules.device_registry.world import World, build, device_key, device_message, network_message

QUERY = "/lamppost.device_registry.v1.Query/"
NOT_FOUND = ("sdk", 22)
INVALID = ("sdk", 18)
STRANGER = str(device_key("nobody").device_id)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    made = build()
    for number in range(7):
        made.chain.ok(device_message(made.chain, f"store {number}", "bob", network=2, model=3, cell=0), signer="bob")
    yield made
    made.chain.close()


def test_all_networks_are_listed_in_order(world: World) -> None:
    answer = world.chain.query(QUERY + "Networks", pb.QueryNetworksRequest(), pb.QueryNetworksResponse)
    assert [(item.id, item.name) for item in answer.networks] == [(1, "weather"), (2, "storage"), (3, "gone")]


def test_a_network_is_found_by_number_and_by_name_with_its_devices(world: World) -> None:
    by_number = world.chain.query(QUERY + "Network", pb.QueryNetworkRequest(network=1), pb.QueryNetworkResponse)
    by_name = world.chain.query(
        QUERY + "NetworkByName", pb.QueryNetworkByNameRequest(name="weather"), pb.QueryNetworkByNameResponse
    )
    assert by_number.network == by_name.network
    assert by_number.devices == by_name.devices == types.DeviceCounts(active=1, paused=1, retired=1)


def test_emission_weights_are_those_above_zero(world: World) -> None:
    answer = world.chain.query(
        QUERY + "EmissionWeights", pb.QueryEmissionWeightsRequest(), pb.QueryEmissionWeightsResponse
    )
    assert [(item.network, item.weight_bp) for item in answer.weights] == [(1, 6_000), (2, 3_000)]


def test_a_model_comes_with_its_devices(world: World) -> None:
    answer = world.chain.query(QUERY + "Model", pb.QueryModelRequest(model=3), pb.QueryModelResponse)
    assert (answer.model.network, answer.devices) == (2, types.DeviceCounts(active=7))


@pytest.mark.parametrize(
    ("path", "request_type", "response_type", "by", "expected"),
    [
        ("DevicesByOwner", pb.QueryDevicesByOwnerRequest, pb.QueryDevicesByOwnerResponse, {"owner": "bob"}, 7),
        ("DevicesByOwner", pb.QueryDevicesByOwnerRequest, pb.QueryDevicesByOwnerResponse, {"owner": "alice"}, 3),
        ("DevicesByOwner", pb.QueryDevicesByOwnerRequest, pb.QueryDevicesByOwnerResponse, {"owner": "poor"}, 0),
        (
            "DevicesByOperator",
            pb.QueryDevicesByOperatorRequest,
            pb.QueryDevicesByOperatorResponse,
            {"operator": "bob"},
            3,
        ),
        ("DevicesByNetwork", pb.QueryDevicesByNetworkRequest, pb.QueryDevicesByNetworkResponse, {"network": 1}, 3),
        ("DevicesByNetwork", pb.QueryDevicesByNetworkRequest, pb.QueryDevicesByNetworkResponse, {"network": 2}, 7),
        (
            "DevicesByNetwork",
            pb.QueryDevicesByNetworkRequest,
            pb.QueryDevicesByNetworkResponse,
            {"network": 1, "model": 2},
            0,
        ),
        (
            "DevicesByNetwork",
            pb.QueryDevicesByNetworkRequest,
            pb.QueryDevicesByNetworkResponse,
            {"network": 2, "model": 3},
            7,
        ),
    ],
)
def test_pages_by_key_give_every_device_once(
    world: World,
    path: str,
    request_type: type[ProtoMessage],
    response_type: type[ProtoMessage],
    by: dict[str, str | int],
    expected: int,
) -> None:
    fields = {name: world[value] if isinstance(value, str) else value for name, value in by.items()}
    found: list[str] = []
    key = b""
    while True:
        page = PageRequest(limit=3, key=key)
        answer = world.chain.query(QUERY + path, request_type(**fields, pagination=page), response_type)
        found += [item.id for item in answer.devices]  # type: ignore[attr-defined]  # three types of one shape
        key = answer.pagination.next_key  # type: ignore[attr-defined]  # as above
        if not key:
            break
    assert len(found) == len(set(found)) == expected


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ({}, types.DeviceCounts(active=8, paused=1, retired=1)),
        ({"network": 1}, types.DeviceCounts(active=1, paused=1, retired=1)),
        ({"network": 2}, types.DeviceCounts(active=7)),
        ({"network": 3}, types.DeviceCounts()),
        ({"model": 3}, types.DeviceCounts(active=7)),
        ({"owner": "alice"}, types.DeviceCounts(active=1, paused=1, retired=1)),
        ({"owner": "bob"}, types.DeviceCounts(active=7)),
        ({"owner": "poor"}, types.DeviceCounts()),
    ],
)
def test_devices_are_counted_by_status(world: World, by: dict[str, str | int], expected: types.DeviceCounts) -> None:
    fields = {name: world[value] if isinstance(value, str) else value for name, value in by.items()}
    request = pb.QueryDeviceCountRequest(**fields)  # type: ignore[arg-type]  # one of three fields
    assert world.chain.query(QUERY + "DeviceCount", request, pb.QueryDeviceCountResponse).devices == expected


REFUSED: list[tuple[str, ProtoMessage, type[ProtoMessage], tuple[str, int]]] = [
    ("Network", pb.QueryNetworkRequest(network=9), pb.QueryNetworkResponse, NOT_FOUND),
    (
        "NetworkByName",
        pb.QueryNetworkByNameRequest(name="none"),
        pb.QueryNetworkByNameResponse,
        NOT_FOUND,
    ),
    (
        "NetworkByName",
        pb.QueryNetworkByNameRequest(name="n" * 1_000),
        pb.QueryNetworkByNameResponse,
        NOT_FOUND,
    ),
    (
        "NetworkByName",
        pb.QueryNetworkByNameRequest(name="wea\0ther"),
        pb.QueryNetworkByNameResponse,
        NOT_FOUND,
    ),
    ("Model", pb.QueryModelRequest(model=9), pb.QueryModelResponse, NOT_FOUND),
    ("Models", pb.QueryModelsRequest(network=9), pb.QueryModelsResponse, NOT_FOUND),
    ("Device", pb.QueryDeviceRequest(), pb.QueryDeviceResponse, INVALID),
    (
        "Device",
        pb.QueryDeviceRequest(device_id=STRANGER),
        pb.QueryDeviceResponse,
        NOT_FOUND,
    ),
    ("DevicesByOwner", pb.QueryDevicesByOwnerRequest(owner="x"), pb.QueryDevicesByOwnerResponse, INVALID),
    ("DevicesByOperator", pb.QueryDevicesByOperatorRequest(), pb.QueryDevicesByOperatorResponse, INVALID),
    (
        "DevicesByNetwork",
        pb.QueryDevicesByNetworkRequest(network=9),
        pb.QueryDevicesByNetworkResponse,
        NOT_FOUND,
    ),
    ("DeviceCount", pb.QueryDeviceCountRequest(network=1, model=1), pb.QueryDeviceCountResponse, INVALID),
    (
        "DeviceCount",
        pb.QueryDeviceCountRequest(model=9),
        pb.QueryDeviceCountResponse,
        NOT_FOUND,
    ),
]


@pytest.mark.parametrize(("path", "request_", "response", "code"), REFUSED)
def test_what_is_not_there_is_refused_by_code(
    world: World, path: str, request_: ProtoMessage, response: type[ProtoMessage], code: tuple[str, int]
) -> None:
    with pytest.raises(QueryFailed) as caught:
        world.chain.query(QUERY + path, request_, response)
    assert (caught.value.codespace, caught.value.code) == code


def test_a_device_of_a_closed_network_says_so(world: World) -> None:
    """Only retired devices can be there, so the device's own status is the reason given."""
    chain = world.chain
    chain.ok(network_message(chain, "brief", "DRN"), signer="founder")
    registered = chain.ok(
        device_message(chain, "brief", network=4, model=5, cell=0),
        signer="alice",
        response=tx_pb2.MsgRegisterDeviceResponse,
    ).device_id
    chain.ok(tx_pb2.MsgRetireDevice(owner=world["alice"], device_id=registered), signer="alice")
    chain.ok(tx_pb2.MsgCloseNetwork(admin=world["founder"], network=4), signer="founder")
    answer = chain.query(QUERY + "Device", pb.QueryDeviceRequest(device_id=registered), pb.QueryDeviceResponse)
    assert (answer.usable, answer.reason) == (False, "device is retired")
