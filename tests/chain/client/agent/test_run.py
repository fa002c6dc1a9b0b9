"""The agent's loop against a node in a box."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chain.client import Client, ClientError, QueryFailed
from chain.client.agent import run as run_module
from chain.client.agent.agent import Agent, Measure
from chain.client.agent.clock import EpochClock, read_clock
from chain.client.agent.journal import Journal
from chain.client.agent.run import AgentLoop, wait_for_node
from chain.client.devices import DeviceKey
from chain.pb.lamppost.work.v1 import query_pb2
from chain.testing import CHAIN_ID
from tests.chain.client.agent.devices import SECOND, Hand, Log
from tests.chain.client.node import NodeInABox
from tests.modules.device_registry.world import device_key
from tests.modules.work.village import Village


class Box:
    """A village, a node, and the device `a`; time is the chain's and moves with it."""

    def __init__(self, village: Village, node: NodeInABox, folder: Path) -> None:
        self.village, self.node, self.folder = village, node, folder
        self.client = Client(node.url, timeout=5)
        self.log, self.hand = Log(), Hand()

    def loop(self, key: DeviceKey, clock: EpochClock) -> tuple[AgentLoop, Journal]:
        journal = Journal(self.folder / "journal", key.device_id, CHAIN_ID)
        agent = Agent(key, 1, journal, self.hand, Measure(), self.log)
        return AgentLoop(self.client, agent, clock, self.log), journal


@pytest.fixture
def box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Box]:
    with Village() as village, NodeInABox(village.chain) as node:
        village.next_epoch()
        box = Box(village, node, tmp_path)
        monkeypatch.setattr(run_module, "_STEP", 0.01)
        monkeypatch.setattr(run_module, "_CLOCK_AGE", 0.0)
        monkeypatch.setattr(run_module.time, "time_ns", lambda: village.chain.time)
        yield box
        box.client.close()


def test_samples_become_a_receipt_when_the_epoch_has_ended_and_the_loop_ends_with_the_stream(box: Box) -> None:
    key = device_key("a")
    loop, journal = box.loop(key, read_clock(box.client))
    lines = [json.dumps({"units": 2}), "", "{broken", "[" * 100_000, '"text"', json.dumps({"units": 3})]
    worker = threading.Thread(target=loop.run, args=(lines, threading.Event()))
    worker.start()
    threading.Event().wait(0.3)
    assert box.hand.taken == []
    box.village.next_epoch()
    worker.join(10)
    assert not worker.is_alive()
    assert [(receipt.epoch, receipt.sequence, receipt.units) for receipt in box.hand.taken] == [(1, 1, 5)]
    assert box.log.events.count("sample_refused") == 3
    assert box.log.events[-1] == "agent_stopped"
    journal.close()


def test_a_lost_journal_goes_on_behind_what_the_chain_has_seen(box: Box) -> None:
    assert box.village.submit(box.village.receipt("a", sequence=40)) == [0]
    loop, journal = box.loop(device_key("a"), read_clock(box.client))
    stopping = threading.Event()
    worker = threading.Thread(target=loop.run, args=(["{}"], stopping))
    worker.start()
    threading.Event().wait(0.2)
    box.village.next_epoch()
    threading.Event().wait(0.3)
    assert box.hand.taken == [], "a receipt for this epoch is on the chain"
    stopping.set()
    worker.join(10)
    assert (journal.state.sequence, journal.state.last_epoch) == (40, 1)
    journal.close()


def test_nothing_is_signed_while_the_chain_cannot_be_heard_or_does_not_know_the_device(box: Box) -> None:
    loop, journal = box.loop(DeviceKey.generate(), read_clock(box.client))
    stopping = threading.Event()
    worker = threading.Thread(target=loop.run, args=(["{}"], stopping))
    worker.start()
    threading.Event().wait(0.2)
    box.village.next_epoch()
    threading.Event().wait(0.2)
    stopping.set()
    worker.join(10)
    assert "device_unknown" in box.log.events
    assert (box.hand.taken, journal.state.last_epoch) == ([], -1)
    journal.close()


def test_a_clock_never_goes_back(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    ahead = EpochClock(9, box.village.chain.time, 100 * SECOND)
    loop, journal = box.loop(device_key("a"), ahead)
    stopping = threading.Event()
    worker = threading.Thread(target=loop.run, args=(["{}"], stopping))
    worker.start()
    threading.Event().wait(0.2)
    stopping.set()
    worker.join(10)
    assert journal.open_epochs(before=100) == [9]
    journal.close()


def test_the_clock_of_another_chain_is_not_taken(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    known = read_clock(box.client)
    monkeypatch.setattr(box.client.rpc, "chain_id", lambda: "elsewhere-1")
    with pytest.raises(ClientError, match=f"the node is of chain elsewhere-1, not of {CHAIN_ID}"):
        read_clock(box.client)
    loop, journal = box.loop(device_key("a"), known)
    box.village.next_epoch()
    stopping = threading.Event()
    worker = threading.Thread(target=loop.run, args=(["{}"], stopping))
    worker.start()
    threading.Event().wait(0.2)
    stopping.set()
    worker.join(10)
    assert "node_away" in box.log.events
    assert box.hand.taken == []
    assert journal.open_epochs(before=100) != []
    journal.close()


def test_an_agent_waits_for_a_node_that_is_away_until_it_is_told_to_stop(box: Box) -> None:
    stopping, log = threading.Event(), Log()
    found: list[Any] = []
    with Client("http://127.0.0.1:1", timeout=1) as nobody:
        worker = threading.Thread(target=lambda: found.append(wait_for_node(nobody, stopping, log)))
        worker.start()
        threading.Event().wait(0.2)
        stopping.set()
        worker.join(5)
    assert found == [None]
    assert log.events[0] == "node_away"
    assert wait_for_node(box.client, threading.Event(), log) == read_clock(box.client)


def test_a_device_that_nobody_registered_is_told_by_code(box: Box) -> None:
    request = query_pb2.QueryDeviceWorkRequest(device_id=str(DeviceKey.generate().device_id))
    with pytest.raises(QueryFailed) as caught:
        box.client.query("/lamppost.work.v1.Query/DeviceWork", request, query_pb2.QueryDeviceWorkResponse)
    assert (caught.value.codespace, caught.value.code) == ("sdk", 22)
