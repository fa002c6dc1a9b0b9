"""Commands of the bank module."""

from collections.abc import Mapping
from typing import Any

from chain.pb.cosmos.bank.v1beta1 import tx_pb2
from chain.primitives.coins import Coin
from chain.sdk.cli import Arg, Column, Command, Kind

_ADDRESS = Arg("address", "Address, or the name of a key.", Kind.ADDRESS)
_DENOM = Arg("denom", "Denomination, such as ulamp.")


def _multi_send(values: Mapping[str, Any]) -> tx_pb2.MsgMultiSend:
    """Return the message that gives each recipient the amount, or an equal share of it."""
    recipients, amount = values["outputs"], values["amount"]
    parts = len(recipients) if values["split"] == "yes" else 1
    share = tuple(Coin(coin.denom, coin.amount // parts) for coin in amount)
    message = tx_pb2.MsgMultiSend()
    source = message.inputs.add(address=values["sender"])
    for coin in share:
        source.coins.add(denom=coin.denom, amount=str(coin.amount * len(recipients)))
    for recipient in recipients:
        target = message.outputs.add(address=recipient)
        for coin in share:
            target.coins.add(denom=coin.denom, amount=str(coin.amount))
    return message


SEND = Command(
    name="send",
    help="Send coins to an account.",
    example="lampd tx bank send bob 1.5lamp --from alice",
    args=(
        Arg("to_address", "Who gets the coins: address, or the name of a key.", Kind.ADDRESS, metavar="TO"),
        Arg("amount", "Amounts separated by commas, such as 1.5lamp.", Kind.COINS),
    ),
    signer="from_address",
    signer_first=True,
)
MULTI_SEND = Command(
    name="multi-send",
    help="Send coins to several accounts in one message: the amount to each, or with --split yes a share of it.",
    example="lampd tx bank multi-send bob carol 1lamp --from alice",
    args=(
        Arg("outputs", "Who gets the coins: addresses, or names of keys.", Kind.ADDRESS, metavar="TO..."),
        Arg("amount", "What each of them gets.", Kind.COINS),
    ),
    options=(Arg("split", "yes: divide the amount between them, rounded down.", metavar="yes|no", default="no"),),
    signer="sender",
    build=_multi_send,
)
SET_SEND_ENABLED = Command(
    name="set-send-enabled",
    help="Let denominations be sent or not; only the chain's authority may.",
    example='lampd tx bank set-send-enabled --send-enabled \'{"denom": "ulamp", "enabled": true}\' --from alice',
    options=(
        Arg("send_enabled", "Entry as JSON; may be repeated.", Kind.JSON),
        Arg("use_default_for", "Denomination whose entry is removed; may be repeated."),
    ),
    signer="authority",
)
UPDATE_PARAMS = Command(
    name="update-params",
    help="Replace the bank's parameters; only the chain's authority may.",
    example="lampd tx bank update-params '{\"default_send_enabled\": true}' --from alice",
    args=(Arg("params", "All parameters, as JSON.", Kind.JSON),),
    signer="authority",
)
BALANCES = Command(
    name="balances",
    help="Show all balances of an account.",
    example="lampd query bank balances alice",
    args=(_ADDRESS,),
)
BALANCE = Command(
    name="balance",
    help="Show an account's balance of one denomination.",
    example="lampd query bank balance alice ulamp",
    args=(_ADDRESS, _DENOM),
)
SPENDABLE_BALANCES = Command(
    name="spendable-balances",
    help="Show what an account can spend.",
    example="lampd query bank spendable-balances alice",
    args=(_ADDRESS,),
)
SPENDABLE_BALANCE = Command(
    name="spendable-balance",
    help="Show what an account can spend of one denomination.",
    example="lampd query bank spendable-balance alice ulamp",
    args=(_ADDRESS, _DENOM),
)
TOTAL_SUPPLY = Command(
    name="total-supply",
    help="Show how much there is of each denomination.",
    example="lampd query bank total-supply",
)
TOTAL_SUPPLY_OF = Command(
    name="total-supply-of",
    help="Show how much there is of one denomination.",
    example="lampd query bank total-supply-of ulamp",
    args=(_DENOM,),
)
DENOM_METADATA = Command(
    name="denom-metadata",
    help="Show the names and units of a denomination.",
    example="lampd query bank denom-metadata ulamp",
    args=(_DENOM,),
)
DENOM_METADATA_BY_QUERY_STRING = Command(
    name="denom-metadata-by-query-string",
    help="Show the names and units of a denomination that may hold slashes.",
    example="lampd query bank denom-metadata-by-query-string ulamp",
    args=(_DENOM,),
)
DENOMS_METADATA = Command(
    name="denoms-metadata",
    help="Show the names and units of all denominations.",
    example="lampd query bank denoms-metadata",
)
_OWNER_COLUMNS = (Column("address", "ADDRESS"), Column("balance", "BALANCE"))
DENOM_OWNERS = Command(
    name="denom-owners",
    help="List who has some of a denomination.",
    example="lampd query bank denom-owners ulamp --limit 10",
    args=(_DENOM,),
    rows="denom_owners",
    columns=_OWNER_COLUMNS,
)
DENOM_OWNERS_BY_QUERY = Command(
    name="denom-owners-by-query",
    help="List who has some of a denomination that may hold slashes.",
    example="lampd query bank denom-owners-by-query ulamp --limit 10",
    args=(_DENOM,),
    rows="denom_owners",
    columns=_OWNER_COLUMNS,
)
SEND_ENABLED = Command(
    name="send-enabled",
    help="List the entries that let denominations be sent or not.",
    example="lampd query bank send-enabled --denoms ulamp",
    options=(Arg("denoms", "Denomination to look up; may be repeated; all entries without it."),),
    rows="send_enabled",
    columns=(Column("denom", "DENOM"), Column("enabled", "ENABLED")),
)
PARAMS = Command(
    name="params",
    help="Show the bank's parameters.",
    example="lampd query bank params",
)
