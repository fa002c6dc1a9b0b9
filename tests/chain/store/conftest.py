"""What the store's tests share."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chain.store import StateStore

STORES = ("bank", "ibc")


@pytest.fixture
def open_store(tmp_path: Path) -> Iterator[Callable[..., StateStore]]:
    """Open stores that are closed at the end of the test; the same folder unless told another name."""
    opened: list[StateStore] = []

    def open_one(name: str = "state", **options: object) -> StateStore:
        settings = {"stores": STORES, "cache_entries": 100, **options}
        store = StateStore.open(tmp_path / name, **settings)  # type: ignore[arg-type]
        opened.append(store)
        return store

    yield open_one
    for store in opened:
        store.close()
