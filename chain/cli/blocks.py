"""Blocks and their results as text."""

import base64
import hashlib
from typing import Any

import click

from chain.cli.output import show_plain, show_table
from chain.sdk.cli import Column

_RESULTS = (
    Column("number", "TX", "number"),
    Column("code", "CODE", "number"),
    Column("gas_used", "GAS", "number"),
    Column("gas_wanted", "OF", "number"),
    Column("log", "LOG"),
)


def show_block(found: dict[str, Any]) -> None:
    """Print what a person asks of a block: where, when, by whom, and its transactions."""
    block = found["block"]
    header = block["header"]
    txs = [hashlib.sha256(base64.b64decode(tx)).hexdigest().upper() for tx in block["data"]["txs"] or []]
    show_plain(
        {
            "height": header["height"],
            "time": header["time"].partition(".")[0].replace("T", " ") + " UTC",
            "chain": header["chain_id"],
            "hash": found["block_id"]["hash"],
            "app hash": f"{header['app_hash']} (after block {int(header['height']) - 1})",
            "proposer": header["proposer_address"],
            "signatures": str(sum(1 for entry in block["last_commit"]["signatures"] or [] if entry["signature"])),
            "transactions": txs,
        }
    )


def show_block_results(found: dict[str, Any]) -> None:
    """Print what the application answered to a block: transactions, then events of the block itself."""
    click.echo(f"height {found['height']}, app hash {base64.b64decode(found.get('app_hash') or '').hex().upper()}")
    results = found.get("txs_results") or []
    show_table([{"number": index, **result} for index, result in enumerate(results)], _RESULTS)
    for event in found.get("finalize_block_events") or []:
        told = "  ".join(f"{pair['key']}={pair.get('value') or ''}" for pair in event.get("attributes") or [])
        click.echo(f"{event['type']}: {told}")
    for update in found.get("validator_updates") or []:
        click.echo(f"validator update: {update}")
