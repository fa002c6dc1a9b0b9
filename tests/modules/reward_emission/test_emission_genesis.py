"""The genesis section of reward emission: read back what was written, and name the path of what is wrong."""

from copy import deepcopy
from typing import Any

import h3
import pytest

from chain.primitives.coins import BASE_DENOM, Coin
from chain.sdk.module import GenesisError
from modules.reward_emission import genesis
from modules.reward_emission.params import Params
from modules.reward_emission.state import STORE, Reserve
from tests.modules.reward_emission.world import CAP, SUPPLY, World, device

CELLS = [h3.str_to_int(cell) for cell in sorted(h3.cell_to_children(h3.latlng_to_cell(47.4, 8.5, 6), 8))]
CAPS = (150, 300, 450)


def lived() -> World:
    """Return a world in which something is in every part of the section."""
    world = World()
    world.networks.weights = ((1, 1), (2, 3))
    for epoch in range(12):
        for number in range(1, 5):
            if (epoch + number) % 3:
                caps = CAPS if number % 2 else ()
                world.work(number, number % 2 + 1, number * 100, cell=CELLS[number // 2], caps=caps)
        world.spend(epoch % 3, 10_000 + epoch)
        world.close()
        if epoch == 9:
            world.claim_usage(1)
    world.spend(2, 77)
    world.keeper.burn(world.ctx, "furnace", 5_000)
    world.claim(1, 2)
    world.keeper.forfeit(world.ctx, device(3), 5_000)
    world.check()
    return world


def empty_with_coins(world: World) -> World:
    """Return a world with no books, whose bank has what another one's has."""
    fresh = World()
    held, supply = world.held(STORE), world.bank.supply(world.ctx, BASE_DENOM)
    fresh.bank.mint(fresh.ctx, STORE, (Coin(BASE_DENOM, held),))
    fresh.bank.burn(fresh.ctx, "furnace", (Coin(BASE_DENOM, SUPPLY),))
    fresh.bank.mint(fresh.ctx, "furnace", (Coin(BASE_DENOM, supply - held),))
    return fresh


def exported() -> tuple[World, dict[str, Any]]:
    world = lived()
    return world, genesis.export(world.ctx, world.keeper)


def test_an_export_equals_what_was_imported_and_the_books_go_on() -> None:
    """Given a chain and its import, when both live on, then their books stay equal to the last ulamp."""
    world, section = exported()
    genesis.validate(section)
    copy = empty_with_coins(world)
    genesis.init(copy.ctx, copy.keeper, section)
    copy.epoch, copy.networks.weights = world.epoch, world.networks.weights
    assert genesis.export(copy.ctx, copy.keeper) == section
    copy.check()

    for each in (world, copy):
        for _ in range(3):
            each.work(1, 2, 77, cell=CELLS[0], caps=CAPS)
            each.work(4, 1, 5)
            each.spend(0, 1_000)
            each.close()
        each.settle(1, 2, 3, 4)
        each.claim(4)
        each.claim_usage(0)
        each.claim_usage(2)
        each.check()
    assert genesis.export(copy.ctx, copy.keeper) == genesis.export(world.ctx, world.keeper)
    assert copy.held(STORE) == world.held(STORE)


def test_the_default_puts_all_that_is_not_in_supply_into_the_reserve() -> None:
    world = World()
    genesis.validate(genesis.default())
    genesis.init(world.ctx, world.keeper, genesis.default())
    assert world.keeper.reserve(world.ctx) == Reserve(CAP, CAP - SUPPLY, 0, 0, 0, 0)


def test_what_is_missing_takes_its_default() -> None:
    world = World()
    genesis.init(world.ctx, world.keeper, {"params": {"decline_epochs": "0"}})
    assert world.keeper.params(world.ctx) == Params(decline_epochs=0)
    assert world.keeper.reserve(world.ctx).cap == CAP
    genesis.init(world.ctx, world.keeper, {})
    assert world.keeper.params(world.ctx) == Params()


BAD: list[tuple[str, Any, str]] = [
    ("params.decay", str(2**64), "reward_emission.params.decay"),
    ("params.decay", str(2**64 // 99), "reward_emission.params.decay"),
    ("params.usage_bp", "10001", "reward_emission.params.usage_bp"),
    ("params.usage_bp", "5001", "reward_emission.params.usage_bp"),
    ("params.surprise", "1", "reward_emission.params.surprise"),
    ("cap", "0", "reward_emission.cap"),
    ("cap", str(2**63), "reward_emission.cap"),
    ("cap", "much", "reward_emission.cap"),
    ("reserve.remaining", "-1", "reward_emission.reserve.remaining"),
    ("reserve.spent", "1", "reward_emission.reserve.spent"),
    ("books.0.settled", str(2**60), "reward_emission.books[0].settled"),
    ("books.0.units", str(2**128), "reward_emission.books[0].units"),
    ("books.1.epoch", "0", "reward_emission.books[1]"),
    ("epochs.0.buckets.usage", "1", "reward_emission.epochs[0].buckets"),
    ("epochs.1.epoch", "0", "reward_emission.epochs[1]"),
    ("params.holdback_bp", "5001", "reward_emission.params.holdback_bp"),
    ("params.release_epochs", "0", "reward_emission.params.release_epochs"),
    ("params.usage_kappa_bp", "9001", "reward_emission.params.usage_kappa_bp"),
    ("params.usage_kappa_bp", "5001", "reward_emission.params.usage_kappa_bp"),
    ("books.0.loose", str(2**100), "reward_emission.books[0].loose"),
    ("books.0.caps", ["1", "2", "3", "4"], "reward_emission.books[0].caps"),
    ("books.0.caps", ["many"], "reward_emission.books[0].caps"),
    ("books.0.caps", [str(2**64)], "reward_emission.books[0].caps"),
    ("books.1.caps", ["1", "300", "450"], "reward_emission.books[1].units"),
    ("books.1.units", "449", "reward_emission.books[1].units"),
    ("books.0.units", "999", "reward_emission.books[0].units"),
    ("books.0.epoch", "3", "reward_emission.books[0].epoch"),
    ("books.15.epoch", "13", "reward_emission.books[15].epoch"),
    ("epochs.11.epoch", "12", "reward_emission.epochs[11].epoch"),
    ("accounts.0.device_id", "lampdev1nonsense", "reward_emission.accounts[0].device_id"),
    ("accounts.0.accrued", 1.5, "reward_emission.accounts[0].accrued"),
    ("accounts.1.device_id", str(device(1)), "reward_emission.accounts[1]"),
    ("accounts.2.released", str(2**60), "reward_emission.accounts[2].released"),
    ("accounts.0.since", "13", "reward_emission.accounts[0]"),
    ("accounts.0.receipts.0.epoch", "11", "reward_emission.accounts[0].receipts[1].epoch"),
    ("accounts.0.receipts.0.state", "lost", "reward_emission.accounts[0].receipts[0].state"),
    ("accounts.0.receipts.0.state", "open", "reward_emission.accounts[0].receipts[0].amount"),
    ("accounts.0.receipts.0.uptime_bp", "10001", "reward_emission.accounts[0].receipts[0].uptime_bp"),
    ("accounts.0.receipts.0.holdback_bp", "5001", "reward_emission.accounts[0].receipts[0].holdback_bp"),
    ("accounts.0.receipts.0.why", "1", "reward_emission.accounts[0].receipts[0].why"),
    ("accounts.0.receipts.0.units", "0", "reward_emission.accounts[0].receipts[0].amount"),
    ("accounts.0.receipts.0.cell", "88XY", "reward_emission.accounts[0].receipts[0].cell"),
    ("accounts.0.receipts.0.cell", "0x88", "reward_emission.accounts[0].receipts[0].cell"),
    ("accounts.0.receipts.0.network", str(2**32), "reward_emission.accounts[0].receipts[0].network"),
    ("accounts.0.paid", str(2**63), "reward_emission.accounts[0].paid"),
    ("accounts.0.accrued", str(2**63), "reward_emission.accounts[0].accrued"),
    ("accounts.3.receipts.7.network", "7", "reward_emission.accounts[3].receipts[7]"),
    ("accounts.0.receipts.7.units", str(2**60), "reward_emission.accounts[0].receipts[7].units"),
    ("accounts.0.receipts.4.amount", str(2**60), "reward_emission.accounts[0].receipts[4].amount"),
    ("cells.0.cell", f"{CELLS[0] | 0xF << 52:x}", "reward_emission.cells[0].cell"),
    ("cells.0.counts", [], "reward_emission.cells[0].counts"),
    ("cells.0.counts.1.epoch", "0", "reward_emission.cells[0].counts[1].epoch"),
    ("cells.0.counts", [{"epoch": str(at), "units": "0"} for at in range(10)], "reward_emission.cells[0].counts"),
    ("cells.0.counts", [{"epoch": "13", "units": "0"}], "reward_emission.cells[0]"),
    ("cells.1.network", "1", "reward_emission.cells[1]"),
    ("usage.0.epoch", "3", "reward_emission.usage[0].epoch"),
    ("usage.1.epoch", "4", "reward_emission.usage[1]"),
    ("usage.0.kappa_bp", "9001", "reward_emission.usage[0].kappa_bp"),
    ("usage.0.paid", "8004", "reward_emission.usage[0].paid"),
    ("providers.0.address", "lamp1nonsense", "reward_emission.providers[0].address"),
    ("providers.0.paid", str(10**12), "reward_emission.providers[0].paid"),
    ("providers.0.burned", "5", "reward_emission.providers[0].values"),
    ("providers.2.values.0.epoch", "13", "reward_emission.providers[2].values[1].epoch"),
    ("usage.8.burned", "0", "reward_emission.usage[8].burned"),
    ("spent.lost", "1", "reward_emission.spent.lost"),
    ("houses", [], "reward_emission.houses"),
]


@pytest.mark.parametrize(("path", "value", "named"), BAD)
def test_a_bad_field_is_named_by_its_path(path: str, value: Any, named: str) -> None:
    section = deepcopy(exported()[1])
    at: Any = section
    *parents, last = path.split(".")
    for name in parents:
        at = at[int(name)] if isinstance(at, list) else at[name]
    at[last] = value
    with pytest.raises(GenesisError) as caught:
        genesis.validate(section)
    assert caught.value.path == named


def test_a_supply_above_the_cap_is_refused() -> None:
    world = World()
    with pytest.raises(GenesisError) as caught:
        genesis.init(world.ctx, world.keeper, {**genesis.default(), "cap": str(SUPPLY - 1)})
    assert caught.value.path == "reward_emission.cap"


def test_a_reserve_that_misses_the_cap_is_refused() -> None:
    world, section = exported()
    section["reserve"]["remaining"] = str(int(section["reserve"]["remaining"]) + 1)
    with pytest.raises(GenesisError) as caught:
        genesis.init(empty_with_coins(world).ctx, world.keeper, section)
    assert caught.value.path == "reward_emission.reserve.remaining"


CONTRADICTIONS: list[tuple[str, str, str]] = [
    ("books.15.settled", "reward_emission.books", "most"),
    ("spent.burned", "reward_emission.usage", "more"),
    ("spent.paid", "reward_emission.usage", "more"),
]


@pytest.mark.parametrize(("path", "named", "change"), CONTRADICTIONS)
def test_parts_that_contradict_each_other_are_refused(path: str, named: str, change: str) -> None:
    world, section = exported()
    at: Any = section
    *parents, last = path.split(".")
    for name in parents:
        at = at[int(name)] if isinstance(at, list) else at[name]
    at[last] = {"more": str(int(at[last]) + 1), "most": at.get("pool")}[change]
    copy = empty_with_coins(world)
    with pytest.raises(GenesisError) as caught:
        genesis.init(copy.ctx, copy.keeper, section)
    assert caught.value.path == named


def test_books_that_the_account_does_not_cover_are_refused() -> None:
    world, section = exported()
    copy = empty_with_coins(world)
    copy.bank.send_between_modules(copy.ctx, STORE, "furnace", (Coin(BASE_DENOM, 1),))
    with pytest.raises(GenesisError) as caught:
        genesis.init(copy.ctx, copy.keeper, section)
    assert caught.value.path == "reward_emission.books"
