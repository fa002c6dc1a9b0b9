"""The genesis section of reward emission: read back what was written, and name the path of what is wrong."""

from copy import deepcopy
from typing import Any

import pytest

from chain.primitives.coins import BASE_DENOM, Coin
from chain.sdk.module import GenesisError
from modules.reward_emission import genesis
from modules.reward_emission.params import Params
from modules.reward_emission.state import STORE, Reserve
from tests.modules.reward_emission.world import CAP, SUPPLY, World, device


def lived() -> World:
    """Return a world in which something is in every part of the section."""
    world = World()
    world.networks.weights = ((1, 1), (2, 3))
    for epoch in range(12):
        for number in range(1, 5):
            if (epoch + number) % 3:
                world.work(number, number % 2 + 1, number * 100)
        world.close()
    world.keeper.burn(world.ctx, "furnace", 5_000)
    world.claim(1, 2)
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
            each.work(1, 2, 77)
            each.work(4, 1, 5)
            each.close()
        each.settle(1, 2, 3, 4)
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
    ("earnings.0.device_id", "lampdev1nonsense", "reward_emission.earnings[0].device_id"),
    ("earnings.0.accrued", 1.5, "reward_emission.earnings[0].accrued"),
    ("earnings.1.device_id", str(device(1)), "reward_emission.earnings[1]"),
    ("earnings.0.slots", [{"epoch": "0", "network": "1", "units": "1"}] * 9, "reward_emission.earnings[0].slots"),
    ("earnings.2.slots.0.units", str(2**60), "reward_emission.earnings[2].slots[0].units"),
    ("cells", [], "reward_emission.cells"),
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


def test_books_that_the_account_does_not_cover_are_refused() -> None:
    world, section = exported()
    copy = empty_with_coins(world)
    copy.bank.send_between_modules(copy.ctx, STORE, "furnace", (Coin(BASE_DENOM, 1),))
    with pytest.raises(GenesisError) as caught:
        genesis.init(copy.ctx, copy.keeper, section)
    assert caught.value.path == "reward_emission.books"
