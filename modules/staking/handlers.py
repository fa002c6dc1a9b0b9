"""What the staking module's messages do."""

from dataclasses import replace

from chain.pb.cosmos.staking.v1beta1 import tx_pb2
from chain.primitives.coins import Coin
from chain.primitives.decimals import show_decimal
from chain.primitives.errors import SdkCode, SdkError
from chain.primitives.ids import Address
from chain.primitives.ints import NANOS
from chain.sdk.context import Context
from modules.staking import delegations, redelegations
from modules.staking.errors import StakingCode, StakingError
from modules.staking.keeper import StakingKeeper
from modules.staking.messages import (
    KEEP,
    BeginRedelegate,
    CancelUnbonding,
    CreateValidator,
    Delegate,
    EditValidator,
    Undelegate,
    UpdateParams,
    check_description,
)
from modules.staking.state import UNBONDINGS
from modules.staking.times import show_time, timestamp
from modules.staking.validator import Commission, Description, Status, Validator, consensus_address
from modules.staking.wire import coin

_DAY = 24 * 3600 * NANOS


def create_validator(ctx: Context, keeper: StakingKeeper, msg: CreateValidator) -> tx_pb2.MsgCreateValidatorResponse:
    """Become a validator.

    Raises: StakingError(COMMISSION_LT_MIN_RATE, VALIDATOR_OWNER_EXISTS, VALIDATOR_PUBKEY_EXISTS),
    SdkError(INVALID_REQUEST, INSUFFICIENT_FUNDS).
    """
    stake = keeper.stake
    least = stake.params(ctx).min_commission_rate
    if msg.rates.rate < least:
        text = f"cannot set validator commission to less than minimum rate of {show_decimal(least)}"
        raise StakingError(StakingCode.COMMISSION_LT_MIN_RATE, text)
    if stake.validator(ctx, msg.operator) is not None:
        raise StakingError(StakingCode.VALIDATOR_OWNER_EXISTS)
    address = consensus_address(msg.consensus_key)
    known = stake.by_consensus(ctx, address)
    if known is not None and stake.validator(ctx, known.operator) == known:
        raise StakingError(StakingCode.VALIDATOR_PUBKEY_EXISTS)
    if stake.signing.is_tombstoned(ctx, address):
        # A key that signed twice is out for good, also after its validator is gone.
        raise StakingError(StakingCode.VALIDATOR_PUBKEY_EXISTS, "this key is tombstoned")
    _require_denom(ctx, keeper, msg.value)

    rates = msg.rates
    validator = Validator(
        msg.operator,
        msg.consensus_key,
        address,
        0,
        0,
        Status.UNBONDED,
        False,
        msg.description,
        Commission(rates.rate, rates.max_rate, rates.max_change_rate, ctx.time),
        msg.min_self_delegation,
    )
    stake.create(ctx, validator)
    delegations.delegate(ctx, stake, msg.operator, msg.value.amount, validator, "")

    ctx.emit("create_validator", validator=msg.operator.operator, amount=msg.value)
    return tx_pb2.MsgCreateValidatorResponse()


def edit_validator(ctx: Context, keeper: StakingKeeper, msg: EditValidator) -> tx_pb2.MsgEditValidatorResponse:
    """Change what a validator says and takes.

    Raises: StakingError(NO_VALIDATOR_FOUND, COMMISSION_UPDATE_TIME, COMMISSION_GT_MAX_RATE,
    COMMISSION_GT_MAX_CHANGE_RATE, MIN_SELF_DELEGATION_DECREASED, SELF_DELEGATION_BELOW_MINIMUM),
    SdkError(INVALID_REQUEST).
    """
    stake = keeper.stake
    least = stake.params(ctx).min_commission_rate
    if msg.commission_rate is not None and msg.commission_rate < least:
        text = f"commission rate cannot be less than the min commission rate {show_decimal(least)}"
        raise SdkError(SdkCode.INVALID_REQUEST, text)
    before = stake.require(ctx, msg.operator)
    after = replace(before, description=_edited(before.description, msg.description))
    check_description(after.description)
    if msg.commission_rate is not None:
        after = replace(after, commission=_changed(ctx, before.commission, msg.commission_rate))
    if msg.min_self_delegation is not None:
        if msg.min_self_delegation <= before.min_self_delegation:
            raise StakingError(StakingCode.MIN_SELF_DELEGATION_DECREASED)
        if msg.min_self_delegation > before.tokens:
            raise StakingError(StakingCode.SELF_DELEGATION_BELOW_MINIMUM)
        after = replace(after, min_self_delegation=msg.min_self_delegation)

    stake.put(ctx, before, after)

    ctx.emit(
        "edit_validator",
        commission_rate=show_decimal(after.commission.rate),
        min_self_delegation=after.min_self_delegation,
    )
    return tx_pb2.MsgEditValidatorResponse()


def delegate(ctx: Context, keeper: StakingKeeper, msg: Delegate) -> tx_pb2.MsgDelegateResponse:
    """Give a validator tokens.

    Raises: StakingError(NO_VALIDATOR_FOUND, DELEGATOR_SHARE_EX_RATE_INVALID), SdkError(INVALID_REQUEST,
    INSUFFICIENT_FUNDS).
    """
    validator = keeper.stake.require(ctx, msg.operator)
    _require_denom(ctx, keeper, msg.amount)

    shares = delegations.delegate(ctx, keeper.stake, msg.delegator, msg.amount.amount, validator, "")

    ctx.emit(
        "delegate",
        validator=msg.operator.operator,
        delegator=msg.delegator,
        amount=msg.amount,
        new_shares=show_decimal(shares),
    )
    return tx_pb2.MsgDelegateResponse()


def begin_redelegate(ctx: Context, keeper: StakingKeeper, msg: BeginRedelegate) -> tx_pb2.MsgBeginRedelegateResponse:
    """Move stake to another validator.

    Raises: StakingError(NO_VALIDATOR_FOUND, NO_DELEGATION, INSUFFICIENT_SHARES, SELF_REDELEGATION,
    BAD_REDELEGATION_DST, TRANSITIVE_REDELEGATION, MAX_REDELEGATION_ENTRIES, TINY_REDELEGATION_AMOUNT,
    BAD_REMOVE_VALIDATOR, DELEGATOR_SHARE_EX_RATE_INVALID), SdkError(INVALID_REQUEST).
    """
    source, shares = _unbondable(ctx, keeper, msg.delegator, msg.source, msg.amount)

    completion = redelegations.redelegate(ctx, keeper.stake, msg.delegator, source, msg.target, shares)

    ctx.emit(
        "redelegate",
        source_validator=msg.source.operator,
        destination_validator=msg.target.operator,
        amount=msg.amount,
        completion_time=show_time(completion),
    )
    return tx_pb2.MsgBeginRedelegateResponse(completion_time=timestamp(completion))


def undelegate(ctx: Context, keeper: StakingKeeper, msg: Undelegate) -> tx_pb2.MsgUndelegateResponse:
    """Begin to take tokens back.

    Raises: StakingError(NO_VALIDATOR_FOUND, NO_DELEGATION, INSUFFICIENT_SHARES, MAX_UNBONDING_DELEGATION_ENTRIES,
    BAD_REMOVE_VALIDATOR), SdkError(INVALID_REQUEST).
    """
    validator, shares = _unbondable(ctx, keeper, msg.delegator, msg.operator, msg.amount)

    completion, amount = delegations.undelegate(ctx, keeper.stake, msg.delegator, validator, shares)

    ctx.emit(
        "unbond",
        validator=msg.operator.operator,
        delegator=msg.delegator,
        amount=Coin(msg.amount.denom, amount),
        completion_time=show_time(completion),
    )
    return tx_pb2.MsgUndelegateResponse(completion_time=timestamp(completion), amount=coin(amount))


def cancel_unbonding(
    ctx: Context, keeper: StakingKeeper, msg: CancelUnbonding
) -> tx_pb2.MsgCancelUnbondingDelegationResponse:
    """Give tokens that unbond back to their validator.

    Raises: StakingError(NO_VALIDATOR_FOUND, VALIDATOR_JAILED, NO_UNBONDING_DELEGATION,
    DELEGATOR_SHARE_EX_RATE_INVALID), SdkError(INVALID_REQUEST, NOT_FOUND).
    """
    _require_denom(ctx, keeper, msg.amount)
    validator = keeper.stake.require(ctx, msg.operator)
    if validator.jailed:
        raise StakingError(StakingCode.VALIDATOR_JAILED)
    entries = UNBONDINGS.get(ctx, (msg.delegator, msg.operator))
    if entries is None:
        text = f"unbonding delegation with delegator {msg.delegator} not found for validator {msg.operator.operator}"
        raise StakingError(StakingCode.NO_UNBONDING_DELEGATION, text)
    open_entries = [i for i, entry in enumerate(entries) if entry.creation_height == msg.creation_height]
    index = next((i for i in open_entries if entries[i].completion_time > ctx.time), None)
    if index is None:
        text = f"unbonding delegation entry is not found at block height {msg.creation_height}"
        raise SdkError(SdkCode.NOT_FOUND, text)
    if msg.amount.amount > entries[index].balance:
        raise SdkError(SdkCode.INVALID_REQUEST, "amount is greater than the unbonding delegation entry balance")

    delegations.cancel(ctx, keeper.stake, msg.delegator, validator, index, msg.amount.amount)

    ctx.emit(
        "cancel_unbonding_delegation",
        amount=msg.amount,
        validator=msg.operator.operator,
        delegator=msg.delegator,
        creation_height=msg.creation_height,
    )
    return tx_pb2.MsgCancelUnbondingDelegationResponse()


def update_params(ctx: Context, keeper: StakingKeeper, msg: UpdateParams) -> tx_pb2.MsgUpdateParamsResponse:
    """Replace the parameters. Raises: SdkError(UNAUTHORIZED) for anybody but the authority."""
    if msg.authority != ctx.authority:
        text = f"invalid authority; expected {ctx.authority}, got {msg.authority}"
        raise SdkError(SdkCode.UNAUTHORIZED, text)

    keeper.stake.set_params(ctx, msg.params)

    return tx_pb2.MsgUpdateParamsResponse()


def _unbondable(
    ctx: Context, keeper: StakingKeeper, delegator: Address, operator: Address, amount: Coin
) -> tuple[Validator, int]:
    validator = keeper.stake.require(ctx, operator)
    try:
        shares = delegations.shares_to_unbond(ctx, delegator, validator, amount.amount)
    except ValueError as error:
        raise SdkError(SdkCode.INVALID_REQUEST, str(error)) from error
    _require_denom(ctx, keeper, amount)
    return validator, shares


def _require_denom(ctx: Context, keeper: StakingKeeper, amount: Coin) -> None:
    expected = keeper.stake.params(ctx).bond_denom
    if amount.denom != expected:
        text = f"invalid coin denomination: got {amount.denom}, expected {expected}"
        raise SdkError(SdkCode.INVALID_REQUEST, text)


def _edited(before: Description, wanted: Description) -> Description:
    return Description(
        before.moniker if wanted.moniker == KEEP else wanted.moniker,
        before.identity if wanted.identity == KEEP else wanted.identity,
        before.website if wanted.website == KEEP else wanted.website,
        before.security_contact if wanted.security_contact == KEEP else wanted.security_contact,
        before.details if wanted.details == KEEP else wanted.details,
    )


def _changed(ctx: Context, before: Commission, rate: int) -> Commission:
    if ctx.time - before.update_time < _DAY:
        raise StakingError(StakingCode.COMMISSION_UPDATE_TIME)
    if rate > before.max_rate:
        raise StakingError(StakingCode.COMMISSION_GT_MAX_RATE)
    if rate - before.rate > before.max_change_rate:
        raise StakingError(StakingCode.COMMISSION_GT_MAX_CHANGE_RATE)
    return replace(before, rate=rate, update_time=ctx.time)
