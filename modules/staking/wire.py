"""Values of this module as messages of the wire."""

from google.protobuf.any_pb2 import Any

from chain.pb.cosmos.base.v1beta1 import coin_pb2
from chain.pb.cosmos.crypto.ed25519 import keys_pb2
from chain.pb.cosmos.staking.v1beta1 import staking_pb2 as pb
from chain.primitives.coins import BASE_DENOM
from chain.primitives.ids import Address
from modules.staking.params import Params
from modules.staking.state import RedelegationEntry, UnbondingEntry
from modules.staking.times import duration, timestamp
from modules.staking.validator import Description, Status, Validator

ED25519_URL = "/cosmos.crypto.ed25519.PubKey"
"""Type of the one kind of consensus key."""


def coin(amount: int) -> coin_pb2.Coin:
    """Return an amount of the bond denomination."""
    return coin_pb2.Coin(denom=BASE_DENOM, amount=str(amount))


def consensus_any(key: bytes) -> Any:
    """Return a consensus key."""
    return Any(type_url=ED25519_URL, value=keys_pb2.PubKey(key=key).SerializeToString(deterministic=True))


def description(proto: pb.Description) -> Description:
    """Return a description of the wire."""
    return Description(proto.moniker, proto.identity, proto.website, proto.security_contact, proto.details)


def description_proto(value: Description) -> pb.Description:
    """Return a description for the wire."""
    return pb.Description(
        moniker=value.moniker,
        identity=value.identity,
        website=value.website,
        security_contact=value.security_contact,
        details=value.details,
    )


def validator_proto(value: Validator) -> pb.Validator:
    """Return a validator for the wire."""
    commission = value.commission
    return pb.Validator(
        operator_address=value.operator.operator,
        consensus_pubkey=consensus_any(value.consensus_key),
        jailed=value.jailed,
        status=_STATUS[value.status],
        tokens=str(value.tokens),
        delegator_shares=str(value.shares),
        description=description_proto(value.description),
        unbonding_height=value.unbonding_height,
        unbonding_time=timestamp(value.unbonding_time),
        commission=pb.Commission(
            commission_rates=pb.CommissionRates(
                rate=str(commission.rate),
                max_rate=str(commission.max_rate),
                max_change_rate=str(commission.max_change_rate),
            ),
            update_time=timestamp(commission.update_time),
        ),
        min_self_delegation=str(value.min_self_delegation),
        unbonding_ids=[value.unbonding_id] if value.unbonding_id else [],
    )


_STATUS = {
    Status.UNBONDED: pb.BOND_STATUS_UNBONDED,
    Status.UNBONDING: pb.BOND_STATUS_UNBONDING,
    Status.BONDED: pb.BOND_STATUS_BONDED,
}


def delegation_proto(delegator: Address, validator: Validator, shares: int) -> pb.DelegationResponse:
    """Return a delegation and what it is worth."""
    return pb.DelegationResponse(
        delegation=pb.Delegation(
            delegator_address=str(delegator), validator_address=validator.operator.operator, shares=str(shares)
        ),
        balance=coin(validator.worth(shares)),
    )


def unbonding_proto(
    delegator: Address, operator: Address, entries: tuple[UnbondingEntry, ...]
) -> pb.UnbondingDelegation:
    """Return what unbonds of a delegator from a validator."""
    return pb.UnbondingDelegation(
        delegator_address=str(delegator),
        validator_address=operator.operator,
        entries=[
            pb.UnbondingDelegationEntry(
                creation_height=entry.creation_height,
                completion_time=timestamp(entry.completion_time),
                initial_balance=str(entry.initial_balance),
                balance=str(entry.balance),
                unbonding_id=entry.unbonding_id,
            )
            for entry in entries
        ],
    )


def redelegation_proto(
    way: tuple[Address, Address, Address], target: Validator | None, entries: tuple[RedelegationEntry, ...]
) -> pb.RedelegationResponse:
    """Return what was redelegated one way, and what it is worth now."""
    delegator, source, into = way
    made = pb.RedelegationResponse(
        redelegation=pb.Redelegation(
            delegator_address=str(delegator),
            validator_src_address=source.operator,
            validator_dst_address=into.operator,
        )
    )
    for entry in entries:
        shown = pb.RedelegationEntry(
            creation_height=entry.creation_height,
            completion_time=timestamp(entry.completion_time),
            initial_balance=str(entry.initial_balance),
            shares_dst=str(entry.shares_dst),
            unbonding_id=entry.unbonding_id,
        )
        worth = target.worth(min(entry.shares_dst, target.shares)) if target is not None and target.shares else 0
        made.entries.add(redelegation_entry=shown, balance=str(worth))
    return made


def params_proto(params: Params) -> pb.Params:
    """Return parameters for the wire."""
    return pb.Params(
        unbonding_time=duration(params.unbonding_time),
        max_validators=params.max_validators,
        max_entries=params.max_entries,
        historical_entries=params.historical_entries,
        bond_denom=params.bond_denom,
        min_commission_rate=str(params.min_commission_rate),
    )
