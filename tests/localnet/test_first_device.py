"""The five-minute path of the README: a key, a registration, an agent, a gateway, rewards; with kills on the way."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chain.client.agent.clock import read_clock
from chain.node.ports import free_port
from chain.pb.cosmos.tx.v1beta1.tx_pb2 import TxBody, TxRaw
from chain.pb.lamppost.work.v1.tx_pb2 import MsgSubmitWork
from chain.pb.lamppost.work.v1.types_pb2 import Receipt
from localnet.layout import NETWORKS
from tests.localnet.nodes import Node, environment, lampd

EPOCH_SECONDS = 4


class Place:
    """A node, and helper processes that end with the test."""

    def __init__(self, node: Node, folder: Path) -> None:
        self.node = node
        self.folder = folder
        self.variables = {"LAMPD_NODE": node.url, "LAMPD_HOME": str(node.home.path)}
        self.processes: list[subprocess.Popen[bytes]] = []

    def lampd(self, *arguments: str) -> str:
        return lampd(*arguments, **self.variables).stdout

    def json(self, *arguments: str) -> Any:
        return json.loads(self.lampd(*arguments, "-o", "json"))

    def spawn(self, log: str, *arguments: str) -> "subprocess.Popen[bytes]":
        with (self.folder / log).open("ab") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", "chain.cli", *arguments],
                stdin=subprocess.PIPE,
                stdout=file,
                stderr=file,
                env=environment() | self.variables,
            )
        self.processes.append(process)
        return process

    def events(self, log: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.folder / log).read_text().splitlines() if line.startswith("{")]

    def epoch(self) -> int:
        with self.node.client() as client:
            return read_clock(client).epoch

    def wait_epoch(self, epoch: int) -> None:
        self.wait(lambda: self.epoch() >= epoch, f"epoch {epoch}")

    def wait(self, done: Any, what: str, seconds: float = 40) -> None:
        deadline = time.monotonic() + seconds
        while not done():
            if time.monotonic() > deadline:
                logs = "\n".join(file.read_text()[-1500:] for file in self.folder.glob("*.log"))
                raise AssertionError(f"waited {seconds} s for {what}:\n{logs}")
            time.sleep(0.2)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    accounts = {"founder": "1000lamp", "me": "10lamp", "gateway": "10lamp"}
    with Node(tmp_path / "home").init(accounts=accounts) as node:
        genesis = node.home.read_genesis()
        state = genesis["app_state"]
        state["work"]["params"]["epoch_seconds"] = str(EPOCH_SECONDS)
        state["runtime"]["authority"] = str(node.client().signer("founder").address)
        node.home.write_genesis(genesis)
        node.start().wait_height(2)
        place = Place(node, tmp_path)
        try:
            yield place
        finally:
            for process in place.processes:
                process.kill()
                process.wait()


class Sensor:
    """Writes a reading to an agent twice a second until it is stopped."""

    def __init__(self, agent: "subprocess.Popen[bytes]") -> None:
        self._agent = agent
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        pipe = self._agent.stdin
        while pipe is not None and not self._stopping.wait(0.5):
            try:
                pipe.write(b'{"temperature_c": 21, "units": 2}\n')
                pipe.flush()
            except OSError:
                return

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()


def submitted(place: Place, device: bytes) -> list[Receipt]:
    """Return all receipts of a device that are in blocks, oldest first."""
    with place.node.client() as client:
        found = client.rpc.tx_search("message.action='/lamppost.work.v1.MsgSubmitWork'", per_page=100)
    receipts = []
    for result in reversed(found):
        for packed in TxBody.FromString(TxRaw.FromString(result.tx).body_bytes).messages:
            receipts += [
                receipt for receipt in MsgSubmitWork.FromString(packed.value).receipts if receipt.device == device
            ]
    return receipts


def test_an_own_device_earns_through_kills_of_agent_gateway_and_node(place: Place) -> None:
    place.lampd("tx", "device-registry", "create-network", str(NETWORKS / "weather.toml"), "--from", "founder")
    place.lampd("tx", "device-registry", "set-network-weight", "1", "5000", "--from", "founder")
    file = str(place.folder / "station.json")
    place.lampd("device", "keygen", file)
    place.lampd(
        "device", "register", file, "--network", "1", "--model", "1", "--location", "47.6,-122.3", "--from", "me"
    )
    device = place.lampd("device", "show", file, "--id").strip()

    port = free_port(38_700, set())
    gateway_command = ("gateway", "run", "--from", "gateway", "--listen", f"127.0.0.1:{port}", "--interval", "0.3")
    gateway = place.spawn("gateway.log", *gateway_command)
    agent_command = ("device", "run", file, "--network", "1", "--gateway", f"http://127.0.0.1:{port}")
    agent = place.spawn("agent.log", *agent_command)
    sensor = Sensor(agent)
    try:
        accepted = 0

        def one_more_accepted() -> bool:
            events = [entry for entry in place.events("agent.log") if entry["event"] == "receipt_accepted"]
            return len(events) > accepted

        place.wait(one_more_accepted, "the first receipt to be accepted")
        accepted = sum(1 for entry in place.events("agent.log") if entry["event"] == "receipt_accepted")

        agent.kill()  # the agent has no time to say goodbye
        gateway.kill()  # nor has the gateway, and what waited there is lost
        agent.wait()
        gateway.wait()
        sensor.stop()
        agent = place.spawn("agent.log", *agent_command)
        sensor = Sensor(agent)
        place.wait(lambda: "agent_started" in str(place.events("agent.log")[-3:]), "the agent to be back")
        place.node.stop()
        gateway = place.spawn("gateway.log", *gateway_command)
        time.sleep(1)
        place.node.start().wait_height(3)
        place.wait(one_more_accepted, "a receipt to be accepted after everything was started again")
    finally:
        sensor.stop()
    agent.terminate()
    assert agent.wait(10) == 0
    gateway.terminate()
    assert gateway.wait(10) == 0

    known = place.json("query", "device-registry", "device", device)["device"]
    assert known["status"] == "DEVICE_STATUS_ACTIVE"
    receipts = submitted(place, bytes.fromhex(place.json("keys", "parse", device)["bytes"]))
    taken = {receipt.epoch: receipt for receipt in receipts}
    assert len(taken) >= 2
    assert all(receipt == taken[receipt.epoch] for receipt in receipts), "two receipts were signed for one epoch"
    # An epoch may be missed while everything is down; what was taken is in order.
    sequences = [taken[epoch].sequence for epoch in sorted(taken)]
    assert sequences == sorted(set(sequences))

    place.wait_epoch(max(taken) + 2)
    before = int(place.json("query", "bank", "balance", "me", "ulamp")["balance"]["amount"])
    place.lampd("tx", "reward-emission", "claim", device, "--from", "me")
    earned = place.json("query", "reward-emission", "device", device)
    after = int(place.json("query", "bank", "balance", "me", "ulamp")["balance"]["amount"])
    assert after - before == int(earned["paid"]) > 0


def test_samples_of_a_file_are_worked_off_and_paid_by_an_own_account(place: Place) -> None:
    place.lampd("tx", "device-registry", "create-network", str(NETWORKS / "storage.toml"), "--from", "founder")
    file = str(place.folder / "disk.json")
    samples = place.folder / "samples"
    samples.write_text('{"units": 3}\nnot json\n{"units": 4}\n{"units": -1}\n')
    place.lampd("device", "keygen", file, "--algorithm", "p256")
    agent = place.spawn("agent.log", "device", "run", file, "--network", "1", "--samples", str(samples), "--from", "me")
    place.wait(lambda: "device_unknown" in str(place.events("agent.log")), "the agent to see that nobody registered it")
    place.lampd("device", "register", file, "--network", "1", "--model", "1", "--from", "me")
    place.wait(lambda: agent.poll() is not None, "the agent to end by itself")
    assert agent.returncode == 0
    events = place.events("agent.log")
    assert sum(1 for entry in events if entry["event"] == "sample_refused") == 2
    assert [entry["units"] for entry in events if entry["event"] == "receipt_signed"] == [7]
    assert events[-1]["event"] == "agent_stopped"
    assert events[-1]["pending"] == 0


def test_blocks_and_validators_are_shown(place: Place) -> None:
    shown = place.lampd("query", "block", "2")
    assert "height:" in shown
    assert "transactions: -" in shown
    assert place.json("query", "block", "2")["block"]["header"]["height"] == "2"
    assert "height 2, app hash" in place.lampd("query", "block-results", "2")
    assert place.json("query", "block-results", "2")["height"] == "2"
    assert place.json("query", "comet-validator-set")[0]["voting_power"] == "10"
    assert "POWER" in place.lampd("query", "comet-validator-set")
    failed = lampd("query", "block", "99999", check=False, **place.variables)
    assert failed.returncode == 1
    assert "must be less than or equal to" in failed.stderr
