"""Usage: what providers earn for the values that their customers burned, never more than kappa of it."""

from collections.abc import Iterator

import pytest

from chain.pb.lamppost.reward_emission.v1 import query_pb2, tx_pb2
from chain.testing import QueryFailed, TestChain
from modules.reward_emission.params import Params
from modules.reward_emission.state import EPOCHS, PROVIDERS, USAGE, Usage
from modules.reward_emission.usage import provider_of
from tests.modules.reward_emission.standin import Demand, wired
from tests.modules.reward_emission.test_closing import Club
from tests.modules.reward_emission.world import SUPPLY, World, account_of

EMISSION = "/lamppost.reward_emission.v1.Query"
ALL = Params(2**64 // 1_000_000, 10_000, 0, 0, 0, 0, 0, 0, usage_kappa_bp=8_000, reemission_cap=0)
"""Emits a millionth of the reserve, all of it for usage."""
BUCKET = 599_999_999


def test_given_little_demand_then_kappa_of_it_is_paid_and_the_treasury_takes_the_rest() -> None:
    world = World(ALL)
    world.spend(1, 1_000)
    world.spend(2, 3_001)
    world.close()

    assert USAGE.get(world.ctx, 0) == Usage(4_001, BUCKET, 8_000, 0)
    assert world.held("treasury") == BUCKET - 3_200
    assert world.claim_usage(1) == 800
    assert world.claim_usage(2) == 2_400
    world.check()


def test_given_much_demand_then_the_bucket_is_shared_by_what_was_burned() -> None:
    world = World(ALL)
    world.spend(1, 10**9)
    world.spend(2, 2 * 10**9)
    world.close()

    assert world.held("treasury") == 0
    assert world.claim_usage(1) == BUCKET * 10**9 // (3 * 10**9)
    assert world.claim_usage(2) == BUCKET * 2 * 10**9 // (3 * 10**9)
    world.check()


def test_nothing_can_be_claimed_before_the_epoch_ends_and_nothing_twice() -> None:
    world = World(ALL)
    world.spend(1, 1_000)
    assert world.keeper.claim_usage(world.ctx, account_of(1)) == []
    world.close()
    world.spend(1, 500)
    assert world.claim_usage(1) == 800
    assert world.claim_usage(1) == 0
    world.close()
    assert world.claim_usage(1) == 400
    assert provider_of(world.ctx, account_of(1)).values == ()
    world.check()


def test_many_epochs_are_claimed_at_once() -> None:
    world = World(ALL)
    for _ in range(8):
        world.spend(1, 1_000)
        world.close()
    shares = world.keeper.claim_usage(world.ctx, account_of(1))
    assert shares == [(epoch, 1_000, 800) for epoch in range(8)]
    world.check()


def test_what_nobody_claims_within_eight_epochs_goes_to_the_treasury() -> None:
    """Given usage of epoch 0, when epoch 8 ends, then its share is the treasury's; until then it can be claimed."""
    late, in_time = World(ALL), World(ALL)
    for world in (late, in_time):
        world.spend(1, 1_000)
        world.spend(2, 1_000)
        for _ in range(8):
            world.close()
        assert world.held("treasury") == sum(record.emitted for _, record in EPOCHS.scan(world.ctx)) - 1_600
    assert in_time.claim_usage(1) == 800
    for world, expired in ((late, 1_600), (in_time, 800)):
        world.close()
        record = EPOCHS.get(world.ctx, 8)
        assert record is not None
        assert record.to_treasury == record.emitted + expired
        assert USAGE.get(world.ctx, 0) is None
        assert world.claim_usage(1) == world.claim_usage(2) == 0
        world.check()


def test_a_provider_keeps_one_record_with_the_epochs_whose_usage_is_kept() -> None:
    world = World(ALL)
    for _ in range(30):
        world.spend(1, 7)
        world.close()
    found = provider_of(world.ctx, account_of(1))
    assert [epoch for epoch, _ in found.values] == list(range(21, 30))
    assert (found.burned, found.paid) == (210, 0)
    assert world.claim_usage(1) == 8 * 5, "7 * 0.8 rounded down, for the eight epochs that are kept"
    world.check()


def test_kappa_of_the_close_holds_for_the_epoch() -> None:
    world = World(ALL)
    world.spend(1, 1_000)
    world.close()
    world.keeper.set_params(world.ctx, Params(usage_kappa_bp=0))
    world.spend(1, 1_000)
    world.close()
    assert world.claim_usage(1) == 800
    world.check()


def test_whoever_is_his_own_customer_loses_at_least_a_tenth() -> None:
    world = World(Params(2**64 // 1_000_000, 10_000, 0, 0, 0, 0, 0, 0, usage_kappa_bp=9_000))
    for epoch in range(20):
        world.spend(1, 1_000 + epoch)
        world.close()
        world.claim_usage(1)
    found = provider_of(world.ctx, account_of(1))
    assert found.paid <= found.burned * 9 // 10
    world.check()


def test_burning_for_oneself_is_a_loss_even_for_who_owns_every_device_and_all_stake() -> None:
    """Given somebody who takes all buckets but the treasury's, when he burns and claims for 30 epochs, then he has less
    after all of it has re-entered than without burning, at the largest kappa that the shares allow."""

    def takes(burned: int) -> int:
        world = World(Params(decay=2**64 // 10**6, holdback_bp=0, decline_epochs=0, reemission_cap=10**15))
        world.networks.weights = ((1, 1),)
        club = Club(world)
        world.keeper.attach(stakers=club, attesters=club, delegators=club)
        earned = 0
        for epoch in range(150):
            world.work(1, 1, 5)
            if burned and epoch < 30:
                world.spend(1, burned)
            world.close()
            earned += world.claim_usage(1) + world.claim(1)
        world.check()
        return earned + club.taken - 30 * burned

    honest = takes(0)
    for burned in (10**6, 10**8, 10**9, 10**10):
        assert takes(burned) < honest


def test_nothing_loops_over_providers() -> None:
    def operations(providers: int) -> tuple[int, int]:
        world = World(ALL)
        for provider in range(providers):
            world.spend(provider, 1_000)
        before = world.state.operations
        world.close()
        closed = world.state.operations
        world.claim_usage(0)
        return closed - before, world.state.operations - closed

    assert operations(5) == operations(500)


@pytest.mark.parametrize("amount", [0, -5])
def test_a_burned_value_that_is_not_positive_is_refused(amount: int) -> None:
    world = World()
    with pytest.raises(ValueError, match="positive"):
        world.keeper.record_burn_value(world.ctx, account_of(1), amount)
    assert list(PROVIDERS.scan(world.ctx)) == []


def test_what_was_burned_re_enters_through_the_buckets_and_the_cap_holds() -> None:
    world = World(Params())
    world.spend(1, 10**9)
    for _ in range(50):
        world.close()
        world.check()
    again = sum(record.reemitted for _, record in EPOCHS.scan(world.ctx))
    assert world.keeper.reserve(world.ctx).burned + again == 10**9
    assert world.bank.supply(world.ctx, "ulamp") > SUPPLY


@pytest.fixture
def market() -> Iterator[tuple[TestChain, Demand]]:
    wiring, demand = wired()
    accounts = dict.fromkeys(("customer", "provider", "rival"), "1000000000000ulamp")
    params = {"params": {"epoch_seconds": "100", "max_receipts": 256}}
    with TestChain(accounts=accounts, genesis={"work": params}, wiring=wiring) as chain:
        yield chain, demand


def usage_of(chain: TestChain, who: str) -> query_pb2.QueryProviderUsageResponse:
    request = query_pb2.QueryProviderUsageRequest(provider=str(chain.address(who)))
    return chain.query(f"{EMISSION}/ProviderUsage", request, query_pb2.QueryProviderUsageResponse)


def test_a_chain_pays_providers_for_what_a_stand_in_of_credits_burned(market: tuple[TestChain, Demand]) -> None:
    """Given customers who burned 3,000 and 1,000, when the epoch ends, then both claim half, once."""
    chain, demand = market
    customer = chain.address("customer")
    demand.orders = [(customer, chain.address("provider"), 3_000), (customer, chain.address("rival"), 1_000)]
    chain.advance(1)
    assert usage_of(chain, "provider").burned_in_epoch == 3_000
    chain.advance(100)

    shown = usage_of(chain, "provider")
    assert (shown.burned, shown.claimable, shown.burned_in_epoch) == ("3000", 1_500, 0)
    request = query_pb2.QueryUsageEpochRequest(epoch=0)
    epoch = chain.query(f"{EMISSION}/UsageEpoch", request, query_pb2.QueryUsageEpochResponse)
    assert (epoch.burned, epoch.kappa_bp, epoch.payable, epoch.paid) == (4_000, 5_000, 2_000, 0)

    message = tx_pb2.MsgClaimUsage(provider=str(chain.address("provider")))
    response = chain.ok(message, signer="provider", response=tx_pb2.MsgClaimUsageResponse)
    assert [(item.epoch, item.burned, item.amount) for item in response.shares] == [(0, 3_000, 1_500)]
    assert chain.ok(message, signer="provider", response=tx_pb2.MsgClaimUsageResponse).amount == 0
    assert usage_of(chain, "provider").paid == "1500"
    assert usage_of(chain, "rival").claimable == 500


def test_usage_goes_on_from_an_export(market: tuple[TestChain, Demand]) -> None:
    chain, demand = market
    demand.orders = [(chain.address("customer"), chain.address("provider"), 3_000)]
    chain.advance(100)
    exported = chain.export()
    wiring, _ = wired()
    with TestChain(genesis=exported, wiring=wiring) as other:
        other.advance(0)
        assert other.export()["reward_emission"] == exported["reward_emission"]
        assert usage_of(other, "provider") == usage_of(chain, "provider")


def test_an_epoch_without_usage_is_not_found(market: tuple[TestChain, Demand]) -> None:
    with pytest.raises(QueryFailed):
        request = query_pb2.QueryUsageEpochRequest(epoch=5)
        market[0].query(f"{EMISSION}/UsageEpoch", request, query_pb2.QueryUsageEpochResponse)
