"""The collector is kept out of blocks where the node asks for it, and left alone elsewhere."""

import gc
from collections.abc import Iterator

import pytest

from chain.runtime.memory import FREEZE_EVERY, Collector


@pytest.fixture(autouse=True)
def _restore() -> Iterator[None]:
    yield
    gc.unfreeze()
    gc.enable()


def test_an_idle_collector_changes_nothing() -> None:
    collector = Collector(active=False)
    frozen = gc.get_freeze_count()
    collector.pause()
    assert gc.isenabled()
    collector.between_blocks()
    assert gc.get_freeze_count() == frozen


def test_an_active_one_pauses_for_blocks_and_sets_aside_what_is_old() -> None:
    collector = Collector(active=True)
    collector.pause()
    assert not gc.isenabled()
    collector.between_blocks()
    first = gc.get_freeze_count()
    assert gc.isenabled() and first > 1_000
    kept = [[number] for number in range(5_000)]
    for _ in range(FREEZE_EVERY - 1):
        collector._blocks += 1
    collector.between_blocks()
    assert gc.get_freeze_count() > first + len(kept) - 500
