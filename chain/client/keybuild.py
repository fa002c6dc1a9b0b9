"""Builds the tree of a manufacturer's device keys from JSON lines, in bounded memory.

Each line is an object with `algorithm` and `public_key` (hexadecimal); other fields are left alone, so the lines may be
what `lampd device show` prints. The tree appears under its name when it is whole, or not at all.
"""

import fcntl
import heapq
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

from chain.client.keytree import HASH, HEADER, KEY_SIZES, PLACE_BYTES, PREFIX, KeyTreeError, header, leaf_of, record
from chain.crypto import merkle
from chain.crypto.algorithms import Algorithm
from chain.crypto.keys import valid_public_key

MAX_KEYS = 1 << 32
"""Keys in one batch, at most."""
MAX_LINE = 4_096
"""Bytes of a line, at most."""
RUN = 1 << 18
"""Keys that are sorted in memory at a time."""
_BUFFER = 1 << 20
_REPORT = 4_096
"""Keys between two reports of progress."""
_ALGORITHMS = {algorithm.name.lower(): algorithm for algorithm in Algorithm}

Report = Callable[[str, int], None]
"""Told of progress: what is being done, and how many bytes of keys or hashes of the tree are behind it."""


def build(source: IO[bytes], name: str, target: Path, report: Report = lambda what, done: None) -> tuple[int, bytes]:
    """Read keys from a stream and write their tree to a file that is not there; return count and root.

    `name` is the stream's, for errors. Raises: KeyTreeError naming the line of the first bad key, or the two lines of
    a key that appears twice.
    """
    if target.exists():
        raise KeyTreeError(f"{target} is there already; a tree is never overwritten")
    part = target.with_name(f".{target.name}.part")
    with ExitStack() as stack:
        try:
            out = stack.enter_context(part.open("a+b", _BUFFER))
            fcntl.flock(out, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise KeyTreeError(f"{target} is being built by another process") from error
        except OSError as error:
            raise KeyTreeError(f"{part} can't be written: {error.strerror}") from error
        stack.callback(part.unlink, missing_ok=True)
        # What an earlier build left when it was killed goes.
        out.truncate(0)
        try:
            count, root = _Build(out, name, report, stack).run(source)
            out.flush()
            os.fsync(out.fileno())
            part.rename(target)
            _sync_folder(target.parent)
        except OSError as error:
            raise KeyTreeError(f"{target} can't be written: {error.strerror}") from error
    return count, root


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class _Build:
    """One build: keys go to the file as they come, their hashes to sorted runs and to the first level."""

    def __init__(self, out: IO[bytes], name: str, report: Report, stack: ExitStack) -> None:
        self.out = out
        self.name = name
        self.report = report
        self.stack = stack
        self.runs: list[IO[bytes]] = []
        self.run_entries: list[bytes] = []

    def run(self, source: IO[bytes]) -> tuple[int, bytes]:
        self.out.write(bytes(HEADER))
        level = self.scratch()
        count, left = 0, b""
        for number, line, read in _lines(source, self.name):
            entry = self.parse(line, number)
            self.out.write(entry)
            leaf = leaf_of(entry)
            self.note(leaf, count)
            if left:
                level.write(merkle.node_hash(left, leaf))
            left = b"" if left else leaf
            count += 1
            if count % _REPORT == 0:
                self.report("keys", read)
            if count > MAX_KEYS:
                raise KeyTreeError(f"{self.name}: more than {MAX_KEYS} keys; make several batches")
        if not count:
            raise KeyTreeError(f"{self.name} holds no keys")
        if left:
            level.write(left)
        self.write_table(count)
        root = left if count == 1 else self.write_levels(level, (count + 1) // 2)
        self.finish(header(count, root))
        return count, root

    def finish(self, start: bytes) -> None:
        self.out.flush()
        # The file is open for appending, which is how it could be opened without losing another build's.
        with open(self.out.name, "r+b") as again:
            again.write(start)
            again.flush()
            os.fsync(again.fileno())

    def scratch(self) -> IO[bytes]:
        return self.stack.enter_context(tempfile.TemporaryFile(buffering=_BUFFER, dir=Path(self.out.name).parent))

    def parse(self, line: bytes, number: int) -> bytes:
        try:
            item = json.loads(line.decode())
        except ValueError as error:
            raise self.error(number, f"no JSON: {error}") from error
        if not isinstance(item, dict):
            raise self.error(number, "no JSON object")
        if "private_key" in item:
            raise self.error(number, "holds a private key, which must never leave its device")
        name = item.get("algorithm")
        algorithm = _ALGORITHMS.get(name) if isinstance(name, str) else None
        if algorithm is None:
            raise self.error(number, f"algorithm {name!r} is none of {', '.join(sorted(_ALGORITHMS))}")
        return record(algorithm, self.public_key(item, algorithm, number))

    def public_key(self, item: dict[str, Any], algorithm: Algorithm, number: int) -> bytes:
        text = item.get("public_key")
        try:
            key = bytes.fromhex(text)  # type: ignore[arg-type]  # other types are caught below
        except (TypeError, ValueError) as error:
            raise self.error(number, f"public_key {str(text)[:80]!r} is not hexadecimal") from error
        if len(key) != KEY_SIZES[algorithm]:
            wanted = KEY_SIZES[algorithm]
            raise self.error(number, f"a key of {algorithm.name.lower()} is {wanted} bytes, this one is {len(key)}")
        if not valid_public_key(algorithm, key):
            raise self.error(number, f"no key of {algorithm.name.lower()}: {key.hex()}")
        return key

    def error(self, number: int, reason: str) -> KeyTreeError:
        return KeyTreeError(f"{self.name}, line {number}: {reason}")

    def note(self, leaf: bytes, index: int) -> None:
        self.run_entries.append(leaf[:PREFIX] + index.to_bytes(PLACE_BYTES - PREFIX, "big"))
        if len(self.run_entries) == RUN:
            self.flush_run()

    def flush_run(self) -> None:
        self.run_entries.sort()
        run = self.scratch()
        run.writelines(self.run_entries)
        self.run_entries.clear()
        self.runs.append(run)

    def write_table(self, count: int) -> None:
        """Write the runs as one sorted table; neighbours with one hash are the same key."""
        self.flush_run()
        before = b""
        merged = heapq.merge(*map(_entries, self.runs)) if len(self.runs) > 1 else _entries(self.runs[0])
        for done, entry in enumerate(merged):
            if entry[:PREFIX] == before[:PREFIX]:
                first, second = (int.from_bytes(item[PREFIX:], "big") + 1 for item in (before, entry))
                raise KeyTreeError(f"{self.name}, line {second}: the key of line {first} again")
            self.out.write(entry)
            before = entry
            if done % _REPORT == 0:
                self.report("table", done)

    def write_levels(self, level: IO[bytes], size: int) -> bytes:
        """Write a level and all above it, and return the root."""
        while True:
            level.seek(0)
            above = self.scratch()
            left = b""
            for value in _hashes(level):
                self.out.write(value)
                if left:
                    above.write(merkle.node_hash(left, value))
                left = b"" if left else value
            level.close()
            self.report("tree", size)
            if size == 1:
                return value
            if left:
                above.write(left)
            level, size = above, (size + 1) // 2


def _lines(source: IO[bytes], name: str) -> Iterator[tuple[int, bytes, int]]:
    read = 0
    number = 0
    while line := source.readline(MAX_LINE + 1):
        number += 1
        read += len(line)
        if len(line) > MAX_LINE:
            raise KeyTreeError(f"{name}, line {number}: is longer than {MAX_LINE} bytes")
        yield number, line, read


def _entries(run: IO[bytes]) -> Iterator[bytes]:
    run.seek(0)
    while block := run.read(PLACE_BYTES * 4_096):
        for at in range(0, len(block), PLACE_BYTES):
            yield block[at : at + PLACE_BYTES]


def _hashes(level: IO[bytes]) -> Iterator[bytes]:
    while block := level.read(HASH * 4_096):
        for at in range(0, len(block), HASH):
            yield block[at : at + HASH]
