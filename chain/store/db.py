"""LevelDB, opened with the sizes this store was measured with, its errors put into words."""

from pathlib import Path

import plyvel

from chain.store.errors import StoreError, StoreFormatError, StoreLockedError

WRITE_BUFFER = 64 << 20
"""Bytes collected in memory before a table is written; with the 4 MB default, reads wait for compaction."""
BLOCK_CACHE = 64 << 20
"""Bytes of table blocks kept; the kernel's page cache holds more, for free."""
BLOCK_SIZE = 4096
"""Bytes of a table block; larger ones make single reads slower."""
BLOOM_BITS = 10
"""Bits a key in the filters: a read of a missing key then seldom touches a table."""


def open_db(path: Path, create: bool = True) -> plyvel.DB:
    """Open the database in a folder. Raises: StoreError saying what to do."""
    try:
        if create:
            path.mkdir(parents=True, exist_ok=True)
        return plyvel.DB(
            str(path),
            create_if_missing=create,
            write_buffer_size=WRITE_BUFFER,
            lru_cache_size=BLOCK_CACHE,
            block_size=BLOCK_SIZE,
            bloom_filter_bits=BLOOM_BITS,
            compression=None,
        )
    except (plyvel.Error, OSError) as error:
        raise _explain(path, error) from error


def _explain(path: Path, error: Exception) -> StoreError:
    text = str(error)
    if "lock" in text.lower():
        return StoreLockedError(f"the state in {path} is in use by another process; stop that one first ({text})")
    if isinstance(error, plyvel.CorruptionError):
        return StoreFormatError(f"the state in {path} is damaged; restore it or sync anew ({text})")
    if "does not exist" in text:
        return StoreFormatError(f"there is no state in {path} ({text})")
    return StoreError(f"cannot open the state in {path}: {text}")
