"""What is held back of a device's rewards, how it drips out, and what a misdeed costs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.primitives.coins import BASE_DENOM
from modules.reward_emission.accounts import ENTRIES, Account, SlotState, open_slots
from modules.reward_emission.params import Params
from modules.reward_emission.state import ACCOUNTS, PARAMS
from tests.modules.reward_emission.test_closing import FIRST, SECOND
from tests.modules.reward_emission.world import SUPPLY, World, device, payout_of

TENTH = Params(2**64 // 1_000_000, 0, 10_000, 0, 0, 0, 0, 0, holdback_bp=3_000, release_epochs=10)
HELD = FIRST * 3_000 // 10_000


def worked(params: Params = TENTH) -> World:
    """Return a world in epoch 2 in which device 1 has the whole pool of epoch 0 to settle."""
    world = World(params)
    world.networks.weights = ((1, 1),)
    world.work(1, 1, 7)
    world.close()
    world.close()
    return world


def account(world: World, number: int = 1) -> Account:
    return world.keeper.account(world.ctx, device(number))


def test_given_a_settled_reward_then_a_part_is_locked_and_the_rest_is_free() -> None:
    world = worked()
    assert world.settle(1) == [FIRST]
    found = account(world)
    assert (found.accrued, found.base, found.released, found.since) == (FIRST - HELD, HELD, 0, 2)
    assert world.claim(1) == FIRST - HELD
    world.check()


def test_what_is_locked_drips_out_in_ten_epochs_to_the_last_ulamp() -> None:
    world = worked()
    world.settle(1)
    paid = [world.claim(1)]
    for _ in range(12):
        world.close()
        paid.append(world.claim(1))
        world.check()
    assert paid[0] == FIRST - HELD
    sums = [sum(paid[1 : epoch + 1]) for epoch in range(1, 11)]
    assert sums == [HELD * passed // 10 for passed in range(1, 11)]
    assert paid[11:] == [0, 0]
    assert account(world).locked == account(world).base == 0
    assert world.bank.balance(world.ctx, payout_of(device(1)), BASE_DENOM) == FIRST


@given(st.lists(st.integers(0, 13), max_size=12))
def test_looking_at_a_drip_often_or_once_makes_no_difference(claims: list[int]) -> None:
    """Whoever settles or claims in between, after any number of epochs the same sum was released."""
    often, once = worked(), worked()
    for world in (often, once):
        world.settle(1)
    for epoch in range(14):
        for at in claims:
            if at == epoch:
                often.settle(1)
                often.claim(1)
        for world in (often, once):
            world.close()
    often.claim(1)
    once.claim(1)
    assert account(often).paid == account(once).paid == FIRST


def test_more_that_is_locked_begins_the_drip_anew_for_all_that_stays() -> None:
    world = worked()
    world.settle(1)
    world.work(1, 1, 7)
    for _ in range(3):
        world.close()
    (third,) = world.settle(1)
    found = account(world)
    again = third * 3_000 // 10_000
    assert found.since == 5
    assert found.base == HELD - HELD * 3 // 10 + again
    assert found.accrued == FIRST - HELD + third - again + HELD * 3 // 10
    world.check()


def test_a_reward_of_which_nothing_is_held_back_leaves_the_drip_alone() -> None:
    world = worked()
    world.settle(1)
    PARAMS.set(world.ctx, Params(**{**as_dict(TENTH), "holdback_bp": 0}))
    world.work(1, 1, 7)
    for _ in range(3):
        world.close()
    assert world.settle(1) != [0]
    assert (account(world).base, account(world).since) == (HELD, 2)


def as_dict(params: Params) -> dict[str, int]:
    return {name: getattr(params, name) for name in Params.__dataclass_fields__}


def test_a_longer_release_takes_nothing_back_and_a_shorter_one_hastens() -> None:
    world = worked()
    world.settle(1)
    for _ in range(5):
        world.close()
    assert world.claim(1) == FIRST - HELD + HELD * 5 // 10
    PARAMS.set(world.ctx, Params(**{**as_dict(TENTH), "release_epochs": 20}))
    assert world.claim(1) == 0
    for _ in range(5):
        world.close()
    assert world.claim(1) == 0
    world.close()
    assert world.claim(1) == HELD * 11 // 20 - HELD * 5 // 10
    PARAMS.set(world.ctx, Params(**{**as_dict(TENTH), "release_epochs": 1}))
    assert world.claim(1) == HELD - HELD * 11 // 20
    world.check()


def test_a_pay_out_settles_and_pays_what_is_free_and_leaves_the_rest_locked() -> None:
    world = worked()
    old = payout_of(device(9))
    assert world.keeper.pay_out(world.ctx, device(1), old) == FIRST - HELD
    assert world.bank.balance(world.ctx, old, BASE_DENOM) == FIRST - HELD
    assert world.ctx.events[-1].type == "device_paid_out"
    assert world.keeper.pay_out(world.ctx, device(1), old) == 0
    assert world.keeper.pay_out(world.ctx, device(2), old) == 0
    for _ in range(10):
        world.close()
    assert world.claim(1) == HELD, "the new owner gets what drips out"
    world.check()


def test_a_pay_out_leaves_epochs_that_are_not_final_for_the_new_owner() -> None:
    world = worked()
    world.work(1, 1, 7)
    assert world.keeper.pay_out(world.ctx, device(1), payout_of(device(9))) == FIRST - HELD
    assert account(world).open == 1


def test_forfeiting_half_releases_what_is_due_and_burns_half_of_the_rest() -> None:
    world = worked()
    world.settle(1)
    for _ in range(4):
        world.close()
    due = HELD * 4 // 10
    cut = (HELD - due) // 2

    assert world.keeper.forfeit(world.ctx, device(1), 5_000) == cut

    found = account(world)
    assert (found.accrued, found.base, found.released, found.since) == (FIRST - HELD + due, HELD - due - cut, 0, 6)
    assert world.keeper.reserve(world.ctx).burned == cut
    assert world.ctx.events[-1].type == "rewards_forfeited"
    assert world.bank.supply(world.ctx, BASE_DENOM) > SUPPLY + FIRST + SECOND - cut
    world.check()


def test_forfeiting_settles_first_so_that_nothing_hides_in_open_slots() -> None:
    world = worked()
    assert world.keeper.forfeit(world.ctx, device(1), 10_000) == HELD
    assert account(world) == Account(FIRST - HELD, 0, 0, 0, 0, 0, account(world).ring)
    world.check()


@pytest.mark.parametrize("bp", [0, 5_000])
def test_forfeiting_nothing_or_of_a_device_that_never_worked_burns_nothing(bp: int) -> None:
    world = worked()
    world.settle(1)
    assert world.keeper.forfeit(world.ctx, device(1), 0) == 0
    assert world.keeper.forfeit(world.ctx, device(2), bp) == 0
    assert ACCOUNTS.get(world.ctx, device(2)) is None
    world.check()


@pytest.mark.parametrize("bp", [-1, 10_001])
def test_forfeiting_more_than_all_or_less_than_nothing_is_refused(bp: int) -> None:
    with pytest.raises(ValueError, match="basis points"):
        worked().keeper.forfeit(worked().ctx, device(1), bp)


def test_an_account_remembers_its_last_eight_receipts_settled_ones_too() -> None:
    world = World(TENTH)
    world.networks.weights = ((1, 1),)
    for epoch in range(12):
        world.work(1, 1, 5 if epoch != 6 else 0, why=0 if epoch != 6 else 2)
        world.close()
        world.check()
    found = account(world)
    assert [slot.epoch for slot in found.slots()] == list(range(4, 12))
    assert len(found.slots()) == ENTRIES
    assert [slot.epoch for slot in open_slots(found)] == [10, 11]
    six = found.slots()[2]
    assert (six.units, six.why, six.amount, six.state) == (0, 2, 0, SlotState.SETTLED)


def test_each_receipt_tells_what_of_it_was_held_back_when_it_was_settled() -> None:
    world = worked()
    world.settle(1)
    PARAMS.set(world.ctx, Params(**{**as_dict(TENTH), "holdback_bp": 100}))
    world.work(1, 1, 7)
    for _ in range(2):
        world.close()
    world.settle(1)
    assert [slot.holdback_bp for slot in account(world).slots()] == [3_000, 100]


def test_the_books_cover_everything_locked_through_a_long_life() -> None:
    world = World(TENTH)
    world.networks.weights = ((1, 1), (2, 1))
    for epoch in range(40):
        for number in (1, 2, 3):
            world.work(number, number % 2 + 1, 7 * number)
        if epoch % 7 == 3:
            world.keeper.forfeit(world.ctx, device(epoch % 3 + 1), 2_500)
        if epoch % 5 == 4:
            world.claim(1, 3)
        world.close()
        world.check()
    assert all(account(world, number).locked > 0 for number in (1, 2, 3))
