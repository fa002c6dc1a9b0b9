"""`lampd tx`: every message of every module, and what one does with transactions as such."""

import base64
from typing import Any

import click

from chain.cli.modules import ModuleGroup
from chain.cli.options import (
    backend_option,
    chain_id_option,
    home_option,
    node_option,
    open_keyring,
    output_option,
    resolve_address,
)
from chain.cli.output import show_json_or_text
from chain.cli.sending import TX_OPTIONS, Sending, broadcast, read_file
from chain.cli.specs import make_command
from chain.cli.txjson import show_tx, tx_from_json
from chain.sdk.module import Module


def _module_commands(module: Module) -> list[click.Command]:
    return [
        make_command(
            message.command,
            message.proto,
            TX_OPTIONS,
            lambda built, values: Sending(values).send([built]),
            lambda values: resolve_address(values["home"], values["keyring_backend"]),
        )
        for message in module.messages
        if message.command is not None
    ]


@click.group(cls=ModuleGroup, module_commands=_module_commands, verb="Transactions")
def tx() -> None:
    """Make, sign and send transactions.

    Amounts are written 1.5lamp or 1500000ulamp. A command waits until its transaction is committed (--no-wait does
    not), shows the result, and exits with 1 and the reason when it fails.
    """


@tx.command(epilog="Example: lampd tx sign unsigned.json --from alice > signed.json")
@click.argument("file", type=click.Path(allow_dash=True))
@click.option("--from", "signer_key", required=True, envvar="LAMPD_FROM", help="Key that signs: name or address.")
@click.option("--offline", is_flag=True, help="Ask no node: needs --chain-id, --account-number and --sequence.")
@click.option("--account-number", type=click.IntRange(0), default=None, help="Account number (with --offline).")
@click.option("--sequence", type=click.IntRange(0), default=None, help="Sequence, instead of the account's.")
@node_option
@chain_id_option
@home_option
@backend_option
def sign(file: str, signer_key: str, home: str, keyring_backend: str, node: str, **values: Any) -> None:
    """Sign the transaction in FILE (JSON, `-` for standard input) and print it."""
    from chain.client import Client
    from chain.client.tx import SignerData, sign_raw

    raw = tx_from_json(read_file(file))
    signer = open_keyring(home, keyring_backend).signer(signer_key)
    with Client(node, chain_id=values["chain_id"]) as client:
        number, sequence = values["account_number"], values["sequence"]
        if values["offline"]:
            if values["chain_id"] is None or number is None or sequence is None:
                raise click.UsageError("--offline needs --chain-id, --account-number and --sequence")
        else:
            account = client.account(signer.address)
            if account is None:
                raise ValueError(f"account {signer.address} does not exist on {client.chain_id}")
            number = account.account_number
            sequence = account.sequence if sequence is None else sequence
        show_tx(sign_raw(raw, signer, SignerData(client.chain_id, number, sequence)))


@tx.command("broadcast", epilog="Example: lampd tx broadcast signed.json")
@click.argument("file", type=click.Path(allow_dash=True))
@click.option(
    "--broadcast-mode",
    "-b",
    type=click.Choice(["sync", "async"]),
    default="sync",
    show_default=True,
    help="Wait for the node's check, or not.",
)
@click.option("--wait/--no-wait", default=True, show_default=True, help="Wait until it is committed.")
@click.option("--wait-timeout", type=float, default=60.0, show_default=True, help="Seconds to wait.")
@node_option
@output_option
def broadcast_file(file: str, node: str, **values: Any) -> None:
    """Send the signed transaction in FILE (JSON, `-` for standard input)."""
    from chain.client.rpc import RpcClient

    with RpcClient(node) as rpc:
        broadcast(rpc, tx_from_json(read_file(file)), values)


@tx.command(epilog="Example: lampd tx encode signed.json")
@click.argument("file", type=click.Path(allow_dash=True))
def encode(file: str) -> None:
    """Print the transaction in FILE (JSON) as base64."""
    click.echo(base64.b64encode(tx_from_json(read_file(file))).decode())


@tx.command(epilog="Example: lampd tx decode CpIBCo8B...")
@click.argument("encoded")
@click.option("--hex", "-x", "is_hex", is_flag=True, help="The text is hex, not base64.")
def decode(encoded: str, is_hex: bool) -> None:
    """Print a transaction in base64 as JSON."""
    try:
        raw = bytes.fromhex(encoded) if is_hex else base64.b64decode(encoded, validate=True)
    except ValueError as error:
        raise click.UsageError(f"{encoded[:80]!r} is no {'hex' if is_hex else 'base64'}: {error}") from None
    show_tx(raw)


@tx.command(epilog="Example: lampd tx simulate unsigned.json --from alice")
@click.argument("file", type=click.Path(allow_dash=True))
@click.option("--from", "signer_key", required=True, envvar="LAMPD_FROM", help="Key that would sign.")
@node_option
@home_option
@backend_option
@output_option
def simulate(file: str, signer_key: str, node: str, home: str, keyring_backend: str, output: str) -> None:
    """Print the gas that the transaction in FILE (JSON, signed or not) would use now."""
    from chain.client import Client
    from chain.client.tx import unsigned_from_raw

    info = open_keyring(home, keyring_backend).find(signer_key)
    with Client(node) as client:
        account = client.account(info.address)
        raw = unsigned_from_raw(tx_from_json(read_file(file)), info.public_key, account.sequence if account else 0)
        show_json_or_text({"gas_used": str(client.simulate_raw(raw))}, output)
