"""What the distribution module's messages do."""

from chain.pb.cosmos.distribution.v1beta1 import tx_pb2
from chain.primitives.coins import BASE_DENOM
from chain.primitives.decimals import ONE
from chain.primitives.errors import SdkCode, SdkError
from chain.primitives.ids import Address
from chain.sdk.context import Context
from modules.distribution.errors import DistributionCode, DistributionError
from modules.distribution.keeper import DistributionKeeper
from modules.distribution.messages import (
    CommunityPoolSpend,
    DepositValidatorRewardsPool,
    FundCommunityPool,
    SetWithdrawAddress,
    UpdateParams,
    WithdrawDelegatorReward,
    WithdrawValidatorCommission,
)
from modules.distribution.state import PARAMETERS, STAKES, STORE, WITHDRAW_ADDRESSES
from modules.distribution.wire import whole_coins


def set_withdraw_address(
    ctx: Context, keeper: DistributionKeeper, msg: SetWithdrawAddress
) -> tx_pb2.MsgSetWithdrawAddressResponse:
    """Say where a delegator's rewards go.

    Raises: SdkError(UNAUTHORIZED) for a module account, DistributionError(WITHDRAW_ADDRESS_DISABLED).
    """
    keeper.bank.require_receiver(msg.recipient)
    if not keeper.params(ctx).withdraw_addr_enabled:
        raise DistributionError(DistributionCode.WITHDRAW_ADDRESS_DISABLED)

    if msg.recipient == msg.delegator:
        WITHDRAW_ADDRESSES.delete(ctx, msg.delegator)
    else:
        WITHDRAW_ADDRESSES.set(ctx, msg.delegator, msg.recipient)

    ctx.emit("set_withdraw_address", withdraw_address=msg.recipient)
    return tx_pb2.MsgSetWithdrawAddressResponse()


def withdraw_delegator_reward(
    ctx: Context, keeper: DistributionKeeper, msg: WithdrawDelegatorReward
) -> tx_pb2.MsgWithdrawDelegatorRewardResponse:
    """Pay what a delegation earned. Raises: DistributionError(NO_VALIDATOR_INFO, NO_DELEGATION_INFO)."""
    if keeper.staking.validator(ctx, msg.operator) is None:
        raise DistributionError(DistributionCode.NO_VALIDATOR_INFO)
    stake = STAKES.get(ctx, (msg.delegator, msg.operator))
    if stake is None:
        raise DistributionError(DistributionCode.NO_DELEGATION_INFO)

    paid = keeper.settle(ctx, msg.delegator, msg.operator, stake)

    ctx.emit(
        "withdraw_rewards",
        amount=f"{paid}{BASE_DENOM}",
        validator=msg.operator.operator,
        delegator=msg.delegator,
    )
    return tx_pb2.MsgWithdrawDelegatorRewardResponse(amount=whole_coins(paid))


def withdraw_validator_commission(
    ctx: Context, keeper: DistributionKeeper, msg: WithdrawValidatorCommission
) -> tx_pb2.MsgWithdrawValidatorCommissionResponse:
    """Pay a validator's commission. Raises: DistributionError(NO_COMMISSION)."""
    paid = keeper.withdraw_commission(ctx, msg.operator)

    return tx_pb2.MsgWithdrawValidatorCommissionResponse(amount=whole_coins(paid))


def fund_community_pool(
    ctx: Context, keeper: DistributionKeeper, msg: FundCommunityPool
) -> tx_pb2.MsgFundCommunityPoolResponse:
    """Give coins to the community pool. Raises: SdkError(INSUFFICIENT_FUNDS)."""
    keeper.bank.send_to_module(ctx, msg.depositor, STORE, msg.amount)
    for coin in msg.amount:
        keeper.add_to_pool(ctx, coin.denom, coin.amount * ONE)

    return tx_pb2.MsgFundCommunityPoolResponse()


def community_pool_spend(
    ctx: Context, keeper: DistributionKeeper, msg: CommunityPoolSpend
) -> tx_pb2.MsgCommunityPoolSpendResponse:
    """Pay from the community pool. Raises: SdkError(UNAUTHORIZED), DistributionError(POOL_TOO_SMALL)."""
    _require_authority(ctx, msg.authority)
    keeper.bank.require_receiver(msg.recipient)

    keeper.take_from_pool(ctx, msg.amount)
    keeper.bank.send_from_module(ctx, STORE, msg.recipient, msg.amount)

    return tx_pb2.MsgCommunityPoolSpendResponse()


def deposit_validator_rewards_pool(
    ctx: Context, keeper: DistributionKeeper, msg: DepositValidatorRewardsPool
) -> tx_pb2.MsgDepositValidatorRewardsPoolResponse:
    """Give ulamp to a validator's delegators, its commission deducted.

    Raises: DistributionError(NO_VALIDATOR, NO_DELEGATION), SdkError(INSUFFICIENT_FUNDS).
    """
    validator = keeper.staking.validator(ctx, msg.operator)
    if validator is None:
        raise DistributionError(DistributionCode.NO_VALIDATOR, msg.operator.operator)
    if validator.shares == 0:
        raise DistributionError(DistributionCode.NO_DELEGATION, f"nobody delegates to {msg.operator.operator}")

    keeper.bank.send_to_module(ctx, msg.depositor, STORE, msg.amount)
    keeper.reward(ctx, validator, msg.amount[0].amount * ONE)

    return tx_pb2.MsgDepositValidatorRewardsPoolResponse()


def update_params(ctx: Context, keeper: DistributionKeeper, msg: UpdateParams) -> tx_pb2.MsgUpdateParamsResponse:
    """Replace the parameters. Raises: SdkError(UNAUTHORIZED) for anybody but the authority."""
    _require_authority(ctx, msg.authority)

    PARAMETERS.set(ctx, msg.params)

    return tx_pb2.MsgUpdateParamsResponse()


def _require_authority(ctx: Context, authority: Address) -> None:
    if authority != ctx.authority:
        raise SdkError(SdkCode.UNAUTHORIZED, f"invalid authority; expected {ctx.authority}, got {authority}")
