"""The loop of one device's agent: samples from a stream, a step every second."""

import json
import queue
import threading
import time
from collections.abc import Callable, Iterable

from chain.client.agent.agent import Agent
from chain.client.agent.clock import EpochClock, read_clock
from chain.client.client import Client
from chain.client.errors import ClientError, QueryFailed
from chain.pb.lamppost.work.v1 import query_pb2

_STEP = 1.0
"""Seconds between steps."""
_CLOCK_AGE = 10.0
"""Seconds after which the epoch clock is asked for again, or a tenth of an epoch if that is less."""


def wait_for_node(client: Client, stopping: threading.Event, log: Callable[..., None]) -> EpochClock | None:
    """Return the epoch clock once the node answers, or None when told to stop first."""
    delay = 1.0
    while not stopping.is_set():
        try:
            return read_clock(client)
        except ClientError as error:
            log("node_away", error=str(error), retry_seconds=delay)
        stopping.wait(delay)
        delay = min(delay * 2, 30.0)
    return None


class AgentLoop:
    """Feeds one agent and lets it step."""

    def __init__(self, client: Client, agent: Agent, clock: EpochClock, log: Callable[..., None]) -> None:
        self._client = client
        self._agent = agent
        self._clock = clock
        self._log = log
        self._asked = time.monotonic()
        self._learned = False

    def run(self, lines: Iterable[str], stopping: threading.Event) -> None:
        """Take samples until the stream ends or `stopping` is set, then finish what is pending.

        When the stream ends (a file, say), the agent goes on until its last epoch's receipt has met its fate.
        """
        self._learn_from_chain()
        arrived: queue.Queue[str | None] = queue.Queue(maxsize=10_000)
        threading.Thread(target=_read, args=(lines, arrived), name="samples", daemon=True).start()
        self._log("agent_started", network=self._agent.network, epoch=self._clock.epoch)
        ended = False
        while not stopping.is_set():
            ended = self._take(arrived) or ended
            self._refresh()
            now = time.time_ns()
            # A journal that was lost knows less than the chain: nothing is signed before the chain was heard.
            if self._learned:
                self._agent.step(self._clock, now)
            if ended and self._idle(now):
                break
            stopping.wait(_STEP)
        self._log("agent_stopped", pending=len(self._agent.journal.pending()))

    def _take(self, arrived: "queue.Queue[str | None]") -> bool:
        """Take the samples that have arrived; True at the end of the stream."""
        while True:
            try:
                line = arrived.get_nowait()
            except queue.Empty:
                return False
            if line is None:
                return True
            if not line.strip():
                continue
            try:
                self._agent.add_sample(json.loads(line), self._clock, time.time_ns())
            except (ValueError, RecursionError) as error:
                self._log("sample_refused", error=str(error), sample=line[:80].strip())

    def _refresh(self) -> None:
        if time.monotonic() - self._asked < min(_CLOCK_AGE, self._clock.length / 1e10):
            return
        self._asked = time.monotonic()
        if not self._learned:
            self._learn_from_chain()
        try:
            clock = read_clock(self._client)
        except ClientError as error:
            self._log("node_away", error=str(error))
            return
        # Another node behind the same address may lag; epochs never go back.
        if clock.epoch >= self._clock.epoch:
            self._clock = clock

    def _learn_from_chain(self) -> None:
        request = query_pb2.QueryDeviceWorkRequest(device_id=str(self._agent.key.device_id))
        try:
            known = self._client.query("/lamppost.work.v1.Query/DeviceWork", request, query_pb2.QueryDeviceWorkResponse)
        except QueryFailed as error:
            self._log("device_unknown", error=error.log, hint="register it; samples are kept until then")
            return
        except ClientError as error:
            self._log("node_away", error=str(error))
            return
        self._learned = True
        self._agent.journal.catch_up(known.sequence, known.last_epoch if known.has_worked else -1)

    def _idle(self, now: int) -> bool:
        journal = self._agent.journal
        return not journal.pending() and not journal.open_epochs(before=self._clock.epoch_at(now) + 1)


def _read(lines: Iterable[str], arrived: "queue.Queue[str | None]") -> None:
    try:
        for line in lines:
            arrived.put(line)
    finally:
        arrived.put(None)
