"""Random histories: the books equal the batch computation to the ulamp, and nothing is lost or made."""

import random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from modules.reward_emission.params import MAX_DECAY, Params
from modules.reward_emission.state import STORE, TREASURY
from tests.modules.reward_emission.batch import Batch
from tests.modules.reward_emission.world import CAP, SUPPLY, World, device

DEVICES = 6
NETWORKS = 3

UNITS = st.one_of(st.integers(1, 10), st.integers(1, 10**17))
STEPS = st.one_of(
    st.tuples(st.just("work"), st.integers(0, DEVICES - 1), UNITS, st.booleans()),
    st.tuples(st.just("settle"), st.integers(0, DEVICES - 1)),
    st.tuples(st.just("claim"), st.integers(0, DEVICES - 1)),
    st.tuples(st.just("burn"), st.integers(1, 10**12)),
    st.tuples(st.just("close"), st.integers(1, 3)),
    st.tuples(st.just("weights"), st.dictionaries(st.integers(1, NETWORKS), st.integers(1, 10_000), max_size=NETWORKS)),
)


def network_of(number: int) -> int:
    return number % NETWORKS + 1


class Pair:
    """The module and the batch computation, fed with the same history."""

    def __init__(self, params: Params) -> None:
        self.world = World(params)
        self.batch = Batch(params)
        self.weights: dict[int, int] = {}
        self.next_epoch: dict[int, int] = {}
        self.paid = 0

    def step(self, name: str, *values: Any) -> None:
        getattr(self, name)(*values)
        self.world.check()

    def work(self, number: int, units: int, late: bool) -> None:
        epoch = max(self.world.epoch - 1, 0) if late else self.world.epoch
        if epoch < self.next_epoch.get(number, 0):
            return
        self.next_epoch[number] = epoch + 1
        self.world.work(number, network_of(number), units, epoch)
        self.batch.work(number, network_of(number), units, epoch)

    def settle(self, number: int) -> None:
        self.world.settle(number)
        self.batch.settle(number)

    def claim(self, number: int) -> None:
        self.paid += self.world.claim(number)
        assert self.world.claim(number) == 0, "claiming again pays nothing"
        self.batch.settle(number)

    def burn(self, amount: int) -> None:
        self.world.keeper.burn(self.world.ctx, "furnace", amount)
        self.batch.burn(amount)

    def close(self, times: int) -> None:
        for _ in range(times):
            self.world.close()
            self.batch.close(self.weights)
            self.world.check()

    def set_weights(self, weights: dict[int, int]) -> None:
        self.weights = dict(sorted(weights.items()))
        self.world.networks.weights = tuple(self.weights.items())

    def compare(self) -> None:
        world, batch = self.world, self.batch
        for number in range(DEVICES):
            earnings = world.keeper.earnings(world.ctx, device(number))
            assert earnings.accrued + earnings.paid == batch.earned(number)
            assert len(earnings.slots) <= 8
        reserve = world.keeper.reserve(world.ctx)
        assert (reserve.remaining, reserve.burned) == (batch.reserve, batch.burned)
        assert (reserve.smoothed_burn, reserve.epochs_closed) == (batch.smoothed, batch.epoch)
        assert world.held(TREASURY) == batch.treasury
        assert world.held(STORE) + self.paid + batch.treasury == batch.minted


PARAMS = st.builds(
    Params,
    decay=st.integers(0, MAX_DECAY),
    usage_bp=st.integers(0, 4_000),
    availability_bp=st.integers(0, 6_000),
    stakers_bp=st.just(0),
    decline_bp=st.integers(0, 10_000),
    decline_epochs=st.integers(0, 5),
    reemission_cap=st.integers(0, 10**12),
    attesters_bp=st.just(0),
    delegators_bp=st.just(0),
)


@given(PARAMS, st.lists(STEPS, max_size=50))
def test_emission_and_settlement_equal_the_batch_computation(params: Params, steps: list[tuple[Any, ...]]) -> None:
    pair = Pair(params)
    pair.set_weights({1: 5_000, 2: 3_000, 3: 1})
    for name, *values in steps:
        pair.step("set_weights" if name == "weights" else name, *values)
    pair.close(2)
    for number in range(DEVICES):
        pair.step("settle", number)
    pair.compare()


def test_a_long_life_with_work_in_most_epochs_equals_the_batch_computation() -> None:
    """Given six devices that come and go at random, when 60 epochs pass, then every ulamp is where it should be."""
    pair, dice = Pair(Params(decline_epochs=7)), random.Random(8)
    pair.set_weights({1: 5_000, 2: 3_000, 3: 1})
    for _ in range(60):
        for number in range(DEVICES):
            if dice.random() < 0.6:
                pair.step("work", number, dice.randrange(1, 10_000), dice.random() < 0.3)
            if dice.random() < 0.05:
                pair.step("claim", number)
        pair.step("close", 1)
    pair.compare()


@given(st.permutations(range(DEVICES)), st.permutations(range(DEVICES)), st.lists(UNITS, min_size=DEVICES))
def test_the_order_of_receipts_within_an_epoch_does_not_matter(
    first: list[int], second: list[int], units: list[int]
) -> None:
    def run(orders: list[list[int]], settle: list[int]) -> dict[str, Any]:
        world = World()
        world.networks.weights = ((1, 1), (2, 2), (3, 3))
        for order in orders:
            for number in order:
                world.work(number, network_of(number), units[number])
            world.close()
        world.close()
        world.settle(*settle)
        return world.state.changes()

    straight = list(range(DEVICES))
    assert run([first, second], second) == run([straight, straight], straight)


def test_emission_never_passes_the_cap_even_at_the_fastest_decay() -> None:
    world = World(Params(decay=MAX_DECAY))
    for _ in range(8_000):
        world.close()
    reserve = world.keeper.reserve(world.ctx)
    assert world.bank.supply(world.ctx, "ulamp") + reserve.remaining == CAP
    assert 0 <= reserve.remaining < 200, "below 100 ulamp a hundredth rounds down to nothing"
    assert world.bank.supply(world.ctx, "ulamp") > SUPPLY
