"""The clock of epochs."""

import pytest

from modules.work import invariants
from modules.work.params import Params
from tests.modules.reward_emission.world import START
from tests.modules.work.fleet import EPOCH_SECONDS, Fleet

SECOND = 1_000_000_000


def test_the_first_block_at_or_after_the_end_closes_the_epoch() -> None:
    fleet = Fleet()
    assert fleet.block(0) == []
    assert fleet.block(99) == []
    assert fleet.epoch == 0
    assert fleet.block(100)[-1].type == "epoch_closed"
    assert fleet.epoch == 1
    assert fleet.block(100) == []


def test_the_next_epoch_begins_where_the_last_one_ended() -> None:
    fleet = Fleet()
    fleet.block(150)
    clock = fleet.keeper.clock(fleet.ctx)
    assert (clock.epoch, clock.start, clock.end) == (1, START + 100 * SECOND, START + 200 * SECOND)


@pytest.mark.parametrize("missed", [1, 3, 1_000])
def test_epochs_in_which_the_chain_stood_still_are_skipped(missed: int) -> None:
    """When blocks come after a stop, one epoch is closed and the next lasts to the second boundary."""
    fleet = Fleet()
    time = (missed + 1) * EPOCH_SECONDS + 50
    for _ in range(5):
        fleet.block(time)
        assert fleet.epoch == 1
        assert invariants.clock_and_books_agree(fleet.ctx, fleet.keeper) is None
    clock = fleet.keeper.clock(fleet.ctx)
    assert clock.start == START + (missed + 1) * EPOCH_SECONDS * SECOND
    assert clock.end == START + (missed + 3) * EPOCH_SECONDS * SECOND
    fleet.block((missed + 3) * EPOCH_SECONDS)
    assert (fleet.epoch, fleet.keeper.clock(fleet.ctx).seconds) == (2, EPOCH_SECONDS)


def test_who_worked_before_a_stop_has_a_whole_epoch_to_say_so_after_it() -> None:
    """A chain goes on just before a boundary: when that has passed, work of before the stop is still taken."""
    fleet = Fleet()
    key = fleet.add(1)
    fleet.block(9 * EPOCH_SECONDS - 1)
    fleet.block(9 * EPOCH_SECONDS + 1)
    assert fleet.codes(fleet.receipt(key, epoch=0)) == [0]


def test_work_before_a_long_stop_can_be_settled_after_it() -> None:
    fleet = Fleet()
    key = fleet.add(1)
    assert fleet.codes(fleet.receipt(key)) == [0]
    for _ in range(7):
        fleet.block(1_000 * EPOCH_SECONDS)
    fleet.block(1_002 * EPOCH_SECONDS)
    assert fleet.world.keeper.settle(fleet.ctx, [key.id])[0] > 0


def test_a_new_length_holds_from_the_next_epoch_on() -> None:
    fleet = Fleet()
    fleet.keeper.set_params(fleet.ctx, Params(epoch_seconds=7))
    fleet.block(50)
    assert fleet.epoch == 0
    fleet.block(100)
    clock = fleet.keeper.clock(fleet.ctx)
    assert (clock.epoch, clock.seconds, clock.end) == (1, 7, START + 107 * SECOND)


def test_a_block_that_closes_nothing_costs_two_reads_and_a_write() -> None:
    fleet = Fleet()
    before = fleet.world.state.operations
    fleet.block(50)
    assert fleet.world.state.operations - before == 3


def test_the_epoch_before_the_running_one_is_the_earliest() -> None:
    fleet = Fleet()
    assert fleet.keeper.clock(fleet.ctx).earliest == 0
    fleet.block(100)
    assert fleet.keeper.clock(fleet.ctx).earliest == 0
    fleet.block(200)
    assert fleet.keeper.clock(fleet.ctx).earliest == 1
