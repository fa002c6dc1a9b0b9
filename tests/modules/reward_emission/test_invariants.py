"""Each invariant notices what it is there for."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import h3
import pytest

from modules.reward_emission import invariants
from modules.reward_emission.accounts import SlotState, pack
from modules.reward_emission.state import (
    ACCOUNTS,
    BOOKS,
    CELLS,
    EPOCHS,
    PROVIDERS,
    RESERVE,
    SPENT,
    USAGE,
    Book,
    Provider,
    Spent,
)
from tests.modules.reward_emission.world import World, account_of, device

CELL = h3.str_to_int(h3.latlng_to_cell(47.4, 8.5, 8))
CAPS = (10, 15, 20)


def lived() -> World:
    world = World()
    world.networks.weights = ((1, 1), (2, 1))
    for _ in range(4):
        world.work(1, 1, 12, cell=CELL, caps=CAPS)
        world.work(2, 1, 4, cell=CELL, caps=CAPS)
        world.work(3, 2, 7)
        world.spend(1, 1_000)
        world.close()
    world.claim_usage(1)
    world.spend(1, 50)
    world.check()
    return world


def change_account(**fields: Any) -> Callable[[World], None]:
    return lambda world: ACCOUNTS.set(
        world.ctx, device(1), replace(world.keeper.account(world.ctx, device(1)), **fields)
    )


def change_book(**fields: Any) -> Callable[[World], None]:
    def change(world: World) -> None:
        book = BOOKS.get(world.ctx, (3, 1))
        assert book is not None
        BOOKS.set(world.ctx, (3, 1), replace(book, **fields))

    return change


def change_slot(at: int, **fields: Any) -> Callable[[World], None]:
    def change(world: World) -> None:
        account = world.keeper.account(world.ctx, device(1))
        slots = list(account.slots())
        slots[at] = slots[at]._replace(**fields)
        ACCOUNTS.set(world.ctx, device(1), replace(account, ring=pack(slots)))

    return change


def change_usage(**fields: Any) -> Callable[[World], None]:
    def change(world: World) -> None:
        usage = USAGE.get(world.ctx, 3)
        assert usage is not None
        USAGE.set(world.ctx, 3, replace(usage, **fields))

    return change


def change_epoch(world: World) -> None:
    record = EPOCHS.get(world.ctx, 1)
    assert record is not None
    EPOCHS.set(world.ctx, 1, replace(record, emitted=record.emitted + 1))


def change_reserve(world: World) -> None:
    held = world.keeper.reserve(world.ctx)
    RESERVE.set(world.ctx, replace(held, burned=held.burned + 1))


BROKEN = [
    (invariants.cap_is_kept, change_reserve, "the cap is"),
    (invariants.liabilities_are_covered, change_account(accrued=10**15), "is owed"),
    (invariants.liabilities_are_covered, change_account(base=10**15), "is owed"),
    (invariants.buckets_are_exact, change_epoch, "buckets of epoch 1"),
    (invariants.totals_are_clipped_cells, change_book(units=11), "resolution 6 do not sum"),
    (invariants.totals_are_clipped_cells, change_book(caps=(9, 15, 20)), "resolution 8 do not sum"),
    (invariants.totals_are_clipped_cells, change_book(caps=(10,)), "has no cap"),
    (
        invariants.totals_are_clipped_cells,
        lambda world: CELLS.set(world.ctx, (1, CELL), ((3, 9),)),
        "resolution 8 do not sum",
    ),
    (
        invariants.totals_are_clipped_cells,
        lambda world: BOOKS.set(world.ctx, (3, 2), Book(0, 7, 0, 6)),
        "units in cells, but no caps",
    ),
    (invariants.books_cover_slots, change_slot(0, amount=10**12), "paid more than its book settled"),
    (invariants.books_cover_slots, change_slot(0, state=SlotState.OPEN), "out of order"),
    (invariants.books_cover_slots, change_slot(3, units=10**9), "does not cover"),
    (invariants.locked_is_sound, change_account(released=10**15), "released"),
    (invariants.locked_is_sound, change_account(since=5), "but 4 is running"),
    (invariants.usage_stays_below_what_was_burned, change_usage(paid=501), "exceeds 500"),
    (invariants.usage_stays_below_what_was_burned, change_usage(kappa_bp=4_000), "exceeds 400"),
    (
        invariants.usage_stays_below_what_was_burned,
        lambda world: PROVIDERS.set(world.ctx, account_of(1), Provider(1_000, 901)),
        "was paid 901",
    ),
    (
        invariants.usage_stays_below_what_was_burned,
        lambda world: PROVIDERS.set(world.ctx, account_of(1), Provider(5_000, 3_200, ((4, 51),))),
        "more value than was burned",
    ),
    (invariants.usage_stays_below_what_was_burned, lambda world: SPENT.set(world.ctx, Spent(1, 1)), "sums over"),
]


@pytest.mark.parametrize(("rule", "spoil", "said"), BROKEN)
def test_a_broken_state_is_noticed(
    rule: Callable[[Any, Any], str | None], spoil: Callable[[World], None], said: str
) -> None:
    world = lived()
    assert rule(world.ctx, world.keeper) is None
    spoil(world)
    assert said in (rule(world.ctx, world.keeper) or "")
