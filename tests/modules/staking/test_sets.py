"""The active set: who is in it, what CometBFT is told and when it holds, and what happens to tokens."""

from collections.abc import Iterator

import pytest

from chain.pb.cosmos.staking.v1beta1 import query_pb2
from chain.primitives.errors import SdkCode
from chain.testing import TestChain
from chain.testing_votes import consensus_key
from modules.staking.errors import StakingCode
from modules.staking.state import BY_POWER, CHANGED
from modules.staking.validator import Status
from tests.modules.staking.test_rejections import params
from tests.modules.staking.world import (
    LAMP,
    UNBONDING,
    Hand,
    Q,
    address_of,
    create,
    delegate,
    keeper,
    make_chain,
    pool,
    redelegate,
    told,
    undelegate,
    validator,
)


@pytest.fixture
def chain() -> Iterator[TestChain]:
    with make_chain(authority="alice") as made:
        made.advance(1)
        yield made


def small(limit: int, validators: dict[str, int]) -> TestChain:
    """Return a chain whose set has few seats."""
    made = make_chain(validators, authority="alice")
    made.advance(1)
    made.ok(params(made, "alice", max_validators=limit), signer="alice")
    return made


def test_validators_of_genesis_are_bonded_at_once(chain: TestChain) -> None:
    assert told(chain) == {"v1": 100, "v2": 50, "v3": 20}
    assert pool(chain) == (170 * LAMP, 0)
    assert {validator(chain, name).status for name in ("v1", "v2", "v3")} == {Status.BONDED}


def test_an_update_of_a_block_holds_from_the_block_after_the_next(chain: TestChain) -> None:
    chain.ok(delegate(chain, "alice", "v3", 5 * LAMP), signer="alice")
    height = chain.height
    powers = [chain.comet.at(at)[consensus_key("v3")] for at in (height, height + 1, height + 2)]
    assert powers == [20, 20, 25]
    votes = [chain.block().decided_last_commit.votes]
    for _ in range(2):
        chain.advance(1)
        votes.append(chain.block().decided_last_commit.votes)
    chain.advance(1)
    votes.append(chain.block().decided_last_commit.votes)
    seen = [next(vote.validator.power for vote in each if vote.validator.address == address_of("v3")) for each in votes]
    assert seen == [20, 20, 25, 25]


def test_nothing_is_told_when_powers_stay(chain: TestChain) -> None:
    result = chain.deliver(chain.tx(delegate(chain, "alice", "v1", LAMP - 1), signer="alice"))
    assert not result.tx_results[0].code
    assert list(result.response.validator_updates) == []
    assert CHANGED.get(chain.ctx()) is None
    result = chain.deliver(chain.tx(delegate(chain, "alice", "v1", 1), signer="alice"))
    assert [update.power for update in result.response.validator_updates] == [101]


def test_a_bigger_one_takes_the_seat_of_the_smallest_and_the_tokens_change_pools() -> None:
    with small(2, {"v1": 100, "v2": 50, "v3": 20}) as chain:
        assert told(chain) == {"v1": 100, "v2": 50}
        assert pool(chain) == (150 * LAMP, 20 * LAMP)
        chain.ok(delegate(chain, "alice", "v3", 31 * LAMP), signer="alice")
        assert told(chain) == {"v1": 100, "v3": 51}
        assert pool(chain) == (151 * LAMP, 50 * LAMP)
        left = validator(chain, "v2")
        assert (left.status, left.unbonding_height) == (Status.UNBONDING, chain.height)
        assert left.unbonding_time == chain.time + 60 * 10**9
        chain.advance(61)
        assert validator(chain, "v2").status is Status.UNBONDED
        chain.ok(delegate(chain, "alice", "v2", 2 * LAMP), signer="alice")
        assert told(chain) == {"v1": 100, "v2": 52}


def test_who_returns_before_its_unbonding_ends_is_no_longer_released() -> None:
    with small(2, {"v1": 100, "v2": 50, "v3": 20}) as chain:
        chain.ok(delegate(chain, "alice", "v3", 31 * LAMP), signer="alice")
        chain.ok(delegate(chain, "alice", "v2", 10 * LAMP), signer="alice")
        assert told(chain) == {"v1": 100, "v2": 60}
        chain.advance(61)
        assert validator(chain, "v2").status is Status.BONDED


def test_of_equal_powers_the_smaller_operator_comes_first() -> None:
    with small(2, {"v1": 50, "v2": 50, "v3": 50, "v4": 50}) as chain:
        first = sorted(("v1", "v2", "v3", "v4"), key=chain.address)[:2]
        assert set(told(chain)) == set(first)


def test_the_first_by_power_are_found_without_looking_at_the_rest() -> None:
    with small(2, {f"v{index}": index for index in range(1, 20)}) as chain:
        assert told(chain) == {"v19": 19, "v18": 18}
        assert sum(1 for _ in BY_POWER.scan(chain.ctx())) == 19


def test_less_than_one_unit_of_power_gets_no_seat(chain: TestChain) -> None:
    chain.ok(create(chain, "bob", LAMP - 1), signer="bob")
    assert validator(chain, "bob").status is Status.UNBONDED
    chain.ok(delegate(chain, "carol", "bob", 1), signer="carol")
    assert validator(chain, "bob").status is Status.BONDED


def test_an_operator_below_its_minimum_is_jailed_and_leaves(chain: TestChain) -> None:
    chain.ok(create(chain, "bob", 10 * LAMP, min_self_delegation=str(5 * LAMP)), signer="bob")
    chain.ok(undelegate(chain, "bob", "bob", 5 * LAMP), signer="bob")
    assert not validator(chain, "bob").jailed
    chain.ok(undelegate(chain, "bob", "bob", 1), signer="bob")
    assert validator(chain, "bob").jailed
    assert validator(chain, "bob").status is Status.UNBONDING


def test_a_validator_that_everybody_left_is_removed_when_its_unbonding_ends(chain: TestChain) -> None:
    chain.ok(create(chain, "bob", 10 * LAMP), signer="bob")
    key = validator(chain, "bob").consensus_address
    chain.ok(undelegate(chain, "bob", "bob", 10 * LAMP), signer="bob")
    assert validator(chain, "bob").shares == 0
    chain.advance(UNBONDING + 1)
    assert keeper(chain).validator(chain.ctx(), chain.address("bob")) is None
    # Evidence still finds whom it names, for one unbonding time more.
    found = keeper(chain).validator_by_consensus(chain.ctx(), key)
    assert found is not None and found.operator == chain.address("bob")
    chain.ok(create(chain, "carol", LAMP), signer="carol")
    chain.advance(UNBONDING + 1)
    assert keeper(chain).validator_by_consensus(chain.ctx(), key) is None


def test_a_removed_validators_key_and_operator_can_be_used_again(chain: TestChain) -> None:
    chain.ok(create(chain, "bob", 10 * LAMP), signer="bob")
    chain.ok(undelegate(chain, "bob", "bob", 10 * LAMP), signer="bob")
    chain.advance(UNBONDING + 1)
    chain.ok(create(chain, "bob", 7 * LAMP), signer="bob")
    chain.advance(UNBONDING + 1)
    found = keeper(chain).validator_by_consensus(chain.ctx(), validator(chain, "bob").consensus_address)
    assert found is not None and found.tokens == 7 * LAMP


def test_the_last_validator_cannot_leave() -> None:
    with make_chain({"v1": 10}) as chain:
        chain.advance(1)
        for message in (undelegate(chain, "v1", "v1", 10 * LAMP), undelegate(chain, "v1", "v1", 9 * LAMP + 1)):
            result = chain.run(message, signer="v1")
            assert (result.codespace, result.code) == ("staking", int(StakingCode.BAD_REMOVE_VALIDATOR))
        chain.ok(undelegate(chain, "v1", "v1", 9 * LAMP), signer="v1")
        assert told(chain) == {"v1": 1}
        chain.ok(create(chain, "bob", LAMP - 1), signer="bob")
        result = chain.run(redelegate(chain, "v1", "v1", "bob", 1), signer="v1")
        assert result.code == 0, "with one ulamp more the other takes the seat"
        assert consensus_key("v1") not in chain.comet.at(chain.height + 2)


def test_jailing_everybody_leaves_the_set_as_it_was() -> None:
    hand = Hand()
    with make_chain({"v1": 10, "v2": 5}, modules=(hand.module(),)) as chain:
        chain.advance(1)
        hand.jobs = [lambda ctx: [keeper(chain).jail(ctx, address_of(name)) for name in ("v1", "v2")]]
        chain.advance(1)
        assert told(chain) == {"v1": 10, "v2": 5}
        hand.jobs = [lambda ctx: keeper(chain).unjail(ctx, chain.address("v2"))]
        chain.advance(1)
        assert told(chain) == {"v2": 5}


def test_jail_and_unjail_take_and_give_back_the_seat() -> None:
    hand = Hand()
    with make_chain(modules=(hand.module(),)) as chain:
        chain.advance(1)
        hand.jobs = [lambda ctx: keeper(chain).jail(ctx, address_of("v3"))]
        chain.advance(1)
        assert told(chain) == {"v1": 100, "v2": 50}
        assert validator(chain, "v3").jailed
        again = (address_of("v3"), b"x" * 20)
        hand.jobs = [lambda ctx: [keeper(chain).jail(ctx, address) for address in again]]
        chain.advance(1)
        hand.jobs = [lambda ctx: keeper(chain).unjail(ctx, chain.address("v3"))]
        chain.advance(1)
        assert told(chain) == {"v1": 100, "v2": 50, "v3": 20}


def test_a_smaller_set_lets_the_last_ones_go(chain: TestChain) -> None:
    chain.ok(params(chain, "alice", max_validators=1), signer="alice")
    assert told(chain) == {"v1": 100}
    assert pool(chain) == (100 * LAMP, 70 * LAMP)
    assert keeper(chain).last_total_power(chain.ctx()) == 100
    assert keeper(chain).power(chain.ctx(), chain.address("v2")) == 50
    assert keeper(chain).power(chain.ctx(), chain.address("bob")) == 0


def test_headers_and_sets_are_kept_and_pruned(chain: TestChain) -> None:
    def info(height: int) -> query_pb2.QueryHistoricalInfoResponse:
        asked = query_pb2.QueryHistoricalInfoRequest(height=height)
        return chain.query(Q + "HistoricalInfo", asked, query_pb2.QueryHistoricalInfoResponse)

    chain.ok(delegate(chain, "alice", "v3", 5 * LAMP), signer="alice")
    changed = chain.height
    chain.advance(1)
    chain.advance(1)
    before, after = info(changed).hist, info(changed + 1).hist
    assert [item.tokens for item in before.valset] == [str(power * LAMP) for power in (100, 50, 20)]
    assert [item.tokens for item in after.valset] == [str(power * LAMP) for power in (100, 50, 25)]
    assert (after.header.height, after.header.chain_id) == (changed + 1, "lamppost-test-1")
    assert len(after.header.app_hash) == 32
    chain.ok(params(chain, "alice", historical_entries=2), signer="alice")
    for _ in range(5):
        chain.advance(1)
    for height in (changed, chain.height - 2):
        with pytest.raises(Exception, match=f"historical info for height {height} not found") as caught:
            info(height)
        assert (caught.value.codespace, caught.value.code) == ("sdk", int(SdkCode.KEY_NOT_FOUND))
    assert info(chain.height - 1).hist.valset
