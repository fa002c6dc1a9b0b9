"""A disk that fills up under load: the node stops and says so, holds the state of a whole block, and goes on later."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.localnet.crashes import Sender, make_node
from tests.localnet.nodes import Node, lampd
from tests.localnet.replay import differences

SIZE = 64 << 20
ROOM = {"application.db": 300_000, ".": 1_000_000}
"""Bytes that are left when the load begins, by what of the data folder lies on the small disk."""


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """Put a file system of its own on a folder. Skips the test where mounting is not allowed."""
    folder.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "lamppost-test", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        pytest.skip(f"there is no mount: {error}")
    if done.returncode:
        pytest.skip(f"a tmpfs cannot be mounted here: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(ballast: Path, room: int) -> None:
    """Write a file that leaves so many bytes of its file system."""
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(1 << 16))
        except OSError:
            pass
        file.truncate(file.tell() - room)


def told(node: Node) -> str:
    """Return what the command said last."""
    return node.log().strip().splitlines()[-1]


@pytest.mark.timeout(120)
@pytest.mark.parametrize("where", ["application.db", "."])
def test_a_full_disk_stops_the_node_and_room_lets_it_go_on(tmp_path: Path, where: str) -> None:
    node = make_node(tmp_path / "home", "disk-1")
    disk = node.home.data / where
    kept = {path.name: path.read_bytes() for path in node.home.data.iterdir() if path.is_file()}
    with small_disk(disk), node, Sender(node.url, "disk-1", 0.005):
        for name, content in kept.items():
            (node.home.data / name).write_bytes(content)
        node.start().wait_height(2)
        ballast = disk / "ballast"
        fill(ballast, ROOM[where])

        assert node.wait_ended(60) == 1
        message = told(node)
        assert "no space left on device" in message.lower(), message
        assert "make room" in message, message
        assert "No space left" in lampd("verify", "--home", str(node.home.path), check=False).stderr

        ballast.unlink()
        assert "is sound" in lampd("verify", "--home", str(node.home.path)).stdout
        newest = node.start().wait_height(1) + 3
        node.wait_height(newest)
        with node.client() as client:
            found, sends = differences(node.home.read_genesis(), client.rpc, newest, tmp_path / "undisturbed")
        assert found == []
        assert sends > 50
        assert node.stop() == 0
