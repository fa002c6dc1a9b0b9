"""Tokens for shares and back: what is paid when, and who has the dust."""

from collections.abc import Iterator

import pytest

from chain.pb.cosmos.staking.v1beta1 import tx_pb2
from chain.testing import TestChain
from modules.staking import blocks
from modules.staking.state import (
    REDELEGATION_QUEUE,
    REDELEGATIONS,
    REDELEGATIONS_SINCE,
    REDELEGATIONS_TO,
    UNBONDERS,
    UNBONDING_QUEUE,
    UNBONDINGS,
    UNBONDINGS_SINCE,
)
from modules.staking.validator import Status
from tests.modules.staking.test_rejections import params
from tests.modules.staking.world import (
    LAMP,
    UNBONDING,
    Hand,
    address_of,
    balance,
    cancel,
    create,
    delegate,
    keeper,
    make_chain,
    pool,
    redelegate,
    undelegate,
    validator,
)

ONE = 10**18


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
def chain(hand: Hand) -> Iterator[TestChain]:
    with make_chain(modules=(hand.module(),), authority="alice") as made:
        made.advance(1)
        yield made


def slash(chain: TestChain, hand: Hand, name: str, fraction: int, ago: int = 0) -> None:
    """Slash a validator in a block, for a deed some blocks before it."""
    power = validator(chain, name).power
    hand.jobs = [lambda ctx: keeper(chain).slash(ctx, address_of(name), ctx.height - ago, power, fraction)]
    chain.advance(1)


def test_tokens_buy_as_many_shares_until_the_first_slash(chain: TestChain, hand: Hand) -> None:
    chain.ok(delegate(chain, "alice", "v1", 7), signer="alice")
    assert keeper(chain).delegation(chain.ctx(), chain.address("alice"), chain.address("v1")) == 7 * ONE
    slash(chain, hand, "v1", ONE // 2)
    chain.ok(delegate(chain, "bob", "v1", 7), signer="bob")
    shares = keeper(chain).delegation(chain.ctx(), chain.address("bob"), chain.address("v1"))
    found = validator(chain, "v1")
    assert shares == 14 * ONE or shares - 14 * ONE < ONE
    assert found.worth(shares) == 7


def test_what_is_undelegated_is_paid_after_the_unbonding_time_and_not_before(chain: TestChain) -> None:
    chain.ok(delegate(chain, "alice", "v1", 10 * LAMP), signer="alice")
    before = balance(chain, "alice")
    made = chain.ok(undelegate(chain, "alice", "v1", 4 * LAMP), signer="alice", response=tx_pb2.MsgUndelegateResponse)
    assert made.amount.amount == str(4 * LAMP)
    assert made.completion_time.ToNanoseconds() == chain.time + UNBONDING * 10**9
    assert pool(chain)[1] == 4 * LAMP
    chain.advance(UNBONDING - 1)
    assert balance(chain, "alice") == before
    result = chain.advance(1)
    assert balance(chain, "alice") == before + 4 * LAMP
    assert "complete_unbonding" in [event.type for event in result.events]
    assert pool(chain)[1] == 0
    for left in (UNBONDINGS, UNBONDERS, UNBONDINGS_SINCE, UNBONDING_QUEUE):
        assert list(left.scan(chain.ctx())) == []


def test_two_undelegations_of_one_block_are_one_entry(chain: TestChain) -> None:
    chain.ok(delegate(chain, "alice", "v1", 10 * LAMP), signer="alice")
    chain.ok(undelegate(chain, "alice", "v1", LAMP), undelegate(chain, "alice", "v1", 2 * LAMP), signer="alice")
    ((_, (entry,)),) = UNBONDINGS.scan(chain.ctx())
    assert (entry.initial_balance, entry.balance, entry.creation_height) == (3 * LAMP, 3 * LAMP, chain.height)


def test_a_cancelled_unbonding_is_delegated_again(chain: TestChain) -> None:
    chain.ok(delegate(chain, "alice", "v1", 10 * LAMP), signer="alice")
    chain.ok(undelegate(chain, "alice", "v1", 4 * LAMP), signer="alice")
    height = chain.height
    chain.ok(cancel(chain, "alice", "v1", LAMP, height), signer="alice")
    assert validator(chain, "v1").tokens == 107 * LAMP
    assert pool(chain) == (177 * LAMP, 3 * LAMP)
    chain.ok(cancel(chain, "alice", "v1", 3 * LAMP, height), signer="alice")
    assert list(UNBONDINGS.scan(chain.ctx())) == []
    # Its place in the queue is passed over when its time comes.
    chain.advance(UNBONDING + 1)
    assert list(UNBONDING_QUEUE.scan(chain.ctx())) == []


def test_nobody_cancels_with_a_jailed_validator(chain: TestChain, hand: Hand) -> None:
    chain.ok(delegate(chain, "alice", "v1", 10 * LAMP), signer="alice")
    chain.ok(undelegate(chain, "alice", "v1", 4 * LAMP), signer="alice")
    height = chain.height
    hand.jobs = [lambda ctx: keeper(chain).jail(ctx, address_of("v1"))]
    chain.advance(1)
    result = chain.run(cancel(chain, "alice", "v1", LAMP, height), signer="alice")
    assert (result.codespace, result.code) == ("staking", 7)


def test_nobody_delegates_to_shares_without_tokens_or_takes_them_back(chain: TestChain, hand: Hand) -> None:
    chain.ok(create(chain, "bob", LAMP), signer="bob")
    slash_all = [lambda ctx: keeper(chain).slash(ctx, validator(chain, "bob").consensus_address, ctx.height, 1, ONE)]
    hand.jobs = slash_all
    chain.advance(1)
    assert (validator(chain, "bob").tokens, validator(chain, "bob").shares) == (0, LAMP * ONE)
    result = chain.run(delegate(chain, "alice", "bob", 5), signer="alice")
    assert (result.codespace, result.code) == ("staking", 34)
    result = chain.run(undelegate(chain, "bob", "bob", 5), signer="bob")
    assert (result.codespace, result.code) == ("staking", 22)


def test_redelegated_stake_works_at_once_and_is_liable_for_an_unbonding_time(chain: TestChain) -> None:
    chain.ok(delegate(chain, "alice", "v1", 10 * LAMP), signer="alice")
    made = chain.ok(
        redelegate(chain, "alice", "v1", "v2", 4 * LAMP), signer="alice", response=tx_pb2.MsgBeginRedelegateResponse
    )
    assert made.completion_time.ToNanoseconds() == chain.time + UNBONDING * 10**9
    assert (validator(chain, "v1").tokens, validator(chain, "v2").tokens) == (106 * LAMP, 54 * LAMP)
    assert len(list(REDELEGATIONS.scan(chain.ctx()))) == 1
    chain.advance(UNBONDING)
    for left in (REDELEGATIONS, REDELEGATIONS_TO, REDELEGATIONS_SINCE, REDELEGATION_QUEUE):
        assert list(left.scan(chain.ctx())) == []
    chain.ok(redelegate(chain, "alice", "v2", "v3", LAMP), signer="alice")


def test_stake_that_leaves_an_unbonded_validator_is_free_of_it(chain: TestChain) -> None:
    chain.ok(create(chain, "bob", LAMP - 1), signer="bob")
    made = chain.ok(redelegate(chain, "bob", "bob", "v2", 9), signer="bob", response=tx_pb2.MsgBeginRedelegateResponse)
    assert made.completion_time.ToNanoseconds() == chain.time
    assert list(REDELEGATIONS.scan(chain.ctx())) == []
    assert pool(chain) == (170 * LAMP + 9, LAMP - 10)


def test_stake_that_leaves_an_unbonding_validator_is_liable_as_long_as_that(chain: TestChain, hand: Hand) -> None:
    chain.ok(delegate(chain, "alice", "v3", LAMP), signer="alice")
    hand.jobs = [lambda ctx: keeper(chain).jail(ctx, address_of("v3"))]
    chain.advance(1)
    end, since = validator(chain, "v3").unbonding_time, validator(chain, "v3").unbonding_height
    assert validator(chain, "v3").status is Status.UNBONDING
    chain.advance(1000)
    made = chain.ok(
        redelegate(chain, "alice", "v3", "v2", 9), signer="alice", response=tx_pb2.MsgBeginRedelegateResponse
    )
    assert made.completion_time.ToNanoseconds() == end
    ((_, (entry,)),) = REDELEGATIONS.scan(chain.ctx())
    assert entry.creation_height == since


def test_too_few_shares_for_a_token_are_not_moved(chain: TestChain, hand: Hand) -> None:
    from chain.primitives.errors import ModuleError
    from modules.staking import redelegations

    caught = []

    def move(ctx):
        source = keeper(chain).validator(ctx, chain.address("v1"))
        try:
            redelegations.redelegate(ctx, keeper(chain).stake, chain.address("v1"), source, chain.address("v2"), 3)
        except ModuleError as error:
            caught.append((error.codespace, int(error.code)))

    hand.jobs = [move]
    chain.advance(1)
    assert caught == [("staking", 30)]


def test_a_block_completes_a_bounded_number_and_the_next_go_on(
    chain: TestChain, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("alice", "bob", "carol")
    for name in names:
        chain.ok(delegate(chain, name, "v1", 10 * LAMP), signer=name)
    chain.deliver(*(chain.tx(undelegate(chain, name, "v1", LAMP), signer=name) for name in names))
    monkeypatch.setattr(blocks, "PER_BLOCK", 2)
    chain.advance(UNBONDING)
    assert len(list(UNBONDINGS.scan(chain.ctx()))) == 1
    chain.advance(1)
    assert list(UNBONDINGS.scan(chain.ctx())) == []


def test_the_dust_of_delegating_belongs_to_the_shares_that_are_there(chain: TestChain, hand: Hand) -> None:
    slash(chain, hand, "v1", 333_333_333_333_333_333)
    for amount in (1, 2, 3, 7, 10**6 + 1):
        before = balance(chain, "alice")
        chain.ok(delegate(chain, "alice", "v1", amount), signer="alice")
        assert balance(chain, "alice") == before - amount
    found = validator(chain, "v1")
    shares = keeper(chain).delegation(chain.ctx(), chain.address("alice"), chain.address("v1"))
    assert 10**6 + 14 - 5 <= found.worth(shares) <= 10**6 + 14


def test_a_lower_limit_of_entries_and_a_shorter_time_hold_for_new_ones(chain: TestChain) -> None:
    chain.ok(delegate(chain, "alice", "v1", 10 * LAMP), signer="alice")
    chain.ok(undelegate(chain, "alice", "v1", LAMP), signer="alice")
    chain.ok(params(chain, "alice"), signer="alice")
    chain.ok(undelegate(chain, "alice", "v1", 2 * LAMP), signer="alice")
    chain.advance(61)
    ((_, (entry,)),) = UNBONDINGS.scan(chain.ctx())
    assert entry.balance == LAMP
