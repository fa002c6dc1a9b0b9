"""What `lampd` prints: stable JSON for programs, text with units and tables for people."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import click
from google.protobuf.message import Message as ProtoMessage

from chain.cli.readable import cell, readable, show_amount, show_time, show_value
from chain.sdk.cli import Column, Command

__all__ = ["show_amount", "show_json_or_text", "show_message", "show_plain", "show_table", "show_time", "to_plain"]

_LINE = 100
"""Width up to which a small item of a list is shown in one line."""


def to_plain(message: ProtoMessage) -> dict[str, Any]:
    """Return a message as the JSON object that Cosmos clients know: snake_case names, default values present."""
    from google.protobuf import json_format

    plain: dict[str, Any] = json_format.MessageToDict(
        message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )
    return plain


def show_message(message: ProtoMessage, output: str, command: Command | None = None) -> None:
    """Print a response as JSON, or as text: field by field, and its rows as a table where the command declares one."""
    if output == "json":
        click.echo(json.dumps(to_plain(message), indent=2))
        return
    rows = command.rows if command is not None else ""
    shows = command.shows if command is not None else {}
    plain = readable(message, shows, leave_out=frozenset({rows, "pagination"}))
    if plain:
        show_plain(plain)
    if command is not None and rows:
        if plain:
            click.echo()
        show_table(_cells(getattr(message, rows), command.columns), command.columns)
    _show_page(message)


def _cells(rows: Sequence[Any], columns: Sequence[Column]) -> list[dict[str, str]]:
    """Return the rows of a table as texts; a bare value is its row's only column."""
    return [
        {
            column.field: cell(row, column.field, column.show)
            if isinstance(row, ProtoMessage)
            else show_value(row, column.show)
            for column in columns
        }
        for row in rows
    ]


def _show_page(message: Any) -> None:
    if "pagination" not in message.DESCRIPTOR.fields_by_name:
        return
    page = message.pagination
    if page.total:
        click.echo(f"{page.total:,} in all")
    if page.next_key:
        click.echo(f"more: --page-key {page.next_key.hex()}")


def show_json_or_text(plain: Any, output: str) -> None:
    """Print a plain value as JSON or as text."""
    if output == "json":
        click.echo(json.dumps(plain, indent=2))
    else:
        show_plain(plain)


def show_table(rows: Sequence[Mapping[str, Any]], columns: Sequence[Column]) -> None:
    """Print rows under the columns' titles, numbers to the right."""
    cells = [[show_value(row.get(column.field)) for column in columns] for row in rows]
    titles = [column.title.upper() for column in columns]
    if not cells:
        click.echo("(none)")
        return
    widths = [max(len(line[i]) for line in [titles, *cells]) for i in range(len(columns))]
    right = [
        column.show in ("amount", "bp", "number") or all(line[i].replace(",", "").isdigit() for line in cells)
        for i, column in enumerate(columns)
    ]

    def line(values: Sequence[str]) -> str:
        placed = (
            value.rjust(width) if to_right else value.ljust(width)
            for value, width, to_right in zip(values, widths, right, strict=True)
        )
        return "  ".join(placed).rstrip()

    click.echo(click.style(line(titles), bold=True))
    for values in cells:
        click.echo(line(values))


def show_plain(value: Any, indent: int = 0) -> None:
    """Print nested plain data, a field a line; small items of a list in one line each."""
    pad = "  " * indent
    if isinstance(value, Mapping):
        width = max((len(key) for key in value), default=0) + 1
        for key, item in value.items():
            if isinstance(item, Mapping | list) and item:
                click.echo(f"{pad}{key}:")
                show_plain(item, indent + 1)
            else:
                click.echo(f"{pad}{(key + ':').ljust(width)} {'-' if item in ([], {}) else show_value(item)}")
    elif isinstance(value, list):
        for item in value:
            _show_item(item, indent)
    else:
        click.echo(pad + show_value(value))


def _show_item(item: Any, indent: int) -> None:
    pad = "  " * indent
    if not isinstance(item, Mapping | list):
        click.echo(f"{pad}- {show_value(item)}")
        return
    if isinstance(item, Mapping) and not any(isinstance(part, Mapping | list) and part for part in item.values()):
        line = "  ".join(f"{key}: {'-' if part in ([], {}) else show_value(part)}" for key, part in item.items())
        if len(line) <= _LINE:
            click.echo(f"{pad}- {line}")
            return
    click.echo(f"{pad}-")
    show_plain(item, indent + 1)
