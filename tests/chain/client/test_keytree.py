"""Trees of device keys as files: equal to the tree in memory, whole or not there, and bad lines named."""

import contextlib
import fcntl
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chain.client import keybuild
from chain.client.devices import DeviceKey
from chain.client.keybuild import build
from chain.client.keytree import KeyTree, KeyTreeError, file_size, prove
from chain.codec.batches import leaf_bytes
from chain.crypto import merkle

ALGORITHMS = ("ed25519", "p256", "secp256k1")
KEYS = [DeviceKey.from_private(ALGORITHMS[number % 3], sha256(b"tree %d" % number).digest()) for number in range(70)]
LEAVES = [merkle.leaf_hash(leaf_bytes(key.algorithm, key.public_key)) for key in KEYS]


def line(key: DeviceKey, **more: object) -> str:
    return json.dumps({"algorithm": key.algorithm.name.lower(), "public_key": key.public_key.hex(), **more}) + "\n"


def stream(keys: Sequence[DeviceKey]) -> io.BytesIO:
    return io.BytesIO("".join(map(line, keys)).encode())


@settings(max_examples=60, derandomize=True, deadline=None)
@given(count=st.integers(1, len(KEYS)), run=st.integers(1, 80))
def test_a_tree_in_a_file_is_the_tree_in_memory(tmp_path_factory: pytest.TempPathFactory, count: int, run: int) -> None:
    """Root, keys, paths and places are those of chain.crypto.merkle, however many sorted runs it took."""
    target = tmp_path_factory.mktemp("tree") / "keys.tree"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keybuild, "RUN", run)
        assert build(stream(KEYS[:count]), "keys", target) == (count, merkle.root(LEAVES[:count]))
    assert target.stat().st_size == file_size(count)
    with KeyTree.open(target) as tree:
        tree.check()
        assert [key for _, key in tree.all_keys()] == [key.public_key for key in KEYS[:count]]
        for index in range(count):
            proof = tree.proof(index)
            assert list(proof.path) == merkle.path(LEAVES[:count], index)
            assert prove(proof)
            assert tree.find(KEYS[index].public_key) == index


def test_nothing_but_the_tree_is_left(tmp_path: Path) -> None:
    build(stream(KEYS), "keys", tmp_path / "keys.tree")
    assert [path.name for path in tmp_path.iterdir()] == ["keys.tree"]


GOOD = line(KEYS[0]) + line(KEYS[1])
MISTAKES = [
    ("no JSON", "{", "line 3: no JSON"),
    ("no object", "[1]", "line 3: no JSON object"),
    ("empty line", "", "line 3: no JSON"),
    ("no algorithm", '{"public_key": "00"}', "line 3: algorithm None is none of ed25519, p256, secp256k1"),
    ("unknown algorithm", '{"algorithm": "rsa", "public_key": "00"}', "line 3: algorithm 'rsa' is none of"),
    ("algorithm that is no text", '{"algorithm": ["p256"], "public_key": "00"}', "line 3: algorithm ['p256'] is none"),
    ("no key", '{"algorithm": "p256"}', "line 3: public_key 'None' is not hexadecimal"),
    ("key that is no text", '{"algorithm": "p256", "public_key": 5}', "line 3: public_key '5' is not hexadecimal"),
    ("key that is no hexadecimal", '{"algorithm": "p256", "public_key": "xy"}', "line 3: public_key 'xy' is not"),
    (
        "short key",
        '{"algorithm": "ed25519", "public_key": "00"}',
        "line 3: a key of ed25519 is 32 bytes, this one is 1",
    ),
    ("no point", '{"algorithm": "p256", "public_key": "02' + "ff" * 32 + '"}', "line 3: no key of p256: 02ff"),
    ("small order", '{"algorithm": "ed25519", "public_key": "' + "00" * 32 + '"}', "line 3: no key of ed25519: 00"),
    ("private key", line(KEYS[2], private_key="00").strip(), "line 3: holds a private key"),
    ("long line", '{"algorithm": "' + "x" * 5_000 + '"}', "line 3: is longer than 4096 bytes"),
    ("the first key again", line(KEYS[0]).strip(), "line 3: the key of line 1 again"),
    ("the second key again", line(KEYS[1], serial=7).strip(), "line 3: the key of line 2 again"),
]


@pytest.mark.parametrize(("case", "bad", "text"), MISTAKES, ids=[case[0] for case in MISTAKES])
def test_a_bad_line_is_named_and_leaves_nothing(tmp_path: Path, case: str, bad: str, text: str) -> None:
    with pytest.raises(KeyTreeError) as caught:
        build(io.BytesIO((GOOD + bad + "\n" + line(KEYS[3])).encode()), "keys.jsonl", tmp_path / "keys.tree")
    assert str(caught.value).startswith("keys.jsonl, ")
    assert text in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_bytes_that_are_no_text_are_a_bad_line(tmp_path: Path) -> None:
    with pytest.raises(KeyTreeError, match="line 1: no JSON"):
        build(io.BytesIO(b"\xff\xfe\n"), "keys", tmp_path / "keys.tree")


def test_no_keys_are_no_tree(tmp_path: Path) -> None:
    with pytest.raises(KeyTreeError, match="holds no keys"):
        build(io.BytesIO(b""), "keys", tmp_path / "keys.tree")


def test_a_key_twice_is_found_across_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keybuild, "RUN", 3)
    with pytest.raises(KeyTreeError, match="line 50: the key of line 7 again"):
        build(stream([*KEYS[:49], KEYS[6]]), "keys", tmp_path / "keys.tree")


def test_a_tree_is_never_overwritten(tmp_path: Path) -> None:
    target = tmp_path / "keys.tree"
    target.write_text("precious")
    with pytest.raises(KeyTreeError, match="is there already"):
        build(stream(KEYS), "keys", target)
    assert target.read_text() == "precious"


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeyTreeError, match="can't be written: No such file"):
        build(stream(KEYS), "keys", tmp_path / "none" / "keys.tree")


class Interrupted(io.BytesIO):
    """A stream that is interrupted after some lines."""

    def readline(self, size: int | None = -1, /) -> bytes:
        if self.tell() > 2_000:
            raise KeyboardInterrupt
        return super().readline(size)


def test_an_interrupted_build_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        build(Interrupted(stream(KEYS).getvalue()), "keys", tmp_path / "keys.tree")
    assert list(tmp_path.iterdir()) == []


def wait_until_locked(part: Path) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with contextlib.suppress(FileNotFoundError), part.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
        time.sleep(0.02)
    raise AssertionError("the build did not begin")


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_a_killed_build_leaves_no_tree_and_the_next_one_works(tmp_path: Path, end: signal.Signals) -> None:
    target = tmp_path / "keys.tree"
    command = [sys.executable, "-m", "chain.cli", "manufacturer", "batch", "build", "-", "--tree", str(target)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        if process.stdin is None:
            raise RuntimeError("no pipe")
        process.stdin.write(stream(KEYS).getvalue())
        process.stdin.flush()
        wait_until_locked(tmp_path / ".keys.tree.part")
        with pytest.raises(KeyTreeError, match="is being built by another process"):
            build(stream(KEYS), "keys", target)
        os.kill(process.pid, end)
        process.wait(20)
        process.stdin.close()
    assert not target.exists()
    if end is signal.SIGTERM:
        assert list(tmp_path.iterdir()) == []
    build(stream(KEYS), "keys", target)
    assert [path.name for path in tmp_path.iterdir()] == ["keys.tree"]


@pytest.fixture
def tree_file(tmp_path: Path) -> Path:
    target = tmp_path / "keys.tree"
    build(stream(KEYS), "keys", target)
    return target


def test_an_index_or_key_that_is_not_there_is_named(tree_file: Path) -> None:
    with KeyTree.open(tree_file) as tree:
        for index in (-1, len(KEYS), 2**40):
            with pytest.raises(KeyTreeError, match="has 70 keys"):
                tree.proof(index)
        for key in (b"", bytes(32), bytes(33), b"x" * 40):
            with pytest.raises(KeyTreeError, match="holds no key"):
                tree.find(key)


def test_a_file_that_is_no_tree_or_not_whole_is_refused(tree_file: Path, tmp_path: Path) -> None:
    content = tree_file.read_bytes()
    other = tmp_path / "other"
    for data, text in (
        (b"", "is no tree"),
        (b"x" * 1_000, "is no tree"),
        (content[:50], "is no tree"),
        (content[:-1], "is damaged"),
        (content + b"\0", "is damaged"),
    ):
        other.write_bytes(data)
        with pytest.raises(KeyTreeError, match=text):
            KeyTree.open(other)
    with pytest.raises(KeyTreeError, match="can't be read"):
        KeyTree.open(tmp_path / "none")


def test_a_changed_byte_is_found_by_the_proofs_that_need_it_and_by_the_check(tree_file: Path) -> None:
    """Proofs are checked before they are given out, so a damaged file gives none that fails on the chain."""
    content = bytearray(tree_file.read_bytes())
    for at in (30, 64 + 5, len(content) - 40):
        changed = bytearray(content)
        changed[at] ^= 1
        tree_file.write_bytes(changed)
        with KeyTree.open(tree_file) as tree:
            given_out = 0
            for index in range(tree.count):
                try:
                    place = tree.proof(index)
                except KeyTreeError:
                    continue
                given_out += 1
                assert list(place.path) == merkle.path(LEAVES, index)
            assert given_out < tree.count


def test_a_proof_of_something_else_does_not_hold(tree_file: Path) -> None:

    with KeyTree.open(tree_file) as tree:
        place = tree.proof(5)
    assert prove(place)
    for other in (
        replace(place, index=4),
        replace(place, public_key=KEYS[4].public_key),
        replace(place, algorithm="p256" if place.algorithm != "p256" else "secp256k1"),
        replace(place, algorithm="rsa"),
        replace(place, path=place.path[1:]),
        replace(place, root=bytes(32)),
    ):
        assert not prove(other)
