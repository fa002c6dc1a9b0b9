from typing import Any

import pytest

from chain.crypto.addresses import module_address
from chain.pb.cosmos.base.v1beta1.coin_pb2 import Coin as WireCoin
from chain.pb.cosmos.distribution.v1beta1 import distribution_pb2, tx_pb2
from chain.primitives.coins import Coin
from chain.primitives.decimals import ONE
from chain.primitives.errors import ModuleError
from modules.distribution import handlers
from modules.distribution.errors import DistributionCode
from modules.distribution.messages import (
    CommunityPoolSpend,
    DepositValidatorRewardsPool,
    FundCommunityPool,
    SetWithdrawAddress,
    UpdateParams,
    WithdrawDelegatorReward,
    WithdrawValidatorCommission,
)
from modules.distribution.params import Params
from modules.distribution.state import PARAMETERS, POOL, WITHDRAW_ADDRESSES
from tests.modules.auth.world import AUTHORITY, address
from tests.modules.distribution.world import LAMP, World, operator

A, B = str(address(1)), str(address(2))
V = operator(0).operator
COINS = (Coin("ulamp", 5),)


def wire(amount: str = "5", denom: str = "ulamp") -> list[WireCoin]:
    return [WireCoin(denom=denom, amount=amount)]


def params(tax: str = "0", **more: Any) -> tx_pb2.MsgUpdateParams:
    return tx_pb2.MsgUpdateParams(authority=A, params=distribution_pb2.Params(community_tax=tax, **more))


GOOD: list[tuple[Any, Any]] = [
    (
        tx_pb2.MsgSetWithdrawAddress(delegator_address=A, withdraw_address=B),
        SetWithdrawAddress(address(1), address(2)),
    ),
    (
        tx_pb2.MsgWithdrawDelegatorReward(delegator_address=A, validator_address=V),
        WithdrawDelegatorReward(address(1), operator(0)),
    ),
    (tx_pb2.MsgFundCommunityPool(depositor=A, amount=wire()), FundCommunityPool(address(1), COINS)),
    (
        tx_pb2.MsgCommunityPoolSpend(authority=A, recipient=B, amount=wire()),
        CommunityPoolSpend(address(1), address(2), COINS),
    ),
    (
        tx_pb2.MsgDepositValidatorRewardsPool(depositor=A, validator_address=V, amount=wire()),
        DepositValidatorRewardsPool(address(1), operator(0), COINS),
    ),
    (params(str(ONE), withdraw_addr_enabled=True), UpdateParams(address(1), Params(ONE, True))),
]


@pytest.mark.parametrize(("proto", "parsed"), GOOD, ids=[type(parsed).__name__ for _, parsed in GOOD])
def test_messages_become_what_handlers_work_with(proto: Any, parsed: Any) -> None:
    assert type(parsed).from_proto(proto) == parsed
    assert parsed.signers == (address(1),)


def test_the_operator_signs_for_its_commission() -> None:
    parsed = WithdrawValidatorCommission.from_proto(tx_pb2.MsgWithdrawValidatorCommission(validator_address=V))
    assert parsed.signers == (operator(0),)


ADDRESS, BAD_COINS, REQUEST = ("sdk", 7), ("sdk", 10), ("sdk", 18)
BAD: list[tuple[Any, Any, tuple[str, int], str]] = [
    (SetWithdrawAddress, tx_pb2.MsgSetWithdrawAddress(withdraw_address=B), ADDRESS, "invalid delegator address"),
    (SetWithdrawAddress, tx_pb2.MsgSetWithdrawAddress(delegator_address=A), ADDRESS, "invalid withdraw address"),
    (WithdrawDelegatorReward, tx_pb2.MsgWithdrawDelegatorReward(validator_address=V), ADDRESS, "delegator"),
    (
        WithdrawDelegatorReward,
        tx_pb2.MsgWithdrawDelegatorReward(delegator_address=A, validator_address=A),
        ADDRESS,
        "invalid validator address: invalid Bech32 prefix; expected lampvaloper, got lamp",
    ),
    (WithdrawValidatorCommission, tx_pb2.MsgWithdrawValidatorCommission(), ADDRESS, "validator address: empty"),
    (FundCommunityPool, tx_pb2.MsgFundCommunityPool(amount=wire()), ADDRESS, "invalid depositor address"),
    (FundCommunityPool, tx_pb2.MsgFundCommunityPool(depositor=A), BAD_COINS, "amount cannot be nil"),
    (FundCommunityPool, tx_pb2.MsgFundCommunityPool(depositor=A, amount=wire("0")), BAD_COINS, "not positive"),
    (FundCommunityPool, tx_pb2.MsgFundCommunityPool(depositor=A, amount=wire("-1")), BAD_COINS, "whole number"),
    (FundCommunityPool, tx_pb2.MsgFundCommunityPool(depositor=A, amount=wire("01")), BAD_COINS, "whole number"),
    (FundCommunityPool, tx_pb2.MsgFundCommunityPool(depositor=A, amount=wire("")), BAD_COINS, "whole number"),
    (FundCommunityPool, tx_pb2.MsgFundCommunityPool(depositor=A, amount=wire() * 2), BAD_COINS, "duplicate"),
    (FundCommunityPool, tx_pb2.MsgFundCommunityPool(depositor=A, amount=wire("5", "x")), BAD_COINS, "invalid denom"),
    (CommunityPoolSpend, tx_pb2.MsgCommunityPoolSpend(recipient=B, amount=wire()), ADDRESS, "authority"),
    (CommunityPoolSpend, tx_pb2.MsgCommunityPoolSpend(authority=A, amount=wire()), ADDRESS, "recipient"),
    (CommunityPoolSpend, tx_pb2.MsgCommunityPoolSpend(authority=A, recipient=B), BAD_COINS, "nil"),
    (
        DepositValidatorRewardsPool,
        tx_pb2.MsgDepositValidatorRewardsPool(depositor=A, validator_address=V, amount=wire("5", "uother")),
        BAD_COINS,
        "only ulamp",
    ),
    (
        DepositValidatorRewardsPool,
        tx_pb2.MsgDepositValidatorRewardsPool(depositor=A, amount=wire()),
        ADDRESS,
        "validator address",
    ),
    (
        DepositValidatorRewardsPool,
        tx_pb2.MsgDepositValidatorRewardsPool(validator_address=V, amount=wire()),
        ADDRESS,
        "depositor",
    ),
    (UpdateParams, tx_pb2.MsgUpdateParams(), ADDRESS, "invalid authority address"),
    (UpdateParams, params("-1"), REQUEST, "community tax must be positive"),
    (UpdateParams, params(str(ONE + 1)), REQUEST, "community tax too large: 1.000000000000000001"),
    (UpdateParams, params("0.5"), REQUEST, "invalid params"),
    (UpdateParams, params(base_proposer_reward="1"), REQUEST, "deprecated"),
    (UpdateParams, params(bonus_proposer_reward="1"), REQUEST, "deprecated"),
]


@pytest.mark.parametrize(("kind", "proto", "code", "text"), BAD)
def test_a_bad_message_is_refused_with_its_code(kind: Any, proto: Any, code: tuple[str, int], text: str) -> None:
    with pytest.raises(ModuleError) as caught:
        kind.from_proto(proto)
    assert (caught.value.codespace, int(caught.value.code)) == code
    assert text in caught.value.log


def refused(world: World, handler: Any, msg: Any) -> tuple[tuple[str, int], str]:
    """Return code and text of a rejection, which must leave the state as it was."""
    before = world.ctx.state.mark()  # type: ignore[attr-defined]  # the tests' BlockState
    with pytest.raises(ModuleError) as caught:
        handler(world.ctx, world.distribution, msg)
    assert world.ctx.state.mark() == before  # type: ignore[attr-defined]  # the tests' BlockState
    return (caught.value.codespace, int(caught.value.code)), caught.value.log


def test_rejections_have_the_cosmos_sdks_codes_and_texts() -> None:
    world = World()
    alice = address(1)
    module = module_address("gov")
    spend = CommunityPoolSpend(AUTHORITY, alice, COINS)
    cases: list[tuple[Any, Any, tuple[str, int], str]] = [
        (handlers.set_withdraw_address, SetWithdrawAddress(alice, module), ("sdk", 4), "is not allowed to receive"),
        (
            handlers.withdraw_delegator_reward,
            WithdrawDelegatorReward(alice, operator(9)),
            ("distribution", 6),
            "no validator distribution info",
        ),
        (
            handlers.withdraw_delegator_reward,
            WithdrawDelegatorReward(alice, operator(0)),
            ("distribution", 5),
            "no delegation distribution info",
        ),
        (
            handlers.withdraw_validator_commission,
            WithdrawValidatorCommission(operator(0)),
            ("distribution", 7),
            "no validator commission to withdraw",
        ),
        (
            handlers.fund_community_pool,
            FundCommunityPool(alice, (Coin("ulamp", 10**12),)),
            ("sdk", 5),
            "is smaller than",
        ),
        (
            handlers.community_pool_spend,
            spend,
            ("distribution", 9),
            "community pool does not have sufficient coins to distribute",
        ),
        (
            handlers.community_pool_spend,
            CommunityPoolSpend(alice, alice, COINS),
            ("sdk", 4),
            "invalid authority; expected",
        ),
        (
            handlers.community_pool_spend,
            CommunityPoolSpend(AUTHORITY, module, COINS),
            ("sdk", 4),
            "is not allowed to receive",
        ),
        (
            handlers.deposit_validator_rewards_pool,
            DepositValidatorRewardsPool(alice, operator(9), COINS),
            ("distribution", 12),
            "validator does not exist",
        ),
        (
            handlers.deposit_validator_rewards_pool,
            DepositValidatorRewardsPool(alice, operator(0), (Coin("ulamp", 10**12),)),
            ("sdk", 5),
            "is smaller than",
        ),
        (handlers.update_params, UpdateParams(alice, Params()), ("sdk", 4), "invalid authority; expected"),
    ]
    for handler, msg, code, text in cases:
        found, log = refused(world, handler, msg)
        assert (found, text in log) == (code, True), (msg, log)


def test_withdraw_addresses_can_be_forbidden() -> None:
    world = World()
    PARAMETERS.set(world.ctx, Params(withdraw_addr_enabled=False))
    found, log = refused(world, handlers.set_withdraw_address, SetWithdrawAddress(address(1), address(2)))
    assert (found, log) == (
        ("distribution", DistributionCode.WITHDRAW_ADDRESS_DISABLED),
        "set withdraw address disabled",
    )


def test_nobody_can_be_given_rewards_without_delegations() -> None:
    world = World()
    world.unbond(operator(1), 1)
    message = DepositValidatorRewardsPool(address(1), operator(1), COINS)
    assert refused(world, handlers.deposit_validator_rewards_pool, message)[0] == ("distribution", 13)


def test_an_own_withdraw_address_is_none() -> None:
    world = World()
    handlers.set_withdraw_address(world.ctx, world.distribution, SetWithdrawAddress(address(1), address(2)))
    assert world.distribution.withdraw_address(world.ctx, address(1)) == address(2)
    assert world.events("set_withdraw_address") == [{"withdraw_address": B}]
    handlers.set_withdraw_address(world.ctx, world.distribution, SetWithdrawAddress(address(1), address(1)))
    assert WITHDRAW_ADDRESSES.get(world.ctx, address(1)) is None


def test_deposits_are_earned_withdrawn_and_told() -> None:
    # Given a validator with a tenth of commission and Alice's half of it
    world = World()
    world.delegate(address(1), 0, 100 * LAMP)
    deposit = DepositValidatorRewardsPool(address(2), operator(0), (Coin("ulamp", 200),))
    handlers.deposit_validator_rewards_pool(world.ctx, world.distribution, deposit)
    # When Alice and the operator take theirs
    reward = handlers.withdraw_delegator_reward(
        world.ctx, world.distribution, WithdrawDelegatorReward(address(1), operator(0))
    )
    again = handlers.withdraw_delegator_reward(
        world.ctx, world.distribution, WithdrawDelegatorReward(address(1), operator(0))
    )
    commission = handlers.withdraw_validator_commission(
        world.ctx, world.distribution, WithdrawValidatorCommission(operator(0))
    )
    # Then she has 90, a second try nothing, the commission 20
    assert [(coin.denom, coin.amount) for coin in reward.amount] == [("ulamp", "90")]
    assert list(again.amount) == []
    assert [(coin.denom, coin.amount) for coin in commission.amount] == [("ulamp", "20")]
    assert world.events("withdraw_rewards")[0] == {"amount": "90ulamp", "validator": V, "delegator": A}
    assert world.events("withdraw_commission") == [{"amount": "20ulamp"}]
    assert world.held() == 90
    world.check()


def test_the_community_pool_is_funded_and_spent() -> None:
    world = World()
    world.fund(address(1), 7, "uother")
    coins = (Coin("ulamp", 10), Coin("uother", 7))
    handlers.fund_community_pool(world.ctx, world.distribution, FundCommunityPool(address(1), coins))
    assert dict(POOL.scan(world.ctx)) == {"ulamp": 10 * ONE, "uother": 7 * ONE}
    before = world.balance(address(2))
    spend = CommunityPoolSpend(AUTHORITY, address(2), (Coin("ulamp", 4), Coin("uother", 7)))
    handlers.community_pool_spend(world.ctx, world.distribution, spend)
    assert (world.balance(address(2)) - before, world.balance(address(2), "uother")) == (4, 7)
    assert dict(POOL.scan(world.ctx)) == {"ulamp": 6 * ONE}
    world.check()


def test_the_authority_changes_parameters() -> None:
    world = World()
    handlers.update_params(world.ctx, world.distribution, UpdateParams(AUTHORITY, Params(0, False)))
    assert world.distribution.params(world.ctx) == Params(0, False)
