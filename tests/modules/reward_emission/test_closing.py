"""What the close of an epoch does, with numbers, and what it costs."""

from itertools import pairwise

import h3
import pytest

from chain.primitives.coins import BASE_DENOM, Coin
from chain.primitives.errors import SdkError
from chain.sdk.context import Context
from modules.reward_emission.accounts import SlotState, open_slots
from modules.reward_emission.params import Params
from modules.reward_emission.schedule import Buckets
from modules.reward_emission.state import BOOKS, EPOCHS, HISTORY, STORE, TREASURY, Book, EpochEmission
from tests.modules.reward_emission.world import CAP, START, SUPPLY, World, device, payout_of

ALL = Params(2**64 // 1_000_000, 0, 10_000, 0, 0, 0, 0, 0, holdback_bp=0)
"""Emits a millionth of the reserve, all of it for availability."""
FIRST = 599_999_999
SECOND = 599_999_399


def test_given_two_devices_when_two_epochs_end_then_they_share_the_pool_by_units() -> None:
    world = World(ALL)
    world.networks.weights = ((1, 10_000),)
    world.work(1, 1, 1)
    world.work(2, 1, 2)

    world.close()
    assert BOOKS.get(world.ctx, (0, 1)) == Book(FIRST, 3, 0, 3)
    assert world.settle(1, 2) == [0, 0], "receipts for epoch 0 are still taken"
    world.close()

    assert world.settle(1) == [199_999_999]
    assert world.settle(1, 2) == [0, 399_999_999]
    assert BOOKS.get(world.ctx, (0, 1)) == Book(FIRST, 3, 599_999_998, 3)
    assert world.claim(1, 2) == 599_999_998
    assert world.bank.balance(world.ctx, payout_of(device(2)), BASE_DENOM) == 399_999_999
    world.check()


def test_the_record_of_a_close_says_where_everything_went() -> None:
    world = World()
    world.networks.weights = ((1, 3), (2, 4))

    world.close()

    emitted = (CAP - SUPPLY) * Params().decay >> 64
    part = emitted * 2_500 // 10_000
    pools = part * 3 // 7 + part * 4 // 7
    assert EPOCHS.get(world.ctx, 0) == EpochEmission(
        emitted=emitted,
        reemitted=0,
        buckets=Buckets(
            emitted * 4_000 // 10_000,
            part,
            emitted * 1_500 // 10_000,
            emitted * 500 // 10_000,
            emitted * 500 // 10_000,
            emitted - emitted * 4_000 // 10_000 - part - emitted * 1_500 // 10_000 - 2 * (emitted * 500 // 10_000),
        ),
        to_treasury=emitted - pools,
        returned=0,
        closed_at=START,  # type: ignore[arg-type]
    )
    assert world.held(TREASURY) == emitted - pools
    assert world.held(STORE) == pools


def test_without_weights_everything_goes_to_the_treasury() -> None:
    world = World(ALL)
    world.work(1, 1, 5)

    world.close()
    world.close()

    assert world.held(TREASURY) == FIRST + SECOND
    assert world.settle(1) == [0]
    world.check()


def test_the_pool_of_a_network_in_which_nobody_worked_goes_to_the_treasury() -> None:
    world = World(ALL)
    world.networks.weights = ((1, 1),)

    world.close()
    assert world.held(TREASURY) == 0, "work of epoch 0 may still come"
    world.close()

    assert world.held(TREASURY) == FIRST
    assert BOOKS.get(world.ctx, (0, 1)) is None
    world.check()


def test_a_late_receipt_is_paid_from_the_pool_of_its_own_epoch() -> None:
    world = World(ALL)
    world.networks.weights = ((1, 1),)
    world.close()

    world.work(1, 1, 7, epoch=0)
    world.close()

    assert world.settle(1) == [FIRST]


def test_units_of_a_final_epoch_are_refused() -> None:
    world = World(ALL)
    world.close()
    world.close()
    with pytest.raises(ValueError, match="epoch 0 are counted no more"):
        world.work(1, 1, 7, epoch=0)


def test_what_nobody_settles_within_eight_epochs_returns_to_the_network() -> None:
    """Given work in epoch 0 only, when epoch 8 ends, then its whole pool is in the network's pool of epoch 8."""
    world = World(ALL)
    world.networks.weights = ((1, 1),)
    world.work(1, 1, 7)
    for _ in range(8):
        world.close()
    assert BOOKS.get(world.ctx, (0, 1)) == Book(FIRST, 7, 0, 7)

    world.close()

    record = EPOCHS.get(world.ctx, 8)
    assert record is not None
    assert record.returned == FIRST
    assert BOOKS.get(world.ctx, (8, 1)) == Book(record.buckets.availability + FIRST, 0, 0)
    assert world.settle(1) == [0]
    account = world.keeper.account(world.ctx, device(1))
    assert (open_slots(account), account.slots()[0].state) == ((), SlotState.EXPIRED)
    world.check()


def test_a_slot_can_be_settled_until_the_end_of_the_eighth_epoch() -> None:
    world = World(ALL)
    world.networks.weights = ((1, 1),)
    world.work(1, 1, 7)
    for _ in range(8):
        world.close()
    assert world.settle(1) == [FIRST]


def test_what_expires_in_a_network_without_weight_goes_to_the_treasury() -> None:
    world = World(ALL)
    world.networks.weights = ((1, 1),)
    world.work(1, 1, 7)
    world.close()
    world.networks.weights = ()
    for _ in range(8):
        world.close()

    record = EPOCHS.get(world.ctx, 8)
    assert record is not None
    assert (record.returned, record.to_treasury) == (0, record.emitted + FIRST)
    world.check()


def test_the_next_receipt_settles_what_is_final() -> None:
    world = World(ALL)
    world.networks.weights = ((1, 1),)
    for _ in range(3):
        world.work(1, 1, 7)
        world.close()

    world.work(1, 1, 7)

    account = world.keeper.account(world.ctx, device(1))
    assert account.accrued == FIRST + SECOND
    assert [slot.epoch for slot in open_slots(account)] == [2, 3]
    world.check()


def test_burned_coins_re_enter_slowly_and_the_cap_holds() -> None:
    world = World(Params(0, 0, 10_000, 0, 0, 0, 0, 0, reemission_cap=50))
    world.keeper.burn(world.ctx, "furnace", 700)
    assert world.bank.supply(world.ctx, BASE_DENOM) == SUPPLY - 700
    world.check()

    again = []
    for _ in range(200):
        world.close()
        record = EPOCHS.get(world.ctx, world.epoch - 1)
        assert record is not None
        again.append(record.reemitted)
        world.check()

    assert again[:4] == [50, 50, 50, 50], "the cap on re-emission holds the first epochs back"
    assert sum(again) + world.keeper.reserve(world.ctx).burned == 700
    assert all(later <= earlier for earlier, later in pairwise(again))


def test_burning_nothing_or_more_than_there_is_is_refused() -> None:
    world = World()
    with pytest.raises(ValueError, match="positive"):
        world.keeper.burn(world.ctx, "furnace", 0)
    with pytest.raises(SdkError, match="smaller than"):
        world.keeper.burn(world.ctx, "furnace", SUPPLY + 1)


def test_the_books_stay_bounded() -> None:
    world = World()
    world.networks.weights = tuple((network, 1) for network in range(1, 6))
    for _ in range(40):
        for network in range(1, 6):
            world.work(network, network, 3)
        world.close()
    assert len(list(BOOKS.scan(world.ctx))) == 8 * 5
    assert len(list(EPOCHS.scan(world.ctx))) == 40


def test_records_of_closes_stay_bounded() -> None:
    world = World()
    for _ in range(HISTORY + 5):
        world.close()
    assert [epoch for epoch, _ in EPOCHS.scan(world.ctx)] == list(range(5, HISTORY + 5))


class Club:
    """Members who take a bucket, or nobody."""

    def __init__(self, world: World, members: bool = True) -> None:
        self.world = world
        self.members = members
        self.taken = 0

    def take_bucket(self, ctx: Context, source: str, amount: int) -> bool:
        if self.members:
            self.world.bank.send_between_modules(ctx, source, "furnace", (Coin(BASE_DENOM, amount),))
            self.taken += amount
        return self.members


@pytest.mark.parametrize("stakers", [True, False])
@pytest.mark.parametrize("attesters", [True, False])
@pytest.mark.parametrize("delegators", [True, False])
def test_each_bucket_goes_to_its_takers_or_to_the_treasury(stakers: bool, attesters: bool, delegators: bool) -> None:
    world = World(Params(2**64 // 1_000_000, 0, 0, 1_000, 200, 30, 0, 0))
    clubs = [Club(world, each) for each in (stakers, attesters, delegators)]
    world.keeper.attach(stakers=clubs[0])
    world.keeper.attach(attesters=clubs[1], delegators=clubs[2])

    world.close()

    wanted = [FIRST * bp // 10_000 if club.members else 0 for club, bp in zip(clubs, (1_000, 200, 30), strict=True)]
    assert [club.taken for club in clubs] == wanted
    record = EPOCHS.get(world.ctx, 0)
    assert record is not None
    assert (record.taken, record.to_treasury) == (sum(wanted), FIRST - sum(wanted))
    assert world.held(TREASURY) == FIRST - sum(wanted)
    world.check()


def operations_of_a_close(devices: int) -> list[int]:
    """Return the store operations of closes with open, final and expiring books, cells and usage in all networks."""
    world = World()
    world.networks.weights = tuple((network, 1) for network in range(1, 201))
    base = h3.str_to_int(h3.latlng_to_cell(47.4, 8.5, 6))
    counts = []
    for epoch in range(10):
        if epoch in (0, 8):
            for first in range(0, devices, 1_000):
                world.record(
                    *(
                        (number, number % 200 + 1, 3, None, fine_cell(base, number), (10, 100, 1_000), 0)
                        for number in range(first, first + 1_000)
                    )
                )
                world.spend(first, 1_000)
        before = world.state.operations
        world.close()
        counts.append(world.state.operations - before)
    return counts


def fine_cell(cell: int, number: int) -> int:
    """Return one of the 49 cells of resolution 8 in a hexagon of resolution 6."""
    digits = (number // 7 % 7) << 24 | number % 7 << 21
    return cell & ~(0xF << 52 | 0o77 << 21) | 8 << 52 | digits


def test_a_close_costs_the_same_with_one_thousand_and_with_twenty_thousand_devices() -> None:
    few, many = operations_of_a_close(1_000), operations_of_a_close(20_000)
    assert few == many
    assert max(many) < 200 * 6 + 50
