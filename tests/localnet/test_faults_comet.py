"""CometBFT dies at each of its own points of failure, with the application surviving and with it dying too.

`FAIL_TEST_INDEX` makes the stock binary exit at the n-th of the points that it passes, eleven in a height of a single
validator: 0 own prevote, 1 own precommit, 2 before the block is saved, 3 after, 4 after the height's end is in the log,
5 after FinalizeBlock, 6 after its response is saved, 7 after Commit, 8 to 10 after the node's own state is saved.
"""

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from localnet.cometbft.build import PINNED, ensure
from tests.localnet.crashes import Sender, kill, make_node
from tests.localnet.nodes import Node
from tests.localnet.replay import differences

POINTS = 11
HEIGHTS_BEFORE = 2
"""Heights that pass before the crash, so that transactions are in the blocks."""
AHEAD = {**dict.fromkeys((0, 1, 2, 8, 9, 10), (0, 0)), **dict.fromkeys((3, 4, 5, 6), (1, 0)), 7: (1, 1)}
"""How far CometBFT's blocks and the application are ahead of CometBFT's state after a crash at each point."""

TRIES = 3
"""Crashes at a point until one is counted right."""


def start_comet(node: Node, log: Path, fail_at: int | None = None) -> "subprocess.Popen[bytes]":
    """Start CometBFT over the application that listens already, with a new log."""
    variables = {} if fail_at is None else {"FAIL_TEST_INDEX": str(fail_at)}
    command = [str(ensure(PINNED) / "cometbft"), "start", "--home", str(node.home.path)]
    with log.open("wb") as output:
        return subprocess.Popen(
            [*command, "--proxy_app", node.home.socket],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **variables},
            start_new_session=True,
        )


@contextmanager
def comet(node: Node, log: Path, fail_at: int | None = None) -> Iterator["subprocess.Popen[bytes]"]:
    process = start_comet(node, log, fail_at)
    try:
        yield process
    finally:
        kill(process.pid)
        process.wait()


def crash(node: Node, log: Path, fail_at: int) -> None:
    """Let CometBFT run until it dies at a point of failure."""
    with comet(node, log, fail_at) as process:
        assert process.wait(40) == 1, log.read_text()[-2000:]
    assert f"*** fail-test {fail_at} ***" in log.read_text(errors="replace")


def go_on(node: Node, log: Path) -> tuple[int, int]:
    """Start CometBFT, see a new height, stop it; return how far blocks and application were ahead of its state."""
    with comet(node, log) as process:
        node.wait_height(node_height(node, log, process) + 1)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) in (0, 143, -signal.SIGTERM), log.read_text()[-2000:]
    found = re.search(r"ABCI Replay Blocks.*appHeight=(\d+) storeHeight=(\d+) stateHeight=(\d+)", log.read_text())
    assert found is not None, log.read_text()[-3000:]
    app, store, state = map(int, found.groups())
    return store - state, app - state


def node_height(node: Node, log: Path, process: "subprocess.Popen[bytes]") -> int:
    """Return the first height that the node tells."""
    for _ in range(400):
        height = node.height()
        if height:
            return height
        assert process.poll() is None, log.read_text()[-2000:]
    raise AssertionError("the node does not answer")


def restart_application(node: Node) -> None:
    node.stop(signal.SIGKILL)
    node.start("--abci-only")


@pytest.mark.timeout(300)
@pytest.mark.parametrize("restarted", [False, True], ids=["application survives", "application dies too"])
def test_a_crash_of_comet_at_each_point_of_failure_loses_nothing(tmp_path: Path, restarted: bool) -> None:
    with make_node(tmp_path / "home", "faults-1") as node, Sender(node.url, "faults-1"):
        node.start("--abci-only")
        log = tmp_path / "comet.log"
        ahead = {}
        for point in range(POINTS):
            # A round that fails for want of time passes the points of voting once more, which shifts the count.
            for _ in range(TRIES):
                crash(node, log, POINTS * HEIGHTS_BEFORE + point)
                if restarted:
                    restart_application(node)
                ahead[point] = go_on(node, log)
                if ahead[point] == AHEAD[point]:
                    break
        assert node.running().poll() is None
        with comet(node, log) as process:
            newest = node.wait_height(node_height(node, log, process) + 2)
            with node.client() as client:
                found, sends = differences(node.home.read_genesis(), client.rpc, newest, tmp_path / "undisturbed")
        assert node.stop() == 0
    assert found == []
    assert sends > 50
    assert ahead == AHEAD
