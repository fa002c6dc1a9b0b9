"""What `lampd` prints: stable JSON for programs, text with units and tables for people."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import click
from google.protobuf import json_format
from google.protobuf.message import Message as ProtoMessage

from chain.primitives.coins import BASE_DENOM, DISPLAY_EXPONENT
from chain.sdk.cli import Column, Command


def to_plain(message: ProtoMessage) -> dict[str, Any]:
    """Return a message as the JSON object that Cosmos clients know: snake_case names, default values present."""
    plain: dict[str, Any] = json_format.MessageToDict(
        message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )
    return plain


def show_message(message: ProtoMessage, output: str, command: Command | None = None) -> None:
    """Print a response as JSON, or as text: a table where the command declares one, else field by field."""
    plain = to_plain(message)
    if output == "json":
        click.echo(json.dumps(plain, indent=2))
    elif command is not None and command.rows:
        show_table([dig(row) for row in plain.get(command.rows, [])], command.columns)
        next_key = (plain.get("pagination") or {}).get("next_key")
        if next_key:
            click.echo(f"more: --page-key {next_key}")
    else:
        show_plain(plain)


def show_json_or_text(plain: Any, output: str) -> None:
    """Print a plain value as JSON or as text."""
    if output == "json":
        click.echo(json.dumps(plain, indent=2))
    else:
        show_plain(plain)


def dig(row: Any) -> Mapping[str, Any]:
    """Return a row as a mapping; a bare value is its own only column."""
    return row if isinstance(row, Mapping) else {"": row}


def show_table(rows: Sequence[Mapping[str, Any]], columns: Sequence[Column]) -> None:
    """Print rows under the columns' titles, numbers to the right."""
    cells = [[show_value(_at(row, column.field), column.show) for column in columns] for row in rows]
    titles = [column.title for column in columns]
    widths = [max(len(line[i]) for line in [titles, *cells]) for i in range(len(columns))]
    right = [column.show in ("amount", "bp", "number") for column in columns]

    def line(values: Sequence[str]) -> str:
        placed = (
            value.rjust(width) if to_right else value.ljust(width)
            for value, width, to_right in zip(values, widths, right, strict=True)
        )
        return "  ".join(placed).rstrip()

    click.echo(click.style(line(titles), bold=True))
    for values in cells:
        click.echo(line(values))
    if not cells:
        click.echo("(none)")


def _at(row: Mapping[str, Any], path: str) -> Any:
    value: Any = row
    for part in path.split(".") if path else [""]:
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def show_value(value: Any, show: str = "text") -> str:
    """Return a value as people read it; `show` as in `chain.sdk.cli.Column`."""
    if value is None or value == "":
        return "-"
    if show == "amount":
        return show_amount(int(value))
    if show == "time":
        return show_time(int(value))
    if show == "bp":
        return f"{int(value) / 100:g} %"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping) and set(value) == {"denom", "amount"}:
        return show_coin(value)
    if isinstance(value, list):
        return ", ".join(show_value(item) for item in value) or "-"
    return str(value)


def show_amount(ulamp: int) -> str:
    """Return an amount of ulamp in LAMP, digits grouped by three: `1,234.5 LAMP`."""
    whole, rest = divmod(abs(ulamp), 10**DISPLAY_EXPONENT)
    decimals = f"{rest:0{DISPLAY_EXPONENT}d}".rstrip("0")
    sign = "-" if ulamp < 0 else ""
    return f"{sign}{whole:,}{'.' + decimals if decimals else ''} LAMP"


def show_coin(coin: Mapping[str, Any]) -> str:
    """Return a coin: LAMP for the base denomination, `amount denom` for others."""
    if coin["denom"] == BASE_DENOM:
        return show_amount(int(coin["amount"] or 0))
    return f"{int(coin['amount'] or 0):,} {coin['denom']}"


def show_time(unix_nanos: int) -> str:
    """Return a time to the second in UTC, `-` for zero."""
    if unix_nanos == 0:
        return "-"
    return datetime.fromtimestamp(unix_nanos // 10**9, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def show_plain(value: Any, indent: int = 0) -> None:
    """Print nested plain data, a field a line, coins with their units."""
    pad = "  " * indent
    if isinstance(value, Mapping) and set(value) == {"denom", "amount"}:
        click.echo(pad + show_coin(value))
    elif isinstance(value, Mapping):
        width = max((len(key) for key in value), default=0) + 1
        for key, item in value.items():
            if isinstance(item, Mapping | list) and item and not _flat(item):
                click.echo(f"{pad}{key}:")
                show_plain(item, indent + 1)
            else:
                click.echo(f"{pad}{(key + ':').ljust(width)} {show_value(item) if item not in ([], {}) else '-'}")
    elif isinstance(value, list):
        for item in value:
            if isinstance(item, Mapping | list) and not _flat(item):
                click.echo(f"{pad}-")
                show_plain(item, indent + 1)
            else:
                click.echo(f"{pad}- {show_value(item)}")
    else:
        click.echo(pad + show_value(value))


def _flat(value: Any) -> bool:
    return isinstance(value, Mapping) and set(value) == {"denom", "amount"}
