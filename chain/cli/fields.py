"""From the text of an argument to the value of a message's field, by the field's descriptor."""

import base64
import binascii
import json
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from google.protobuf import json_format, message_factory
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message as ProtoMessage

from chain.primitives.coins import BASE_DENOM
from chain.sdk.cli import Arg, Kind

_INTEGERS = {
    FieldDescriptor.CPPTYPE_INT32,
    FieldDescriptor.CPPTYPE_INT64,
    FieldDescriptor.CPPTYPE_UINT32,
    FieldDescriptor.CPPTYPE_UINT64,
}

_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}

Descriptor = Any
"""A field's or an enum's descriptor; its class differs between protobuf's implementations."""

ResolveAddress = Callable[[str], str]
"""Turns an address or the name of a key into an address."""


class FieldError(ValueError):
    """An argument that does not fit its field."""


def choices(enum: Descriptor) -> dict[str, int]:
    """Return an enum's members by short lower-case name, without the prefix that all of them share."""
    names = [value.name for value in enum.values]
    prefix = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", enum.name).upper() + "_"
    return {name.removeprefix(prefix).lower().replace("_", "-"): enum.values_by_name[name].number for name in names}


def put(message: ProtoMessage, arg: Arg, raw: Any, resolve: ResolveAddress) -> None:
    """Set the field that an argument names from its text (a sequence of texts for a repeated field).

    Raises: FieldError naming the argument.
    """
    field = message.DESCRIPTOR.fields_by_name[arg.field]
    try:
        if field.is_repeated:
            texts = [raw] if isinstance(raw, str) else list(raw)
            for value in _values(field, arg.kind, texts, resolve):
                target = getattr(message, arg.field)
                target.add().CopyFrom(value) if isinstance(value, ProtoMessage) else target.append(value)
            return
        value = convert(field, arg.kind, raw, resolve)
        if isinstance(value, ProtoMessage):
            getattr(message, arg.field).CopyFrom(value)
        else:
            setattr(message, arg.field, value)
    except (ValueError, json_format.ParseError) as error:
        raise FieldError(f"{arg.field}: {error}") from error


def convert(field: Descriptor, kind: Kind, raw: Any, resolve: ResolveAddress) -> Any:
    """Return the value of one text for a field. Raises: ValueError saying what is wrong."""
    if kind is Kind.FILE:
        raw = Path(raw).read_text(encoding="utf-8")
    if kind is Kind.ADDRESS:
        return resolve(raw)
    if kind is Kind.AMOUNT:
        amount = _amount(raw)
        return amount if field.cpp_type in _INTEGERS else str(amount)
    if kind is Kind.CELL:
        return _cell(raw)
    if kind is Kind.TIME:
        return moment(raw, time.time_ns())
    if field.cpp_type in _INTEGERS:
        return _integer(raw)
    if field.cpp_type == FieldDescriptor.CPPTYPE_BOOL:
        return raw if isinstance(raw, bool) else _truth(raw)
    if field.cpp_type == FieldDescriptor.CPPTYPE_ENUM:
        return _member(field.enum_type, raw)
    if field.type == FieldDescriptor.TYPE_BYTES:
        return parse_bytes(raw)
    if field.cpp_type == FieldDescriptor.CPPTYPE_MESSAGE:
        return _submessage(field, kind, raw)
    return raw


def _values(field: Descriptor, kind: Kind, texts: list[str], resolve: ResolveAddress) -> list[Any]:
    if kind is Kind.COINS:
        from chain.client.amounts import parse_coins

        made = []
        for text in texts:
            for coin in parse_coins(text):
                made.append(_coin_message(field, coin.denom, coin.amount))
        return made
    return [convert(field, kind, text, resolve) for text in texts]


def _submessage(field: Descriptor, kind: Kind, raw: str) -> ProtoMessage:
    if kind in (Kind.COIN, Kind.COINS):
        from chain.client.amounts import parse_coins

        found = parse_coins(raw)
        if len(found) != 1:
            raise ValueError(f"expected one amount such as 1.5lamp, got {raw!r}")
        return _coin_message(field, found[0].denom, found[0].amount)
    made: ProtoMessage = _new(field)()
    json_format.ParseDict(json.loads(raw), made)
    return made


def _coin_message(field: Descriptor, denom: str, amount: int) -> ProtoMessage:
    made: ProtoMessage = _new(field)(denom=denom, amount=str(amount))
    return made


def _new(field: Descriptor) -> Any:
    return message_factory.GetMessageClass(field.message_type)


def _amount(raw: str) -> int:
    from chain.client.amounts import parse_coins

    if raw.isdigit():
        return int(raw)
    found = parse_coins(raw)
    if len(found) != 1 or found[0].denom != BASE_DENOM:
        raise ValueError(f"expected an amount such as 1.5lamp or 1500000ulamp, got {raw!r}")
    return int(found[0].amount)


def moment(text: str, now: int) -> int:
    """Return the unix nanoseconds of a time in UTC, or of one from now on. Raises: ValueError."""
    later = re.fullmatch(r"\+(\d{1,9})([smhd])", text)
    if later:
        return now + int(later[1]) * _SECONDS[later[2]] * 10**9
    try:
        when = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"expected a time such as 2027-01-31, 2027-01-31T12:00:00 or +30d, got {text!r}") from error
    return int((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()) * 10**9


def _cell(raw: str) -> int:
    try:
        return int(raw, 16)
    except ValueError as error:
        raise ValueError(f"expected an H3 cell in hexadecimal, such as 8828d54681fffff, got {raw!r}") from error


def _integer(raw: Any) -> int:
    try:
        return int(str(raw), 0)
    except ValueError as error:
        raise ValueError(f"expected a whole number, got {raw!r}") from error


def _truth(raw: str) -> bool:
    if raw.lower() in ("true", "yes", "1"):
        return True
    if raw.lower() in ("false", "no", "0"):
        return False
    raise ValueError(f"expected true or false, got {raw!r}")


def _member(enum: Descriptor, raw: str) -> int:
    known = choices(enum)
    wanted = raw.lower().replace("_", "-")
    if wanted in known:
        return known[wanted]
    if raw in enum.values_by_name:
        return int(enum.values_by_name[raw].number)
    raise ValueError(f"expected one of {', '.join(known)}, got {raw!r}")


def parse_bytes(raw: str) -> bytes:
    """Read bytes from hex (an even number of hex digits, 0x allowed before) or base64. Raises: ValueError."""
    digits = raw.removeprefix("0x")
    if len(digits) % 2 == 0 and re.fullmatch(r"[0-9a-fA-F]*", digits):
        return bytes.fromhex(digits)
    try:
        return base64.b64decode(raw, validate=True)
    except binascii.Error as error:
        raise ValueError(f"expected hex or base64, got {raw[:40]!r}") from error
