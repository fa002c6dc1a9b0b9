"""The live view, as it stands on terminals, and what it takes from nodes."""

from collections.abc import Mapping
from typing import Any

import pytest
from rich.console import Console

from localnet.screen import plain_line, render
from localnet.watch import AuditsView, Earner, MakerView, NodeView, View, _refresh_node

HASH = "A1B2C3D4E5F60718" * 4


def view() -> View:
    nodes = [NodeView(f"node{i}", f"http://127.0.0.1:{26657 + 10 * i}", 1_234, HASH, 3, alive=True) for i in range(4)]
    nodes[2].catching_up = True
    nodes[3].alive = False
    pools = {"weather": 21_000_123_456, "hotspots": 28_000_000_000, "storage": 1}
    earners = [Earner("hotspots-02", "hotspots", 6, 1_703_057_777), Earner("weather-01", "weather", 15, 5)]
    return View(
        nodes,
        epoch=9,
        transactions=1_234_567,
        devices={"weather": 20, "hotspots": 20, "storage": 20},
        closed_epoch=8,
        emitted=283_842_531_234,
        pools=pools,
        counted_bp={"weather": 10_000, "hotspots": 7_450},
        makers=[MakerView("glowworks", 1, 10, 9)],
        audits=AuditsView(8, 16, 14, 2),
        supply=402_274_517_000_000,
        earners=earners,
    )


def shown(of: View, width: int) -> list[str]:
    console = Console(width=width, record=True, color_system=None, file=None, force_terminal=False, quiet=False)
    with console.capture() as captured:
        console.print(render(of))
    return [line.rstrip() for line in captured.get().splitlines()]


@pytest.mark.parametrize("width", [80, 150])
def test_the_screen_shows_validators_networks_and_earners_without_breaking_a_line(width: int) -> None:
    lines = shown(view(), width)
    assert len(lines) <= 24
    assert lines[0].startswith("Lamppost  epoch 9,") and lines[0].endswith("supply 402,274,517 LAMP")
    states = {line.split()[0]: line for line in lines if line.startswith("node")}
    assert "in step" in states["node0"] and HASH[:16] in states["node0"]
    assert "catching up" in states["node2"] and "down" in states["node3"]
    assert any(line.startswith("weather") and "21,000.12 LAMP" in line for line in lines)
    assert any(line.startswith("hotspots") and " 74 %" in line and "28,000.00 LAMP" in line for line in lines)
    assert any("hotspots-02" in line and "1,703.05" in line for line in lines)
    told = "glowworks: 1 batch, 9 of 10 keys claimed   audits of epoch 8: 14 of 16 answered, 2 missed"
    assert any(line == told or (len(line) == width and told.startswith(line.rstrip("…"))) for line in lines)


def test_before_the_first_epoch_has_closed_the_screen_says_what_it_waits_for() -> None:
    text = "\n".join(shown(View([NodeView("node0", "http://127.0.0.1:26657")]), 80))
    assert "(no receipts yet)" in text and "waiting for the first epoch to close" in text


def test_a_plain_line_names_a_validator_that_is_down() -> None:
    assert plain_line(view()).startswith(
        "node0=1234 node1=1234 node2=1234 node3=down app_hash=A1B2C3D4E5F60718 txs=1234567"
    )


class Answers:
    """Stands for the RPC of a node, of which only the id and the height matter."""

    def __init__(self, identity: str, height: int) -> None:
        self._identity, self._height = identity, height

    def status(self) -> Mapping[str, Any]:
        sync = {"latest_block_height": str(self._height), "latest_app_hash": HASH, "catching_up": False}
        return {"node_info": {"id": self._identity}, "sync_info": sync}

    def call(self, method: str) -> Mapping[str, Any]:
        assert method == "net_info"
        return {"n_peers": "3"}


def test_a_strange_node_at_the_port_of_one_that_is_down_is_not_taken_for_it() -> None:
    node = NodeView("node3", "http://127.0.0.1:26687")
    _refresh_node(node, Answers("ours", 50))  # type: ignore[arg-type]
    assert (node.alive, node.height) == (True, 50)
    _refresh_node(node, Answers("another", 7))  # type: ignore[arg-type]
    assert (node.alive, node.height) == (False, 50)
    _refresh_node(node, Answers("ours", 51))  # type: ignore[arg-type]
    assert (node.alive, node.height) == (True, 51)
