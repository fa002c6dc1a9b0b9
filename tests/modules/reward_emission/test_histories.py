"""Random histories: the books equal the batch computation to the ulamp, and nothing is lost or made."""

import random
from typing import Any

import h3
from hypothesis import given
from hypothesis import strategies as st

from modules.reward_emission import usage
from modules.reward_emission.params import MAX_DECAY, MAX_HOLDBACK_BP, MAX_KAPPA_BP, Params
from modules.reward_emission.state import BOOKS, STORE, TREASURY
from modules.reward_emission.state import CELLS as CELL_COUNTS
from tests.modules.reward_emission.batch import Batch, Locked
from tests.modules.reward_emission.world import CAP, SUPPLY, World, account_of, device

DEVICES = 6
NETWORKS = 3
PROVIDERS = 3

SQUARE = h3.latlng_to_cell(47.4, 8.5, 6)
CELLS = [
    h3.str_to_int(cell)
    for above in (SQUARE, *sorted(h3.grid_ring(SQUARE, 1))[:1])
    for middle in sorted(h3.cell_to_children(above, 7))[:2]
    for cell in [*sorted(h3.cell_to_children(middle, 8))[:2], sorted(h3.cell_to_children(middle, 10))[0]]
]
"""Cells of resolutions 8 and 10 under shared parents."""

UNITS = st.one_of(st.integers(1, 10), st.integers(1, 10**17))
CAPS = st.one_of(
    st.just(()), st.tuples(*[st.one_of(st.integers(1, 20), st.integers(1, 10**17), st.just(2**64 - 1))] * 3)
)
STEPS = st.one_of(
    st.tuples(st.just("work"), st.integers(0, DEVICES - 1), UNITS, st.booleans()),
    st.tuples(st.just("work"), st.integers(0, DEVICES - 1), UNITS, st.booleans()),
    st.tuples(st.just("move"), st.integers(0, DEVICES - 1), st.sampled_from([0, *CELLS])),
    st.tuples(st.just("caps"), st.integers(1, NETWORKS), CAPS),
    st.tuples(st.just("settle"), st.integers(0, DEVICES - 1)),
    st.tuples(st.just("claim"), st.integers(0, DEVICES - 1)),
    st.tuples(st.just("forfeit"), st.integers(0, DEVICES - 1), st.integers(0, 10_000)),
    st.tuples(st.just("burn"), st.integers(1, 10**12)),
    st.tuples(st.just("spend"), st.integers(0, PROVIDERS - 1), st.integers(1, 10**13)),
    st.tuples(st.just("claim_usage"), st.integers(0, PROVIDERS - 1)),
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
        self.cells: dict[int, int] = {}
        self.caps: dict[int, dict[int, tuple[int, ...]]] = {}
        """By network and the epoch from which they hold."""
        self.paid = 0

    def step(self, name: str, *values: Any) -> None:
        getattr(self, name)(*values)
        self.world.check()

    def work(self, number: int, units: int, late: bool) -> None:
        epoch = max(self.world.epoch - 1, 0) if late else self.world.epoch
        if epoch < self.next_epoch.get(number, 0):
            return
        self.next_epoch[number] = epoch + 1
        network, cell = network_of(number), self.cells.get(number, CELLS[number])
        terms = self.caps.get(network, {})
        caps = terms[max(at for at in terms if at <= epoch)] if any(at <= epoch for at in terms) else ()
        self.world.work(number, network, units, epoch, cell, caps)
        self.batch.work(number, network, units, epoch, cell, caps)

    def move(self, number: int, cell: int) -> None:
        self.cells[number] = cell

    def set_caps(self, network: int, caps: tuple[int, ...]) -> None:
        self.caps.setdefault(network, {})[self.world.epoch + 2] = caps

    def settle(self, number: int) -> None:
        self.world.settle(number)
        self.batch.settle(number)

    def claim(self, number: int) -> None:
        self.paid += self.world.claim(number)
        assert self.world.claim(number) == 0, "claiming again pays nothing"
        self.batch.settle(number)
        self.batch.drip(number)
        account = self.world.keeper.account(self.world.ctx, device(number))
        assert account.paid == self.batch.free.get(number, 0)

    def forfeit(self, number: int, bp: int) -> None:
        self.world.keeper.forfeit(self.world.ctx, device(number), bp)
        self.batch.forfeit(number, bp)

    def burn(self, amount: int) -> None:
        self.world.keeper.burn(self.world.ctx, "furnace", amount)
        self.batch.burn(amount)

    def spend(self, provider: int, value: int) -> None:
        self.world.spend(provider, value)
        self.batch.spend(provider, value)

    def claim_usage(self, provider: int) -> None:
        before = usage.provider_of(self.world.ctx, account_of(provider)).paid
        amount = self.world.claim_usage(provider)
        assert self.world.claim_usage(provider) == 0, "claiming again pays nothing"
        self.batch.claim_usage(provider)
        self.paid += amount
        paid = sum(
            self.batch.usage_of(provider, epoch)
            for epoch in range(self.batch.epoch)
            if any(item.claimed for item in self.batch.spends if (item.provider, item.epoch) == (provider, epoch))
        )
        assert before + amount == paid

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
            account, held = world.keeper.account(world.ctx, device(number)), batch.locked.get(number, Locked())
            assert account.accrued + account.paid == batch.free.get(number, 0)
            assert account.locked == held.base - held.out
            assert len(account.slots()) <= 8
        for (epoch, network), book in BOOKS.scan(world.ctx):
            assert book.units == batch.total(epoch, network)
            levels = batch.levels(epoch, network)
            counts = {h3.int_to_str(cell): units for cell, units in counted(world, epoch, network).items()}
            assert counts == {cell: units for level in levels for cell, units in level.items()}
        earned = sum(batch.earned(number) for number in range(DEVICES))
        assert earned == sum(batch.free.values()) + batch.forfeited + sum(
            held.base - held.out for held in batch.locked.values()
        )
        reserve = world.keeper.reserve(world.ctx)
        assert (reserve.remaining, reserve.burned) == (batch.reserve, batch.burned)
        assert (reserve.smoothed_burn, reserve.epochs_closed) == (batch.smoothed, batch.epoch)
        assert world.held(TREASURY) == batch.treasury
        assert world.held(STORE) + self.paid + batch.treasury + batch.forfeited == batch.minted


def counted(world: World, epoch: int, network: int) -> dict[int, int]:
    """Return the units above 0 that a network's cells counted in an epoch."""
    rings = {cell: dict(ring) for (owner, cell), ring in CELL_COUNTS.scan(world.ctx) if owner == network}
    return {cell: ring[epoch] for cell, ring in rings.items() if ring.get(epoch)}


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
    holdback_bp=st.integers(0, MAX_HOLDBACK_BP),
    release_epochs=st.integers(1, 9),
    usage_kappa_bp=st.integers(0, MAX_KAPPA_BP),
)
NAMES = {"weights": "set_weights", "caps": "set_caps"}


@given(PARAMS, st.lists(STEPS, max_size=50))
def test_emission_and_settlement_equal_the_batch_computation(params: Params, steps: list[tuple[Any, ...]]) -> None:
    pair = Pair(params)
    pair.set_weights({1: 5_000, 2: 3_000, 3: 1})
    for name, *values in steps:
        pair.step(NAMES.get(name, name), *values)
    pair.close(2)
    for number in range(DEVICES):
        pair.step("settle", number)
        pair.step("claim", number)
    for provider in range(PROVIDERS):
        pair.step("claim_usage", provider)
    pair.compare()


def test_a_long_life_with_work_in_most_epochs_equals_the_batch_computation() -> None:
    """Given six devices that come and go at random, when 60 epochs pass, then every ulamp is where it should be."""
    pair, dice = Pair(Params(decline_epochs=7, release_epochs=5)), random.Random(8)
    pair.set_weights({1: 5_000, 2: 3_000, 3: 1})
    for _ in range(60):
        for number in range(DEVICES):
            if dice.random() < 0.6:
                pair.step("work", number, dice.randrange(1, 10_000), dice.random() < 0.3)
            if dice.random() < 0.05:
                pair.step("claim", number)
            if dice.random() < 0.1:
                pair.step("move", number, dice.choice(CELLS))
        if dice.random() < 0.2:
            caps = tuple(dice.randrange(1, 20_000) for _ in range(3))
            pair.step("set_caps", dice.randrange(1, NETWORKS + 1), dice.choice([(), caps]))
        pair.step("spend", dice.randrange(PROVIDERS), dice.randrange(1, 10**12))
        if dice.random() < 0.2:
            pair.step("claim_usage", dice.randrange(PROVIDERS))
        pair.step("close", 1)
    pair.compare()


@given(
    st.permutations(range(DEVICES)),
    st.permutations(range(DEVICES)),
    st.lists(UNITS, min_size=DEVICES, max_size=DEVICES),
    st.lists(st.sampled_from(CELLS), min_size=DEVICES, max_size=DEVICES),
    st.tuples(*[st.integers(1, 40)] * 3),
    st.booleans(),
)
def test_the_order_of_receipts_within_an_epoch_does_not_matter(
    first: list[int], second: list[int], units: list[int], cells: list[int], caps: tuple[int, ...], at_once: bool
) -> None:
    def run(orders: list[list[int]], settle: list[int], at_once: bool) -> dict[str, Any]:
        world = World()
        world.networks.weights = ((1, 1), (2, 2))
        for order in orders:
            receipts = [(number, number % 2 + 1, units[number], None, cells[number], caps, 0) for number in order]
            for batch in [receipts] if at_once else [[receipt] for receipt in receipts]:
                world.record(*batch)
            world.close()
        world.close()
        world.settle(*settle)
        world.check()
        return world.state.changes()

    straight = list(range(DEVICES))
    assert run([first, second], second, at_once) == run([straight, straight], straight, False)


def test_emission_never_passes_the_cap_even_at_the_fastest_decay() -> None:
    world = World(Params(decay=MAX_DECAY))
    for _ in range(8_000):
        world.close()
    reserve = world.keeper.reserve(world.ctx)
    assert world.bank.supply(world.ctx, "ulamp") + reserve.remaining == CAP
    assert 0 <= reserve.remaining < 200, "below 100 ulamp a hundredth rounds down to nothing"
    assert world.bank.supply(world.ctx, "ulamp") > SUPPLY
