"""The clock of epochs."""

from modules.work import invariants
from modules.work.keeper import CATCH_UP
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


def test_missed_epochs_are_made_up_for_one_per_block() -> None:
    """Given a chain that stood still for three epochs, when blocks come, then each closes one until it is on time."""
    fleet = Fleet()
    epochs = []
    for _ in range(5):
        fleet.block(3 * EPOCH_SECONDS + 50)
        epochs.append(fleet.epoch)
        assert invariants.clock_and_books_agree(fleet.ctx, fleet.keeper) is None
    assert epochs == [1, 2, 3, 3, 3]
    assert fleet.keeper.clock(fleet.ctx).start == START + 300 * SECOND


def test_a_longer_stop_is_skipped_but_for_the_last_epochs() -> None:
    """Given a stop of a thousand epochs, when blocks come, then five of them bring the clock back on its grid."""
    fleet = Fleet()
    time = 1_000 * EPOCH_SECONDS + 50
    epochs = []
    for _ in range(7):
        fleet.block(time)
        epochs.append(fleet.epoch)
    assert epochs == [1, 2, 3, 4, CATCH_UP + 1, CATCH_UP + 1, CATCH_UP + 1]
    assert fleet.keeper.clock(fleet.ctx).start == START + 1_000 * EPOCH_SECONDS * SECOND


def test_work_before_a_long_stop_can_be_settled_after_it() -> None:
    fleet = Fleet()
    key = fleet.add(1)
    assert fleet.codes(fleet.receipt(key)) == [0]
    for _ in range(7):
        fleet.block(1_000 * EPOCH_SECONDS)
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
