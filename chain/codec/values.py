"""Value codecs: canonical bytes for what the state holds, ranges checked on the way in.

A value is written field by field without tags: integers as unsigned LEB128, everything else with its length before
it. Fields are only ever appended to a record; a record written before a field existed reads as its default.
"""

from collections.abc import Callable, Sequence
from dataclasses import MISSING, fields, is_dataclass
from enum import IntEnum
from typing import Any, Generic, Protocol, TypeVar

V = TypeVar("V")
E = TypeVar("E", bound=IntEnum)
BytesT = TypeVar("BytesT", bound=bytes)


class ValueCodec(Protocol[V]):
    """Writes a value to a buffer and reads it back."""

    def write(self, value: V, out: bytearray) -> None:
        """Append the value. Raises: ValueError for a value out of range."""
        ...

    def read(self, data: bytes, at: int) -> tuple[V, int]:
        """Return the value that starts at `at` and the offset behind it. Raises: ValueError on malformed data."""
        ...


def encode(codec: ValueCodec[V], value: V) -> bytes:
    """Return the whole value's bytes. Raises: ValueError for a value out of range."""
    out = bytearray()
    codec.write(value, out)
    return bytes(out)


def decode(codec: ValueCodec[V], data: bytes) -> V:
    """Return the value of all of data. Raises: ValueError on malformed data or bytes left over."""
    value, end = codec.read(data, 0)
    if end != len(data):
        raise ValueError(f"{len(data) - end} bytes left over behind a value")
    return value


def write_uvarint(value: int, out: bytearray) -> None:
    """Append an unsigned LEB128 integer; the caller has checked that it is not negative."""
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)


def read_uvarint(data: bytes, at: int) -> tuple[int, int]:
    """Return the LEB128 integer at `at` and the offset behind it. Raises: ValueError when cut off or not minimal."""
    byte = data[at] if at < len(data) else -1
    if 0 <= byte < 0x80:
        return byte, at + 1
    value = shift = 0
    start = at
    while at < len(data):
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:
            if byte == 0 and at - start > 1:
                raise ValueError("integer is not in its shortest form")
            return value, at
        shift += 7
    raise ValueError("integer is cut off")


class Uint:
    """An unsigned integer below 2^bits."""

    __slots__ = ("limit",)

    def __init__(self, bits: int) -> None:
        self.limit = 1 << bits

    def write(self, value: int, out: bytearray) -> None:
        """Append the integer. Raises: ValueError when it is out of range."""
        if not 0 <= value < self.limit:
            raise ValueError(f"{value} is not in 0..2^{self.limit.bit_length() - 1}-1")
        write_uvarint(value, out)

    def read(self, data: bytes, at: int) -> tuple[int, int]:
        """Return the integer. Raises: ValueError when it is malformed or out of range."""
        value, at = read_uvarint(data, at)
        if value >= self.limit:
            raise ValueError("stored integer is out of range")
        return value, at


class Flag:
    """A truth value, one byte."""

    __slots__ = ()

    def write(self, value: bool, out: bytearray) -> None:
        """Append 00 or 01."""
        out.append(1 if value else 0)

    def read(self, data: bytes, at: int) -> tuple[bool, int]:
        """Return the truth value. Raises: ValueError for another byte."""
        if at >= len(data) or data[at] > 1:
            raise ValueError("malformed truth value")
        return data[at] == 1, at + 1


class Blob:
    """Bytes of at most `limit` bytes, with their length before them."""

    __slots__ = ("limit",)

    def __init__(self, limit: int = 1 << 16) -> None:
        self.limit = limit

    def write(self, value: bytes, out: bytearray) -> None:
        """Append length and bytes. Raises: ValueError when too long."""
        if len(value) > self.limit:
            raise ValueError(f"value is longer than {self.limit} bytes")
        write_uvarint(len(value), out)
        out += value

    def read(self, data: bytes, at: int) -> tuple[bytes, int]:
        """Return the bytes. Raises: ValueError when cut off."""
        size, at = read_uvarint(data, at)
        if at + size > len(data):
            raise ValueError("value is cut off")
        return data[at : at + size], at + size


class Text:
    """Text of at most `limit` bytes of UTF-8, with its length before it."""

    __slots__ = ("_blob",)

    def __init__(self, limit: int = 1 << 16) -> None:
        self._blob = Blob(limit)

    def write(self, value: str, out: bytearray) -> None:
        """Append length and UTF-8. Raises: ValueError when too long."""
        self._blob.write(value.encode(), out)

    def read(self, data: bytes, at: int) -> tuple[str, int]:
        """Return the text. Raises: ValueError when cut off or not UTF-8."""
        raw, at = self._blob.read(data, at)
        return raw.decode(), at


class Fixed(Generic[BytesT]):
    """Bytes of one length, made into an id; empty stands for none where `make` is not called."""

    __slots__ = ("make", "size")

    def __init__(self, make: Callable[[bytes], BytesT], size: int) -> None:
        self.make = make
        self.size = size

    def write(self, value: BytesT, out: bytearray) -> None:
        """Append the bytes. Raises: ValueError for another length."""
        if len(value) != self.size:
            raise ValueError(f"value is {len(value)} bytes instead of {self.size}")
        out += value

    def read(self, data: bytes, at: int) -> tuple[BytesT, int]:
        """Return the value. Raises: ValueError when cut off."""
        end = at + self.size
        if end > len(data):
            raise ValueError("value is cut off")
        return self.make(data[at:end]), end


class Choice(Generic[E]):
    """A member of an IntEnum, by its number."""

    __slots__ = ("kind",)

    def __init__(self, kind: type[E]) -> None:
        self.kind = kind

    def write(self, value: E, out: bytearray) -> None:
        """Append the number."""
        write_uvarint(int(value), out)

    def read(self, data: bytes, at: int) -> tuple[E, int]:
        """Return the member. Raises: ValueError for an unknown number."""
        number, at = read_uvarint(data, at)
        return self.kind(number), at


class Maybe(Generic[V]):
    """A value or None."""

    __slots__ = ("inner",)

    def __init__(self, inner: ValueCodec[V]) -> None:
        self.inner = inner

    def write(self, value: V | None, out: bytearray) -> None:
        """Append 00, or 01 and the value. Raises: ValueError as the value's codec does."""
        out.append(0 if value is None else 1)
        if value is not None:
            self.inner.write(value, out)

    def read(self, data: bytes, at: int) -> tuple[V | None, int]:
        """Return the value or None. Raises: ValueError on malformed data."""
        if at >= len(data) or data[at] > 1:
            raise ValueError("malformed optional value")
        return self.inner.read(data, at + 1) if data[at] else (None, at + 1)


class Many(Generic[V]):
    """A tuple of values of one kind, at most `limit`."""

    __slots__ = ("inner", "limit")

    def __init__(self, inner: ValueCodec[V], limit: int = 1 << 16) -> None:
        self.inner = inner
        self.limit = limit

    def write(self, value: Sequence[V], out: bytearray) -> None:
        """Append the count and the values. Raises: ValueError when there are too many."""
        if len(value) > self.limit:
            raise ValueError(f"more than {self.limit} values")
        write_uvarint(len(value), out)
        for item in value:
            self.inner.write(item, out)

    def read(self, data: bytes, at: int) -> tuple[tuple[V, ...], int]:
        """Return the values. Raises: ValueError on malformed data."""
        count, at = read_uvarint(data, at)
        if count > self.limit:
            raise ValueError(f"more than {self.limit} values")
        items = []
        for _ in range(count):
            item, at = self.inner.read(data, at)
            items.append(item)
        return tuple(items), at


class Record(Generic[V]):
    """A frozen dataclass, field by field in order of declaration.

    Raises: TypeError at construction when the codecs do not name the dataclass' fields in order.
    """

    __slots__ = ("_codecs", "_defaults", "_names", "kind")

    def __init__(self, kind: type[V], /, **codecs: ValueCodec[Any]) -> None:
        if not is_dataclass(kind):
            raise TypeError(f"{kind.__name__} is not a dataclass")
        declared = fields(kind)
        if [field.name for field in declared] != list(codecs):
            raise TypeError(f"codecs of {kind.__name__} do not name its fields in order")
        self.kind = kind
        self._names = tuple(codecs)
        self._codecs = tuple(codecs.values())
        self._defaults = tuple(field.default for field in declared)

    def write(self, value: V, out: bytearray) -> None:
        """Append all fields. Raises: ValueError as the fields' codecs do."""
        for name, codec in zip(self._names, self._codecs, strict=True):
            codec.write(getattr(value, name), out)

    def read(self, data: bytes, at: int) -> tuple[V, int]:
        """Return the record; fields behind the end of the data take defaults. Raises: ValueError on malformed data."""
        values: list[Any] = []
        size = len(data)
        for codec, default in zip(self._codecs, self._defaults, strict=True):
            if at == size and default is not MISSING:
                values.append(default)
                continue
            item, at = codec.read(data, at)
            values.append(item)
        return self.kind(*values), at


U8 = Uint(8)
"""An unsigned 8-bit integer."""
U32 = Uint(32)
"""An unsigned 32-bit integer."""
U64 = Uint(64)
"""An unsigned 64-bit integer."""
U128 = Uint(128)
"""An unsigned 128-bit integer."""
U256 = Uint(256)
"""An unsigned 256-bit integer, the range of a coin's amount."""
FLAG = Flag()
"""A truth value."""
TEXT = Text()
"""Text of at most 64 KiB."""
BLOB = Blob()
"""At most 64 KiB of bytes."""
