"""What a network pays for changes with notice, and receipts of an epoch are judged by that epoch's terms."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chain.pb.lamppost.device_registry.v1 import query_pb2
from chain.pb.lamppost.device_registry.v1 import tx_pb2 as pb
from chain.pb.lamppost.device_registry.v1 import types_pb2 as types
from chain.testing import TestChain
from modules.device_registry.networks.verbs import with_terms
from modules.device_registry.types import MAX_TERMS, Terms
from tests.modules.device_registry.world import caps, device_key, device_message, network_message, start

QUERY = "/lamppost.device_registry.v1.Query/"
EPOCH_SECONDS = 100
OLD, NEW = [5_000, 7_000, 9_000, 10_000], [1, 2, 3, 4]


@pytest.fixture
def chain() -> Iterator[TestChain]:
    with start(work={"params": {"epoch_seconds": str(EPOCH_SECONDS)}}) as made:
        made.ok(network_message(made), signer="founder")
        made.ok(device_message(made, "unit"), signer="alice")
        yield made


def running(chain: TestChain) -> int:
    (keeper,) = (module.keeper for module in chain.wiring.modules if module.name == "device_registry")
    return int(keeper.running_epoch(chain.ctx()))


def pass_epochs(chain: TestChain, count: int) -> None:
    for _ in range(count):
        before = running(chain)
        while running(chain) == before:
            chain.advance(EPOCH_SECONDS // 4)


def shown(chain: TestChain) -> types.Network:
    request = query_pb2.QueryNetworkRequest(network=1)
    return chain.query(QUERY + "Network", request, query_pb2.QueryNetworkResponse).network


def judged_by(chain: TestChain, epoch: int) -> tuple[int, tuple[int, ...]]:
    """Return level weight and caps that work of an epoch counts by."""
    (keeper,) = (module.keeper for module in chain.wiring.modules if module.name == "device_registry")
    seen = keeper.work_device(chain.ctx(), device_key("unit").device_id, epoch)
    return int(seen.level_bp), tuple(seen.caps)


def update(chain: TestChain, **fields: object) -> int:
    message = pb.MsgUpdateNetwork(admin=str(chain.address("founder")), network=1, **fields)  # type: ignore[arg-type]  # as given
    return int(chain.ok(message, signer="founder", response=pb.MsgUpdateNetworkResponse).from_epoch)


def test_a_description_changes_at_once_and_nothing_else_with_it(chain: TestChain) -> None:
    wanted = shown(chain)
    assert update(chain, description="New") == 0
    wanted.description = "New"
    assert shown(chain) == wanted


def test_new_terms_hold_from_the_epoch_after_the_next(chain: TestChain) -> None:
    """Given an update in epoch e, then e and e+1 are judged by the old terms, e+2 by the new ones, whenever asked."""
    now = running(chain)
    assert update(chain, level_weights=NEW, location_caps=caps(1, 2, 3)) == now + 2
    for _ in range(4):
        assert judged_by(chain, now + 1) == (5_000, (10, 20, 30))
        assert judged_by(chain, now + 2) == (1, (1, 2, 3))
        assert list(shown(chain).level_weights) == (OLD if running(chain) < now + 2 else NEW)
        pass_epochs(chain, 1)


def test_a_query_shows_what_is_to_come_and_from_which_epoch(chain: TestChain) -> None:
    pass_epochs(chain, 1)
    now = running(chain)
    update(chain, location_caps=caps(1, 2, 3))
    assert list(shown(chain).location_caps) == caps(10, 20, 30)
    request = query_pb2.QueryNetworkByNameRequest(name="weather")
    assert chain.query(QUERY + "NetworkByName", request, query_pb2.QueryNetworkByNameResponse).epoch == now == 1
    assert list(shown(chain).terms) == [
        types.Terms(location_caps=caps(10, 20, 30), level_weights=OLD),
        types.Terms(from_epoch=now + 2, location_caps=caps(1, 2, 3), level_weights=OLD),
    ]


def test_a_second_update_in_an_epoch_builds_on_the_first_and_takes_its_place(chain: TestChain) -> None:
    now = running(chain)
    update(chain, location_caps=caps(1, 2, 3))
    update(chain, level_weights=NEW)
    assert judged_by(chain, now + 2) == (1, (1, 2, 3))
    assert len(shown(chain).terms) == 2


def test_an_update_in_every_epoch_keeps_at_most_four_terms(chain: TestChain) -> None:
    made: dict[int, int] = {}
    for number in range(8):
        made[update(chain, level_weights=[number, 7_000, 9_000, 10_000])] = number
        now = running(chain)
        assert len(shown(chain).terms) <= MAX_TERMS
        for epoch in range(max(now - 1, 0), now + 3):
            expected = max((start for start in made if start <= epoch), default=None)
            assert judged_by(chain, epoch)[0] == (5_000 if expected is None else made[expected])
        pass_epochs(chain, 1)


@settings(max_examples=200, derandomize=True)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 99)), max_size=30))
def test_terms_of_the_last_running_and_coming_epochs_are_those_of_the_whole_history(
    steps: list[tuple[int, int]],
) -> None:
    """The kept terms equal the whole list wherever a receipt may ask."""
    first = Terms(0, (), (0, 0, 0, 1))
    kept: tuple[Terms, ...] = (first,)
    whole, now = [first], 0
    for passed, weight in steps:
        now += passed
        new = Terms(now + 2, (), (weight, weight, weight, 100))
        kept = with_terms(kept, new, now - 1)
        whole = [terms for terms in whole if terms.from_epoch < now + 2] + [new]
        assert len(kept) <= MAX_TERMS
        for epoch in range(max(now - 1, 0), now + 4):
            wanted = [terms for terms in whole if terms.from_epoch <= epoch][-1]
            found = [terms for terms in kept if terms.from_epoch <= epoch] or [kept[0]]
            assert found[-1] == wanted


def test_the_terms_go_on_after_an_export(chain: TestChain) -> None:
    now = running(chain)
    update(chain, level_weights=NEW)
    with TestChain(genesis=chain.export()) as again:
        again.advance(1)
        assert list(shown(again).terms) == list(shown(chain).terms)
        assert judged_by(again, now + 2) == (1, (10, 20, 30))
