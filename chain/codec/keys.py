"""Key codecs: bytes whose order is the order of the keys, each part decodable on its own.

Text is at most 32 bytes here, because keys that users choose freely could otherwise make the state tree deep.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

K = TypeVar("K")
A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
BytesT = TypeVar("BytesT", bound=bytes)

MAX_TEXT_KEY = 32
"""Longest text in a key, in bytes of UTF-8."""


class KeyCodec(Protocol[K]):
    """Turns a key, or a part of one, into bytes and back."""

    def encode(self, key: K) -> bytes:
        """Return the key's bytes. Raises: ValueError for a key out of range."""
        ...

    def decode(self, data: bytes, at: int) -> tuple[K, int]:
        """Return the key that starts at `at` and the offset behind it. Raises: ValueError on malformed data."""
        ...


@dataclass(frozen=True, slots=True)
class UintKey:
    """An unsigned integer of fixed width, big-endian."""

    size: int

    def encode(self, key: int) -> bytes:
        """Return `size` bytes. Raises: ValueError when it does not fit."""
        try:
            return key.to_bytes(self.size, "big")
        except OverflowError as error:
            raise ValueError(f"{key} does not fit {self.size} unsigned bytes") from error

    def decode(self, data: bytes, at: int) -> tuple[int, int]:
        """Return the integer at `at`. Raises: ValueError when the data is too short."""
        end = at + self.size
        if end > len(data):
            raise ValueError("key is too short for an integer")
        return int.from_bytes(data[at:end], "big"), end


@dataclass(frozen=True, slots=True)
class FixedKey(Generic[BytesT]):
    """Bytes of a fixed length, such as an address."""

    make: Callable[[bytes], BytesT]
    size: int

    def encode(self, key: BytesT) -> bytes:
        """Return the bytes themselves. Raises: ValueError for another length."""
        if len(key) != self.size:
            raise ValueError(f"key part is {len(key)} bytes instead of {self.size}")
        return bytes(key)

    def decode(self, data: bytes, at: int) -> tuple[BytesT, int]:
        """Return the value at `at`. Raises: ValueError when the data is too short."""
        end = at + self.size
        if end > len(data):
            raise ValueError("key is too short for a fixed part")
        return self.make(data[at:end]), end


@dataclass(frozen=True, slots=True)
class TextKey:
    """Text without NUL, closed by a NUL byte so that a prefix sorts first."""

    limit: int = MAX_TEXT_KEY

    def encode(self, key: str) -> bytes:
        """Return UTF-8 and a NUL. Raises: ValueError for NUL inside or more than `limit` bytes."""
        data = key.encode()
        if len(data) > self.limit or b"\0" in data:
            raise ValueError(f"text key is longer than {self.limit} bytes or holds NUL")
        return data + b"\0"

    def decode(self, data: bytes, at: int) -> tuple[str, int]:
        """Return the text at `at`. Raises: ValueError when it is not closed or not UTF-8."""
        end = data.find(b"\0", at)
        if end < 0:
            raise ValueError("text key is not closed")
        return data[at:end].decode(), end + 1


@dataclass(frozen=True, slots=True)
class PairKey(Generic[A, B]):
    """Two parts in order; the encoding of the first is a prefix to scan by."""

    first: KeyCodec[A]
    second: KeyCodec[B]

    def encode(self, key: tuple[A, B]) -> bytes:
        """Return both parts, one behind the other. Raises: ValueError as the parts do."""
        return self.first.encode(key[0]) + self.second.encode(key[1])

    def decode(self, data: bytes, at: int) -> tuple[tuple[A, B], int]:
        """Return the pair at `at`. Raises: ValueError as the parts do."""
        first, at = self.first.decode(data, at)
        second, at = self.second.decode(data, at)
        return (first, second), at


@dataclass(frozen=True, slots=True)
class TripleKey(Generic[A, B, C]):
    """Three parts in order."""

    first: KeyCodec[A]
    second: KeyCodec[B]
    third: KeyCodec[C]

    def encode(self, key: tuple[A, B, C]) -> bytes:
        """Return the three parts, one behind the other. Raises: ValueError as the parts do."""
        return self.first.encode(key[0]) + self.second.encode(key[1]) + self.third.encode(key[2])

    def decode(self, data: bytes, at: int) -> tuple[tuple[A, B, C], int]:
        """Return the triple at `at`. Raises: ValueError as the parts do."""
        first, at = self.first.decode(data, at)
        second, at = self.second.decode(data, at)
        third, at = self.third.decode(data, at)
        return (first, second, third), at


U8_KEY = UintKey(1)
"""One byte."""
U32_KEY = UintKey(4)
"""Four bytes."""
U64_KEY = UintKey(8)
"""Eight bytes."""
TEXT_KEY = TextKey()
"""Text of at most 32 bytes."""
