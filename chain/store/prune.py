"""Dropping versions that are no longer kept, a bounded number of records a block."""

from chain.store import records
from chain.store.db import Batch, Reads
from chain.store.records import Meta

MIN_DELETES = 2_000
"""Least budget of deletes per commit; a block that writes more gets twice its writes."""


def prune(db: Reads, batch: Batch, meta: Meta, oldest: int, writes: int) -> int:
    """Add to a block's batch the deletes that make `oldest` the oldest kept height, as far as the budget goes.

    A version needs the undo records of heights above it and the pages replaced above it; so what heights up to the
    oldest kept one left behind goes, and their version records go first, so that nothing is served by halves.
    `meta` says where the last commit stopped and is moved on. Returns the number of deletes.
    """
    budget = max(MIN_DELETES, 2 * writes)
    spent = 0
    while meta.oldest < oldest and spent < budget:
        batch.delete(records.version_key(meta.oldest))
        meta.oldest += 1
        spent += 1
    # This block's own records are in the batch, not yet where they could be read.
    last = min(meta.oldest, meta.height - 1)
    while spent < budget and min(meta.undo_height, meta.page_height) <= last:
        if meta.undo_height <= meta.page_height:
            spent += _prune_undo(db, batch, meta)
        else:
            spent += _prune_pages(db, batch, meta)
    return spent


def _prune_undo(db: Reads, batch: Batch, meta: Meta) -> int:
    key = records.part_key(b"u", meta.undo_height, meta.undo_part)
    data = db.get(key)
    if data is None:
        meta.undo_height, meta.undo_part = meta.undo_height + 1, 0
        return 0
    delete, height = batch.delete, records.pack_u64(meta.undo_height)
    entries = records.split_keys(data)
    for entry in entries:
        delete(b"h" + entry + height)
    delete(key)
    meta.undo_part += 1
    return len(entries) + 1


def _prune_pages(db: Reads, batch: Batch, meta: Meta) -> int:
    key = records.part_key(b"o", meta.page_height, meta.page_part)
    data = db.get(key)
    if data is None:
        meta.page_height, meta.page_part = meta.page_height + 1, 0
        return 0
    delete = batch.delete
    entries = records.split_pages(data)
    for entry in entries:
        delete(b"p" + entry)
    delete(key)
    meta.page_part += 1
    return len(entries) + 1
