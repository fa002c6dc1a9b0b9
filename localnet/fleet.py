"""The fleet: the agents of all simulated devices in one process. Run as `python -m localnet.fleet`.

Each device is the very agent that `lampd device run` runs, fed with recorded readings instead of a sensor's.
"""

import argparse
import json
import signal
import sys
import threading
import time
from pathlib import Path

from chain.cli.eventlog import event_log
from chain.client import Client, ClientError
from chain.client.agent.agent import Agent, Measure
from chain.client.agent.audits import ChainExaminer
from chain.client.agent.clock import EpochClock, read_clock
from chain.client.agent.journal import Journal
from chain.client.agent.run import wait_for_node
from chain.client.agent.submit import GatewaySubmitter
from localnet.founding import device_key
from localnet.layout import FLEET, READINGS_A_DAY, Layout
from localnet.readings import sample


class Fleet:
    """All devices of a local network, spread over the gateways."""

    def __init__(self, client: Client, layout: Layout, networks: dict[str, int], gateways: list[str]) -> None:
        self._client = client
        self._agents: list[tuple[str, int, Agent]] = []
        submitters = [GatewaySubmitter(url) for url in gateways]
        examiner = ChainExaminer(client)
        measure = Measure(interval=layout.epoch_seconds / READINGS_A_DAY)
        for network in FLEET:
            for index, name in enumerate(layout.names_of(network)):
                key = device_key(layout, name)
                journal = Journal(layout.devices_dir / f"{name}.journal", key.device_id, client.chain_id)
                submitter = submitters[len(self._agents) % len(submitters)]
                log = event_log(device=name)
                agent = Agent(key, networks[network], journal, submitter, measure, log, examiner)
                self._agents.append((network, index, agent))

    def run(self, clock: EpochClock, stopping: threading.Event) -> None:
        """Play the readings, an hour each twenty-fourth of an epoch, until told to stop."""
        hour_nanos = clock.length // READINGS_A_DAY
        played = (time.time_ns() - clock.start) // hour_nanos
        while not stopping.is_set():
            now = time.time_ns()
            clock = self._refresh(clock)
            hour = (now - clock.start) // hour_nanos + clock.epoch * READINGS_A_DAY
            if hour != played:
                played = hour
                for network, index, agent in self._agents:
                    agent.add_sample(sample(network, index, hour), clock, now)
            for _, _, agent in self._agents:
                agent.step(clock, now)
            stopping.wait(min(1.0, hour_nanos / 2e9))

    def close(self) -> None:
        """Let go of the journals."""
        for _, _, agent in self._agents:
            agent.journal.close()

    def _refresh(self, clock: EpochClock) -> EpochClock:
        try:
            found = read_clock(self._client)
        except ClientError:
            return clock
        # A node that lags, or a strange one at its port, knows an earlier epoch; epochs never go back.
        return found if found.epoch >= clock.epoch else clock


def main() -> None:
    """Run the fleet until SIGTERM."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--node", required=True)
    parser.add_argument("--devices", type=int, required=True)
    parser.add_argument("--epoch-seconds", type=int, required=True)
    parser.add_argument("--networks", type=json.loads, required=True, help="ids by name, in JSON")
    parser.add_argument("--gateway", action="append", required=True)
    given = parser.parse_args()
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    layout = Layout(given.data, devices=given.devices, epoch_seconds=given.epoch_seconds)
    with Client(given.node) as client:
        clock = wait_for_node(client, stopping, event_log())
        if clock is None:
            sys.exit(0)
        fleet = Fleet(client, layout, given.networks, given.gateway)
        try:
            fleet.run(clock, stopping)
        finally:
            fleet.close()


if __name__ == "__main__":
    main()
