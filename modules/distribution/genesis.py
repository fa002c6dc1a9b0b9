"""The distribution module's section of genesis.

The names of the Cosmos SDK where they fit. An accumulator takes the place of its periods: `validator_current_rewards`
has it, and `delegator_starting_infos` its value when a delegation was last settled.
"""

from typing import NamedTuple

from chain.crypto.addresses import module_address
from chain.primitives.coins import BASE_DENOM, valid_denom
from chain.primitives.decimals import ONE, parse_decimal, show_decimal
from chain.primitives.ids import Address
from chain.sdk.context import Context
from chain.sdk.module import GenesisError, Json
from chain.sdk.sections import Section
from modules.distribution.invariants import liabilities
from modules.distribution.keeper import DistributionKeeper
from modules.distribution.params import Params
from modules.distribution.state import (
    PARAMETERS,
    POOL,
    REWARDS,
    SLASHES,
    STAKES,
    STORE,
    WITHDRAW_ADDRESSES,
    Rewards,
    Stake,
)
from modules.distribution.wire import params_json, read_params


class _State(NamedTuple):
    """A section after its checks."""

    params: Params
    pool: dict[str, int]
    addresses: dict[Address, Address]
    rewards: dict[Address, Rewards]
    stakes: dict[tuple[Address, Address], Stake]
    slashes: dict[tuple[Address, int, int], int]


def default() -> Json:
    """Return a section with the default parameters, an empty pool, and nobody's rewards."""
    return _write(_State(Params(), {}, {}, {}, {}, {}))


def validate(section: Json) -> None:
    """Check a section. Raises: GenesisError naming the path of the bad field."""
    _parse(section)


def init(ctx: Context, keeper: DistributionKeeper, section: Json) -> None:
    """Write a section into an empty state, behind the bank's and before staking's.

    Raises: GenesisError where the module's account does not hold what the section says it is for.
    """
    state = _parse(section)
    PARAMETERS.set(ctx, state.params)
    for denom in sorted(state.pool):
        POOL.set(ctx, denom, state.pool[denom])
    for delegator in sorted(state.addresses):
        WITHDRAW_ADDRESSES.set(ctx, delegator, state.addresses[delegator])
    for operator in sorted(state.rewards):
        REWARDS.set(ctx, operator, state.rewards[operator])
    for pair in sorted(state.stakes):
        STAKES.set(ctx, pair, state.stakes[pair])
    for key in sorted(state.slashes):
        SLASHES.set(ctx, key, state.slashes[key])
    held = {coin.denom: coin.amount * ONE for coin in keeper.bank.balances(ctx, module_address(STORE))}
    if held != liabilities(ctx):
        raise GenesisError(f"{STORE}.fee_pool", "pool and outstanding rewards are not what the module's account holds")


def export(ctx: Context, keeper: DistributionKeeper) -> Json:
    """Read the section back, everything in order of keys."""
    return _write(
        _State(
            keeper.params(ctx),
            dict(POOL.scan(ctx)),
            dict(WITHDRAW_ADDRESSES.scan(ctx)),
            dict(REWARDS.scan(ctx)),
            dict(STAKES.scan(ctx)),
            dict(SLASHES.scan(ctx)),
        )
    )


def _write(state: _State) -> Json:
    pool = [{"denom": denom, "amount": show_decimal(amount)} for denom, amount in state.pool.items()]
    return {
        "params": params_json(state.params),
        "fee_pool": {"community_pool": pool},
        "delegator_withdraw_infos": [
            {"delegator_address": str(delegator), "withdraw_address": str(address)}
            for delegator, address in state.addresses.items()
        ],
        "validator_current_rewards": [
            {
                "validator_address": operator.operator,
                "per_share": str(rewards.per_share),
                "outstanding": show_decimal(rewards.outstanding),
                "commission": show_decimal(rewards.commission),
            }
            for operator, rewards in state.rewards.items()
        ],
        "delegator_starting_infos": [
            {
                "delegator_address": str(delegator),
                "validator_address": operator.operator,
                "per_share": str(stake.per_share),
                "owed": show_decimal(stake.owed),
            }
            for (delegator, operator), stake in state.stakes.items()
        ],
        "validator_slash_events": [
            {
                "validator_address": operator.operator,
                "height": str(height),
                "number": str(number),
                "fraction": show_decimal(fraction),
            }
            for (operator, height, number), fraction in state.slashes.items()
        ],
    }


def _parse(data: Json) -> _State:
    section = Section(STORE, data)
    params = read_params(section.object("params"))
    pool = _pool(section.object("fee_pool")) if section.has("fee_pool") else {}
    addresses = _addresses(section)
    rewards = _rewards(section)
    stakes = _stakes(section, rewards)
    slashes = _slashes(section)
    section.done()
    return _State(params, pool, addresses, rewards, stakes, slashes)


def _pool(section: Section) -> dict[str, int]:
    pool: dict[str, int] = {}
    for row in section.objects("community_pool"):
        denom = row.text("denom")
        if not valid_denom(denom) or denom in pool:
            raise row.fail("denom", "is no denomination or listed twice")
        pool[denom] = row.parsed("amount", parse_decimal)
        if pool[denom] == 0:
            raise row.fail("amount", "must be above 0")
        row.done()
    section.done()
    return pool


def _addresses(section: Section) -> dict[Address, Address]:
    addresses: dict[Address, Address] = {}
    for row in section.objects("delegator_withdraw_infos"):
        delegator = row.address("delegator_address")
        if delegator in addresses:
            raise row.fail("delegator_address", f"{delegator} is listed twice")
        addresses[delegator] = row.address("withdraw_address")
        row.done()
    return addresses


def _rewards(section: Section) -> dict[Address, Rewards]:
    found: dict[Address, Rewards] = {}
    for row in section.objects("validator_current_rewards"):
        operator = row.parsed("validator_address", Address.parse_operator)
        if operator in found:
            raise row.fail("validator_address", f"{operator.operator} is listed twice")
        rewards = Rewards(
            row.uint("per_share", bits=512),
            row.parsed("outstanding", parse_decimal),
            row.parsed("commission", parse_decimal),
        )
        if rewards.commission > rewards.outstanding:
            raise row.fail("commission", "is more than what is outstanding")
        found[operator] = rewards
        row.done()
    return found


def _stakes(section: Section, rewards: dict[Address, Rewards]) -> dict[tuple[Address, Address], Stake]:
    found: dict[tuple[Address, Address], Stake] = {}
    for row in section.objects("delegator_starting_infos"):
        delegator = row.address("delegator_address")
        operator = row.parsed("validator_address", Address.parse_operator)
        if (delegator, operator) in found:
            raise row.fail("delegator_address", f"{delegator} is listed twice with {operator.operator}")
        if operator not in rewards:
            raise row.fail("validator_address", f"{operator.operator} has no current rewards")
        stake = Stake(row.uint("per_share", bits=512), row.parsed("owed", parse_decimal))
        if stake.per_share > rewards[operator].per_share:
            raise row.fail("per_share", "is above the validator's")
        if stake.owed >= ONE:
            raise row.fail("owed", f"must be below 1{BASE_DENOM}")
        found[delegator, operator] = stake
        row.done()
    return found


def _slashes(section: Section) -> dict[tuple[Address, int, int], int]:
    found: dict[tuple[Address, int, int], int] = {}
    for row in section.objects("validator_slash_events"):
        operator = row.parsed("validator_address", Address.parse_operator)
        key = (operator, row.uint("height"), row.uint("number"))
        if key in found:
            raise row.fail("number", "is listed twice")
        found[key] = row.parsed("fraction", parse_decimal)
        if found[key] > ONE:
            raise row.fail("fraction", "must be in 0..1")
        row.done()
    return found
