"""kill -9 at random moments under load: nothing is lost, and every app hash is that of an undisturbed node."""

import random
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.localnet.crashes import Sender, gone, kill, make_node
from tests.localnet.nodes import Node, lampd
from tests.localnet.replay import differences
from tests.localnet.testnets import comet_child

KILLS = 51
VICTIMS = ("application", "node", "pair")


def wait_for_moment(node: Node, rng: random.Random) -> int:
    """Wait until a random moment, half of them in the start of the node; return CometBFT's process, 0 without one."""
    pid = node.running().pid
    begin = time.monotonic()
    while (comet := comet_child(pid)) == 0 and time.monotonic() - begin < 30:
        time.sleep(0.01)
    if rng.random() < 0.5:
        time.sleep(rng.uniform(0.0, 0.7))
    else:
        before = committed(node)
        while committed(node) <= before and node.running().poll() is None and time.monotonic() - begin < 30:
            time.sleep(0.02)
        time.sleep(rng.uniform(0.0, 1.2))
    return comet


def committed(node: Node) -> int:
    """Return the height that the application has committed since it started, 0 before."""
    with suppress(OSError, ValueError):
        return int(node.health()["height"])
    return 0


def end(node: Node, victim: str, comet: int) -> None:
    """Kill and see the other half end by itself."""
    app = node.running().pid
    if victim == "pair":
        kill(app, comet)
    else:
        kill(app if victim == "application" else comet)
    assert gone(app, 20), f"the application outlived its {victim}"
    assert gone(comet, 20), f"CometBFT outlived its {victim}"
    code = node.running().wait(1)
    assert code == (1 if victim == "node" else -9)


@pytest.mark.timeout(400)
def test_kill_9_at_random_moments_leaves_the_state_of_an_undisturbed_node(tmp_path: Path) -> None:
    rng = random.Random(9)
    with make_node(tmp_path / "home") as node, Sender(node.url, "crash-1") as sender:
        for number in range(KILLS):
            node.start()
            comet = wait_for_moment(node, rng)
            assert comet, node.log()[-2000:]
            assert node.running().poll() is None, node.log()[-2000:]
            end(node, VICTIMS[number % len(VICTIMS)], comet)

        newest = node.start().wait_height(1) + 3
        newest = node.wait_height(newest)
        with node.client() as client:
            found, sends = differences(node.home.read_genesis(), client.rpc, newest, tmp_path / "undisturbed")
        assert found == []
        assert sends > KILLS * 10, f"only {sends} sends of {sender.sent} were committed"
        assert node.stop() == 0
    assert "is sound" in lampd("verify", "--home", str(node.home.path)).stdout
    print(f"{KILLS} kills, {newest} blocks, {sends} sends committed of {sender.sent} sent")
