"""Answers of the staking module."""

from chain.crypto.addresses import module_address
from chain.pb.cosmos.staking.v1beta1 import query_pb2 as pb
from chain.pb.cosmos.staking.v1beta1 import staking_pb2
from chain.primitives.coins import BASE_DENOM
from chain.primitives.errors import SdkCode, SdkError
from chain.primitives.ids import Address
from chain.sdk.context import Context
from chain.sdk.pagination import page, page_keys
from modules.staking.history import past_set
from modules.staking.keeper import StakingKeeper
from modules.staking.stake import BONDED_POOL, NOT_BONDED_POOL
from modules.staking.state import (
    ADDRESS_KEY,
    DELEGATIONS,
    DELEGATORS,
    HISTORY,
    PAIR_KEY,
    REDELEGATIONS,
    UNBONDERS,
    UNBONDINGS,
    VALIDATORS,
)
from modules.staking.times import timestamp
from modules.staking.validator import POWER_REDUCTION, Status, Validator
from modules.staking.wire import (
    consensus_any,
    delegation_proto,
    params_proto,
    redelegation_proto,
    unbonding_proto,
    validator_proto,
)

_STATUSES = {f"BOND_STATUS_{status.name}": status for status in Status}


def validators(ctx: Context, keeper: StakingKeeper, request: pb.QueryValidatorsRequest) -> pb.QueryValidatorsResponse:
    """Return a page of validators, of one status if one is named. Raises: SdkError(INVALID_REQUEST)."""
    wanted = _STATUSES.get(request.status)
    if request.status and wanted is None:
        raise SdkError(SdkCode.INVALID_REQUEST, f"invalid validator status {request.status[:40]}")
    keep = None if wanted is None else lambda _, validator: validator.status is wanted
    rows, after = page(ctx, VALIDATORS, request.pagination, keep=keep)
    return pb.QueryValidatorsResponse(validators=[validator_proto(found) for _, found in rows], pagination=after)


def validator(ctx: Context, keeper: StakingKeeper, request: pb.QueryValidatorRequest) -> pb.QueryValidatorResponse:
    """Return a validator. Raises: SdkError(INVALID_REQUEST, NOT_FOUND)."""
    return pb.QueryValidatorResponse(validator=validator_proto(_validator(ctx, keeper, request.validator_addr)))


def validator_delegations(
    ctx: Context, keeper: StakingKeeper, request: pb.QueryValidatorDelegationsRequest
) -> pb.QueryValidatorDelegationsResponse:
    """Return a page of the delegations to a validator. Raises: SdkError(INVALID_REQUEST, NOT_FOUND)."""
    found = _validator(ctx, keeper, request.validator_addr)
    rows, after = page_keys(ctx, DELEGATORS, request.pagination, within=ADDRESS_KEY.encode(found.operator))
    responses = [
        delegation_proto(delegator, found, keeper.delegation(ctx, delegator, operator)) for operator, delegator in rows
    ]
    return pb.QueryValidatorDelegationsResponse(delegation_responses=responses, pagination=after)


def validator_unbonding_delegations(
    ctx: Context, keeper: StakingKeeper, request: pb.QueryValidatorUnbondingDelegationsRequest
) -> pb.QueryValidatorUnbondingDelegationsResponse:
    """Return a page of what unbonds from a validator. Raises: SdkError(INVALID_REQUEST)."""
    operator = _operator(request.validator_addr)
    rows, after = page_keys(ctx, UNBONDERS, request.pagination, within=ADDRESS_KEY.encode(operator))
    responses = [
        unbonding_proto(delegator, operator, UNBONDINGS.get(ctx, (delegator, operator)) or ()) for _, delegator in rows
    ]
    return pb.QueryValidatorUnbondingDelegationsResponse(unbonding_responses=responses, pagination=after)


def delegation(ctx: Context, keeper: StakingKeeper, request: pb.QueryDelegationRequest) -> pb.QueryDelegationResponse:
    """Return a delegation and what it is worth. Raises: SdkError(INVALID_REQUEST, NOT_FOUND)."""
    delegator, operator = _address(request.delegator_addr), _operator(request.validator_addr)
    found = _delegation(ctx, keeper, delegator, operator)
    return pb.QueryDelegationResponse(delegation_response=found)


def unbonding_delegation(
    ctx: Context, keeper: StakingKeeper, request: pb.QueryUnbondingDelegationRequest
) -> pb.QueryUnbondingDelegationResponse:
    """Return what unbonds of a delegator from a validator. Raises: SdkError(INVALID_REQUEST, NOT_FOUND)."""
    delegator, operator = _address(request.delegator_addr), _operator(request.validator_addr)
    entries = UNBONDINGS.get(ctx, (delegator, operator))
    if entries is None:
        text = f"unbonding delegation with delegator {delegator} not found for validator {operator.operator}"
        raise SdkError(SdkCode.NOT_FOUND, text)
    return pb.QueryUnbondingDelegationResponse(unbond=unbonding_proto(delegator, operator, entries))


def delegator_delegations(
    ctx: Context, keeper: StakingKeeper, request: pb.QueryDelegatorDelegationsRequest
) -> pb.QueryDelegatorDelegationsResponse:
    """Return a page of an account's delegations. Raises: SdkError(INVALID_REQUEST)."""
    delegator = _address(request.delegator_addr)
    rows, after = page(ctx, DELEGATIONS, request.pagination, within=ADDRESS_KEY.encode(delegator))
    responses = [
        delegation_proto(delegator, keeper.stake.require(ctx, operator), shares) for (_, operator), shares in rows
    ]
    return pb.QueryDelegatorDelegationsResponse(delegation_responses=responses, pagination=after)


def delegator_unbonding_delegations(
    ctx: Context, keeper: StakingKeeper, request: pb.QueryDelegatorUnbondingDelegationsRequest
) -> pb.QueryDelegatorUnbondingDelegationsResponse:
    """Return a page of what unbonds of an account. Raises: SdkError(INVALID_REQUEST)."""
    delegator = _address(request.delegator_addr)
    rows, after = page(ctx, UNBONDINGS, request.pagination, within=ADDRESS_KEY.encode(delegator))
    responses = [unbonding_proto(delegator, operator, entries) for (_, operator), entries in rows]
    return pb.QueryDelegatorUnbondingDelegationsResponse(unbonding_responses=responses, pagination=after)


def redelegations(
    ctx: Context, keeper: StakingKeeper, request: pb.QueryRedelegationsRequest
) -> pb.QueryRedelegationsResponse:
    """Return a page of an account's redelegations, of one source or one way if named.

    Raises: SdkError(INVALID_REQUEST, NOT_FOUND).
    """
    delegator = _address(request.delegator_addr)
    within = ADDRESS_KEY.encode(delegator)
    target = _operator(request.dst_validator_addr) if request.dst_validator_addr else None
    if request.src_validator_addr:
        within = PAIR_KEY.encode((delegator, _operator(request.src_validator_addr)))
    keep = None if target is None else lambda way, _: way[2] == target
    rows, after = page(ctx, REDELEGATIONS, request.pagination, within=within, keep=keep)
    if not rows and target is not None and request.src_validator_addr:
        text = f"redelegation not found for delegator address {delegator} from validator address "
        raise SdkError(SdkCode.NOT_FOUND, text + request.src_validator_addr)
    responses = [redelegation_proto(way, keeper.validator(ctx, way[2]), entries) for way, entries in rows]
    return pb.QueryRedelegationsResponse(redelegation_responses=responses, pagination=after)


def delegator_validators(
    ctx: Context, keeper: StakingKeeper, request: pb.QueryDelegatorValidatorsRequest
) -> pb.QueryDelegatorValidatorsResponse:
    """Return a page of the validators that an account delegates to. Raises: SdkError(INVALID_REQUEST)."""
    delegator = _address(request.delegator_addr)
    rows, after = page(ctx, DELEGATIONS, request.pagination, within=ADDRESS_KEY.encode(delegator))
    found = [validator_proto(keeper.stake.require(ctx, operator)) for (_, operator), _ in rows]
    return pb.QueryDelegatorValidatorsResponse(validators=found, pagination=after)


def delegator_validator(
    ctx: Context, keeper: StakingKeeper, request: pb.QueryDelegatorValidatorRequest
) -> pb.QueryDelegatorValidatorResponse:
    """Return a validator that an account delegates to. Raises: SdkError(INVALID_REQUEST, NOT_FOUND)."""
    delegator, operator = _address(request.delegator_addr), _operator(request.validator_addr)
    _delegation(ctx, keeper, delegator, operator)
    return pb.QueryDelegatorValidatorResponse(validator=validator_proto(keeper.stake.require(ctx, operator)))


def historical_info(
    ctx: Context, keeper: StakingKeeper, request: pb.QueryHistoricalInfoRequest
) -> pb.QueryHistoricalInfoResponse:
    """Return a past block's header and active set. Raises: SdkError(INVALID_REQUEST, NOT_FOUND)."""
    if request.height < 0:
        raise SdkError(SdkCode.INVALID_REQUEST, "height cannot be negative")
    block = HISTORY.get(ctx, request.height)
    if block is None:
        raise SdkError(SdkCode.NOT_FOUND, f"historical info for height {request.height} not found")
    info = staking_pb2.HistoricalInfo()
    header = info.header
    header.chain_id = ctx.chain_id
    header.height = request.height
    header.time.CopyFrom(timestamp(block.time))
    header.app_hash = block.app_hash
    header.next_validators_hash = block.next_validators_hash
    header.proposer_address = block.proposer
    for seat in past_set(ctx, block):
        info.valset.add(
            operator_address=seat.operator.operator,
            consensus_pubkey=consensus_any(seat.consensus_key),
            status=staking_pb2.BOND_STATUS_BONDED,
            tokens=str(seat.power * POWER_REDUCTION),
        )
    return pb.QueryHistoricalInfoResponse(hist=info)


def pool(ctx: Context, keeper: StakingKeeper, request: pb.QueryPoolRequest) -> pb.QueryPoolResponse:
    """Return how many tokens are bonded and how many are not."""

    def held(name: str) -> str:
        return str(keeper.stake.bank.balance(ctx, Address(module_address(name)), BASE_DENOM))

    return pb.QueryPoolResponse(
        pool=staking_pb2.Pool(not_bonded_tokens=held(NOT_BONDED_POOL), bonded_tokens=held(BONDED_POOL))
    )


def params(ctx: Context, keeper: StakingKeeper, request: pb.QueryParamsRequest) -> pb.QueryParamsResponse:
    """Return the parameters."""
    return pb.QueryParamsResponse(params=params_proto(keeper.params(ctx)))


def _delegation(
    ctx: Context, keeper: StakingKeeper, delegator: Address, operator: Address
) -> staking_pb2.DelegationResponse:
    shares = keeper.delegation(ctx, delegator, operator)
    if not shares:
        text = f"delegation with delegator {delegator} not found for validator {operator.operator}"
        raise SdkError(SdkCode.NOT_FOUND, text)
    return delegation_proto(delegator, keeper.stake.require(ctx, operator), shares)


def _validator(ctx: Context, keeper: StakingKeeper, text: str) -> Validator:
    found = keeper.validator(ctx, _operator(text))
    if found is None:
        raise SdkError(SdkCode.NOT_FOUND, f"validator {text} not found")
    return found


def _operator(text: str) -> Address:
    try:
        return Address.parse_operator(text)
    except ValueError as error:
        raise SdkError(SdkCode.INVALID_REQUEST, f"invalid validator address: {error}") from error


def _address(text: str) -> Address:
    try:
        return Address.parse(text)
    except ValueError as error:
        raise SdkError(SdkCode.INVALID_REQUEST, f"invalid delegator address: {error}") from error
