"""Locked folders, foreign folders, failing disks, torn logs, kills: always the state of a whole block."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import plyvel
import pytest

from chain.store import StateStore
from chain.store.errors import StoreBrokenError, StoreError, StoreFormatError, StoreLockedError
from tests.chain.store.history import commit, reachable_pages, stored_pages
from tests.chain.store.worker import BLOCKS, block, expected_hashes

WORKER = ["-m", "tests.chain.store.worker"]
ROOT = Path(__file__).parents[3]


def test_a_folder_in_use_by_another_process_is_refused_by_name(tmp_path: Path) -> None:
    code = (
        "from chain.store import StateStore\n"
        f"store = StateStore.open({str(tmp_path)!r}, ('a',))\n"
        "print(1, flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None and other.stdout.readline() == b"1\n"
        with pytest.raises(StoreLockedError, match="in use by another process; stop that one first"):
            StateStore.open(tmp_path, ("a",))
        other.kill()
    StateStore.open(tmp_path, ("a",)).close()


def test_a_folder_open_in_this_process_is_refused_too(open_store: Callable[..., StateStore]) -> None:
    open_store()
    with pytest.raises(StoreLockedError):
        open_store()


def test_foreign_missing_and_unlike_folders_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(StoreFormatError, match="there is no state in"):
        StateStore.open(tmp_path / "none")
    plyvel.DB(str(tmp_path / "foreign"), create_if_missing=True).put(b"a", b"b")
    with pytest.raises(StoreFormatError, match="a database of another kind"):
        StateStore.open(tmp_path / "foreign", ("bank",))
    StateStore.open(tmp_path / "mine", ("bank", "ibc")).close()
    with pytest.raises(StoreFormatError, match=r"lacks \['gov'\] and has \['ibc'\] more"):
        StateStore.open(tmp_path / "mine", ("bank", "gov"))
    database = plyvel.DB(str(tmp_path / "mine"))
    database.put(b"cformat", b"lamppost-store 99")
    database.close()
    with pytest.raises(StoreFormatError, match="has format b'lamppost-store 99'"):
        StateStore.open(tmp_path / "mine", ("bank", "ibc"))
    for names in ((), ("a", "a"), ("",), ("x" * 200,)):
        with pytest.raises(StoreFormatError):
            StateStore.open(tmp_path / f"names-{len(names)}", names)


def test_stores_reopen_in_any_order_of_names_or_with_none(open_store: Callable[..., StateStore]) -> None:
    store = open_store(stores=("b", "a"))
    before = commit(store, {"a": {b"k": b"v"}})
    store.close()
    store = open_store(stores=("a", "b"))
    assert (store.names, store.app_hash, store.block_time(1)) == (("a", "b"), before, 1_000)
    store.close()
    assert open_store(stores=None).get("a", b"k") == b"v"


class _Refusing:
    """A database whose batches cannot be written."""

    def __init__(self, db: plyvel.DB) -> None:
        self._db = db

    def __getattr__(self, name: str) -> object:
        return getattr(self._db, name)

    def write_batch(self, *, sync: bool) -> object:
        batch = self._db.write_batch(sync=sync)

        class Refused:
            put, delete = batch.put, batch.delete

            def write(self) -> None:
                raise plyvel.IOError("IO error: 000009.log: No space left on device")

        return Refused()


def test_a_refused_write_stops_the_store_with_a_clear_text(open_store: Callable[..., StateStore]) -> None:
    # Given a committed height
    store = open_store()
    first = commit(store, {"bank": {b"a": b"1"}})
    # When the disk is full at the next one
    whole, store._db = store._db, _Refusing(store._db)  # type: ignore[assignment]
    second = store.finalize({"bank": {b"a": b"2"}})
    with pytest.raises(StoreBrokenError, match=r"writing height 2 failed: .*No space left on device; the state"):
        store.commit(2, 0)
    # Then nothing more is written, what was committed can be read,
    for call in (lambda: store.finalize({}), lambda: store.commit(2, 0), store.rollback):
        with pytest.raises(StoreBrokenError, match="open the state again"):
            call()
    assert (store.height, store.app_hash, store.get("bank", b"a")) == (1, first, b"1")
    # and the same block goes through once there is room.
    store._db = whole
    store.close()
    store = open_store()
    assert store.app_hash == first
    assert commit(store, {"bank": {b"a": b"2"}}) == second


def test_a_commit_that_is_interrupted_half_way_stops_the_store(
    open_store: Callable[..., StateStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store()
    first = commit(store, {"bank": {b"a": b"1"}})

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("chain.store.store.write_version", interrupt)
    store.finalize({"bank": {b"a": b"2"}})
    with pytest.raises(KeyboardInterrupt):
        store.commit(2, 0)
    with pytest.raises(StoreBrokenError, match="writing height 2 did not finish; open the state again"):
        store.finalize({})
    store.close()
    monkeypatch.undo()
    store = open_store()
    assert (store.height, store.app_hash, store.verify()) == (1, first, [])


def test_a_real_full_disk_leaves_a_whole_block(tmp_path: Path) -> None:
    # Given a process whose files may not grow beyond what some blocks take
    done = subprocess.run(
        [sys.executable, *WORKER, str(tmp_path), "--most-bytes", "400000"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    # When it hits the limit, it says so and stops
    assert done.returncode == 1
    assert "StoreBrokenError: writing height" in done.stderr
    # Then the state is that of a whole block, and the rest can be replayed on it.
    committed = int(done.stdout.splitlines()[-1].split()[0])
    assert 0 < committed < BLOCKS
    _require_whole_and_replay(tmp_path, (committed, committed + 1))


def _require_whole_and_replay(path: Path, heights: tuple[int, ...] | None = None) -> int:
    """Check a state that a worker left, go on from it to the end, and return the height found."""
    expected = expected_hashes()
    with StateStore.open(path, ("bank", "ibc"), keep_versions=5) as store:
        found = store.height
        assert heights is None or found in heights
        assert store.app_hash == (expected[found - 1] if found else b"")
        assert store.verify() == []
        if found:
            assert reachable_pages(store) == stored_pages(store)
        for height in range(found + 1, min(found + 4, BLOCKS + 1)):
            assert commit(store, block(height)) == expected[height - 1]
    return found


def test_kill_9_at_any_moment_leaves_a_whole_block_to_replay_from(tmp_path: Path) -> None:
    source = random.Random(5)
    seen = set()
    for _ in range(25):
        process = subprocess.Popen([sys.executable, *WORKER, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE)
        assert process.stdout is not None
        # The first line says that the store is open; the kill comes at a random moment of the blocks after it.
        process.stdout.readline()
        time.sleep(source.random() * 0.15)
        os.kill(process.pid, signal.SIGKILL)
        process.wait(timeout=30)
        printed = process.stdout.read().split()[0::2]
        process.stdout.close()
        found = _require_whole_and_replay(tmp_path)
        assert not printed or found >= int(printed[-1]), "an acknowledged commit is never lost"
        seen.add(found)
        if found == BLOCKS:
            shutil.rmtree(tmp_path)
    assert len(seen) > 3


@pytest.mark.parametrize("torn", [1, 9, 200, 5_000])
def test_a_log_torn_at_its_end_opens_at_the_height_before(tmp_path: Path, torn: int) -> None:
    expected = expected_hashes()
    with StateStore.open(tmp_path, ("bank", "ibc"), keep_versions=5) as store:
        for height in range(1, 6):
            commit(store, block(height))
    (log,) = tmp_path.glob("*.log")
    with log.open("r+b") as file:
        file.truncate(log.stat().st_size - torn)
    with StateStore.open(tmp_path, ("bank", "ibc"), keep_versions=5) as store:
        assert (store.height, store.app_hash) == (4, expected[3])
        assert store.verify() == []
        assert commit(store, block(5)) == expected[4]
        assert reachable_pages(store) == stored_pages(store)


def test_a_read_that_the_disk_fails_is_the_stores_error_and_no_absent_value(
    open_store: Callable[..., StateStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store()
    commit(store, {"bank": {b"a": b"1"}})

    class Failing:
        def get(self, key: bytes) -> bytes:
            raise plyvel.CorruptionError("checksum")

        def iterator(self, **options: object) -> Iterator[tuple[bytes, bytes]]:
            yield b"s\x01a", b"1"
            raise plyvel.IOError("disk")

    monkeypatch.setattr(store, "_db", Failing())
    with pytest.raises(StoreError, match="cannot be read: checksum"):
        store.get("bank", b"not cached")
    rows = store.iterate("bank", b"", None)
    assert next(rows) == (b"a", b"1")
    with pytest.raises(StoreError, match="cannot be read: disk"):
        next(rows)


def test_a_read_of_a_closed_store_is_the_stores_error(open_store: Callable[..., StateStore]) -> None:
    store = open_store()
    commit(store, {"bank": {b"a": b"1"}})
    rows = store.iterate("bank", b"", None)
    store.close()
    for read in (lambda: store.get("bank", b"b"), lambda: store.iterate("bank", b"", None), lambda: next(rows)):
        with pytest.raises(StoreError, match="cannot be read"):
            read()
