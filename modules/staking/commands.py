"""Commands of the staking module."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from chain.pb.cosmos.staking.v1beta1 import tx_pb2
from chain.primitives.coins import Coin
from chain.primitives.decimals import parse_decimal
from chain.primitives.ids import Address
from chain.sdk.cli import Arg, Column, Command, Kind
from modules.staking.messages import KEEP
from modules.staking.wire import consensus_any

_VALIDATOR = Arg("validator_address", "Operator of the validator: lampvaloper1...", metavar="VALIDATOR")
_VALIDATOR_ADDR = Arg("validator_addr", "Operator of the validator: lampvaloper1...", metavar="VALIDATOR")
_DELEGATOR_ADDR = Arg("delegator_addr", "Delegator: address, or the name of a key.", Kind.ADDRESS, metavar="DELEGATOR")
_AMOUNT = Arg("amount", "Amount, such as 10lamp.", Kind.COIN)
_TEXTS = ("moniker", "identity", "website", "security_contact", "details")


def operator_of(account: str) -> str:
    """Return the operator's text of an account's, or of an operator's own. Raises: ValueError."""
    try:
        return Address.parse(account).operator
    except ValueError:
        return Address.parse_operator(account).operator


def read_consensus_key(text: str) -> bytes:
    """Return the key of `lampd comet show-validator`'s text, or of bare base64. Raises: ValueError."""
    try:
        key = base64.b64decode(json.loads(text)["key"] if text.lstrip().startswith("{") else text, validate=True)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{text[:80]!r} is not what `lampd comet show-validator` prints") from error
    if len(key) != 32:
        raise ValueError(f"an ed25519 key has 32 bytes, not {len(key)}")
    return key


def create_validator_message(
    operator: str, key: bytes, amount: Coin, texts: Mapping[str, str], rates: Mapping[str, str], least: int
) -> tx_pb2.MsgCreateValidator:
    """Return the message by which an account becomes a validator. Raises: ValueError for a bad rate."""
    message = tx_pb2.MsgCreateValidator(
        min_self_delegation=str(least), validator_address=operator_of(operator), pubkey=consensus_any(key)
    )
    message.value.denom, message.value.amount = amount.denom, str(amount.amount)
    for name in _TEXTS:
        setattr(message.description, name, texts.get(name) or "")
    for name, text in rates.items():
        setattr(message.commission, name, str(parse_decimal(text)))
    return message


def _create(values: Mapping[str, Any]) -> tx_pb2.MsgCreateValidator:
    rates = {
        "rate": values["commission_rate"],
        "max_rate": values["commission_max_rate"],
        "max_change_rate": values["commission_max_change_rate"],
    }
    return create_validator_message(
        values["validator_address"],
        read_consensus_key(values["pubkey"]),
        values["amount"][0],
        values,
        rates,
        int(values["min_self_delegation"]),
    )


def _edit(values: Mapping[str, Any]) -> tx_pb2.MsgEditValidator:
    message = tx_pb2.MsgEditValidator(validator_address=operator_of(values["validator_address"]))
    for name in _TEXTS:
        text = values.get(name)
        setattr(message.description, name, KEEP if text is None else text)
    if values.get("commission_rate"):
        message.commission_rate = str(parse_decimal(values["commission_rate"]))
    if values.get("min_self_delegation"):
        message.min_self_delegation = str(int(values["min_self_delegation"]))
    return message


CREATE_VALIDATOR = Command(
    name="create-validator",
    help="Become a validator: stake tokens of one's own behind a consensus key.",
    example='lampd tx staking create-validator 10lamp "$(lampd comet show-validator)" --moniker me --from alice',
    args=(
        Arg("amount", "What the operator stakes itself.", Kind.COINS),
        Arg("pubkey", "Consensus key: what `lampd comet show-validator` prints."),
    ),
    options=(
        Arg("moniker", "Name for people.", required=True),
        Arg("identity", "Identity, such as a Keybase fingerprint.", default=""),
        Arg("website", "Website.", default=""),
        Arg("security_contact", "Where to report faults.", default=""),
        Arg("details", "Anything else.", default=""),
        Arg("commission_rate", "Part of delegators' rewards that the validator takes, 0 to 1.", default="0.1"),
        Arg("commission_max_rate", "Most that it can ever be.", default="0.2"),
        Arg("commission_max_change_rate", "Most that it can rise a day.", default="0.01"),
        Arg(
            "min_self_delegation", "Least stake of the operator, ulamp; below it the validator is jailed.", default="1"
        ),
    ),
    signer="validator_address",
    build=_create,
)
EDIT_VALIDATOR = Command(
    name="edit-validator",
    help="Change what a validator says and takes; what is not named stays.",
    example="lampd tx staking edit-validator --details 'two data centres' --commission-rate 0.05 --from alice",
    options=(
        Arg("moniker", "Name for people."),
        Arg("identity", "Identity."),
        Arg("website", "Website."),
        Arg("security_contact", "Where to report faults."),
        Arg("details", "Anything else."),
        Arg("commission_rate", "Part of delegators' rewards, 0 to 1; once a day."),
        Arg("min_self_delegation", "Least stake of the operator, ulamp; it can only rise."),
    ),
    signer="validator_address",
    build=_edit,
)
DELEGATE = Command(
    name="delegate",
    help="Give a validator tokens.",
    example="lampd tx staking delegate lampvaloper1... 10lamp --from alice",
    args=(_VALIDATOR, _AMOUNT),
    signer="delegator_address",
)
REDELEGATE = Command(
    name="redelegate",
    help="Move stake from one validator to another at once.",
    example="lampd tx staking redelegate lampvaloper1... lampvaloper1... 10lamp --from alice",
    args=(
        Arg("validator_src_address", "Validator that loses the stake.", metavar="FROM"),
        Arg("validator_dst_address", "Validator that gets it.", metavar="TO"),
        _AMOUNT,
    ),
    signer="delegator_address",
)
UNBOND = Command(
    name="unbond",
    help="Take tokens back; they are free after the unbonding time.",
    example="lampd tx staking unbond lampvaloper1... 10lamp --from alice",
    args=(_VALIDATOR, _AMOUNT),
    signer="delegator_address",
)
CANCEL_UNBOND = Command(
    name="cancel-unbond",
    help="Give tokens that unbond back to their validator.",
    example="lampd tx staking cancel-unbond lampvaloper1... 10lamp 1234 --from alice",
    args=(_VALIDATOR, _AMOUNT, Arg("creation_height", "Height at which the unbonding began.", metavar="HEIGHT")),
    signer="delegator_address",
)
UPDATE_PARAMS = Command(
    name="update-params",
    help="Replace the parameters of stake; only the chain's authority may.",
    example='lampd tx staking update-params \'{"unbonding_time": "60s", ...}\' --from alice',
    args=(Arg("params", "All parameters, as JSON.", Kind.JSON),),
    signer="authority",
)
_VALIDATOR_COLUMNS = (
    Column("description.moniker", "NAME"),
    Column("operator_address", "OPERATOR"),
    Column("status", "STATUS"),
    Column("jailed", "JAILED"),
    Column("tokens", "TOKENS", "amount"),
)
VALIDATORS = Command(
    name="validators",
    help="List validators.",
    example="lampd query staking validators --status BOND_STATUS_BONDED",
    options=(Arg("status", "Only those with BOND_STATUS_BONDED, _UNBONDING or _UNBONDED."),),
    rows="validators",
    columns=_VALIDATOR_COLUMNS,
)
VALIDATOR = Command(
    name="validator",
    help="Show a validator.",
    example="lampd query staking validator lampvaloper1...",
    args=(_VALIDATOR_ADDR,),
)
DELEGATIONS_TO = Command(
    name="delegations-to",
    help="List the delegations to a validator.",
    example="lampd query staking delegations-to lampvaloper1...",
    args=(_VALIDATOR_ADDR,),
)
UNBONDING_DELEGATIONS_FROM = Command(
    name="unbonding-delegations-from",
    help="List what unbonds from a validator.",
    example="lampd query staking unbonding-delegations-from lampvaloper1...",
    args=(_VALIDATOR_ADDR,),
)
DELEGATION = Command(
    name="delegation",
    help="Show a delegation and what it is worth.",
    example="lampd query staking delegation alice lampvaloper1...",
    args=(_DELEGATOR_ADDR, _VALIDATOR_ADDR),
)
UNBONDING_DELEGATION = Command(
    name="unbonding-delegation",
    help="Show what unbonds of a delegator from a validator.",
    example="lampd query staking unbonding-delegation alice lampvaloper1...",
    args=(_DELEGATOR_ADDR, _VALIDATOR_ADDR),
)
DELEGATIONS = Command(
    name="delegations",
    help="List an account's delegations.",
    example="lampd query staking delegations alice",
    args=(_DELEGATOR_ADDR,),
)
UNBONDING_DELEGATIONS = Command(
    name="unbonding-delegations",
    help="List what unbonds of an account.",
    example="lampd query staking unbonding-delegations alice",
    args=(_DELEGATOR_ADDR,),
)
REDELEGATIONS = Command(
    name="redelegations",
    help="List an account's redelegations.",
    example="lampd query staking redelegations alice",
    args=(_DELEGATOR_ADDR,),
    options=(
        Arg("src_validator_addr", "Only those from this validator."),
        Arg("dst_validator_addr", "Only those to this validator."),
    ),
)
DELEGATOR_VALIDATORS = Command(
    name="delegator-validators",
    help="List the validators that an account delegates to.",
    example="lampd query staking delegator-validators alice",
    args=(_DELEGATOR_ADDR,),
    rows="validators",
    columns=_VALIDATOR_COLUMNS,
)
DELEGATOR_VALIDATOR = Command(
    name="delegator-validator",
    help="Show a validator that an account delegates to.",
    example="lampd query staking delegator-validator alice lampvaloper1...",
    args=(_DELEGATOR_ADDR, _VALIDATOR_ADDR),
)
HISTORICAL_INFO = Command(
    name="historical-info",
    help="Show a past block's header and active set.",
    example="lampd query staking historical-info 100",
    args=(Arg("height", "Height of the block."),),
)
POOL = Command(
    name="pool", help="Show how many tokens are bonded and how many are not.", example="lampd query staking pool"
)
PARAMS = Command(name="params", help="Show the parameters of stake.", example="lampd query staking params")
