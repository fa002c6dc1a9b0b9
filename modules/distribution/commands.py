"""Commands of the distribution module."""

import json
from collections.abc import Mapping
from typing import Any

from chain.pb.cosmos.distribution.v1beta1 import tx_pb2
from chain.primitives.ids import Address
from chain.sdk.cli import Arg, Column, Command, Kind
from chain.sdk.sections import Section
from modules.distribution.wire import params_proto, read_params

_OPERATOR = "lampvaloper1qqqsyqcyq5rqwzqfpg9scrgwpugpzysnwjk8hn"
_VALIDATOR = Arg("validator_address", "The validator: lampvaloper1...", metavar="VALIDATOR")
_DELEGATOR = Arg(
    "delegator_address", "The delegator: address, or the name of a key.", Kind.ADDRESS, metavar="DELEGATOR"
)
_AMOUNT = Arg("amount", "Amounts separated by commas, such as 1.5lamp.", Kind.COINS)


def _commission(values: Mapping[str, Any]) -> tx_pb2.MsgWithdrawValidatorCommission:
    """Return the message of the signer's own validator."""
    operator = Address.parse(values["validator_address"]).operator
    return tx_pb2.MsgWithdrawValidatorCommission(validator_address=operator)


def _update_params(values: Mapping[str, Any]) -> tx_pb2.MsgUpdateParams:
    """Return the message of parameters as genesis writes them."""
    params = read_params(Section("params", json.loads(values["params"])))
    return tx_pb2.MsgUpdateParams(authority=values["authority"], params=params_proto(params))


SET_WITHDRAW_ADDRESS = Command(
    name="set-withdraw-addr",
    help="Say which address your rewards go to.",
    example="lampd tx distribution set-withdraw-addr bob --from alice",
    args=(Arg("withdraw_address", "Who gets them: address, or the name of a key.", Kind.ADDRESS, metavar="TO"),),
    signer="delegator_address",
)
WITHDRAW_REWARDS = Command(
    name="withdraw-rewards",
    help="Take what your delegation to a validator earned.",
    example=f"lampd tx distribution withdraw-rewards {_OPERATOR} --from alice",
    args=(_VALIDATOR,),
    signer="delegator_address",
)
WITHDRAW_COMMISSION = Command(
    name="withdraw-validator-commission",
    help="Take the commission of your validator.",
    example="lampd tx distribution withdraw-validator-commission --from val0",
    signer="validator_address",
    build=_commission,
)
FUND_COMMUNITY_POOL = Command(
    name="fund-community-pool",
    help="Give coins to the community pool.",
    example="lampd tx distribution fund-community-pool 1.5lamp --from alice",
    args=(_AMOUNT,),
    signer="depositor",
)
COMMUNITY_POOL_SPEND = Command(
    name="community-pool-spend",
    help="Pay from the community pool; only the chain's authority may.",
    example="lampd tx distribution community-pool-spend bob 1.5lamp --from alice",
    args=(Arg("recipient", "Who gets it: address, or the name of a key.", Kind.ADDRESS, metavar="TO"), _AMOUNT),
    signer="authority",
)
FUND_VALIDATOR = Command(
    name="fund-validator-rewards-pool",
    help="Give coins to the delegators of a validator.",
    example=f"lampd tx distribution fund-validator-rewards-pool {_OPERATOR} 1.5lamp --from alice",
    args=(_VALIDATOR, _AMOUNT),
    signer="depositor",
)
UPDATE_PARAMS = Command(
    name="update-params",
    help="Replace the parameters; only the chain's authority may. Those not named take their defaults.",
    example='lampd tx distribution update-params \'{"community_tax": "0.02"}\' --from alice',
    args=(Arg("params", "Parameters as genesis writes them, as JSON."),),
    signer="authority",
    build=_update_params,
)
PARAMS = Command(
    name="params",
    help="Show the community tax.",
    example="lampd query distribution params",
)
VALIDATOR_INFO = Command(
    name="validator-distribution-info",
    help="Show a validator's commission and its operator's own rewards.",
    example=f"lampd query distribution validator-distribution-info {_OPERATOR}",
    args=(_VALIDATOR,),
)
OUTSTANDING = Command(
    name="validator-outstanding-rewards",
    help="Show what a validator and its delegators have not been paid yet.",
    example=f"lampd query distribution validator-outstanding-rewards {_OPERATOR}",
    args=(_VALIDATOR,),
)
COMMISSION = Command(
    name="commission",
    help="Show a validator's commission that it has not been paid yet.",
    example=f"lampd query distribution commission {_OPERATOR}",
    args=(_VALIDATOR,),
)
SLASHES = Command(
    name="slashes",
    help="List a validator's slashes between two heights.",
    example=f"lampd query distribution slashes {_OPERATOR} 0 100",
    args=(
        _VALIDATOR,
        Arg("starting_height", "First height.", metavar="FIRST"),
        Arg("ending_height", "Last height.", metavar="LAST"),
    ),
    rows="slashes",
    columns=(Column("validator_period", "NUMBER"), Column("fraction", "FRACTION")),
)
DELEGATION_REWARDS = Command(
    name="rewards-by-validator",
    help="Show what a delegation to a validator earned.",
    example=f"lampd query distribution rewards-by-validator alice {_OPERATOR}",
    args=(_DELEGATOR, _VALIDATOR),
)
REWARDS = Command(
    name="rewards",
    help="Show what all delegations of a delegator earned.",
    example="lampd query distribution rewards alice",
    args=(_DELEGATOR,),
)
DELEGATOR_VALIDATORS = Command(
    name="delegator-validators",
    help="List the validators that a delegator delegates to.",
    example="lampd query distribution delegator-validators alice",
    args=(_DELEGATOR,),
)
WITHDRAW_ADDRESS = Command(
    name="delegator-withdraw-address",
    help="Show where a delegator's rewards go.",
    example="lampd query distribution delegator-withdraw-address alice",
    args=(_DELEGATOR,),
)
COMMUNITY_POOL = Command(
    name="community-pool",
    help="Show what the community pool has.",
    example="lampd query distribution community-pool",
)
