"""The draw of audits: bits of blocks, distinct numbers, and what it costs."""

from collections import Counter
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.primitives.ids import DeviceId
from chain.primitives.ints import NANOS, Epoch, Height, UnixNano
from chain.sdk.context import BlockInfo, Context
from chain.sdk.gas import GasMeter
from modules.work import invariants
from modules.work.audits.draw import KEPT, distinct, draw, roll
from modules.work.params import Params
from modules.work.state import AUDITS, BEACON, DEVICES, Audit, Beacon, DeviceWork, Outcome, Question
from tests.modules.reward_emission.world import START
from tests.modules.work.fleet import CHAIN_ID, EPOCH_SECONDS, Fleet


def seed(number: int) -> bytes:
    return sha256(b"seed%d" % number).digest()


@given(st.integers(0, 200), st.integers(0, 50), st.integers(0, 1_000))
def test_as_many_distinct_numbers_are_drawn_as_are_wanted_and_there(among: int, wanted: int, number: int) -> None:
    drawn = distinct(seed(number), among, wanted)
    assert len(drawn) == len(set(drawn)) == min(among, wanted)
    assert all(0 <= item < among for item in drawn)


def test_every_number_and_every_pair_is_as_likely_as_any_other() -> None:
    """Given 12,000 draws of 2 among 6, when numbers and pairs are counted, then all are within 10 % of their share."""
    draws = [distinct(seed(number), 6, 2) for number in range(12_000)]
    numbers = Counter(item for drawn in draws for item in drawn)
    pairs = Counter(frozenset(drawn) for drawn in draws)
    assert len(pairs) == 15
    assert all(abs(count - 4_000) < 400 for count in numbers.values())
    assert all(abs(count - 800) < 100 for count in pairs.values())


def fleet_of(devices: int, audits: int = 3) -> Fleet:
    fleet = Fleet(Params(epoch_seconds=EPOCH_SECONDS, audits_per_epoch=audits))
    for number in range(devices):
        fleet.add(number)
    return fleet


def in_block(fleet: Fleet, block_hash: bytes) -> Context:
    block = BlockInfo(CHAIN_ID, Height(2), UnixNano(START + NANOS), hash=block_hash)
    return Context(fleet.world.state, block, GasMeter(), fleet.ctx.authority)


def test_the_beacon_has_the_lowest_bit_of_each_of_the_last_64_blocks() -> None:
    fleet = fleet_of(0)
    for byte in (0xFF, 0xFE, 0x01):
        roll(in_block(fleet, bytes(31) + bytes([byte])))
    assert BEACON.get(fleet.ctx) == Beacon(0b101, 0)
    for _ in range(64):
        roll(in_block(fleet, b"\xff" * 31 + b"\x00"))
    assert BEACON.get(fleet.ctx) == Beacon(0, 0)


def test_two_blocks_of_one_bit_lead_to_the_same_draw() -> None:
    """Given two contents of a block with equal bits, when the epoch begins, then the same devices are drawn."""
    drawn = []
    for block_hash in (bytes(31) + b"\x07", b"\x99" * 31 + b"\x01", bytes(31) + b"\x02"):
        fleet = fleet_of(50)
        ctx = in_block(fleet, block_hash)
        BEACON.set(ctx, Beacon(0, 50))
        draw(ctx, fleet.keeper, Epoch(5), roll(ctx))
        drawn.append([key for key, _ in AUDITS.scan(ctx)])
    assert drawn[0] == drawn[1] != drawn[2]


def test_whoever_has_reported_is_asked_and_nobody_twice() -> None:
    """Given devices of which one reported, when epochs begin, then it is asked once, the others are skipped."""
    fleet = fleet_of(3)
    key = fleet.add(9)
    fleet.block(100)
    root = sha256(b"root").digest()
    assert fleet.codes(fleet.receipt(key, telemetry_root=root)) == [0]
    for epoch in (2, 3):
        fleet.keeper.set_params(fleet.ctx, Params(epoch_seconds=EPOCH_SECONDS, audits_per_epoch=4))
        fleet.block(100 * epoch)
        assert invariants.open_audits_are_questions(fleet.ctx, fleet.keeper) is None
    found = {(epoch, device): audit for (epoch, device), audit in AUDITS.scan(fleet.ctx)}
    assert len(found) == 8
    asked = {place: audit for place, audit in found.items() if audit.outcome is Outcome.OPEN}
    assert list(asked) == [(2, key.id)]
    work = DEVICES.get(fleet.ctx, key.id)
    assert work is not None
    assert work.question == Question(Epoch(2), asked[Epoch(2), key.id].nonce, root, Epoch(1))
    assert found[Epoch(3), key.id].outcome is Outcome.SKIPPED


def test_devices_that_came_after_the_epoch_had_begun_are_not_drawn_at_its_end() -> None:
    fleet = fleet_of(2, audits=100)
    fleet.block(100)
    fleet.add(3)
    fleet.block(200)
    assert len(list(AUDITS.scan(fleet.ctx))) == 2
    fleet.block(300)
    assert len(list(AUDITS.scan(fleet.ctx))) == 5


def test_numbers_of_devices_that_are_gone_are_left_out() -> None:
    fleet = fleet_of(5, audits=100)
    fleet.block(100)
    for device in list(fleet.registry.devices)[1:]:
        del fleet.registry.devices[device]
    fleet.block(200)
    assert [device for (_, device), _ in AUDITS.scan(fleet.ctx)] == list(fleet.registry.devices)


def test_old_audits_are_forgotten() -> None:
    fleet = fleet_of(4)
    for epoch in range(1, KEPT + 5):
        fleet.block(100 * epoch)
    epochs = sorted({epoch for (epoch, _), _ in AUDITS.scan(fleet.ctx)})
    assert epochs == list(range(5, KEPT + 5))


def test_no_audits_are_drawn_when_the_parameter_says_so() -> None:
    fleet = fleet_of(4, audits=0)
    fleet.block(100)
    fleet.block(200)
    assert list(AUDITS.scan(fleet.ctx)) == []


@pytest.mark.parametrize("reported", [False, True])
def test_a_draw_costs_the_same_whatever_the_number_of_devices(reported: bool) -> None:
    """Given 20 devices or 2,000, when an epoch begins, then both draws take the same number of store operations."""
    costs = []
    for devices in (20, 2_000):
        fleet = fleet_of(devices)
        fleet.block(100)
        if reported:
            for device in fleet.registry.devices:
                DEVICES.set(fleet.ctx, DeviceId(device), DeviceWork(1, Epoch(1), bytes(32)))
        ctx = in_block(fleet, bytes(32))
        before = fleet.world.state.operations
        draw(ctx, fleet.keeper, Epoch(2), BEACON.require(fleet.ctx))
        costs.append(fleet.world.state.operations - before)
    assert costs[0] == costs[1]


def test_an_open_audit_that_no_device_knows_of_breaks_the_invariant() -> None:
    fleet = fleet_of(1)
    device = next(iter(fleet.registry.devices))
    AUDITS.set(fleet.ctx, (Epoch(0), DeviceId(device)), Audit(7, Outcome.OPEN))
    assert invariants.open_audits_are_questions(fleet.ctx, fleet.keeper) is not None
