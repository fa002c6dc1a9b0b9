"""The staking module: who secures the chain, with whose tokens."""

from collections.abc import Sequence

from chain.pb.cosmos.staking.v1beta1 import query_pb2 as pb
from chain.pb.cosmos.staking.v1beta1 import tx_pb2
from chain.sdk.context import Context
from chain.sdk.module import Genesis, Invariant, Message, Module, Query, ValidatorPower
from modules.staking import blocks, commands, genesis, handlers, invariants, messages, queries, sets
from modules.staking.errors import StakingCode
from modules.staking.keeper import StakingKeeper
from modules.staking.stake import BONDED_POOL, NOT_BONDED_POOL
from modules.staking.state import SCHEMA

EVENTS = (
    "create_validator",
    "edit_validator",
    "delegate",
    "redelegate",
    "unbond",
    "cancel_unbonding_delegation",
    "complete_unbonding",
    "complete_redelegation",
    "validator_bonded",
    "validator_unbonding",
    "validator_unbonded",
)
"""Types of the events that the module emits."""

_SERVICE = "/cosmos.staking.v1beta1.Query/"


def module(keeper: StakingKeeper) -> Module:
    """Return the module around its keeper."""
    return Module(
        name="staking",
        keeper=keeper,
        schema=SCHEMA,
        genesis=Genesis(genesis.default, genesis.validate, genesis.init, genesis.export),
        errors=StakingCode,
        messages=_messages(),
        queries=(*_of_validators(), *_of_delegations(), *_of_delegators(), *_of_the_chain()),
        begin_block=blocks.begin_block,
        end_block=blocks.end_block,
        validator_updates=_updates,
        invariants=(
            Invariant("pools-are-the-tokens", invariants.pools_are_the_tokens),
            Invariant("shares-add-up", invariants.shares_add_up),
            Invariant("powers-are-ranked", invariants.powers_are_ranked),
            Invariant("the-set-is-the-first-by-power", invariants.the_set_is_the_first_by_power),
        ),
        accounts={BONDED_POOL: ("burner", "staking"), NOT_BONDED_POOL: ("burner", "staking")},
        events=EVENTS,
    )


def _updates(ctx: Context, keeper: StakingKeeper) -> Sequence[ValidatorPower]:
    return sets.updates(ctx, keeper.stake)


def _messages() -> tuple[Message, ...]:
    return (
        Message(
            tx_pb2.MsgCreateValidator,
            messages.CreateValidator.from_proto,
            handlers.create_validator,
            commands.CREATE_VALIDATOR,
        ),
        Message(
            tx_pb2.MsgEditValidator, messages.EditValidator.from_proto, handlers.edit_validator, commands.EDIT_VALIDATOR
        ),
        Message(tx_pb2.MsgDelegate, messages.Delegate.from_proto, handlers.delegate, commands.DELEGATE),
        Message(
            tx_pb2.MsgBeginRedelegate,
            messages.BeginRedelegate.from_proto,
            handlers.begin_redelegate,
            commands.REDELEGATE,
        ),
        Message(tx_pb2.MsgUndelegate, messages.Undelegate.from_proto, handlers.undelegate, commands.UNBOND),
        Message(
            tx_pb2.MsgCancelUnbondingDelegation,
            messages.CancelUnbonding.from_proto,
            handlers.cancel_unbonding,
            commands.CANCEL_UNBOND,
        ),
        Message(
            tx_pb2.MsgUpdateParams, messages.UpdateParams.from_proto, handlers.update_params, commands.UPDATE_PARAMS
        ),
    )


def _of_validators() -> tuple[Query, ...]:
    return (
        Query(
            _SERVICE + "Validators",
            pb.QueryValidatorsRequest,
            pb.QueryValidatorsResponse,
            queries.validators,
            commands.VALIDATORS,
        ),
        Query(
            _SERVICE + "Validator",
            pb.QueryValidatorRequest,
            pb.QueryValidatorResponse,
            queries.validator,
            commands.VALIDATOR,
        ),
        Query(
            _SERVICE + "ValidatorDelegations",
            pb.QueryValidatorDelegationsRequest,
            pb.QueryValidatorDelegationsResponse,
            queries.validator_delegations,
            commands.DELEGATIONS_TO,
        ),
        Query(
            _SERVICE + "ValidatorUnbondingDelegations",
            pb.QueryValidatorUnbondingDelegationsRequest,
            pb.QueryValidatorUnbondingDelegationsResponse,
            queries.validator_unbonding_delegations,
            commands.UNBONDING_DELEGATIONS_FROM,
        ),
    )


def _of_delegations() -> tuple[Query, ...]:
    return (
        Query(
            _SERVICE + "Delegation",
            pb.QueryDelegationRequest,
            pb.QueryDelegationResponse,
            queries.delegation,
            commands.DELEGATION,
        ),
        Query(
            _SERVICE + "UnbondingDelegation",
            pb.QueryUnbondingDelegationRequest,
            pb.QueryUnbondingDelegationResponse,
            queries.unbonding_delegation,
            commands.UNBONDING_DELEGATION,
        ),
    )


def _of_delegators() -> tuple[Query, ...]:
    return (
        Query(
            _SERVICE + "DelegatorDelegations",
            pb.QueryDelegatorDelegationsRequest,
            pb.QueryDelegatorDelegationsResponse,
            queries.delegator_delegations,
            commands.DELEGATIONS,
        ),
        Query(
            _SERVICE + "DelegatorUnbondingDelegations",
            pb.QueryDelegatorUnbondingDelegationsRequest,
            pb.QueryDelegatorUnbondingDelegationsResponse,
            queries.delegator_unbonding_delegations,
            commands.UNBONDING_DELEGATIONS,
        ),
        Query(
            _SERVICE + "Redelegations",
            pb.QueryRedelegationsRequest,
            pb.QueryRedelegationsResponse,
            queries.redelegations,
            commands.REDELEGATIONS,
        ),
        Query(
            _SERVICE + "DelegatorValidators",
            pb.QueryDelegatorValidatorsRequest,
            pb.QueryDelegatorValidatorsResponse,
            queries.delegator_validators,
            commands.DELEGATOR_VALIDATORS,
        ),
        Query(
            _SERVICE + "DelegatorValidator",
            pb.QueryDelegatorValidatorRequest,
            pb.QueryDelegatorValidatorResponse,
            queries.delegator_validator,
            commands.DELEGATOR_VALIDATOR,
        ),
    )


def _of_the_chain() -> tuple[Query, ...]:
    return (
        Query(
            _SERVICE + "HistoricalInfo",
            pb.QueryHistoricalInfoRequest,
            pb.QueryHistoricalInfoResponse,
            queries.historical_info,
            commands.HISTORICAL_INFO,
        ),
        Query(_SERVICE + "Pool", pb.QueryPoolRequest, pb.QueryPoolResponse, queries.pool, commands.POOL),
        Query(_SERVICE + "Params", pb.QueryParamsRequest, pb.QueryParamsResponse, queries.params, commands.PARAMS),
    )
