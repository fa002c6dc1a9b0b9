"""Answers of the distribution module: rewards, commissions, slashes, community pool, parameters."""

from itertools import islice

from chain.pb.cosmos.distribution.v1beta1 import distribution_pb2
from chain.pb.cosmos.distribution.v1beta1 import query_pb2 as pb
from chain.primitives.errors import SdkCode, SdkError
from chain.primitives.ids import Address
from chain.sdk.context import Context
from chain.sdk.pagination import page
from modules.distribution.errors import DistributionCode, DistributionError
from modules.distribution.keeper import DistributionKeeper
from modules.distribution.state import ADDRESS_KEY, POOL, SLASHES, STAKES
from modules.distribution.wire import decimal_coins, params_proto

MAX_DELEGATIONS = 1_000
"""Most delegations of one delegator that are listed; these queries have no pages in the Cosmos SDK."""


def params(ctx: Context, keeper: DistributionKeeper, request: pb.QueryParamsRequest) -> pb.QueryParamsResponse:
    """Return the parameters."""
    return pb.QueryParamsResponse(params=params_proto(keeper.params(ctx)))


def validator_distribution_info(
    ctx: Context, keeper: DistributionKeeper, request: pb.QueryValidatorDistributionInfoRequest
) -> pb.QueryValidatorDistributionInfoResponse:
    """Return a validator's commission and its operator's own rewards.

    Raises: SdkError(INVALID_REQUEST), DistributionError(NO_VALIDATOR, NO_DELEGATION).
    """
    operator = _validator(ctx, keeper, request.validator_address)
    own = _pending(ctx, keeper, operator, operator)
    return pb.QueryValidatorDistributionInfoResponse(
        operator_address=str(operator),
        self_bond_rewards=decimal_coins(own),
        commission=decimal_coins(keeper.rewards(ctx, operator).commission),
    )


def validator_outstanding_rewards(
    ctx: Context, keeper: DistributionKeeper, request: pb.QueryValidatorOutstandingRewardsRequest
) -> pb.QueryValidatorOutstandingRewardsResponse:
    """Return all that a validator and its delegators have not been paid yet.

    Raises: SdkError(INVALID_REQUEST), DistributionError(NO_VALIDATOR).
    """
    operator = _validator(ctx, keeper, request.validator_address)
    found = decimal_coins(keeper.rewards(ctx, operator).outstanding)
    return pb.QueryValidatorOutstandingRewardsResponse(
        rewards=distribution_pb2.ValidatorOutstandingRewards(rewards=found)
    )


def validator_commission(
    ctx: Context, keeper: DistributionKeeper, request: pb.QueryValidatorCommissionRequest
) -> pb.QueryValidatorCommissionResponse:
    """Return a validator's commission that it has not been paid yet.

    Raises: SdkError(INVALID_REQUEST), DistributionError(NO_VALIDATOR).
    """
    operator = _validator(ctx, keeper, request.validator_address)
    found = decimal_coins(keeper.rewards(ctx, operator).commission)
    return pb.QueryValidatorCommissionResponse(
        commission=distribution_pb2.ValidatorAccumulatedCommission(commission=found)
    )


def validator_slashes(
    ctx: Context, keeper: DistributionKeeper, request: pb.QueryValidatorSlashesRequest
) -> pb.QueryValidatorSlashesResponse:
    """Return a page of a validator's slashes within heights, both included. Raises: SdkError(INVALID_REQUEST).

    There are no periods here; a slash's `validator_period` is its number within its block.
    """
    operator = _operator(request.validator_address)
    first, last = request.starting_height, request.ending_height
    if last < first:
        raise SdkError(SdkCode.INVALID_REQUEST, f"starting height greater than ending height ({first} > {last})")
    rows, after = page(
        ctx,
        SLASHES,
        request.pagination,
        within=ADDRESS_KEY.encode(operator),
        keep=lambda key, _: first <= key[1] <= last,
    )
    found = [
        distribution_pb2.ValidatorSlashEvent(validator_period=number, fraction=str(fraction))
        for (_, _, number), fraction in rows
    ]
    return pb.QueryValidatorSlashesResponse(slashes=found, pagination=after)


def delegation_rewards(
    ctx: Context, keeper: DistributionKeeper, request: pb.QueryDelegationRewardsRequest
) -> pb.QueryDelegationRewardsResponse:
    """Return what a delegation has earned and was not paid yet.

    Raises: SdkError(INVALID_REQUEST), DistributionError(NO_VALIDATOR, NO_DELEGATION).
    """
    delegator = _delegator(request.delegator_address)
    operator = _validator(ctx, keeper, request.validator_address)
    return pb.QueryDelegationRewardsResponse(rewards=decimal_coins(_pending(ctx, keeper, delegator, operator)))


def delegation_total_rewards(
    ctx: Context, keeper: DistributionKeeper, request: pb.QueryDelegationTotalRewardsRequest
) -> pb.QueryDelegationTotalRewardsResponse:
    """Return what all delegations of a delegator earned and were not paid yet. Raises: SdkError(INVALID_REQUEST)."""
    delegator = _delegator(request.delegator_address)
    answer = pb.QueryDelegationTotalRewardsResponse()
    total = 0
    for operator in _delegations(ctx, delegator):
        earned = keeper.pending(ctx, delegator, operator) or 0
        answer.rewards.add(validator_address=operator.operator, reward=decimal_coins(earned))
        total += earned
    answer.total.extend(decimal_coins(total))
    return answer


def delegator_validators(
    ctx: Context, keeper: DistributionKeeper, request: pb.QueryDelegatorValidatorsRequest
) -> pb.QueryDelegatorValidatorsResponse:
    """Return the validators that a delegator delegates to. Raises: SdkError(INVALID_REQUEST)."""
    found = _delegations(ctx, _delegator(request.delegator_address))
    return pb.QueryDelegatorValidatorsResponse(validators=[operator.operator for operator in found])


def delegator_withdraw_address(
    ctx: Context, keeper: DistributionKeeper, request: pb.QueryDelegatorWithdrawAddressRequest
) -> pb.QueryDelegatorWithdrawAddressResponse:
    """Return where a delegator's rewards go. Raises: SdkError(INVALID_REQUEST)."""
    found = keeper.withdraw_address(ctx, _delegator(request.delegator_address))
    return pb.QueryDelegatorWithdrawAddressResponse(withdraw_address=str(found))


def community_pool(
    ctx: Context, keeper: DistributionKeeper, request: pb.QueryCommunityPoolRequest
) -> pb.QueryCommunityPoolResponse:
    """Return what the community pool has."""
    answer = pb.QueryCommunityPoolResponse()
    for denom, amount in POOL.scan(ctx):
        answer.pool.extend(decimal_coins(amount, denom))
    return answer


def _pending(ctx: Context, keeper: DistributionKeeper, delegator: Address, operator: Address) -> int:
    earned = keeper.pending(ctx, delegator, operator)
    if earned is None:
        raise DistributionError(DistributionCode.NO_DELEGATION)
    return earned


def _delegations(ctx: Context, delegator: Address) -> list[Address]:
    rows = islice(STAKES.scan(ctx, within=ADDRESS_KEY.encode(delegator)), MAX_DELEGATIONS)
    return [operator for (_, operator), _ in rows]


def _validator(ctx: Context, keeper: DistributionKeeper, text: str) -> Address:
    operator = _operator(text)
    if keeper.staking.validator(ctx, operator) is None:
        raise DistributionError(DistributionCode.NO_VALIDATOR, text)
    return operator


def _operator(text: str) -> Address:
    if not text:
        raise SdkError(SdkCode.INVALID_REQUEST, "empty validator address")
    try:
        return Address.parse_operator(text)
    except ValueError as error:
        raise SdkError(SdkCode.INVALID_REQUEST, f"invalid validator address: {error}") from error


def _delegator(text: str) -> Address:
    if not text:
        raise SdkError(SdkCode.INVALID_REQUEST, "empty delegator address")
    try:
        return Address.parse(text)
    except ValueError as error:
        raise SdkError(SdkCode.INVALID_REQUEST, f"invalid delegator address: {error}") from error
