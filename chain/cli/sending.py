"""From messages to a committed transaction, as the options of `lampd tx` say; and what is shown of it."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from google.protobuf.message import Message as ProtoMessage

from chain.cli.options import (
    backend_option,
    chain_id_option,
    home_option,
    is_interactive,
    node_option,
    open_keyring,
    output_option,
    shared,
)
from chain.cli.output import show_json_or_text
from chain.cli.readable import show_amount
from chain.cli.txjson import show_tx
from chain.primitives.coins import BASE_DENOM

TX_OPTIONS = shared(
    click.option("--from", "signer_key", required=True, envvar="LAMPD_FROM", help="Key that signs: name or address."),
    click.option("--gas", default="auto", show_default=True, help="Most gas to use, or auto to simulate first."),
    click.option("--gas-adjustment", type=float, default=1.2, show_default=True, help="Gas asked over gas simulated."),
    click.option("--fees", default="", help="Fee, such as 0.001lamp."),
    click.option("--gas-prices", default="", envvar="LAMPD_GAS_PRICES", help="Fee per gas, such as 0.001ulamp."),
    click.option("--note", default="", help="Memo of the transaction."),
    click.option("--timeout-height", type=click.IntRange(0), default=0, help="Last block it may be part of."),
    click.option("--generate-only", is_flag=True, help="Print the unsigned transaction as JSON and stop."),
    click.option("--dry-run", is_flag=True, help="Simulate, print the gas and stop."),
    click.option("--offline", is_flag=True, help="Ask no node: needs --chain-id, --account-number, --sequence, --gas."),
    click.option("--account-number", type=click.IntRange(0), default=None, help="Account number (with --offline)."),
    click.option("--sequence", type=click.IntRange(0), default=None, help="Sequence, instead of the account's."),
    click.option(
        "--broadcast-mode",
        "-b",
        type=click.Choice(["sync", "async"]),
        default="sync",
        show_default=True,
        help="Whether the node's check is awaited.",
    ),
    click.option("--wait/--no-wait", default=True, show_default=True, help="Wait until it is committed."),
    click.option("--wait-timeout", type=float, default=60.0, show_default=True, help="Seconds to wait."),
    click.option("--yes", "-y", is_flag=True, help="Do not ask before sending."),
    node_option,
    chain_id_option,
    home_option,
    backend_option,
    output_option,
)

_ULAMP_KEYS = frozenset({"amount", "bond", "deposit"})
"""Attributes of this chain's own events that are amounts of the base denomination without its name."""
QUIET_SECONDS = 5.0
"""How long a command waits for a block without a word."""


@dataclass(frozen=True, slots=True)
class Sending:
    """One run of a `lampd tx` command."""

    values: Mapping[str, Any]

    def send(self, messages: Sequence[ProtoMessage]) -> None:
        """Generate, simulate, or sign and broadcast messages. Raises: ClientError, click.UsageError."""
        from chain.client import Client

        values = self.values
        keyring = open_keyring(values["home"], values["keyring_backend"])
        with Client(values["node"], keyring, values["chain_id"]) as client:
            if values["chain_id"] is not None and not values["offline"]:
                _require_chain(client, values["chain_id"])
            if values["generate_only"]:
                self._generate(client, messages)
            elif values["dry_run"]:
                show_json_or_text({"gas_used": str(self._simulate(client, messages))}, values["output"])
            else:
                self._deliver(client, messages)

    def _generate(self, client: Any, messages: Sequence[ProtoMessage]) -> None:
        from chain.client.client import fee_for
        from chain.client.tx import Fee, pack_auth_info, pack_body, pack_tx

        values = self.values
        gas = self._gas(client, messages)
        amount = self._fees() or (fee_for(gas, values["gas_prices"]) if values["gas_prices"] else ())
        body = pack_body(messages, values["note"], values["timeout_height"])
        show_tx(pack_tx(body, pack_auth_info(b"", 0, Fee(gas, amount), signing=False), []), unsigned=True)

    def _deliver(self, client: Any, messages: Sequence[ProtoMessage]) -> None:
        values = self.values
        tx = self._signed(client, messages)
        if not values["yes"] and is_interactive() and values["output"] == "text":
            show_tx(tx)
            click.confirm("Sign and send this transaction?", abort=True, err=True)
        broadcast(client.rpc, tx, values)

    def _signed(self, client: Any, messages: Sequence[ProtoMessage]) -> bytes:
        values = self.values
        gas = self._gas(client, messages)
        if not values["offline"]:
            signed: bytes = client.sign(
                messages,
                values["signer_key"],
                gas=gas,
                fees=self._fees(),
                gas_price=values["gas_prices"],
                memo=values["note"],
                timeout_height=values["timeout_height"],
                sequence=values["sequence"],
            )
            return signed
        from chain.client.client import fee_for
        from chain.client.tx import Fee, SignerData, sign_tx

        if values["chain_id"] is None or values["account_number"] is None or values["sequence"] is None:
            raise click.UsageError("--offline needs --chain-id, --account-number and --sequence")
        amount = self._fees() or (fee_for(gas, values["gas_prices"]) if values["gas_prices"] else ())
        data = SignerData(values["chain_id"], values["account_number"], values["sequence"])
        signer = client.keyring.signer(values["signer_key"])
        return sign_tx(messages, signer, data, Fee(gas, amount), values["note"], values["timeout_height"])

    def _gas(self, client: Any, messages: Sequence[ProtoMessage]) -> int:
        values = self.values
        if values["gas"] != "auto":
            if not values["gas"].isdigit():
                raise click.UsageError(f"--gas takes a whole number or auto, got {values['gas']!r}")
            return int(values["gas"])
        if values["offline"]:
            raise click.UsageError("--offline needs --gas as a number")
        estimate = int(self._simulate(client, messages) * values["gas_adjustment"])
        if values["output"] == "text":
            click.echo(f"gas estimate: {estimate}", err=True)
        return estimate

    def _simulate(self, client: Any, messages: Sequence[ProtoMessage]) -> int:
        from chain.client.errors import QueryFailed

        try:
            return int(client.simulate(messages, self.values["signer_key"], self.values["note"]))
        except QueryFailed as error:
            raise ValueError(f"the transaction would fail, nothing was sent: {_reason(error)}") from error

    def _fees(self) -> Any:
        from chain.client.amounts import parse_coins

        return parse_coins(self.values["fees"])


def broadcast(rpc: Any, tx: bytes, values: Mapping[str, Any]) -> None:
    """Hand in a transaction, wait for it if asked to, and show the result. Raises: TxFailed, TxNotFound."""
    from chain.client.errors import TxFailed

    tx_hash = rpc.broadcast(tx, values["broadcast_mode"] == "sync")
    if not values["wait"]:
        show_json_or_text({"txhash": tx_hash}, values["output"])
        return
    result = _wait(rpc, tx_hash, values["wait_timeout"])
    show_result(result, values["output"])
    if result.code:
        raise TxFailed(result.codespace, result.code, result.log, result.tx_hash, result.height)


def _wait(rpc: Any, tx_hash: str, timeout: float) -> Any:
    """Return a transaction once it is committed; say so when that takes long. Raises: TxNotFound, NodeUnreachable."""
    from chain.client.errors import NodeUnreachable, TxNotFound

    if timeout > QUIET_SECONDS:
        try:
            return rpc.wait_for_tx(tx_hash, QUIET_SECONDS)
        except (TxNotFound, NodeUnreachable) as error:
            rest = timeout - QUIET_SECONDS
            why = "the node does not answer" if isinstance(error, NodeUnreachable) else "not in a block yet"
            click.echo(f"txhash: {tx_hash}: {why}, waiting up to {rest:g} s more (Ctrl-C stops waiting)", err=True)
            timeout = rest
    return rpc.wait_for_tx(tx_hash, timeout)


def _require_chain(client: Any, chain_id: str) -> None:
    """Check that the node is of the chain that is meant. Raises: ValueError."""
    found = client.rpc.chain_id()
    if found != chain_id:
        raise ValueError(f"the node {client.rpc.url} is of chain {found}, not of {chain_id}")


def _reason(error: Any) -> str:
    """Return why a simulated transaction failed, without the words that a server puts around it."""
    text = error.log.removeprefix("rpc error: code = Unknown desc = ")
    reason = text.partition(" with gas used:")[0]
    return f"{reason} ({error.info})" if error.info else str(reason)


def plain_result(result: Any) -> dict[str, Any]:
    """Return a committed transaction's result as the JSON object that Cosmos clients know."""
    return {
        "height": str(result.height),
        "txhash": result.tx_hash,
        "codespace": result.codespace,
        "code": result.code,
        "raw_log": result.log,
        "data": result.data.hex().upper(),
        "gas_wanted": str(result.gas_wanted),
        "gas_used": str(result.gas_used),
        "events": [
            {"type": kind, "attributes": [{"key": key, "value": value} for key, value in attributes.items()]}
            for kind, attributes in result.events
        ],
    }


def show_result(result: Any, output: str) -> None:
    """Print a committed transaction's result; as text, without the events that every transaction has."""
    if output == "json":
        show_json_or_text(plain_result(result), output)
        return
    verdict = "committed" if result.code == 0 else f"FAILED ({result.codespace}/{result.code})"
    click.echo(f"{verdict} in block {result.height}, gas {result.gas_used:,} of {result.gas_wanted:,}")
    click.echo(f"txhash: {result.tx_hash}")
    for kind, attributes in result.events:
        if kind in ("tx", "message", "coin_spent", "coin_received"):
            continue
        shown = (f"{key}={_event_value(key, value)}" for key, value in attributes.items() if key != "msg_index")
        click.echo(f"  {kind}: {'  '.join(shown)}")


def _event_value(key: str, value: str) -> str:
    digits = value.removesuffix(BASE_DENOM)
    if digits.isdigit() and (digits != value or key in _ULAMP_KEYS):
        return show_amount(int(digits))
    return value


def read_file(path: str) -> str:
    """Return a file's text; `-` is standard input."""
    if path == "-":
        return sys.stdin.read()
    return Path(path).read_text(encoding="utf-8")
