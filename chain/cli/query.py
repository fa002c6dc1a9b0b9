"""`lampd query`: every query of every module, and what CometBFT knows of blocks and transactions."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import click
from google.protobuf.message import Message as ProtoMessage

from chain.cli.blocks import show_block, show_block_results
from chain.cli.modules import ModuleGroup
from chain.cli.options import (
    backend_option,
    height_option,
    home_option,
    node_option,
    output_option,
    resolve_address,
    shared,
)
from chain.cli.output import show_json_or_text, show_message, show_plain, show_table, to_plain
from chain.cli.readable import readable
from chain.cli.sending import plain_result, show_result
from chain.cli.specs import make_command
from chain.sdk.cli import Column
from chain.sdk.module import Module, Query

QUERY_OPTIONS = shared(node_option, height_option, output_option, home_option, backend_option)


def _run(declared: Query, message: ProtoMessage, values: Mapping[str, Any]) -> None:
    from chain.client.rpc import RpcClient

    with RpcClient(values["node"]) as rpc:
        answer = rpc.abci_query(declared.path, message.SerializeToString(), values["height"])
    show_message(declared.response.FromString(answer.value), values["output"], declared.command)


def _module_commands(module: Module) -> list[click.Command]:
    return [
        make_command(
            declared.command,
            declared.request,
            QUERY_OPTIONS,
            lambda message, values, declared=declared: _run(declared, message, values),
            lambda values: resolve_address(values["home"], values["keyring_backend"]),
        )
        for declared in module.queries
        if declared.command is not None
    ]


@click.group(cls=ModuleGroup, module_commands=_module_commands, verb="Queries")
def query() -> None:
    """Ask a node about the chain.

    --height asks for the state of an earlier block, as long as the node keeps it.
    """


@query.command(epilog="Example: lampd query account alice")
@click.argument("address")
@node_option
@height_option
@output_option
@home_option
@backend_option
def account(address: str, node: str, height: int, output: str, home: str, keyring_backend: str) -> None:
    """Show an account (ADDRESS or a key's name): number, sequence, balances."""
    from chain.client import Client
    from chain.pb.cosmos.bank.v1beta1 import query_pb2

    resolved = resolve_address(home, keyring_backend)(address)
    with Client(node) as client:
        found = client.account(resolved)
        if found is None:
            raise ValueError(f"account {resolved} does not exist: it never received a coin")
        balances = client.query(
            "/cosmos.bank.v1beta1.Query/AllBalances",
            query_pb2.QueryAllBalancesRequest(address=resolved),
            query_pb2.QueryAllBalancesResponse,
            height,
        )
    if output == "json":
        plain = to_plain(found)
        plain.pop("pub_key", None)
        show_json_or_text({**plain, "balances": to_plain(balances)["balances"]}, output)
        return
    show_plain({**readable(found, {}, frozenset({"pub_key"})), "balances": readable(balances, {})["balances"]})


@query.command("wait-tx", epilog="Example: lampd query wait-tx 5E6B... --timeout 30")
@click.argument("tx_hash", metavar="HASH")
@click.option("--timeout", type=float, default=60.0, show_default=True, help="Seconds to wait.")
@node_option
@output_option
def wait_tx(tx_hash: str, timeout: float, node: str, output: str) -> None:
    """Wait until a transaction is in a block, and show what came of it."""
    from chain.client.rpc import RpcClient

    with RpcClient(node) as rpc:
        show_result(rpc.wait_for_tx(_hash(tx_hash), timeout), output)


def _hash(text: str) -> str:
    """Return a transaction's hash as nodes take it. Raises: click.UsageError for what is none."""
    if re.fullmatch(r"(0x)?[0-9a-fA-F]{64}", text) is None:
        raise click.UsageError(f"{text!r} is not a transaction's hash (64 hex digits)")
    return text.removeprefix("0x")


@query.command("tx", epilog="Example: lampd query tx 5E6B...")
@click.argument("tx_hash", metavar="HASH")
@node_option
@output_option
def query_tx(tx_hash: str, node: str, output: str) -> None:
    """Show a committed transaction and what came of it."""
    from chain.cli.txjson import load_messages, tx_to_json
    from chain.client.rpc import RpcClient
    from chain.pb.cosmos.tx.v1beta1.tx_pb2 import TxBody, TxRaw

    with RpcClient(node) as rpc:
        result = rpc.tx(_hash(tx_hash))
    if output == "json":
        click.echo(json.dumps({**plain_result(result), "tx": tx_to_json(result.tx)}, indent=2))
    else:
        load_messages()
        show_result(result, output)
        body = TxBody.FromString(TxRaw.FromString(result.tx).body_bytes)
        show_plain({"memo": body.memo, "messages": readable(body, {})["messages"]})


@query.command(epilog="Example: lampd query txs --query \"transfer.recipient='lamp1...'\"")
@click.option("--query", "condition", required=True, help="Condition on events, as CometBFT's tx_search has it.")
@click.option("--page", type=click.IntRange(1), default=1, show_default=True, help="Page.")
@click.option("--limit", type=click.IntRange(1, 100), default=30, show_default=True, help="Rows a page.")
@node_option
@output_option
def txs(condition: str, page: int, limit: int, node: str, output: str) -> None:
    """Find committed transactions by what they emitted, newest first."""
    from chain.client.rpc import RpcClient

    with RpcClient(node) as rpc:
        found = [plain_result(result) for result in rpc.tx_search(condition, page, limit)]
    if output == "json":
        click.echo(json.dumps({"txs": found}, indent=2))
        return
    columns = (Column("height", "HEIGHT", "number"), Column("txhash", "HASH"), Column("code", "CODE", "number"))
    show_table(found, columns)


def _block_command(name: str, text: str, fetch: str, show: Callable[[Any], None]) -> None:
    @query.command(name, help=text, epilog=f"Example: lampd query {name} 12")
    @click.argument("height", type=click.IntRange(0), default=0)
    @node_option
    @output_option
    def command(height: int, node: str, output: str) -> None:
        from chain.client.rpc import RpcClient

        with RpcClient(node) as rpc:
            found = getattr(rpc, fetch)(height)
        if output == "json":
            show_json_or_text(found, output)
        else:
            show(found)


_block_command("block", "Show a block by HEIGHT (0: the newest).", "block", show_block)
_block_command(
    "block-results",
    "Show what the application answered to the block at HEIGHT (0: the newest).",
    "block_results",
    show_block_results,
)


@query.command("comet-validator-set", epilog="Example: lampd query comet-validator-set 12")
@click.argument("height", type=click.IntRange(0), default=0)
@node_option
@output_option
def validator_set(height: int, node: str, output: str) -> None:
    """Show the validators that sign at HEIGHT (0: the newest)."""
    from chain.client.rpc import RpcClient

    with RpcClient(node) as rpc:
        rows = rpc.validators(height)
    if output == "json":
        click.echo(json.dumps(rows, indent=2))
    else:
        show_table(rows, (Column("address", "ADDRESS"), Column("voting_power", "POWER", "number")))


@query.command("store-hashes", epilog="Example: lampd query store-hashes --height 100")
@node_option
@height_option
@output_option
def store_hashes(node: str, height: int, output: str) -> None:
    """Show the root hash of each store; where two nodes differ, it names the module."""
    from chain.client.rpc import RpcClient
    from chain.pb.lamppost.runtime.v1 import query_pb2

    with RpcClient(node) as rpc:
        request = query_pb2.QueryStoreHashesRequest()
        answer = rpc.abci_query("/lamppost.runtime.v1.Query/StoreHashes", request.SerializeToString(), height)
    response = query_pb2.QueryStoreHashesResponse.FromString(answer.value)
    if output == "json":
        show_message(response, output)
        return
    click.echo(f"height {response.height}, app hash {response.app_hash.hex().upper()}")
    rows = [{"name": store.name, "root": store.root.hex().upper()} for store in response.stores]
    show_table(rows, (Column("name", "STORE"), Column("root", "ROOT")))
