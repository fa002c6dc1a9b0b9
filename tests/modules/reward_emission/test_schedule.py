"""What an epoch emits and how it is split, against exact fractions."""

from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.reward_emission.errors import EmissionCode, EmissionError
from modules.reward_emission.params import (
    HALF_LIFE_730,
    HALF_LIFE_1460,
    HALF_LIFE_2190,
    MAX_DECAY,
    Params,
)
from modules.reward_emission.schedule import (
    BURN_WINDOW,
    Buckets,
    climb,
    due,
    emission,
    held_back,
    pools,
    share,
    smoothed_burn,
    split,
    usage_payable,
    usage_share,
)

RESERVE = 600_000_000_000_000


@pytest.mark.parametrize(("decay", "epochs"), [(HALF_LIFE_730, 730), (HALF_LIFE_1460, 1460), (HALF_LIFE_2190, 2190)])
def test_the_reserve_halves_in_the_half_life(decay: int, epochs: int) -> None:
    remaining = RESERVE
    for _ in range(epochs):
        remaining -= emission(remaining, decay)
    assert abs(remaining - RESERVE // 2) <= epochs


@given(st.integers(0, 2**63), st.integers(0, 2**64 - 1))
def test_emission_is_the_floor_of_the_fraction_and_never_passes_the_reserve(remaining: int, decay: int) -> None:
    emitted = emission(remaining, decay)
    assert emitted == floor(Fraction(remaining) * Fraction(decay, 2**64))
    assert 0 <= emitted <= remaining


@given(st.lists(st.integers(0, 10**12), max_size=40))
def test_smoothing_the_burn_never_makes_more_of_it(burns: list[int]) -> None:
    smoothed, total = 0, 0
    for burned in burns:
        smoothed = smoothed_burn(smoothed, burned)
        total += smoothed
    assert total <= sum(burns)


def test_smoothing_follows_a_steady_burn() -> None:
    smoothed = 0
    for _ in range(100):
        smoothed = smoothed_burn(smoothed, 7_000)
    assert 7_000 - BURN_WINDOW < smoothed <= 7_000


def test_the_default_split_is_the_one_of_the_specification() -> None:
    assert split(10_000, Params(), 0) == Buckets(4_000, 2_500, 1_500, 500, 500, 1_000)


@given(
    st.integers(0, 10**15),
    st.lists(st.integers(0, 2_000), min_size=5, max_size=5),
    st.integers(0, 10_000),
    st.integers(0, 500),
    st.integers(0, 10_000),
)
def test_buckets_sum_to_the_total_exactly(total: int, shares: list[int], decline: int, every: int, epoch: int) -> None:
    params = Params(1, *shares, decline_bp=decline, decline_epochs=every)
    made = split(total, params, epoch)
    steps = epoch // every if every else 0
    moved = min(steps * decline, params.availability_bp)
    assert made.usage == floor(Fraction(total) * Fraction(params.usage_bp + moved, 10_000))
    assert made.availability == floor(Fraction(total) * Fraction(params.availability_bp - moved, 10_000))
    parts = (made.usage, made.availability, made.stakers, made.attesters, made.delegators, made.treasury)
    assert sum(parts) == total
    assert min(parts) >= 0


def test_availability_declines_in_favour_of_usage_year_by_year() -> None:
    params = Params()
    assert [split(10_000, params, 365 * year).availability for year in (0, 1, 2, 9, 10, 11)] == [
        2_500,
        2_250,
        2_000,
        250,
        0,
        0,
    ]
    assert split(10_000, params, 364).usage == 4_000
    assert split(10_000, params, 365 * 20).usage == 6_500


@given(st.integers(0, 10**15), st.dictionaries(st.integers(1, 50), st.integers(1, 10_000), max_size=20))
def test_pools_are_floors_by_weight_and_the_dust_is_what_is_left(amount: int, weights: dict[int, int]) -> None:
    parts, dust = pools(amount, sorted(weights.items()))
    total = sum(weights.values())
    assert parts == {n: floor(Fraction(amount) * Fraction(w, total)) for n, w in sorted(weights.items())}
    assert sum(parts.values()) + dust == amount
    assert dust < max(len(weights), 1) or not weights


@given(st.lists(st.integers(1, 10**17), min_size=1, max_size=30), st.integers(0, 10**15))
def test_shares_never_pass_the_pool(units: list[int], pool: int) -> None:
    shares = [share(u, pool, sum(units)) for u in units]
    assert shares == [floor(Fraction(u * pool, sum(units))) for u in units]
    assert 0 <= pool - sum(shares) < len(units)


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=20), st.tuples(*[st.integers(0, 10**6)] * 3))
def test_climbing_receipt_by_receipt_equals_clipping_the_sums(units: list[int], caps: tuple[int, ...]) -> None:
    """All in one finest cell: its count, its parent's and its grandparent's are the sums clipped one after another."""
    counts, total = [0, 0, 0], 0
    for each in units:
        grown, rest = climb(each, counts, caps)
        counts[: len(grown)] = grown
        total += rest
    wanted = sum(units)
    for count, cap in zip(counts, caps, strict=True):
        assert count == wanted
        wanted = min(wanted, cap)
    assert total == wanted


def test_without_cells_all_units_go_to_the_total() -> None:
    assert climb(7, (), ()) == ([], 7)


def test_density_cuts_a_share_by_every_cell() -> None:
    """A cell of 40 units counts 20, its parent of 60 counts 30, the grandparent of 30 counts all."""
    assert share(10, 1_000, 100, (40, 60, 30), (20, 30, 99)) == 10 * 1_000 * 20 * 30 * 30 // (100 * 40 * 60 * 30)


def test_a_cap_of_zero_pays_nothing() -> None:
    assert share(10, 1_000, 0, (10, 0, 0), (0, 5, 5)) == 0


@given(st.integers(0, 10**15), st.integers(0, 10_000))
def test_holding_back_takes_no_more_than_its_part(amount: int, bp: int) -> None:
    assert held_back(amount, bp) == floor(Fraction(amount * bp, 10_000))


@given(st.integers(0, 10**12), st.integers(1, 50), st.lists(st.integers(0, 60), max_size=20))
def test_the_drip_does_not_depend_on_when_it_is_looked_at(base: int, epochs: int, looks: list[int]) -> None:
    """However often what is due is released, the sum is that of the straight line, and all in the end."""
    released = 0
    for passed in sorted(looks):
        released += due(base, released, passed, epochs)
        assert released == floor(base * Fraction(min(passed, epochs), epochs))
    assert released + due(base, released, epochs, epochs) == base


def test_a_longer_release_takes_nothing_back() -> None:
    assert due(100, 50, 5, 10) == 0
    assert due(100, 50, 5, 100) == 0


@given(
    st.integers(0, 10**15),
    st.integers(0, 9_000),
    st.lists(st.integers(1, 10**15), min_size=1, max_size=20),
)
def test_usage_is_bounded_by_bucket_and_kappa_for_each_and_for_all(bucket: int, kappa: int, values: list[int]) -> None:
    total = sum(values)
    shares = [usage_share(bucket, kappa, total, value) for value in values]
    for amount, value in zip(shares, values, strict=True):
        assert amount == floor(min(Fraction(bucket * value, total), Fraction(kappa * value, 10_000)))
    payable = usage_payable(bucket, kappa, total)
    assert payable == floor(min(Fraction(bucket), Fraction(kappa * total, 10_000)))
    assert 0 <= payable - sum(shares) <= len(values)


def test_nobody_burned_anything_so_nobody_earns_anything() -> None:
    assert usage_payable(1_000, 9_000, 0) == 0
    assert usage_share(1_000, 9_000, 0, 0) == 0


@pytest.mark.parametrize(
    ("params", "field"),
    [
        (Params(decay=MAX_DECAY + 1), "decay"),
        (Params(usage_bp=10_001), "usage_bp"),
        (Params(attesters_bp=10_001), "attesters_bp"),
        (Params(usage_bp=5_000, availability_bp=5_000, stakers_bp=1), "usage_bp"),
        (Params(decline_bp=10_001), "decline_bp"),
        (Params(decline_epochs=2**64), "decline_epochs"),
        (Params(reemission_cap=2**64), "reemission_cap"),
        (Params(holdback_bp=-1), "holdback_bp"),
        (Params(holdback_bp=5_001), "holdback_bp"),
        (Params(release_epochs=0), "release_epochs"),
        (Params(release_epochs=3_651), "release_epochs"),
        (Params(usage_kappa_bp=-1), "usage_kappa_bp"),
        (Params(usage_kappa_bp=9_001), "usage_kappa_bp"),
        (Params(usage_kappa_bp=5_001), "usage_kappa_bp"),
        (Params(availability_bp=2_501), "usage_kappa_bp"),
        (Params(stakers_bp=1_501), "usage_kappa_bp"),
        (Params(attesters_bp=501), "usage_kappa_bp"),
        (Params(delegators_bp=501), "usage_kappa_bp"),
    ],
)
def test_a_parameter_out_of_bounds_is_named(params: Params, field: str) -> None:
    fault = params.fault()
    assert fault is not None
    assert fault[0] == field


@pytest.mark.parametrize(
    "params",
    [
        Params(holdback_bp=5_000, release_epochs=3_650),
        Params(release_epochs=1),
        Params(MAX_DECAY),
        Params(
            1, 9_000, availability_bp=400, stakers_bp=300, attesters_bp=200, delegators_bp=100, usage_kappa_bp=9_000
        ),
        Params(1, 0, availability_bp=9_997, stakers_bp=1, attesters_bp=1, delegators_bp=1, usage_kappa_bp=0),
    ],
)
def test_a_parameter_at_its_bound_is_taken(params: Params) -> None:
    assert params.fault() is None


def test_parameters_go_over_the_wire_and_back() -> None:
    params = Params(5, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
    assert Params.from_proto(params.to_proto()) == params
    with pytest.raises(EmissionError) as caught:
        Params.from_proto(Params(decay=MAX_DECAY + 1).to_proto())
    assert (caught.value.codespace, caught.value.code) == ("reward_emission", EmissionCode.INVALID_PARAMS)
