"""Where devices stand, what moving costs, and what is hidden and opened."""

from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256

import h3.api.basic_int as h3_library
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.client.devices import commit_to
from chain.codec.devices import location_commitment
from chain.crypto.addresses import module_address
from chain.pb.cosmos.base.query.v1beta1.pagination_pb2 import PageRequest
from chain.pb.lamppost.device_registry.v1 import places_pb2 as pb
from chain.primitives.ids import DeviceId
from chain.primitives.ints import UnixNano
from chain.testing import QueryFailed, TestChain
from modules.device_registry.errors import RegistryCode
from modules.device_registry.places import verbs
from modules.device_registry.types import Device, Moves
from tests.modules.device_registry.lives import (
    FINE_CELL,
    HIDDEN,
    NEXT_CELL,
    QUERY,
    SALT,
    asked,
    balance,
    build_lives,
    found,
    keeper,
    move,
    retire,
    reveal,
)
from tests.modules.device_registry.world import CELL, World, device_key, device_message
from tests.modules.work.village import Village

DAY = 86_400
FIRST = 1_000_000
"""The parameter move_price of the world."""
FINER = [h3_library.latlng_to_cell(47.6, -122.3, number) for number in range(16)]


@pytest.fixture
def world() -> Iterator[World]:
    made = build_lives()
    yield made
    made.chain.close()


def price(world: World, number: str) -> pb.QueryMovePriceResponse:
    request = pb.QueryMovePriceRequest(device_id=number)
    return world.chain.query(QUERY + "MovePrice", request, pb.QueryMovePriceResponse)


def test_the_second_assertion_is_free_and_each_later_one_costs_twice_the_one_before(world: World) -> None:
    """Given a device registered at one cell, when it moves to and fro, then it pays 0, 1, 2, 4, 8 LAMP, burned."""
    bonds = keeper(world).bank.balance(world.chain.ctx(), module_address("device_registry"), "ulamp")
    for step, wanted in enumerate((0, FIRST, 2 * FIRST, 4 * FIRST, 8 * FIRST)):
        assert (price(world, world.active).price, price(world, world.active).asserts) == (wanted, step + 1)
        before = balance(world, "alice")
        message = move(world, world.active, (NEXT_CELL, CELL)[step % 2], max_price=wanted)
        answer = world.chain.ok(message, signer="alice", response=pb.MsgAssertLocationResponse)
        assert answer.price == wanted
        assert balance(world, "alice") == before - wanted
    held = keeper(world).bank.balance(world.chain.ctx(), module_address("device_registry"), "ulamp")
    assert held == bonds
    burned = int(world.chain.export()["reward_emission"]["reserve"]["burned"])
    assert burned == 15 * FIRST


def test_a_year_without_an_assertion_brings_the_price_back(world: World) -> None:
    for cell in (NEXT_CELL, CELL, NEXT_CELL, CELL):
        world.chain.ok(move(world, world.active, cell), signer="alice")
    asserted = world.chain.time
    assert price(world, world.active).price == 8 * FIRST
    assert price(world, world.active).resets_at == asserted + 365 * DAY * 10**9
    world.chain.advance(365 * DAY - 2)
    assert price(world, world.active).price == 8 * FIRST
    world.chain.advance(3)
    assert (price(world, world.active).price, price(world, world.active).resets_at) == (FIRST, 0)


def test_a_price_above_what_the_owner_means_to_pay_moves_nothing(world: World) -> None:
    world.chain.ok(move(world, world.active), signer="alice")
    result = world.chain.run(move(world, world.active, CELL, max_price=FIRST - 1), signer="alice")
    assert (result.codespace, result.code) == ("device_registry", RegistryCode.PRICE_ABOVE_LIMIT)


def test_another_commitment_in_the_same_cell_is_an_assertion_but_no_move(world: World) -> None:
    answer = world.chain.ok(
        move(world, HIDDEN, CELL, commitment=b"d" * 32), signer="alice", response=pb.MsgAssertLocationResponse
    )
    assert answer.weightless_until == 0
    assert (price(world, HIDDEN).asserts, asked(world, HIDDEN).weightless_until) == (2, 0)
    assert found(world, HIDDEN).commitment == b"d" * 32


def test_a_moved_device_weighs_nothing_for_seven_epochs_and_its_earlier_work_counts_where_it_was() -> None:
    """Given a move in epoch 1, then a receipt of epoch 0 counts at the old cell, 1 to 7 count nothing, 8 at the new."""
    with Village() as village:
        place = World(village.chain, str(village.id("a")), "", "")
        village.next_epoch()
        village.chain.ok(move(place, place.active), signer="alice")
        registry = keeper(place)

        def seen(epoch: int) -> tuple[int, bool]:
            device = registry.work_device(village.chain.ctx(), village.id("a"), epoch)
            assert device is not None
            return device.cell, device.weightless

        assert seen(0) == (CELL, False)
        assert [seen(epoch) for epoch in range(1, 8)] == [(NEXT_CELL, True)] * 7
        assert seen(8) == (NEXT_CELL, False)
        assert asked(place, place.active).weightless_until == 8
        again = h3_library.latlng_to_cell(47.8, -122.3, 8)
        village.chain.ok(move(place, place.active, again), signer="alice")
        assert (seen(0), seen(1)) == ((CELL, False), (again, True))
        village.next_epoch()
        village.chain.ok(move(place, place.active, CELL), signer="alice")
        assert (seen(1), seen(2), seen(8), seen(9)) == ((again, True), (CELL, True), (CELL, True), (CELL, False))


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 4)), max_size=12))
def test_the_place_of_the_running_epoch_and_the_one_before_is_what_a_whole_history_says(
    moves: list[tuple[int, int]],
) -> None:
    """Steps of (epochs that pass, cell moved to), against a list of all that ever happened."""
    device = replace(_DEVICE, cell=1)
    epoch, history = 1, [(0, 1)]
    last_moves: list[int] = []
    for passed, cell in moves:
        epoch += passed
        if cell != device.cell:
            history.append((epoch, cell))
            last_moves.append(epoch)
        device = replace(device, moves=verbs.moved(device, cell, epoch, UnixNano(0)), cell=cell)
        for asked_epoch in (epoch - 1, epoch, epoch + 6, epoch + 7):
            wanted_cell = [found for since, found in history if since <= asked_epoch][-1]
            weightless = any(since <= asked_epoch < since + 7 for since in last_moves)
            assert verbs.place_at(device, asked_epoch) == (wanted_cell, weightless)


_DEVICE = Device(2, b"", None, None, None, 1, 1, None, 0, b"", 0, 1, 0)  # type: ignore[arg-type]  # only its place counts


def test_the_price_never_passes_its_last_step_nor_all_that_can_exist() -> None:
    device = replace(_DEVICE, moves=Moves(200, verbs.MOST_STEPS, UnixNano(0), 0, 0, 0, 0))
    assert verbs.next_price(device, UnixNano(1), 100) == 100 << 40
    assert verbs.next_price(device, UnixNano(1), 10**12) == 10**15


def test_a_commitment_is_the_hash_of_domain_device_cell_and_salt(world: World) -> None:
    number = DeviceId.parse(HIDDEN)
    plain = b"lamppost/location\n" + bytes(number) + FINE_CELL.to_bytes(8, "big") + SALT
    assert found(world, HIDDEN).commitment == location_commitment(number, FINE_CELL, SALT) == sha256(plain).digest()
    commitment, salt = commit_to(number, FINE_CELL)
    assert location_commitment(number, FINE_CELL, salt) == commitment
    assert len(salt) == 32


def test_the_owner_opens_a_commitment_and_a_new_place_closes_it(world: World) -> None:
    assert not found(world, HIDDEN).revealed
    result = world.chain.run(reveal(world), signer="alice")
    assert result.code == 0
    (event,) = (event for event in result.events if event.type == "device_location_revealed")
    assert {item.key: item.value for item in event.attributes}["fine_cell"] == f"{FINE_CELL:x}"
    assert found(world, HIDDEN).revealed
    world.chain.ok(move(world, HIDDEN), signer="alice")
    assert not found(world, HIDDEN).revealed


def in_cell(world: World, cell: int, limit: int = 100, reverse: bool = False) -> list[str]:
    numbers: list[str] = []
    page = PageRequest(limit=limit, reverse=reverse)
    while True:
        request = pb.QueryDevicesByCellRequest(cell=cell, pagination=page)
        answer = world.chain.query(QUERY + "DevicesByCell", request, pb.QueryDevicesByCellResponse)
        assert len(answer.devices) <= limit
        numbers += [device.id for device in answer.devices]
        if not answer.pagination.next_key:
            return numbers
        page.key = answer.pagination.next_key


def test_devices_are_found_by_any_coarser_cell_in_pages_forward_and_backward(world: World) -> None:
    """Given devices in cells of resolution 8 to 15, then a cell's list holds exactly those whose parent it is."""
    places: dict[str, int] = {}
    for number in range(24):
        spot = h3_library.latlng_to_cell(40 + number % 5 / 50, 10 + number % 3 / 50, 8 + number % 8)
        places[str(device_key(f"spot {number}").device_id)] = spot
        world.chain.ok(device_message(world.chain, f"spot {number}", cell=spot), signer="alice")
    asked_cells = {
        h3_library.cell_to_parent(cell, coarser)
        for cell in places.values()
        for coarser in range(h3_library.get_resolution(cell) + 1)
    }
    for cell in asked_cells:
        coarse = h3_library.get_resolution(cell)
        wanted = {
            number
            for number, spot in places.items()
            if h3_library.get_resolution(spot) >= coarse and h3_library.cell_to_parent(spot, coarse) == cell
        }
        forward = in_cell(world, cell, limit=5)
        assert len(forward) == len(set(forward))
        assert set(forward) == wanted
        assert in_cell(world, cell, limit=5, reverse=True) == forward[::-1]


def test_a_moved_device_is_found_at_its_new_cell_and_a_retired_one_nowhere(world: World) -> None:
    assert world.active in in_cell(world, CELL)
    world.chain.ok(move(world, world.active), signer="alice")
    assert world.active not in in_cell(world, CELL)
    assert in_cell(world, NEXT_CELL) == [world.active]
    world.chain.ok(retire(world, world.active), signer="alice")
    assert in_cell(world, NEXT_CELL) == []


@pytest.mark.parametrize("cell", [0, 1, CELL | 1 << 63, 2**64 - 1])
def test_what_is_no_cell_is_no_question(world: World, cell: int) -> None:
    with pytest.raises(QueryFailed) as failed:
        in_cell(world, cell)
    assert (failed.value.codespace, failed.value.code) == ("sdk", 18)


def test_a_pages_key_of_another_cell_is_refused(world: World) -> None:
    request = pb.QueryDevicesByCellRequest(cell=CELL, pagination=PageRequest(key=b"\0" * 27))
    with pytest.raises(QueryFailed) as failed:
        world.chain.query(QUERY + "DevicesByCell", request, pb.QueryDevicesByCellResponse)
    assert (failed.value.codespace, failed.value.code) == ("sdk", 18)


def test_moves_outlive_export_and_import(world: World) -> None:
    for cell in (NEXT_CELL, CELL):
        world.chain.ok(move(world, world.active, cell), signer="alice")
    world.chain.ok(reveal(world), signer="alice")
    exported = world.chain.export()
    with TestChain(genesis=exported) as again:
        again.advance(1)
        assert again.export()["device_registry"] == exported["device_registry"]
