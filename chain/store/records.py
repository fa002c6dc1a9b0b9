"""Keys and encodings of the records in LevelDB; private to a node, checked by a format version.

s sid key           newest value
h sid len16 key h8  00, or 01 and the value before height h
u h8 n16            keys touched at h: (sid len16 key)*
p sid id8           page
o h8 n16            pages that height h replaced: (sid id8)*
r h8                one version: app hash, block time, stores
c name              settings: the registry of stores, the format
m                   newest height and how far pruning has come
"""

from collections.abc import Iterator
from dataclasses import dataclass
from struct import Struct

FORMAT = b"lamppost-store 1"
"""Marks a folder as ours; changed when records change their form."""

FORMAT_KEY = b"cformat"
REGISTRY_KEY = b"cstores"
META_KEY = b"m"

RECORD_ENTRIES = 4096
"""Most entries in one `u` or `o` record."""

_U16 = Struct(">H")
_U64 = Struct(">Q")
_HEIGHT_PART = Struct(">cQH")
_META = Struct(">QQQHQH")
_VERSION = Struct(">QH")
_STORE = Struct(">BQQ")

pack_u16 = _U16.pack
pack_u64 = _U64.pack


def first_page_id(height: int) -> int:
    """Return the lowest page id of a height."""
    return height << 24


def version_key(height: int) -> bytes:
    """Return the key of a version's record."""
    return b"r" + pack_u64(height)


def part_key(kind: bytes, height: int, part: int) -> bytes:
    """Return the key of the n-th `u` or `o` record of a height."""
    return _HEIGHT_PART.pack(kind, height, part)


@dataclass(frozen=True, slots=True)
class StoreRoot:
    """One store in a version: its byte, root hash, root page and number of keys."""

    name: str
    sid: int
    root: bytes
    page: int
    """Id of the root page, 0 for an empty store."""
    size: int


@dataclass(frozen=True, slots=True)
class Version:
    """What one height committed."""

    height: int
    app_hash: bytes
    block_time: int
    """Nanoseconds since 1970."""
    stores: dict[str, StoreRoot]

    def roots(self) -> dict[str, bytes]:
        """Return each store's root hash."""
        return {name: store.root for name, store in self.stores.items()}

    def encode(self) -> bytes:
        """Return the record's bytes."""
        parts = [self.app_hash, _VERSION.pack(self.block_time, len(self.stores))]
        for store in self.stores.values():
            name = store.name.encode()
            parts += (bytes((len(name),)), name, _STORE.pack(store.sid, store.page, store.size), store.root)
        return b"".join(parts)

    @classmethod
    def decode(cls, height: int, data: bytes) -> "Version":
        """Read a record's bytes."""
        block_time, count = _VERSION.unpack_from(data, 32)
        at, stores = 32 + _VERSION.size, {}
        for _ in range(count):
            end = at + 1 + data[at]
            name = data[at + 1 : end].decode()
            sid, page, size = _STORE.unpack_from(data, end)
            at = end + _STORE.size + 32
            stores[name] = StoreRoot(name, sid, data[at - 32 : at], page, size)
        return cls(height, data[:32], block_time, stores)


@dataclass(slots=True)
class Meta:
    """The newest height, the oldest kept one, and the next `u` and `o` records to prune."""

    height: int = 0
    oldest: int = 0
    undo_height: int = 0
    undo_part: int = 0
    page_height: int = 0
    page_part: int = 0

    def encode(self) -> bytes:
        """Return the record's bytes."""
        return _META.pack(
            self.height,
            self.oldest,
            self.undo_height,
            self.undo_part,
            self.page_height,
            self.page_part,
        )

    @classmethod
    def decode(cls, data: bytes) -> "Meta":
        """Read a record's bytes."""
        return cls(*_META.unpack(data))


def encode_registry(sids: dict[str, int]) -> bytes:
    """Return the registry's bytes: which byte stands for which store."""
    return b"".join(bytes((sid, len(name))) + name.encode() for name, sid in sids.items())


def decode_registry(data: bytes) -> dict[str, int]:
    """Read the registry's bytes."""
    at, sids = 0, {}
    while at < len(data):
        end = at + 2 + data[at + 1]
        sids[data[at + 2 : end].decode()] = data[at]
        at = end
    return sids


def chunked(entries: list[bytes]) -> Iterator[bytes]:
    """Yield the values of the `u` or `o` records that hold these entries."""
    for at in range(0, len(entries), RECORD_ENTRIES):
        yield b"".join(entries[at : at + RECORD_ENTRIES])


def split_keys(data: bytes) -> list[bytes]:
    """Return the entries (sid len16 key) of a `u` record."""
    at, end, out = 0, len(data), []
    while at < end:
        stop = at + 3 + (data[at + 1] << 8 | data[at + 2])
        out.append(data[at:stop])
        at = stop
    return out


def split_pages(data: bytes) -> list[bytes]:
    """Return the entries (sid id8) of an `o` record."""
    return [data[at : at + 9] for at in range(0, len(data), 9)]
