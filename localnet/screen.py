"""The live view: a screen that refreshes itself on a terminal, a plain line now and then elsewhere."""

import shutil
import time
from typing import Any

from localnet.layout import FLEET
from localnet.watch import View

_OTHER_LINES = 20
"""Lines of the screen that are not earners; those get what the terminal has left."""
_SHOWN_NEWS = 4


def render(view: View) -> Any:
    """Return the whole screen as a rich renderable; it fits a terminal of 80 columns and 24 lines."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    head = Text.assemble(
        ("Lamppost", "bold"),
        f"  epoch {view.epoch}, {_seconds_left(view)} s left  {view.transactions:,} transactions  "
        f"supply {view.supply // 10**6:,} LAMP",
        no_wrap=True,
    )
    middle = Table.grid(padding=(0, 1))
    middle.add_row(_networks(view), _earners(view))
    told = list(view.news)[-_SHOWN_NEWS:] or ["waiting for the first epoch to close"]
    news = Text("\n".join(told), style="green", no_wrap=True, overflow="ellipsis")
    foot = Text("Ctrl-C stops; `make localnet` goes on, `make localnet-reset` starts over", "dim", no_wrap=True)
    return Group(head, "", _validators(view), "", middle, "", _trust(view), "", news, "", foot)


def _table(*titles: str, right: frozenset[str] = frozenset()) -> Any:
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold dim")
    for title in titles:
        table.add_column(title, justify="right" if title in right else "left", no_wrap=True)
    return table


def _validators(view: View) -> Any:
    table = _table("validator", "height", "app hash", "peers", "state", "RPC", right=frozenset({"height", "peers"}))
    for node in view.nodes:
        state = "[red]down" if not node.alive else "[yellow]catching up" if node.catching_up else "[green]in step"
        table.add_row(node.name, f"{node.height:,}", node.app_hash[:16], str(node.peers), state, node.rpc)
    return table


def _networks(view: View) -> Any:
    pool = f"pool of epoch {view.closed_epoch}" if view.closed_epoch >= 0 else "pool"
    table = _table("network", "devices", "counted", pool, right=frozenset({"devices", "counted", pool}))
    for name in FLEET:
        # What the caps on crowded cells leave of the units that were reported.
        counted = f"{view.counted_bp[name] // 100} %" if name in view.counted_bp else ""
        table.add_row(name, str(view.devices.get(name, 0)), counted, show_lamp(view.pools.get(name, 0)))
    table.add_row("emitted", "", "", show_lamp(view.emitted), style="dim")
    return table


def _earners(view: View) -> Any:
    rows = max(3, min(20, shutil.get_terminal_size().lines - _OTHER_LINES))
    table = _table("device", "units", "LAMP earned", right=frozenset({"units", "LAMP earned"}))
    for earner in view.earners[:rows]:
        table.add_row(earner.name, f"{earner.units:,}", f"{earner.ulamp // 10_000 / 100:,.2f}")
    if not view.earners:
        table.add_row("(no receipts yet)", "", "")
    return table


def _trust(view: View) -> Any:
    """Return one line: who vouches for devices, and how they stood their audits."""
    from rich.text import Text

    parts = [
        f"{maker.name}: {_number(maker.batches, 'batch', 'batches')}, {maker.claimed} of {maker.keys} keys claimed"
        for maker in view.makers
    ]
    audits = view.audits
    if audits.epoch >= 0:
        missed = (f", {audits.missed} missed", "red") if audits.missed else ""
        told = f"audits of epoch {audits.epoch}: {audits.answered} of {audits.drawn} answered"
        return Text.assemble("   ".join([*parts, told]), missed, no_wrap=True, overflow="ellipsis")
    return Text("   ".join(parts), no_wrap=True, overflow="ellipsis")


def _number(count: int, one: str, more: str) -> str:
    return f"{count} {one if count == 1 else more}"


def show_lamp(ulamp: int) -> str:
    """Return an amount to the hundredth, as wide as the screen can afford."""
    return f"{ulamp // 10_000 / 100:,.2f} LAMP"


def _seconds_left(view: View) -> int:
    return max(0, (view.epoch_ends - time.time_ns()) // 10**9)


def plain_line(view: View) -> str:
    """Return the state in one line."""
    heights = " ".join(f"{node.name}={node.height if node.alive else 'down'}" for node in view.nodes)
    newest = max(view.nodes, key=lambda node: node.height)
    return (
        f"{heights} app_hash={newest.app_hash[:16]} txs={view.transactions} devices={sum(view.devices.values())} "
        f"epoch={view.epoch} emitted={view.emitted} paid_devices={len(view.earners)} "
        f"claimed_keys={sum(maker.claimed for maker in view.makers)} "
        f"audits={view.audits.answered}/{view.audits.drawn}"
    )
