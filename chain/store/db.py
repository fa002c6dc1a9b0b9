"""LevelDB, opened with the sizes this store was measured with, its errors put into words."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import plyvel  # type: ignore[import-untyped]  # plyvel ships no types; the protocols below are what is used of it

from chain.store.errors import StoreError, StoreFormatError, StoreLockedError

WRITE_BUFFER = 64 << 20
"""Bytes collected in memory before a table is written; with the 4 MB default, reads wait for compaction."""
BLOCK_CACHE = 64 << 20
"""Bytes of table blocks kept; the kernel's page cache holds more, for free."""
BLOCK_SIZE = 4096
"""Bytes of a table block; larger ones make single reads slower."""
BLOOM_BITS = 10
"""Bits a key in the filters: a read of a missing key then seldom touches a table."""

OPEN_TABLES = 160
"""Tables of 2 MB held open, each mapped into memory: bounds the process' resident size, at no measurable cost."""
DB_ERRORS: tuple[type[Exception], ...] = (plyvel.Error, OSError)
"""What a read or a write can raise."""
READ_ERRORS: tuple[type[Exception], ...] = (*DB_ERRORS, RuntimeError)
"""What a read can raise; plyvel says of a closed database that it is one by a RuntimeError."""


def read_failure(error: Exception) -> StoreError:
    """Return the error of a read that this machine could not do; another machine's would have succeeded."""
    return StoreError(f"the state cannot be read: {error}")


class Reads(Protocol):
    """A database or a snapshot of it."""

    def get(self, key: bytes) -> bytes | None:
        """Return a record."""

    def iterator(self, *, start: bytes, stop: bytes, reverse: bool = False) -> Iterator[tuple[bytes, bytes]]:
        """Yield the records in [start, stop) in order."""

    def close(self) -> None:
        """Give it back."""


class Batch(Protocol):
    """Writes that happen together or not at all."""

    def put(self, key: bytes, value: bytes) -> None:
        """Write a record."""

    def delete(self, key: bytes) -> None:
        """Delete a record."""

    def write(self) -> None:
        """Carry the batch out."""


class Database(Reads, Protocol):
    """An open database."""

    def snapshot(self) -> Reads:
        """Return the database as it is now."""

    def write_batch(self, *, sync: bool) -> Batch:
        """Return an empty batch; `sync` waits for the disk."""


def open_db(path: Path, create: bool = True) -> Database:
    """Open the database in a folder. Raises: StoreError saying what to do."""
    try:
        if create:
            path.mkdir(parents=True, exist_ok=True)
        database: Database = plyvel.DB(
            str(path),
            create_if_missing=create,
            write_buffer_size=WRITE_BUFFER,
            lru_cache_size=BLOCK_CACHE,
            block_size=BLOCK_SIZE,
            bloom_filter_bits=BLOOM_BITS,
            compression=None,
            max_open_files=OPEN_TABLES,
        )
    except DB_ERRORS as error:
        raise _explain(path, error) from error
    return database


def pairs(rows: Iterator[tuple[bytes, bytes]]) -> Iterator[tuple[bytes, bytes]]:
    """Yield the keys and values of the records of one store. Raises: StoreError."""
    try:
        for record, value in rows:
            yield record[2:], value
    except READ_ERRORS as error:
        raise read_failure(error) from error


def _explain(path: Path, error: Exception) -> StoreError:
    text = str(error)
    if "lock" in text.lower():
        return StoreLockedError(f"the state in {path} is in use by another process; stop that one first ({text})")
    if isinstance(error, plyvel.CorruptionError):
        return StoreFormatError(f"the state in {path} is damaged; restore it or sync anew ({text})")
    if "does not exist" in text:
        return StoreFormatError(f"there is no state in {path} ({text})")
    return StoreError(f"cannot open the state in {path}: {text}")
