"""The live view: a screen that refreshes itself on a terminal, a plain line now and then elsewhere."""

import time
from typing import Any

from chain.cli.output import show_amount
from localnet.layout import FLEET
from localnet.watch import View

SHOWN_EARNERS = 10
"""Devices listed by what they earned."""


def render(view: View) -> Any:
    """Return the whole screen as a rich renderable."""
    from rich.columns import Columns
    from rich.console import Group
    from rich.panel import Panel
    from rich.text import Text

    head = Text.assemble(
        ("Lamppost localnet", "bold"),
        f"   epoch {view.epoch}, {_seconds_left(view)} s left   transactions {view.transactions:,}   "
        f"supply {show_amount(view.supply)}",
    )
    news = Text("\n".join(view.news) or "waiting for the first epoch to close", style="green")
    foot = Text("Ctrl-C stops everything; `make localnet` goes on from here, `make localnet-reset` starts over", "dim")
    return Group(
        head,
        _validators(view),
        Columns([_networks(view), _earners(view)], padding=(0, 3)),
        Panel(news, title="what happened", title_align="left"),
        foot,
    )


def _validators(view: View) -> Any:
    from rich.table import Table

    table = Table(title="Validators", title_justify="left", expand=True)
    for title in ("node", "height", "app hash", "peers", "state", "RPC"):
        table.add_column(title, justify="right" if title in ("height", "peers") else "left")
    for node in view.nodes:
        state = "[red]down" if not node.alive else "[yellow]catching up" if node.catching_up else "[green]in step"
        table.add_row(node.name, f"{node.height:,}", node.app_hash[:24], str(node.peers), state, node.rpc)
    return table


def _networks(view: View) -> Any:
    from rich.table import Table

    closed = f"Pools of epoch {view.closed_epoch}" if view.closed_epoch >= 0 else "No epoch closed yet"
    table = Table(title=closed, title_justify="left", caption=f"emitted {show_amount(view.emitted)}")
    table.add_column("network")
    table.add_column("devices", justify="right")
    table.add_column("pool", justify="right")
    for name in FLEET:
        table.add_row(name, str(view.devices.get(name, 0)), show_amount(view.pools.get(name, 0)))
    return table


def _earners(view: View) -> Any:
    from rich.table import Table

    table = Table(title=f"Earned in epoch {max(0, view.closed_epoch)}, so far", title_justify="left")
    table.add_column("device")
    table.add_column("units", justify="right")
    table.add_column("reward", justify="right")
    for earner in view.earners[:SHOWN_EARNERS]:
        table.add_row(earner.name, f"{earner.units:,}", show_amount(earner.ulamp))
    if not view.earners:
        table.add_row("(no receipts yet)", "", "")
    return table


def _seconds_left(view: View) -> int:
    return max(0, (view.epoch_ends - time.time_ns()) // 10**9)


def plain_line(view: View) -> str:
    """Return the state in one line."""
    heights = " ".join(f"{node.name}={node.height if node.alive else 'down'}" for node in view.nodes)
    newest = max(view.nodes, key=lambda node: node.height)
    return (
        f"{heights} app_hash={newest.app_hash[:16]} txs={view.transactions} devices={sum(view.devices.values())} "
        f"epoch={view.epoch} emitted={view.emitted} paid_devices={len(view.earners)}"
    )
