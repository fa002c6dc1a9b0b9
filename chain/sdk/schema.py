"""Typed collections over a module's store: the module's whole state schema, declared in its `state.py`.

A collection has a one-byte prefix that is never reused, a name, and codecs for its keys and values.
"""

from collections.abc import Iterator
from typing import Any, Generic, TypeVar

from chain.codec.keys import KeyCodec, PairKey
from chain.codec.values import ValueCodec
from chain.sdk.context import Context

K = TypeVar("K")
V = TypeVar("V")
A = TypeVar("A")
B = TypeVar("B")

_MARKER = b"\x01"
"""Value of a key that only has to be there; values must not be empty, or nothing could be proved of them."""


class Schema:
    """The collections of one store. Raises: ValueError on a prefix or a name used twice."""

    def __init__(self, store: str) -> None:
        self.store = store
        self.collections: dict[int, Any] = {}

    def add(self, prefix: int, name: str, collection: Any) -> bytes:
        """Register a collection under its prefix byte and return the prefix as bytes."""
        if not 0 <= prefix <= 0xFF or prefix in self.collections:
            raise ValueError(f"store {self.store}: prefix {prefix:#04x} of {name} is taken or no byte")
        if any(other.name == name for other in self.collections.values()):
            raise ValueError(f"store {self.store}: two collections are named {name}")
        self.collections[prefix] = collection
        return bytes([prefix])


def prefix_end(prefix: bytes) -> bytes | None:
    """Return the smallest key above all keys with this prefix, or None when there is none."""
    trimmed = prefix.rstrip(b"\xff")
    return trimmed[:-1] + bytes([trimmed[-1] + 1]) if trimmed else None


class Item(Generic[V]):
    """One value."""

    def __init__(self, schema: Schema, prefix: int, name: str, value: ValueCodec[V]) -> None:
        self.name = name
        self.value = value
        self._store = schema.store
        self._key = schema.add(prefix, name, self)

    def get(self, ctx: Context) -> V | None:
        """Return the value, or None before it is first set."""
        raw = ctx.get(self._store, self._key)
        return None if raw is None else self.value.read(raw, 0)[0]

    def raw(self, ctx: Context) -> bytes | None:
        """Return the value's bytes, or None; for those who remember what they decoded."""
        return ctx.get(self._store, self._key)

    def require(self, ctx: Context) -> V:
        """Return the value. Raises: LookupError when genesis did not set it."""
        value = self.get(ctx)
        if value is None:
            raise LookupError(f"{self._store}/{self.name} is not set")
        return value

    def set(self, ctx: Context, value: V) -> None:
        """Replace the value. Raises: ValueError when it is out of range."""
        out = bytearray()
        self.value.write(value, out)
        ctx.set(self._store, self._key, bytes(out))

    def delete(self, ctx: Context) -> None:
        """Remove the value."""
        ctx.delete(self._store, self._key)


class Map(Generic[K, V]):
    """Values by key."""

    def __init__(self, schema: Schema, prefix: int, name: str, key: KeyCodec[K], value: ValueCodec[V]) -> None:
        self.name = name
        self.key = key
        self.value = value
        self.store = schema.store
        self.prefix = schema.add(prefix, name, self)

    def get(self, ctx: Context, key: K) -> V | None:
        """Return the value of a key, or None."""
        raw = ctx.get(self.store, self.prefix + self.key.encode(key))
        return None if raw is None else self.value.read(raw, 0)[0]

    def has(self, ctx: Context, key: K) -> bool:
        """Tell whether a key is there."""
        return ctx.get(self.store, self.prefix + self.key.encode(key)) is not None

    def set(self, ctx: Context, key: K, value: V) -> None:
        """Write a value. Raises: ValueError when key or value is out of range."""
        out = bytearray()
        self.value.write(value, out)
        ctx.set(self.store, self.prefix + self.key.encode(key), bytes(out))

    def delete(self, ctx: Context, key: K) -> None:
        """Remove a key, if it is there."""
        ctx.delete(self.store, self.prefix + self.key.encode(key))

    def scan(
        self, ctx: Context, within: bytes = b"", start: bytes = b"", reverse: bool = False
    ) -> Iterator[tuple[K, V]]:
        """Yield keys and values in order of keys; the caller bounds how many.

        `within` is the encoding of a leading part that all keys share; `start` the encoded remainder to begin at
        (backwards: to begin at and go down from, included).
        """
        for raw, value in scan_raw(ctx, self.store, self.prefix + within, start, reverse):
            yield self.key.decode(raw, 1)[0], self.value.read(value, 0)[0]


class KeySet(Generic[K]):
    """Keys without values."""

    def __init__(self, schema: Schema, prefix: int, name: str, key: KeyCodec[K]) -> None:
        self.name = name
        self.key = key
        self.store = schema.store
        self.prefix = schema.add(prefix, name, self)

    def has(self, ctx: Context, key: K) -> bool:
        """Tell whether a key is in the set."""
        return ctx.get(self.store, self.prefix + self.key.encode(key)) is not None

    def add(self, ctx: Context, key: K) -> None:
        """Put a key into the set. Raises: ValueError when it is out of range."""
        ctx.set(self.store, self.prefix + self.key.encode(key), _MARKER)

    def remove(self, ctx: Context, key: K) -> None:
        """Take a key out of the set, if it is there."""
        ctx.delete(self.store, self.prefix + self.key.encode(key))

    def scan(self, ctx: Context, within: bytes = b"", start: bytes = b"", reverse: bool = False) -> Iterator[K]:
        """Yield keys in order; arguments as `Map.scan`."""
        for raw, _ in scan_raw(ctx, self.store, self.prefix + within, start, reverse):
            yield self.key.decode(raw, 1)[0]


class Index(KeySet[tuple[A, B]], Generic[A, B]):
    """Primary keys by something else: pairs (what is looked up, primary key)."""

    def __init__(self, schema: Schema, prefix: int, name: str, by: KeyCodec[A], primary: KeyCodec[B]) -> None:
        super().__init__(schema, prefix, name, PairKey(by, primary))
        self.by = by

    def find(self, ctx: Context, by: A, start: bytes = b"", reverse: bool = False) -> Iterator[B]:
        """Yield the primary keys found under `by`, in order; the caller bounds how many."""
        for _, primary in self.scan(ctx, self.by.encode(by), start, reverse):
            yield primary


def scan_raw(ctx: Context, store: str, prefix: bytes, start: bytes, reverse: bool) -> Iterator[tuple[bytes, bytes]]:
    """Yield raw keys and values under a prefix from `start` on (backwards: from `start` down, included)."""
    if not reverse:
        return ctx.iterate(store, prefix + start, prefix_end(prefix))
    # The smallest key above `prefix + start` itself ends a backward scan that includes it.
    return ctx.iterate(store, prefix, prefix + start + b"\0" if start else prefix_end(prefix), True)
