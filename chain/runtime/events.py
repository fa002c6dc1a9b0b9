"""Events in the form that CometBFT and its indexers take, written as protobuf's bytes.

A send has some thirty attributes, and making a message object for each is a fifth of a block's time; so the bytes are
put together here and parsed once (field numbers: tendermint.abci Event and EventAttribute).
"""

from collections.abc import Iterable, Sequence

from chain.codec.values import write_uvarint
from chain.primitives.events import Event

RESULT_FIELD = b"\x3a"
"""Tag of `events` in ExecTxResult (field 7)."""
BLOCK_FIELD = b"\x0a"
"""Tag of `events` in ResponseFinalizeBlock (field 1)."""

NOT_INDEXED = frozenset({"amount", "fee", "mode", "msg_index"})
"""Keys of attributes that nobody searches for by value; an indexer writes a record for each of the others."""

_INDEXED = b"\x18\x01"
_REMEMBERED = 8_192


def _uvarint(size: int) -> bytes:
    out = bytearray()
    write_uvarint(size, out)
    return bytes(out)


_LENGTHS = tuple(map(_uvarint, range(2_048)))
_attributes: dict[tuple[str, str], bytes] = {}
_types: dict[str, bytes] = {}


def encode_events(field: bytes, events: Iterable[Event], extra: Sequence[tuple[str, str]] = ()) -> bytes:
    """Return events as a repeated field, each with some more attributes; which are indexed says NOT_INDEXED."""
    known = _attributes
    behind = b"".join([known.get(pair) or _attribute(pair) for pair in extra])
    out: list[bytes] = []
    for kind, pairs in events:
        body = b"".join(
            [_types.get(kind) or _type(kind), *[known.get(pair) or _attribute(pair) for pair in pairs], behind]
        )
        size = len(body)
        out += (field, _LENGTHS[size] if size < 2_048 else _uvarint(size), body)
    return b"".join(out)


def _attribute(pair: tuple[str, str]) -> bytes:
    """Return an attribute as a field of an event."""
    key, value = pair[0].encode(), pair[1].encode()
    flag = b"" if pair[0] in NOT_INDEXED else _INDEXED
    if len(key) + len(value) > 1_000:
        return _framed(b"\x12", _framed(b"\x0a", key) + _framed(b"\x12", value) + flag)
    body = b"".join((b"\x0a", _LENGTHS[len(key)], key, b"\x12", _LENGTHS[len(value)], value, flag))
    whole = b"".join((b"\x12", _LENGTHS[len(body)], body))
    if len(_attributes) >= _REMEMBERED:
        _attributes.clear()
    _attributes[pair] = whole
    return whole


def _type(kind: str) -> bytes:
    # There are as many as modules declare, so these are never forgotten.
    whole = _types[kind] = _framed(b"\x0a", kind.encode())
    return whole


def _framed(tag: bytes, data: bytes) -> bytes:
    return tag + _uvarint(len(data)) + data
