"""The pair of application and CometBFT lives and ends together, and says why."""

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from chain.node.toml import set_in_file
from localnet.cometbft.build import PINNED, ensure
from tests.localnet.nodes import Node, environment, lampd


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    with Node(tmp_path / "home").init() as node:
        yield node


def ended(pid: int, seconds: float = 15) -> bool:
    """Wait until a process is gone, or is a zombie that nobody reaps."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_both_cleanly(node: Node, number: int) -> None:
    node.start().wait_height(2)
    comet = node.comet_pid()
    assert node.stop(number) == 0
    assert ended(comet)
    assert "stopped at height" in node.log()
    assert "Traceback" not in node.log()


def test_the_end_of_comet_ends_the_application_with_an_error(node: Node) -> None:
    node.start().wait_height(2)
    os.kill(node.comet_pid(), signal.SIGKILL)
    assert node.wait_ended() == 1
    assert "CometBFT ended (signal SIGKILL)" in node.log()
    assert node.start().wait_height(4)


def test_the_end_of_the_application_ends_comet(node: Node) -> None:
    node.start().wait_height(2)
    comet = node.comet_pid()
    node.stop(signal.SIGKILL)
    assert ended(comet)
    assert node.start().wait_height(4)
    assert node.stop() == 0


def test_a_second_start_on_one_home_is_refused(node: Node) -> None:
    node.start().wait_height(1)
    second = lampd("start", "--home", str(node.home.path), check=False)
    assert second.returncode == 1
    assert f"another lampd (process {node.running().pid}) runs with home {node.home.path}" in second.stderr
    assert node.running().poll() is None


@pytest.mark.parametrize("setting", ["rpc.laddr", "p2p.laddr"])
def test_a_taken_port_of_comet_is_named(node: Node, setting: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        set_in_file(node.home.config_toml, {setting: f"tcp://127.0.0.1:{taken.getsockname()[1]}"})
        done = lampd("start", "--home", str(node.home.path), check=False)
    assert done.returncode == 1
    assert f"({setting}) is taken by another program" in done.stderr


def test_a_taken_metrics_port_is_named(node: Node) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", node.metrics_port))
        taken.listen()
        done = lampd("start", "--home", str(node.home.path), check=False)
    assert done.returncode == 1
    assert f"metrics.address 127.0.0.1:{node.metrics_port}" in done.stderr


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ('{"cometbft": "1.0.1", "abci": "2.1.0"}', "is CometBFT 1.0.1 with ABCI 2.1.0, which does not work here"),
        ('{"cometbft": "0.37.4", "abci": "1.0.0"}', "use 0.39.4, or another of 0.38.x, 0.39.x, 0.40.x"),
        ("hello", "does not tell its version, is it cometbft?"),
    ],
)
def test_a_comet_of_a_wrong_version_is_refused(node: Node, tmp_path: Path, said: str, message: str) -> None:
    fake = tmp_path / "cometbft"
    fake.write_text(f"#!/bin/sh\necho '{said}'\n")
    fake.chmod(0o755)
    done = lampd("start", "--home", str(node.home.path), check=False, COMETBFT=str(fake))
    assert done.returncode == 1
    assert message in done.stderr


def test_a_comet_that_is_not_there_is_named(node: Node) -> None:
    done = lampd("start", "--home", str(node.home.path), check=False, COMETBFT="/nowhere/cometbft")
    assert (done.returncode, "/nowhere/cometbft is no program" in done.stderr) == (1, True)


def test_the_home_of_another_chain_is_refused(node: Node) -> None:
    node.start().wait_height(2)
    node.stop()
    document = node.home.read_genesis()
    node.home.write_genesis(document | {"chain_id": "other-1"})
    done = lampd("start", "--home", str(node.home.path), check=False)
    assert done.returncode == 1
    assert "is the state of chain test-1, but" in done.stderr
    assert "is of chain other-1" in done.stderr


def test_a_changed_genesis_of_the_same_chain_is_refused_with_advice(node: Node) -> None:
    node.start().wait_height(2)
    node.stop()
    document = node.home.read_genesis()
    document["consensus_params"]["block"]["max_bytes"] = "1000000"
    node.home.write_genesis(document)
    done = lampd("start", "--home", str(node.home.path), check=False)
    assert done.returncode == 1
    assert "genesis.json has changed since the chain began: restore it" in done.stderr


def test_a_bad_genesis_is_refused_with_the_path_of_the_field(node: Node) -> None:
    document = node.home.read_genesis()
    document["app_state"]["bank"]["params"]["default_send_enabled"] = "perhaps"
    node.home.write_genesis(document)
    done = lampd("start", "--home", str(node.home.path), check=False)
    assert done.returncode == 1
    assert "bank.params.default_send_enabled" in done.stderr


def test_an_unknown_setting_is_refused_with_a_suggestion(node: Node) -> None:
    node.home.app_toml.write_text("halt-hight = 5\n")
    done = lampd("start", "--home", str(node.home.path), check=False)
    assert (done.returncode, "did you mean halt-height?" in done.stderr) == (1, True)


def test_a_folder_without_a_node_says_what_to_do(tmp_path: Path) -> None:
    done = lampd("start", "--home", str(tmp_path / "empty"), check=False)
    assert (done.returncode, "`lampd init` makes one" in done.stderr) == (1, True)


def test_the_node_stops_at_the_halt_height(node: Node) -> None:
    node.start("--halt-height", "3")
    assert node.wait_ended() == 0
    assert "halt-height 3 is reached" in node.log()


def test_a_log_that_is_no_terminal_is_json_lines(node: Node) -> None:
    node.start().wait_height(1)
    node.stop()
    lines = [json.loads(line) for line in node.log().splitlines()]
    assert {"lamppost.node", "comet.main"} <= {line["logger"] for line in lines}


def test_the_application_alone_serves_a_comet_that_comes_and_goes(node: Node, tmp_path: Path) -> None:
    address = f"unix://{tmp_path}/app.sock"
    node.start("--abci-only", "--address", address)
    command = [ensure(PINNED) / "cometbft", "start", "--home", node.home.path, "--proxy_app", address]
    for height in (2, 4):
        with (tmp_path / "comet.log").open("ab") as log:
            comet = subprocess.Popen(command, stdout=log, stderr=log)
        node.wait_height(height)
        comet.send_signal(signal.SIGKILL if height == 2 else signal.SIGTERM)
        comet.wait(20)
        assert node.running().poll() is None
    assert node.stop() == 0


def test_a_full_disk_stops_the_node_with_a_clear_message_and_the_state_of_a_whole_block(
    node: Node, tmp_path: Path
) -> None:
    node.start().wait_height(2)
    node.stop()
    address = f"unix://{tmp_path}/app.sock"

    def no_large_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    app = subprocess.Popen(
        [sys.executable, "-m", "chain.cli", "start", "--home", node.home.path, "--abci-only", "--address", address],
        env=environment() | {"LAMPD_COMET_TIMEOUT_COMMIT": "20ms"},
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=no_large_files,
    )
    command = [ensure(PINNED) / "cometbft", "start", "--home", node.home.path, "--proxy_app", address]
    quick = os.environ | {"CMT_CONSENSUS_TIMEOUT_COMMIT": "5ms"}
    comet = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=quick)
    try:
        _, said = app.communicate(timeout=60)
    finally:
        comet.kill()
        comet.wait()
        app.kill()
    assert app.returncode == 1, said[-2000:]
    assert "Error: the application failed" in said
    assert "is sound" in lampd("verify", "--home", str(node.home.path)).stdout
    height = node.start().wait_height(3)
    assert node.wait_height(height + 2)
    assert node.stop() == 0
