"""What a slash burns: the stake that was there at the deed, wherever it has gone since."""

from collections.abc import Iterator

import pytest

from chain.testing import TestChain
from modules.reward_emission.state import RESERVE
from modules.staking.state import UNBONDINGS
from tests.modules.staking.world import (
    LAMP,
    UNBONDING,
    Hand,
    address_of,
    balance,
    delegate,
    keeper,
    make_chain,
    pool,
    redelegate,
    undelegate,
    validator,
)

ONE = 10**18
TENTH = ONE // 10


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
def chain(hand: Hand) -> Iterator[TestChain]:
    with make_chain(modules=(hand.module(),)) as made:
        made.advance(1)
        yield made


def slash(chain: TestChain, hand: Hand, name: str, height: int, power: int, fraction: int = TENTH) -> int:
    """Slash for a deed at a height; return what was burned."""
    burned: list[int] = []
    hand.jobs = [lambda ctx: burned.append(keeper(chain).slash(ctx, address_of(name), height, power, fraction))]
    chain.advance(1)
    return burned[0]


def reserve_burned(chain: TestChain) -> int:
    return RESERVE.require(chain.ctx()).burned


def test_tokens_are_burned_through_the_books_and_shares_stay(chain: TestChain, hand: Hand) -> None:
    shares = validator(chain, "v1").shares
    assert slash(chain, hand, "v1", chain.height, 100) == 10 * LAMP
    assert (validator(chain, "v1").tokens, validator(chain, "v1").shares) == (90 * LAMP, shares)
    assert reserve_burned(chain) == 10 * LAMP
    assert pool(chain)[0] == 160 * LAMP


def test_the_power_at_the_deed_is_what_counts_and_no_more_than_there_is(chain: TestChain, hand: Hand) -> None:
    assert slash(chain, hand, "v3", chain.height, 1000) == 20 * LAMP
    assert validator(chain, "v3").tokens == 0


def test_what_began_to_unbond_after_the_deed_is_reached_and_what_left_before_is_not(
    chain: TestChain, hand: Hand
) -> None:
    chain.ok(delegate(chain, "alice", "v1", 100 * LAMP), signer="alice")
    chain.ok(undelegate(chain, "alice", "v1", 10 * LAMP), signer="alice")
    chain.advance(1)
    deed = chain.height
    chain.ok(undelegate(chain, "alice", "v1", 40 * LAMP), signer="alice")
    # Power 190 at the deed: 19 are due, 4 of them from the entry that left since.
    assert slash(chain, hand, "v1", deed, 190) == 19 * LAMP
    ((_, (before, after)),) = UNBONDINGS.scan(chain.ctx())
    assert (before.balance, after.balance, after.initial_balance) == (10 * LAMP, 36 * LAMP, 40 * LAMP)
    assert validator(chain, "v1").tokens == 135 * LAMP
    held = balance(chain, "alice")
    chain.advance(UNBONDING)
    assert balance(chain, "alice") == held + 46 * LAMP


def test_a_deed_of_this_very_block_reaches_nothing_that_left(chain: TestChain, hand: Hand) -> None:
    chain.ok(delegate(chain, "alice", "v1", 100 * LAMP), signer="alice")
    chain.ok(undelegate(chain, "alice", "v1", 50 * LAMP), signer="alice")
    assert slash(chain, hand, "v1", chain.height + 1, 150) == 15 * LAMP
    assert validator(chain, "v1").tokens == 135 * LAMP


def test_a_height_before_the_chain_reaches_everything(chain: TestChain, hand: Hand) -> None:
    chain.ok(undelegate(chain, "v1", "v1", 50 * LAMP), signer="v1")
    assert slash(chain, hand, "v1", -1, 100) == 10 * LAMP
    assert validator(chain, "v1").tokens == 45 * LAMP


def test_what_was_redelegated_after_the_deed_is_taken_from_the_second_validator(chain: TestChain, hand: Hand) -> None:
    chain.ok(delegate(chain, "alice", "v1", 100 * LAMP), signer="alice")
    deed = chain.height
    chain.advance(1)
    chain.ok(redelegate(chain, "alice", "v1", "v2", 60 * LAMP), signer="alice")
    assert slash(chain, hand, "v1", deed, 200) == 20 * LAMP
    assert validator(chain, "v1").tokens == 126 * LAMP
    assert validator(chain, "v2").tokens == 104 * LAMP
    shares = keeper(chain).delegation(chain.ctx(), chain.address("alice"), chain.address("v2"))
    assert shares == 54 * LAMP * ONE


def test_what_was_redelegated_and_then_unbonded_is_reached_there_first(chain: TestChain, hand: Hand) -> None:
    chain.ok(delegate(chain, "alice", "v1", 100 * LAMP), signer="alice")
    deed = chain.height
    chain.advance(1)
    chain.ok(redelegate(chain, "alice", "v1", "v2", 60 * LAMP), signer="alice")
    chain.ok(undelegate(chain, "alice", "v2", 4 * LAMP), signer="alice")
    assert slash(chain, hand, "v1", deed, 200) == 20 * LAMP
    ((_, (entry,)),) = UNBONDINGS.scan(chain.ctx())
    assert entry.balance == 0
    # 6 were due of the redelegation: 4 came out of what unbonds, a third of the shares' part for the rest.
    assert validator(chain, "v2").tokens == 104 * LAMP
    chain.advance(UNBONDING)
    assert list(UNBONDINGS.scan(chain.ctx())) == []


def test_matured_entries_unbonded_and_unknown_validators_are_not_slashed(chain: TestChain, hand: Hand) -> None:
    hand.jobs = [lambda ctx: keeper(chain).jail(ctx, address_of("v3"))]
    chain.advance(1)
    deed = chain.height
    chain.advance(UNBONDING + 1)
    assert slash(chain, hand, "v3", deed, 20) == 0
    burned: list[int] = []
    hand.jobs = [lambda ctx: burned.append(keeper(chain).slash(ctx, b"?" * 20, 1, 1, ONE))]
    chain.advance(1)
    assert burned == [0]


def test_a_slash_of_the_future_or_of_less_than_nothing_is_a_bug(chain: TestChain) -> None:
    ctx = chain.ctx()
    with pytest.raises(ValueError, match="cannot slash"):
        keeper(chain).slash(ctx, address_of("v1"), ctx.height + 1, 1, 1)
    with pytest.raises(ValueError, match="cannot slash"):
        keeper(chain).slash(ctx, address_of("v1"), ctx.height, 1, -1)
