"""Which stores a folder has, and the byte that stands for each in its records."""

from collections.abc import Sequence
from pathlib import Path

from chain.store import records
from chain.store.db import Database
from chain.store.errors import StoreFormatError

MAX_STORES = 250
"""Most stores in a folder: one byte names them, and the byte after the last one ends its range."""


def registered(db: Database, folder: Path, stores: Sequence[str] | None) -> dict[str, int]:
    """Return the folder's stores, registered now if the folder is new; None takes those it has.

    Raises: StoreFormatError for a foreign database, another format, or other stores.
    """
    found = db.get(records.FORMAT_KEY)
    if found is None:
        if next(db.iterator(start=b"", stop=b"\xff" * 64), None) is not None:
            raise StoreFormatError(f"{folder} holds a database of another kind")
        if not stores:
            raise StoreFormatError(f"there is no state in {folder}")
        return _create(db, stores)
    if found != records.FORMAT:
        raise StoreFormatError(f"the state in {folder} has format {found!r}, this program reads {records.FORMAT!r}")
    sids = records.decode_registry(db.get(records.REGISTRY_KEY) or b"")
    if stores is not None and set(stores) != set(sids):
        missing, extra = sorted(set(stores) - set(sids)), sorted(set(sids) - set(stores))
        raise StoreFormatError(
            f"the state in {folder} has other stores than this program: it lacks {missing} and has {extra} more"
        )
    return sids


def _create(db: Database, stores: Sequence[str]) -> dict[str, int]:
    names = sorted(set(stores), key=str.encode)
    if len(names) != len(stores) or not all(0 < len(name.encode()) < 128 for name in names):
        raise StoreFormatError("names of stores are unique and have 1 to 127 bytes")
    if len(names) > MAX_STORES:
        raise StoreFormatError(f"at most {MAX_STORES} stores")
    sids = {name: sid for sid, name in enumerate(names, 1)}
    batch = db.write_batch(sync=True)
    batch.put(records.FORMAT_KEY, records.FORMAT)
    batch.put(records.REGISTRY_KEY, records.encode_registry(sids))
    batch.write()
    return sids
