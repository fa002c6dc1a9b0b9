"""Protobuf messages as people read them: amounts and times with units, enum members and type names short."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from google.protobuf import descriptor_pool, message_factory
from google.protobuf.any_pb2 import Any as AnyPb
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message as ProtoMessage

from chain.cli.fields import choices
from chain.pb.cosmos.base.v1beta1.coin_pb2 import Coin
from chain.primitives.coins import BASE_DENOM, DISPLAY_EXPONENT

Shows = Mapping[str, str]
"""How to print fields, by their names; the words are those of `chain.sdk.cli.Column.show`."""

_BY_SUFFIX = {"_bp": "bp", "_at": "time"}
"""Endings of names that tell the unit of a whole number anywhere in the chain's own messages."""


def readable(message: ProtoMessage, shows: Shows, leave_out: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Return a message as nested mappings and lists of text; submessages that are not there are left out."""
    plain: dict[str, Any] = {}
    for field in message.DESCRIPTOR.fields:
        if field.name in leave_out or (field.has_presence and not message.HasField(field.name)):
            continue
        value = getattr(message, field.name)
        if field.is_repeated:
            plain[field.name] = [_value(field, item, shows) for item in value]
        else:
            plain[field.name] = _value(field, value, shows)
    return plain


def cell(message: ProtoMessage, path: str, show: str) -> str:
    """Return the field that a dotted path leads to, as text."""
    parent, _, rest = path.partition(".")
    if rest:
        return cell(getattr(message, parent), rest, show)
    shown = readable(message, {parent: show}).get(parent, "-")
    return ", ".join(map(str, shown)) or "-" if isinstance(shown, list) else str(shown)


def _value(field: Any, value: Any, shows: Shows) -> Any:
    if isinstance(value, AnyPb):
        return _unpacked(value, shows)
    if isinstance(value, Coin):
        return show_coin(value.denom, int(value.amount or 0))
    if isinstance(value, ProtoMessage):
        return readable(value, shows)
    if field.cpp_type == FieldDescriptor.CPPTYPE_ENUM:
        return {number: name for name, number in choices(field.enum_type).items()}.get(value, str(value))
    return show_value(value, shows.get(field.name) or _unit(field))


def _unit(field: Any) -> str:
    if field.type in (FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES, FieldDescriptor.TYPE_BOOL):
        return "text"
    return next((show for suffix, show in _BY_SUFFIX.items() if field.name.endswith(suffix)), "text")


def _unpacked(packed: AnyPb, shows: Shows) -> dict[str, Any]:
    name = packed.type_url.rpartition("/")[2]
    try:
        kind = message_factory.GetMessageClass(descriptor_pool.Default().FindMessageTypeByName(name))
    except KeyError:
        return {"type": name, "value": packed.value.hex() or "-"}
    return {"type": name.rpartition(".")[2], **readable(kind.FromString(packed.value), shows)}


def show_value(value: Any, show: str = "text") -> str:
    """Return a value as people read it; `show` as in `chain.sdk.cli.Column`."""
    if value is None or value in ("", b""):
        return "-"
    if isinstance(value, bytes):
        return value.hex()
    if show == "amount":
        return show_amount(int(value))
    if show == "time":
        return show_time(int(value))
    if show == "bp":
        return f"{int(value) / 100:g} %"
    if show == "hex":
        return f"{int(value):x}"
    if show == "seconds":
        return f"{value} s"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def show_amount(ulamp: int) -> str:
    """Return an amount of ulamp in LAMP, digits grouped by three: `1,234.5 LAMP`."""
    whole, rest = divmod(abs(ulamp), 10**DISPLAY_EXPONENT)
    decimals = f"{rest:0{DISPLAY_EXPONENT}d}".rstrip("0")
    sign = "-" if ulamp < 0 else ""
    return f"{sign}{whole:,}{'.' + decimals if decimals else ''} LAMP"


def show_coin(denom: str, amount: int) -> str:
    """Return a coin: LAMP for the base denomination, `amount denom` for others."""
    return show_amount(amount) if denom == BASE_DENOM else f"{amount:,} {denom}"


def show_time(unix_nanos: int) -> str:
    """Return a time to the second in UTC, `-` for zero."""
    if unix_nanos == 0:
        return "-"
    return datetime.fromtimestamp(unix_nanos // 10**9, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
