"""What the distribution module declares."""

from chain.pb.cosmos.distribution.v1beta1 import query_pb2 as pb
from chain.pb.cosmos.distribution.v1beta1 import tx_pb2
from chain.sdk.module import Genesis, Invariant, Message, Module, Query
from modules.distribution import blocks, commands, genesis, handlers, invariants, messages, queries
from modules.distribution.errors import DistributionCode
from modules.distribution.keeper import FEE_COLLECTOR, DistributionKeeper
from modules.distribution.state import SCHEMA, STORE

_SERVICE = "/cosmos.distribution.v1beta1.Query/"

_MESSAGES = (
    Message(
        tx_pb2.MsgSetWithdrawAddress,
        messages.SetWithdrawAddress.from_proto,
        handlers.set_withdraw_address,
        commands.SET_WITHDRAW_ADDRESS,
    ),
    Message(
        tx_pb2.MsgWithdrawDelegatorReward,
        messages.WithdrawDelegatorReward.from_proto,
        handlers.withdraw_delegator_reward,
        commands.WITHDRAW_REWARDS,
    ),
    Message(
        tx_pb2.MsgWithdrawValidatorCommission,
        messages.WithdrawValidatorCommission.from_proto,
        handlers.withdraw_validator_commission,
        commands.WITHDRAW_COMMISSION,
    ),
    Message(
        tx_pb2.MsgFundCommunityPool,
        messages.FundCommunityPool.from_proto,
        handlers.fund_community_pool,
        commands.FUND_COMMUNITY_POOL,
    ),
    Message(
        tx_pb2.MsgCommunityPoolSpend,
        messages.CommunityPoolSpend.from_proto,
        handlers.community_pool_spend,
        commands.COMMUNITY_POOL_SPEND,
    ),
    Message(
        tx_pb2.MsgDepositValidatorRewardsPool,
        messages.DepositValidatorRewardsPool.from_proto,
        handlers.deposit_validator_rewards_pool,
        commands.FUND_VALIDATOR,
    ),
    Message(
        tx_pb2.MsgUpdateParams,
        messages.UpdateParams.from_proto,
        handlers.update_params,
        commands.UPDATE_PARAMS,
    ),
)


def module(keeper: DistributionKeeper) -> Module:
    """Return the module of a keeper."""
    return Module(
        name=STORE,
        keeper=keeper,
        schema=SCHEMA,
        genesis=Genesis(genesis.default, genesis.validate, genesis.init, genesis.export),
        errors=DistributionCode,
        messages=_MESSAGES,
        queries=(*_of_validators(), *_of_delegators()),
        begin_block=blocks.begin_block,
        invariants=(
            Invariant("the-account-is-outstanding-and-pool", invariants.the_account_is_outstanding_and_pool),
            Invariant("outstanding-covers-claims", invariants.outstanding_covers_claims),
            Invariant("accounts-are-of-delegations", invariants.accounts_are_of_delegations),
        ),
        accounts={STORE: (), FEE_COLLECTOR: ()},
        events=("commission", "rewards", "set_withdraw_address", "withdraw_commission", "withdraw_rewards"),
    )


def _of_validators() -> tuple[Query, ...]:
    return (
        Query(_SERVICE + "Params", pb.QueryParamsRequest, pb.QueryParamsResponse, queries.params, commands.PARAMS),
        Query(
            _SERVICE + "ValidatorDistributionInfo",
            pb.QueryValidatorDistributionInfoRequest,
            pb.QueryValidatorDistributionInfoResponse,
            queries.validator_distribution_info,
            commands.VALIDATOR_INFO,
        ),
        Query(
            _SERVICE + "ValidatorOutstandingRewards",
            pb.QueryValidatorOutstandingRewardsRequest,
            pb.QueryValidatorOutstandingRewardsResponse,
            queries.validator_outstanding_rewards,
            commands.OUTSTANDING,
        ),
        Query(
            _SERVICE + "ValidatorCommission",
            pb.QueryValidatorCommissionRequest,
            pb.QueryValidatorCommissionResponse,
            queries.validator_commission,
            commands.COMMISSION,
        ),
        Query(
            _SERVICE + "ValidatorSlashes",
            pb.QueryValidatorSlashesRequest,
            pb.QueryValidatorSlashesResponse,
            queries.validator_slashes,
            commands.SLASHES,
        ),
        Query(
            _SERVICE + "CommunityPool",
            pb.QueryCommunityPoolRequest,
            pb.QueryCommunityPoolResponse,
            queries.community_pool,
            commands.COMMUNITY_POOL,
        ),
    )


def _of_delegators() -> tuple[Query, ...]:
    return (
        Query(
            _SERVICE + "DelegationRewards",
            pb.QueryDelegationRewardsRequest,
            pb.QueryDelegationRewardsResponse,
            queries.delegation_rewards,
            commands.DELEGATION_REWARDS,
        ),
        Query(
            _SERVICE + "DelegationTotalRewards",
            pb.QueryDelegationTotalRewardsRequest,
            pb.QueryDelegationTotalRewardsResponse,
            queries.delegation_total_rewards,
            commands.REWARDS,
        ),
        Query(
            _SERVICE + "DelegatorValidators",
            pb.QueryDelegatorValidatorsRequest,
            pb.QueryDelegatorValidatorsResponse,
            queries.delegator_validators,
            commands.DELEGATOR_VALIDATORS,
        ),
        Query(
            _SERVICE + "DelegatorWithdrawAddress",
            pb.QueryDelegatorWithdrawAddressRequest,
            pb.QueryDelegatorWithdrawAddressResponse,
            queries.delegator_withdraw_address,
            commands.WITHDRAW_ADDRESS,
        ),
    )
