"""The explanation of a reward, recomputed from exported states by a program that knows nothing of the module."""

import ast
import random
from pathlib import Path
from typing import Any

import h3
import pytest

from chain.pb.lamppost.reward_emission.v1 import query_pb2
from modules.reward_emission import genesis
from modules.reward_emission.accounts import ENTRIES
from modules.reward_emission.explain import explain
from modules.reward_emission.params import Params
from tests.modules.reward_emission.world import World, device
from tests.modules.work.village import EMISSION, Village
from tests.vectors.independent import emission as independent

CELLS = [
    h3.str_to_int(cell)
    for middle in sorted(h3.cell_to_children(h3.latlng_to_cell(47.4, 8.5, 6), 7))[:3]
    for cell in sorted(h3.cell_to_children(middle, 8))[:2]
]


def asked(world: World, number: int, **request: Any) -> query_pb2.QueryExplainResponse:
    return explain(world.ctx, world.keeper, query_pb2.QueryExplainRequest(device_id=str(device(number)), **request))


def plain(found: query_pb2.QueryExplainResponse) -> dict[str, Any]:
    """Return an answer as the independent program tells it."""
    told = {
        "epoch": found.epoch,
        "running": found.running,
        "due": found.drip.due,
        "still_locked": found.drip.locked,
        "paid": found.paid,
        "claimable_now": found.claimable_now,
    }
    if found.report != query_pb2.REPORT_STATE_ACCEPTED:
        return told
    told |= {"counted": found.counted, "units": found.units, "share": found.share}
    if found.pool or found.total_units != "0":
        cells = [(step.resolution, step.cell, int(step.units), step.cap, step.clipped) for step in found.cells]
        told |= {"cells": cells, "total": int(found.total_units), "pool": found.pool}
    return told | {"locked": found.locked, "free": found.free}


def test_the_independent_program_imports_nothing_of_the_chain() -> None:
    tree = ast.parse(Path(independent.__file__).read_text(encoding="utf-8"))
    names = {
        name
        for node in ast.walk(tree)
        for name in (
            [node.module] if isinstance(node, ast.ImportFrom) else [a.name for a in getattr(node, "names", [])]
        )
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert names == {"json", "sys", "fractions", "math"}


@pytest.mark.parametrize("seed", range(4))
def test_every_explanation_is_what_the_independent_program_computes_from_the_export(seed: int) -> None:
    """Given 10 devices that work in two networks for 14 epochs, one of them with density, when anything about them is
    explained in any epoch, then a stranger computes the same from the exported state."""
    dice = random.Random(seed)
    world = World(Params(holdback_bp=2_500, release_epochs=6))
    world.networks.weights = ((1, 3), (2, 1))
    for _ in range(14):
        caps = (dice.randrange(1, 900), dice.randrange(1, 1_500), dice.randrange(1, 2_000))
        for number in range(10):
            if dice.random() < 0.8:
                network = number % 2 + 1
                terms = (CELLS[dice.randrange(6)], caps) if network == 1 else (0, ())
                missed = dice.random() < 0.1
                world.work(number, network, 0 if missed else dice.randrange(1, 500), None, *terms, why=int(missed))
        if dice.random() < 0.5:
            world.claim(dice.randrange(10), 10 + dice.randrange(3))
        world.close()
        world.check()
    state = {"reward_emission": genesis.export(world.ctx, world.keeper)}
    compared = 0
    for number in range(10):
        remembered = world.keeper.account(world.ctx, device(number)).slots()
        for epoch in range(15):
            found = asked(world, number, epoch=epoch)
            if found.report == query_pb2.REPORT_STATE_ACCEPTED and is_complete(world, epoch):
                told = independent.explain(state, str(device(number)), epoch)
                assert {name: told[name] for name in plain(found)} == plain(found)
                compared += 1
            elif found.report == query_pb2.REPORT_STATE_FORGOTTEN:
                assert epoch < remembered[0].epoch
                assert len(remembered) == ENTRIES
    assert compared > 30


def is_complete(world: World, epoch: int) -> bool:
    """Tell whether all accounts still remember an epoch, so that its counts can be summed up anew."""
    accounts = [world.keeper.account(world.ctx, device(number)).slots() for number in range(10)]
    return all(len(slots) < ENTRIES or slots[0].epoch <= epoch for slots in accounts)


def test_a_chain_explains_what_its_export_says() -> None:
    """Given a village with density and holdback, when its state is exported, then all explanations follow from it."""
    with Village() as village:
        village.submit(village.receipt("a", 24), village.receipt("b", 12, uptime_bp=9_900), village.receipt("c", 8))
        village.next_epoch()
        village.submit(village.receipt("a", 30))
        village.next_epoch()
        village.claim("alice", "a")
        village.next_epoch()
        village.submit(village.receipt("b", 3))
        state = village.chain.export()
        for name in ("a", "b", "c"):
            for epoch in range(4):
                request = query_pb2.QueryExplainRequest(device_id=str(village.id(name)), epoch=epoch)
                found = village.chain.query(f"{EMISSION}/Explain", request, query_pb2.QueryExplainResponse)
                told = independent.explain(state, str(village.id(name)), epoch)
                assert {key: told[key] for key in plain(found)} == plain(found)
        latest = query_pb2.QueryExplainRequest(device_id=str(village.id("a")), latest=True)
        found = village.chain.query(f"{EMISSION}/Explain", latest, query_pb2.QueryExplainResponse)
        assert (found.epoch, found.state, found.claimed, found.counted) == (1, query_pb2.SLOT_STATE_FINAL, 30, 24)


def test_an_explanation_tells_every_step_with_numbers() -> None:
    world = World(Params(2**64 // 1_000_000, 0, 10_000, 0, 0, 0, 0, 0, holdback_bp=3_000, release_epochs=10))
    world.networks.weights = ((1, 1),)
    world.work(1, 1, 12, cell=CELLS[0], caps=(10, 15, 20))
    world.work(2, 1, 4, cell=CELLS[0], caps=(10, 15, 20))
    world.close()
    world.close()
    world.settle(1)
    world.close()

    found = asked(world, 1, latest=False, epoch=0)

    share = 12 * 599_999_999 // 16
    assert (found.report, found.state) == (query_pb2.REPORT_STATE_ACCEPTED, query_pb2.SLOT_STATE_SETTLED)
    assert (found.network, found.claimed, found.max_units, found.units) == (1, 12, 12, 12)
    assert [(step.resolution, step.units, step.cap, step.clipped) for step in found.cells] == [
        (8, "16", 10, 10),
        (7, "10", 15, 10),
        (6, "10", 20, 10),
    ]
    assert (found.total_units, found.pool, found.share) == ("10", 599_999_999, share)
    assert (found.holdback_bp, found.locked, found.free) == (3_000, share * 3 // 10, share - share * 3 // 10)
    drip = found.drip
    assert (drip.base, drip.since, drip.released, drip.release_epochs, drip.passed) == (found.locked, 2, 0, 10, 1)
    assert (drip.due, drip.locked) == (found.locked // 10, found.locked - found.locked // 10)
    assert found.claimable_now == found.free + drip.due == world.claim(1)


def test_a_claim_pays_what_the_explanation_promised() -> None:
    world = World(Params(release_epochs=4))
    world.networks.weights = ((1, 1),)
    for epoch in range(20):
        if epoch % 4 != 3:
            world.work(1, 1, 5, cell=CELLS[1], caps=(3, 3, 3))
        promised = asked(world, 1, epoch=epoch).claimable_now
        assert world.claim(1) == promised
        world.close()


def test_zero_units_are_explained() -> None:
    world = World()
    world.work(1, 1, 0, why=2)
    found = asked(world, 1, epoch=0)
    assert (found.why, found.units, found.share) == (query_pb2.ZERO_REASON_MOVED, 0, 0)


def test_a_device_that_never_worked_and_an_expired_receipt_are_explained() -> None:
    world = World()
    assert asked(world, 1, latest=True).report == query_pb2.REPORT_STATE_NONE
    world.networks.weights = ((1, 1),)
    world.work(1, 1, 5)
    for _ in range(9):
        world.close()
    found = asked(world, 1, epoch=0)
    assert (found.state, found.share) == (query_pb2.SLOT_STATE_EXPIRED, 0)
    world.settle(1)
    assert asked(world, 1, epoch=0).state == query_pb2.SLOT_STATE_EXPIRED
