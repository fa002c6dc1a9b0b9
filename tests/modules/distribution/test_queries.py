import copy
from typing import Any

import pytest

from chain.pb.cosmos.distribution.v1beta1 import query_pb2 as pb
from chain.primitives.coins import Coin
from chain.primitives.decimals import ONE
from chain.primitives.errors import ModuleError
from chain.sdk.module import GenesisError
from modules.distribution import genesis, handlers, queries
from modules.distribution.messages import DepositValidatorRewardsPool, FundCommunityPool, SetWithdrawAddress
from modules.distribution.state import SCHEMA
from tests.modules.auth.world import address
from tests.modules.distribution.world import LAMP, World, operator

A = str(address(1))
V = operator(0).operator


@pytest.fixture(scope="module")
def world() -> World:
    """Return a world in which everything has something: odd rewards, a withdraw address, pool, slashes."""
    made = World()
    made.delegate(address(1), 0, 100 * LAMP)
    made.delegate(address(1), 1, 50 * LAMP)
    deposit = DepositValidatorRewardsPool(address(2), operator(0), (Coin("ulamp", 101),))
    handlers.deposit_validator_rewards_pool(made.ctx, made.distribution, deposit)
    made.delegate(address(1), 0, LAMP)
    handlers.set_withdraw_address(made.ctx, made.distribution, SetWithdrawAddress(address(1), address(3)))
    handlers.fund_community_pool(made.ctx, made.distribution, FundCommunityPool(address(2), (Coin("ulamp", 9),)))
    for fraction in (ONE // 100, ONE // 20):
        made.distribution.record_slash(made.ctx, operator(0), fraction)
    made.block()
    made.distribution.record_slash(made.ctx, operator(0), ONE // 50)
    made.check()
    return made


def test_validators_numbers(world: World) -> None:
    ask = {"validator_address": V}
    info = queries.validator_distribution_info(
        world.ctx, world.distribution, pb.QueryValidatorDistributionInfoRequest(**ask)
    )
    # 101 less 10.1 of commission, half of it each; 45 of Alice's 45.45 were paid.
    assert info.operator_address == str(operator(0))
    assert [coin.amount for coin in info.self_bond_rewards] == [str(45_45 * ONE // 100)]
    assert [coin.amount for coin in info.commission] == [str(101 * ONE // 10)]
    outstanding = queries.validator_outstanding_rewards(
        world.ctx, world.distribution, pb.QueryValidatorOutstandingRewardsRequest(**ask)
    )
    assert [(coin.denom, coin.amount) for coin in outstanding.rewards.rewards] == [("ulamp", str(56 * ONE))]
    commission = queries.validator_commission(world.ctx, world.distribution, pb.QueryValidatorCommissionRequest(**ask))
    assert [coin.amount for coin in commission.commission.commission] == [str(101 * ONE // 10)]


def test_delegators_numbers(world: World) -> None:
    owed = str(45 * ONE // 100)
    one = queries.delegation_rewards(
        world.ctx, world.distribution, pb.QueryDelegationRewardsRequest(delegator_address=A, validator_address=V)
    )
    assert [coin.amount for coin in one.rewards] == [owed]
    every = queries.delegation_total_rewards(
        world.ctx, world.distribution, pb.QueryDelegationTotalRewardsRequest(delegator_address=A)
    )
    assert [row.validator_address for row in every.rewards] == [V, operator(1).operator]
    assert [coin.amount for coin in every.total] == [owed]
    listed = queries.delegator_validators(
        world.ctx, world.distribution, pb.QueryDelegatorValidatorsRequest(delegator_address=A)
    )
    assert list(listed.validators) == [V, operator(1).operator]
    address_of = queries.delegator_withdraw_address(
        world.ctx, world.distribution, pb.QueryDelegatorWithdrawAddressRequest(delegator_address=A)
    )
    assert address_of.withdraw_address == str(address(3))


def test_pool_and_parameters(world: World) -> None:
    pool = queries.community_pool(world.ctx, world.distribution, pb.QueryCommunityPoolRequest())
    assert [(coin.denom, coin.amount) for coin in pool.pool] == [("ulamp", str(9 * ONE))]
    params = queries.params(world.ctx, world.distribution, pb.QueryParamsRequest()).params
    assert (params.community_tax, params.withdraw_addr_enabled) == (str(ONE // 50), True)


def test_slashes_are_listed_between_heights(world: World) -> None:
    def ask(first: int, last: int) -> list[tuple[int, str]]:
        request = pb.QueryValidatorSlashesRequest(validator_address=V, starting_height=first, ending_height=last)
        found = queries.validator_slashes(world.ctx, world.distribution, request).slashes
        return [(slash.validator_period, slash.fraction) for slash in found]

    now = world.ctx.height
    both = [(0, str(ONE // 100)), (1, str(ONE // 20))]
    assert ask(0, now) == [*both, (0, str(ONE // 50))]
    assert ask(now - 1, now - 1) == both
    assert ask(now + 1, now + 5) == []


QUERIES: list[tuple[Any, Any, tuple[str, int]]] = [
    (queries.validator_distribution_info, pb.QueryValidatorDistributionInfoRequest(), ("sdk", 18)),
    (
        queries.validator_distribution_info,
        pb.QueryValidatorDistributionInfoRequest(validator_address=operator(9).operator),
        ("distribution", 12),
    ),
    (queries.validator_commission, pb.QueryValidatorCommissionRequest(validator_address=A), ("sdk", 18)),
    (
        queries.validator_slashes,
        pb.QueryValidatorSlashesRequest(validator_address=V, starting_height=2, ending_height=1),
        ("sdk", 18),
    ),
    (queries.delegation_rewards, pb.QueryDelegationRewardsRequest(validator_address=V), ("sdk", 18)),
    (
        queries.delegation_rewards,
        pb.QueryDelegationRewardsRequest(delegator_address=str(address(7)), validator_address=V),
        ("distribution", 13),
    ),
    (queries.delegation_total_rewards, pb.QueryDelegationTotalRewardsRequest(delegator_address="x"), ("sdk", 18)),
]


@pytest.mark.parametrize(("query", "request_", "code"), QUERIES)
def test_a_bad_query_is_refused(world: World, query: Any, request_: Any, code: tuple[str, int]) -> None:
    with pytest.raises(ModuleError) as caught:
        query(world.ctx, world.distribution, request_)
    assert (caught.value.codespace, int(caught.value.code)) == code


def test_export_import_export_is_identical(world: World) -> None:
    first = genesis.export(world.ctx, world.distribution)
    assert all(first[name] for name in first)
    again = World(validators=0)
    again.fund(address(5), world.held())
    again.bank.send_to_module(again.ctx, address(5), "distribution", (Coin("ulamp", world.held()),))
    genesis.init(again.ctx, again.distribution, copy.deepcopy(first))
    assert genesis.export(again.ctx, again.distribution) == first
    for collection in SCHEMA.collections.values():
        if hasattr(collection, "scan"):
            assert list(collection.scan(again.ctx)) == list(collection.scan(world.ctx))


def test_the_default_section_is_good_and_empty() -> None:
    genesis.validate(genesis.default())
    assert genesis.default()["params"]["community_tax"] == "0.020000000000000000"


def test_a_section_that_the_account_does_not_cover_is_refused() -> None:
    world = World(validators=0)
    section = genesis.default() | {"fee_pool": {"community_pool": [{"denom": "ulamp", "amount": "1"}]}}
    with pytest.raises(GenesisError, match="not what the module's account holds"):
        genesis.init(world.ctx, world.distribution, section)


def rewards(**more: Any) -> dict[str, Any]:
    return {"validator_address": V, "per_share": "10", "outstanding": "5.0", "commission": "1.0"} | more


def stake(**more: Any) -> dict[str, Any]:
    return {"delegator_address": A, "validator_address": V, "per_share": "9", "owed": "0.5"} | more


def slash(**more: Any) -> dict[str, Any]:
    return {"validator_address": V, "height": "7", "number": "0", "fraction": "0.01"} | more


def section(**more: Any) -> dict[str, Any]:
    made = {
        "validator_current_rewards": [rewards()],
        "delegator_starting_infos": [stake()],
        "validator_slash_events": [slash()],
        "delegator_withdraw_infos": [{"delegator_address": A, "withdraw_address": str(address(2))}],
        "fee_pool": {"community_pool": [{"denom": "ulamp", "amount": "0.5"}]},
    }
    return genesis.default() | made | more


BAD: list[tuple[dict[str, Any], str]] = [
    (section(previous_proposer=""), "distribution.previous_proposer"),
    (section(params={"community_tax": "1.1"}), "distribution.params.community_tax"),
    (section(params={"community_tax": "x"}), "distribution.params.community_tax"),
    (section(params={"bonus_proposer_reward": "0.1"}), "distribution.params.bonus_proposer_reward"),
    (section(params={"more": 1}), "distribution.params.more"),
    (section(fee_pool={"x": 1}), "distribution.fee_pool.x"),
    (
        section(fee_pool={"community_pool": [{"denom": "1", "amount": "1"}]}),
        "distribution.fee_pool.community_pool[0].denom",
    ),
    (
        section(fee_pool={"community_pool": [{"denom": "ulamp", "amount": "0"}]}),
        "distribution.fee_pool.community_pool[0].amount",
    ),
    (
        section(delegator_withdraw_infos=section()["delegator_withdraw_infos"] * 2),
        "distribution.delegator_withdraw_infos[1].delegator_address",
    ),
    (
        section(validator_current_rewards=[rewards()] * 2),
        "distribution.validator_current_rewards[1].validator_address",
    ),
    (
        section(validator_current_rewards=[rewards(commission="5.1")]),
        "distribution.validator_current_rewards[0].commission",
    ),
    (
        section(validator_current_rewards=[rewards(per_share="-1")]),
        "distribution.validator_current_rewards[0].per_share",
    ),
    (section(validator_current_rewards=[]), "distribution.delegator_starting_infos[0].validator_address"),
    (
        section(delegator_starting_infos=[stake()] * 2),
        "distribution.delegator_starting_infos[1].delegator_address",
    ),
    (
        section(delegator_starting_infos=[stake(per_share="11")]),
        "distribution.delegator_starting_infos[0].per_share",
    ),
    (section(delegator_starting_infos=[stake(owed="1")]), "distribution.delegator_starting_infos[0].owed"),
    (section(validator_slash_events=[slash()] * 2), "distribution.validator_slash_events[1].number"),
    (section(validator_slash_events=[slash(fraction="2")]), "distribution.validator_slash_events[0].fraction"),
]


@pytest.mark.parametrize(("data", "path"), BAD)
def test_a_bad_section_is_refused_with_the_path_of_the_field(data: Any, path: str) -> None:
    with pytest.raises(GenesisError) as caught:
        genesis.validate(data)
    assert caught.value.path == path


def test_the_section_of_the_tests_is_good() -> None:
    genesis.validate(section())
