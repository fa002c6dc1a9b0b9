"""Four validators on this machine: they agree, one falls out and catches up, one command ends them all."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

from chain.client.client import Client
from chain.client.errors import ClientError
from chain.node.home import Home
from chain.node.processes import Processes, homes_in
from chain.primitives.coins import Coin
from tests.localnet.nodes import FIRST_PORT, Node, environment, lampd

PORTS = ("--port-offset", str(FIRST_PORT - 19_500))
"""Far from the ports of a localnet that runs beside the tests, and of other nodes of the tests."""


def url(home: Home) -> str:
    return str(home.comet_config()["rpc.laddr"]).replace("tcp://", "http://")


def height(home: Home) -> int:
    try:
        with Client(url(home)) as client:
            return client.rpc.height()
    except ClientError:
        return 0


def wait_heights(homes: list[Home], wanted: int, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while min(map(height, homes)) < wanted:
        if time.monotonic() > deadline:
            raise AssertionError(f"heights are {[height(home) for home in homes]}, wanted {wanted}")
        time.sleep(0.1)


def app_hashes(home: Home, heights: range) -> list[str]:
    with Client(url(home)) as client:
        return [client.rpc.call("block", height=str(number))["block"]["header"]["app_hash"] for number in heights]


def test_four_validators_agree_and_one_that_was_killed_catches_up(tmp_path: Path) -> None:
    homes = make(tmp_path / "net")
    processes = Processes(homes)
    try:
        for home in homes:
            processes.start(home)
        wait_heights(homes, 3)
        with Client(url(homes[0]), homes[0].path) as client, Client(url(homes[2]), homes[2].path) as other:
            recipient = other.keyring.show("node2").address
            assert client.send("node0", recipient, (Coin("ulamp", 7),)).code == 0
            processes.stop(homes[3])
            reached = client.rpc.height()
            assert client.send("node0", recipient, (Coin("ulamp", 8),)).code == 0
            wait_heights(homes[:3], reached + 3)
            processes.start(homes[3])
            reached = client.rpc.height()
            wait_heights(homes, reached + 2)
            with Client(url(homes[3])) as late:
                assert late.balance(recipient) == 1_000_000 * 10**6 + 15
        shown = range(2, reached + 1)
        expected = app_hashes(homes[0], shown)
        assert all(app_hashes(home, shown) == expected for home in homes[1:])
    finally:
        processes.stop_all()
    assert processes.ended() == []


def make(folder: Path) -> list[Home]:
    flags = ["--v", "4", "--output-dir", str(folder), "--single-host", "--timeout-commit", "300ms", *PORTS]
    lampd("testnet", "init-files", *flags)
    return homes_in(folder)


def test_one_command_starts_a_network_and_ctrl_c_ends_it(tmp_path: Path) -> None:
    net = tmp_path / "net"
    command = [sys.executable, "-m", "chain.cli", "testnet", "start", "--v", "2", "--output-dir", str(net), *PORTS]
    process = subprocess.Popen(
        command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    try:
        deadline = time.monotonic() + 30
        while not list(net.glob("node1/lampd/lampd.log")) and time.monotonic() < deadline:
            time.sleep(0.1)
        homes = homes_in(net)
        wait_heights(homes, 2)
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=40)
    finally:
        process.kill()
    assert process.returncode == 0, said
    assert [height(home) for home in homes] == [0, 0]
    assert all("stopped at height" in (home.path / "lampd.log").read_text() for home in homes)


def test_an_exported_state_starts_another_chain(tmp_path: Path) -> None:
    with Node(tmp_path / "one").init(accounts={"alice": "1000lamp"}) as node:
        node.start().wait_height(3)
        assert node.stop() == 0
        document = tmp_path / "exported.json"
        lampd("export", "--home", str(node.home.path), "--output-document", str(document))
        assert "valid genesis" in lampd("genesis", "validate", str(document)).stdout
        with Node(tmp_path / "two").init(chain_id="test-2") as second:
            exported = json.loads(document.read_text())
            own = second.home.read_genesis()
            second.home.write_genesis(exported | {"chain_id": "test-2", "validators": own["validators"]})
            second.start().wait_height(int(exported["initial_height"]) + 2)
            with second.client() as client:
                alice = json.loads(lampd("keys", "show", "alice", "--home", str(node.home.path), "-o", "json").stdout)
                assert client.balance(alice["address"]) == 1_000 * 10**6
            assert second.stop() == 0
