"""The staking module's section of genesis, in the Cosmos SDK's form.

The active set is computed anew from the powers; `last_total_power` and `last_validator_powers` are written for tools
that read them, and not taken. Headers of past blocks stay behind.
"""

import base64
from typing import NamedTuple

from chain.primitives.decimals import parse_decimal, show_decimal
from chain.primitives.ids import Address
from chain.sdk.context import Context
from chain.sdk.module import Json
from chain.sdk.sections import Section
from modules.staking import delegations, redelegations
from modules.staking.keeper import StakingKeeper
from modules.staking.params import Params
from modules.staking.stake import index_power, inverted
from modules.staking.state import (
    ACTIVE_SET,
    BY_CONSENSUS,
    BY_POWER,
    CHANGED,
    DELEGATIONS,
    NEXT_ID,
    PARAMETERS,
    REDELEGATIONS,
    UNBONDINGS,
    VALIDATOR_QUEUE,
    VALIDATORS,
    RedelegationEntry,
    UnbondingEntry,
)
from modules.staking.times import parse_duration, parse_time, show_duration, show_time
from modules.staking.validator import Commission, Description, Status, Validator, consensus_address
from modules.staking.wire import ED25519_URL

_TEXTS = ("moniker", "identity", "website", "security_contact", "details")
_STATUSES = {f"BOND_STATUS_{status.name}": status for status in Status}
Way = tuple[Address, Address, Address]


class _State(NamedTuple):
    """A section after its checks."""

    params: Params
    validators: dict[Address, Validator]
    delegations: dict[tuple[Address, Address], int]
    unbondings: dict[tuple[Address, Address], tuple[UnbondingEntry, ...]]
    redelegations: dict[Way, tuple[RedelegationEntry, ...]]


def default() -> Json:
    """Return a section with the default parameters and nobody."""
    return _write(_State(Params(), {}, {}, {}, {}), [])


def validate(section: Json) -> None:
    """Check a section. Raises: GenesisError naming the path of the bad field."""
    _parse(section)


def init(ctx: Context, keeper: StakingKeeper, section: Json) -> None:
    """Write parameters, validators, delegations and what is under way; books of rewards are opened for them."""
    state = _parse(section)
    PARAMETERS.set(ctx, state.params)
    CHANGED.set(ctx, True)
    last = 0
    for operator, validator in sorted(state.validators.items()):
        VALIDATORS.set(ctx, operator, validator)
        BY_CONSENSUS.set(ctx, validator.consensus_address, operator)
        if index_power(validator):
            BY_POWER.add(ctx, (index_power(validator), inverted(operator)))
        if validator.status is Status.UNBONDING:
            VALIDATOR_QUEUE.add(ctx, (validator.unbonding_time, operator))
        last = max(last, validator.unbonding_id)
        keeper.stake.rewards.validator_created(ctx, operator)
    for (delegator, operator), shares in sorted(state.delegations.items()):
        keeper.stake.set_shares(ctx, delegator, operator, 0, shares)
    for (delegator, operator), entries in sorted(state.unbondings.items()):
        UNBONDINGS.set(ctx, (delegator, operator), entries)
        for index, entry in enumerate(entries):
            delegations.index_entry(ctx, delegator, operator, entry, first=not index)
            last = max(last, entry.unbonding_id)
    for way, moved in sorted(state.redelegations.items()):
        REDELEGATIONS.set(ctx, way, moved)
        for index, item in enumerate(moved):
            redelegations.index_entry(ctx, way, item, first=not index)
            last = max(last, item.unbonding_id)
    NEXT_ID.set(ctx, last + 1)


def export(ctx: Context, keeper: StakingKeeper) -> Json:
    """Read the section back, everything in order of its keys."""
    state = _State(
        keeper.params(ctx),
        dict(VALIDATORS.scan(ctx)),
        dict(DELEGATIONS.scan(ctx)),
        dict(UNBONDINGS.scan(ctx)),
        dict(REDELEGATIONS.scan(ctx)),
    )
    return _write(state, [(seat.operator, seat.power) for seat in ACTIVE_SET.get(ctx) or ()])


def _parse(data: Json) -> _State:
    section = Section("staking", data)
    params = _params(section.object("params"))
    validators: dict[Address, Validator] = {}
    keys: dict[bytes, bool] = {}
    for row in section.objects("validators"):
        found = _validator(row)
        if found.operator in validators or found.consensus_key in keys:
            raise row.fail("operator_address", "operator or key is listed twice")
        validators[found.operator] = found
        keys[found.consensus_key] = True
    _require_a_set(section, params, validators)
    shares = _delegations(section, validators)
    unbondings = _unbondings(section)
    redelegations = _redelegations(section)
    for field in ("last_total_power", "last_validator_powers", "exported"):
        section.raw(field, "")
    section.done()
    return _State(params, validators, shares, unbondings, redelegations)


def _require_a_set(section: Section, params: Params, validators: dict[Address, Validator]) -> None:
    """Refuse bonded validators that are not the first by power: nothing would ever release them."""
    ranks = sorted((-index_power(found), operator) for operator, found in validators.items() if index_power(found))
    chosen = {operator for _, operator in ranks[: params.max_validators]}
    for operator, found in validators.items():
        if found.bonded and operator not in chosen:
            raise section.fail("validators", f"{operator.operator} is bonded and not among the first by power")


def _params(row: Section) -> Params:
    params = Params(
        row.parsed("unbonding_time", parse_duration),
        row.uint("max_validators", bits=32),
        row.uint("max_entries", bits=32),
        row.uint("historical_entries", bits=32),
        row.text("bond_denom"),
        row.parsed("min_commission_rate", parse_decimal),
    )
    row.done()
    fault = params.fault()
    if fault is not None:
        raise row.fail(*fault)
    return params


def _validator(row: Section) -> Validator:
    operator = row.parsed("operator_address", Address.parse_operator)
    key = _key(row.object("consensus_pubkey"))
    commission = row.object("commission")
    rates = commission.object("commission_rates")
    about = row.object("description")
    ids = row.raw("unbonding_ids", [])
    found = Validator(
        operator,
        key,
        consensus_address(key),
        row.uint("tokens", bits=256),
        row.parsed("delegator_shares", parse_decimal),
        row.parsed("status", _status),
        row.flag("jailed", False),
        Description(**{name: about.text(name, "") for name in _TEXTS}),
        Commission(
            rates.parsed("rate", parse_decimal),
            rates.parsed("max_rate", parse_decimal),
            rates.parsed("max_change_rate", parse_decimal),
            commission.parsed("update_time", parse_time),
        ),
        row.uint("min_self_delegation", bits=256),
        row.uint("unbonding_height", 0),
        row.parsed("unbonding_time", parse_time) if row.has("unbonding_time") else 0,
        int(ids[-1]) if isinstance(ids, list) and ids else 0,
    )
    row.uint("unbonding_on_hold_ref_count", 0)
    for part in (rates, commission, about, row):
        part.done()
    return found


def _status(text: str) -> Status:
    found = _STATUSES.get(text)
    if found is None:
        raise ValueError(f"{text[:40]!r} is none of {', '.join(_STATUSES)}")
    return found


def _key(row: Section) -> bytes:
    if row.text("@type") != ED25519_URL:
        raise row.fail("@type", f"must be {ED25519_URL}")
    key = row.parsed("key", lambda text: base64.b64decode(text, validate=True))
    if len(key) != 32:
        raise row.fail("key", "must have 32 bytes")
    row.done()
    return key


def _delegations(section: Section, validators: dict[Address, Validator]) -> dict[tuple[Address, Address], int]:
    found: dict[tuple[Address, Address], int] = {}
    total: dict[Address, int] = {}
    for row in section.objects("delegations"):
        pair = row.address("delegator_address"), row.parsed("validator_address", Address.parse_operator)
        shares = row.parsed("shares", parse_decimal)
        row.done()
        if pair in found or pair[1] not in validators or not shares:
            raise row.fail("validator_address", "delegation is listed twice, to nobody, or of nothing")
        found[pair] = shares
        total[pair[1]] = total.get(pair[1], 0) + shares
    for operator, validator in validators.items():
        if total.get(operator, 0) != validator.shares:
            text = f"delegations to {operator.operator} add up to {show_decimal(total.get(operator, 0))} shares"
            raise section.fail("delegations", f"{text}, not {show_decimal(validator.shares)}")
    return found


def _unbondings(section: Section) -> dict[tuple[Address, Address], tuple[UnbondingEntry, ...]]:
    found: dict[tuple[Address, Address], tuple[UnbondingEntry, ...]] = {}
    for row in section.objects("unbonding_delegations"):
        pair = row.address("delegator_address"), row.parsed("validator_address", Address.parse_operator)
        entries = []
        for item in row.objects("entries"):
            height, time, initial, number = _entry(item)
            entries.append(UnbondingEntry(height, time, initial, item.uint("balance", bits=256), number))
            item.done()
        row.done()
        if pair in found or not entries:
            raise row.fail("entries", "is empty, or the pair is listed twice")
        found[pair] = tuple(entries)
    return found


def _redelegations(section: Section) -> dict[Way, tuple[RedelegationEntry, ...]]:
    found: dict[Way, tuple[RedelegationEntry, ...]] = {}
    for row in section.objects("redelegations"):
        way = (
            row.address("delegator_address"),
            row.parsed("validator_src_address", Address.parse_operator),
            row.parsed("validator_dst_address", Address.parse_operator),
        )
        entries = []
        for item in row.objects("entries"):
            height, time, initial, number = _entry(item)
            shares = item.parsed("shares_dst", parse_decimal)
            entries.append(RedelegationEntry(height, time, initial, shares, number))
            item.done()
        row.done()
        if way in found or not entries:
            raise row.fail("entries", "is empty, or the way is listed twice")
        found[way] = tuple(entries)
    return found


def _entry(item: Section) -> tuple[int, int, int, int]:
    item.uint("unbonding_on_hold_ref_count", 0)
    return (
        item.uint("creation_height"),
        item.parsed("completion_time", parse_time),
        item.uint("initial_balance", bits=256),
        item.uint("unbonding_id", 0),
    )


def _write(state: _State, powers: list[tuple[Address, int]]) -> Json:
    params = state.params
    return {
        "params": {
            "unbonding_time": show_duration(params.unbonding_time),
            "max_validators": params.max_validators,
            "max_entries": params.max_entries,
            "historical_entries": params.historical_entries,
            "bond_denom": params.bond_denom,
            "min_commission_rate": show_decimal(params.min_commission_rate),
        },
        "last_total_power": str(sum(power for _, power in powers)),
        "last_validator_powers": [{"address": operator.operator, "power": str(power)} for operator, power in powers],
        "validators": [_show_validator(state.validators[operator]) for operator in sorted(state.validators)],
        "delegations": [
            {
                "delegator_address": str(delegator),
                "validator_address": operator.operator,
                "shares": show_decimal(shares),
            }
            for (delegator, operator), shares in sorted(state.delegations.items())
        ],
        "unbonding_delegations": [
            {
                "delegator_address": str(delegator),
                "validator_address": operator.operator,
                "entries": [_show_entry(entry) | {"balance": str(entry.balance)} for entry in entries],
            }
            for (delegator, operator), entries in sorted(state.unbondings.items())
        ],
        "redelegations": [
            {
                "delegator_address": str(delegator),
                "validator_src_address": source.operator,
                "validator_dst_address": target.operator,
                "entries": [_show_entry(entry) | {"shares_dst": show_decimal(entry.shares_dst)} for entry in entries],
            }
            for (delegator, source, target), entries in sorted(state.redelegations.items())
        ],
        "exported": bool(powers),
    }


def _show_entry(entry: UnbondingEntry | RedelegationEntry) -> Json:
    return {
        "creation_height": str(entry.creation_height),
        "completion_time": show_time(entry.completion_time),
        "initial_balance": str(entry.initial_balance),
        "unbonding_id": str(entry.unbonding_id),
        "unbonding_on_hold_ref_count": "0",
    }


def _show_validator(validator: Validator) -> Json:
    commission = validator.commission
    return {
        "operator_address": validator.operator.operator,
        "consensus_pubkey": {"@type": ED25519_URL, "key": base64.b64encode(validator.consensus_key).decode()},
        "jailed": validator.jailed,
        "status": f"BOND_STATUS_{validator.status.name}",
        "tokens": str(validator.tokens),
        "delegator_shares": show_decimal(validator.shares),
        "description": {name: getattr(validator.description, name) for name in _TEXTS},
        "unbonding_height": str(validator.unbonding_height),
        "unbonding_time": show_time(validator.unbonding_time),
        "commission": {
            "commission_rates": {
                "rate": show_decimal(commission.rate),
                "max_rate": show_decimal(commission.max_rate),
                "max_change_rate": show_decimal(commission.max_change_rate),
            },
            "update_time": show_time(commission.update_time),
        },
        "min_self_delegation": str(validator.min_self_delegation),
        "unbonding_on_hold_ref_count": "0",
        "unbonding_ids": [str(validator.unbonding_id)] if validator.unbonding_id else [],
    }
