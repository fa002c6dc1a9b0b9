import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chain.crypto.addresses import module_address
from chain.primitives.coins import Coin
from chain.primitives.decimals import ONE
from modules.distribution.blocks import begin_block
from modules.distribution.errors import DistributionCode, DistributionError
from modules.distribution.params import Params
from modules.distribution.state import PARAMETERS, POOL, REWARDS, STAKES, WITHDRAW_ADDRESSES, Rewards
from modules.staking.state import ACTIVE_SET, Seat
from tests.modules.auth.world import address
from tests.modules.distribution.world import LAMP, World, operator

ALICE, BOB, CAROL = address(1), address(2), address(3)


def pending(world: World, account: object, number: int = 0) -> int:
    found = world.distribution.pending(world.ctx, account, operator(number))  # type: ignore[arg-type]  # an Address
    assert found is not None
    return found


def test_fees_go_to_the_pool_and_by_power_to_validators_and_their_delegators() -> None:
    # Given two validators of 100 lamps, one of them with another 300 lamps of Alice's
    world = World()
    world.delegate(ALICE, 0, 300 * LAMP)
    # When 1,000 ulamp of fees were paid and validator 0 had four times the power
    world.collect(1_000)
    world.block(votes=(0, 1))
    world.powers(400, 100)
    begin_block(world.ctx, world.distribution)
    # Then 2 % go to the pool, 784 and 196 to the validators, a tenth of them as commission
    assert POOL.get(world.ctx, "ulamp") == 20 * ONE
    first = world.distribution.rewards(world.ctx, operator(0))
    assert (first.outstanding, first.commission) == (784 * ONE, 784 * ONE // 10)
    assert world.distribution.rewards(world.ctx, operator(1)).outstanding == 196 * ONE
    assert pending(world, ALICE) == 784 * ONE * 9 // 10 * 3 // 4
    assert pending(world, operator(0)) == 784 * ONE * 9 // 10 // 4
    assert world.balance(module_address("fee_collector")) == 0
    assert world.held() == 1_000
    assert world.events("rewards")[0] == {
        "amount": "784.000000000000000000ulamp",
        "validator": operator(0).operator,
    }
    world.check()


def test_without_a_last_commit_fees_wait() -> None:
    world = World()
    world.collect(500)
    world.block(votes=())
    begin_block(world.ctx, world.distribution)
    assert world.held() == 0
    world.block()
    begin_block(world.ctx, world.distribution)
    assert world.held() == 500


def test_a_block_without_fees_writes_nothing() -> None:
    world = World()
    world.block()
    before = world.ctx.state.mark()  # type: ignore[attr-defined]  # the tests' BlockState
    begin_block(world.ctx, world.distribution)
    assert world.ctx.state.mark() == before  # type: ignore[attr-defined]  # the tests' BlockState


def test_another_denomination_goes_to_the_pool_as_it_is() -> None:
    world = World()
    world.collect(7, "uother")
    world.collect(100)
    world.block()
    begin_block(world.ctx, world.distribution)
    assert dict(POOL.scan(world.ctx)) == {"ulamp": 2 * ONE, "uother": 7 * ONE}
    world.check()


def test_the_part_of_a_validator_that_is_unknown_or_without_shares_goes_to_the_pool() -> None:
    world = World()
    world.unbond(operator(1), 1)
    world.collect(1_000)
    world.block()
    begin_block(world.ctx, world.distribution)
    assert POOL.get(world.ctx, "ulamp") == (20 + 490) * ONE
    world.check()


def test_a_tax_of_all_leaves_nothing_to_validators() -> None:
    world = World()
    PARAMETERS.set(world.ctx, Params(community_tax=ONE))
    world.collect(1_000)
    world.block()
    begin_block(world.ctx, world.distribution)
    assert POOL.get(world.ctx, "ulamp") == 1_000 * ONE


def test_a_change_of_shares_settles_first_and_pays_the_withdraw_address() -> None:
    # Given Alice's half of validator 0, which earned 90, and Carol as her withdraw address
    world = World(rate=0)
    world.delegate(ALICE, 0, 100 * LAMP)
    WITHDRAW_ADDRESSES.set(world.ctx, ALICE, CAROL)
    reward(world, 91)
    carol = world.balance(CAROL)
    # When she delegates more
    world.delegate(ALICE, 0, 50 * LAMP)
    # Then 45 are paid to Carol and half a ulamp is owed
    assert world.balance(CAROL) - carol == 45
    stake = STAKES.get(world.ctx, (ALICE, operator(0)))
    assert stake is not None and stake.owed == ONE // 2
    assert world.events("withdraw_rewards") == [
        {"amount": "45ulamp", "validator": operator(0).operator, "delegator": str(ALICE)}
    ]
    # And the new shares earn from now on only
    assert pending(world, ALICE) == ONE // 2
    world.check()


def reward(world: World, amount: int, number: int = 0) -> None:
    """Give a validator ulamp that the module holds."""
    world.bank.mint(world.ctx, "source", (Coin("ulamp", amount),))
    world.bank.send_between_modules(world.ctx, "source", "distribution", (Coin("ulamp", amount),))
    world.distribution.reward(world.ctx, world.validator(number), amount * ONE)


def test_a_slash_changes_nobodys_earned_rewards() -> None:
    world = World(rate=0)
    world.delegate(ALICE, 0, 100 * LAMP)
    reward(world, 1_000)
    world.block()
    world.staking.slash(world.ctx, world.consensus(0), world.ctx.height - 2, 200, ONE // 2)
    assert world.validator(0).tokens == 100 * LAMP
    assert pending(world, ALICE) == 500 * ONE
    # When Bob buys shares at half the price, the same ulamp gets twice the shares and so twice the rewards.
    world.delegate(BOB, 0, 100 * LAMP)
    reward(world, 400)
    assert (pending(world, ALICE), pending(world, BOB)) == (600 * ONE, 200 * ONE)
    world.check()


def test_the_fraction_of_a_closed_delegation_goes_to_the_pool() -> None:
    world = World(rate=0)
    world.delegate(ALICE, 0, 100 * LAMP)
    reward(world, 3)
    alice = world.balance(ALICE)
    world.unbond(ALICE, 0)
    assert world.balance(ALICE) - alice == 1
    assert STAKES.get(world.ctx, (ALICE, operator(0))) is None
    assert POOL.get(world.ctx, "ulamp") == ONE // 2
    world.check()


def test_the_accounts_of_a_removed_validator_are_closed() -> None:
    # Given a validator with a commission of 10.1, of which everybody has left
    world = World()
    reward(world, 101, 1)
    world.unbond(operator(1), 1)
    before = world.balance(operator(1))
    # When it is removed
    world.staking.stake.remove(world.ctx, world.validator(1))
    # Then 10 ulamp of commission are paid and the rest is the pool's: the fractions of commission and of rewards
    assert world.balance(operator(1)) - before == 10
    assert REWARDS.get(world.ctx, operator(1)) is None
    assert POOL.get(world.ctx, "ulamp") == ONE
    world.check()


def test_commission_is_paid_in_whole_ulamp_and_the_fraction_stays() -> None:
    world = World()
    reward(world, 15)
    assert world.distribution.withdraw_commission(world.ctx, operator(0)) == 1
    assert world.distribution.rewards(world.ctx, operator(0)).commission == ONE // 2
    with pytest.raises(DistributionError) as caught:
        world.distribution.withdraw_commission(world.ctx, operator(0))
    assert caught.value.code is DistributionCode.NO_COMMISSION
    world.check()


def test_settling_twice_pays_once() -> None:
    world = World(rate=0)
    reward(world, 100)
    stake = STAKES.get(world.ctx, (operator(0), operator(0)))
    assert stake is not None
    assert world.distribution.settle(world.ctx, operator(0), operator(0), stake) == 100
    stake = STAKES.get(world.ctx, (operator(0), operator(0)))
    assert stake is not None
    assert world.distribution.settle(world.ctx, operator(0), operator(0), stake) == 0


def test_the_stakers_bucket_waits_with_the_fees_when_somebody_stakes() -> None:
    world = World()
    world.bank.mint(world.ctx, "source", (Coin("ulamp", 50),))
    assert world.distribution.take_bucket(world.ctx, "source", 50) is False
    first = world.validator(0)
    ACTIVE_SET.set(world.ctx, (Seat(first.operator, first.consensus_key, first.power),))
    assert world.distribution.take_bucket(world.ctx, "source", 50) is True
    world.block()
    begin_block(world.ctx, world.distribution)
    assert world.held() == 50


def test_a_created_validator_keeps_the_account_that_genesis_brought() -> None:
    world = World()
    REWARDS.set(world.ctx, operator(0), Rewards(5, 7, 3))
    world.distribution.validator_created(world.ctx, operator(0))
    assert world.distribution.rewards(world.ctx, operator(0)) == Rewards(5, 7, 3)


@settings(max_examples=40, derandomize=True, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["delegate", "unbond", "reward", "slash"]), st.integers(1, 3), st.integers(1, 10**9)),
        max_size=25,
    )
)
def test_whatever_happens_claims_are_covered_and_no_ulamp_is_lost(steps: list[tuple[str, int, int]]) -> None:
    world = World()
    for kind, who, amount in steps:
        world.block()
        held = world.staking.delegation(world.ctx, address(who), operator(0))
        if kind == "delegate" and world.balance(address(who)) >= amount and world.validator(0).tokens:
            world.delegate(address(who), 0, amount)
        elif kind == "unbond" and held and world.ctx.height % 3 == 0:
            world.unbond(address(who), 0, held if amount % 2 else max(1, held // 2))
        elif kind == "reward":
            reward(world, amount)
        elif kind == "slash":
            power = world.validator(0).power
            world.staking.slash(world.ctx, world.consensus(0), world.ctx.height, power, amount * ONE // 10**10)
        world.check()
