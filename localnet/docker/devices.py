"""In a container: set the networks up, register the devices that are missing, and let them work through a gateway.

Usage: python -m localnet.docker.devices --node http://full:26657 --gateway http://gateway:8700
"""

import argparse
import signal
import sys
import threading
from pathlib import Path

from chain.cli.eventlog import event_log
from chain.client import Client
from chain.client.agent.run import wait_for_node
from localnet.docker.homes import DATA
from localnet.fleet import Fleet
from localnet.founding import register_devices, set_up_networks
from localnet.layout import Layout


def main() -> None:
    """Run the fleet until SIGTERM."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--node", required=True)
    parser.add_argument("--gateway", action="append", required=True)
    parser.add_argument("--devices", type=int, default=Layout().devices)
    parser.add_argument("--epoch-seconds", type=int, default=Layout().epoch_seconds)
    given = parser.parse_args()
    stopping = threading.Event()
    # While transactions are waited for nothing looks at the event; what they did not reach is made up for next time.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    log = event_log()
    layout = Layout(given.data, devices=given.devices, gateways=1, epoch_seconds=given.epoch_seconds)
    with Client(given.node, layout.keys) as client:
        clock = wait_for_node(client, stopping, log)
        if clock is None:
            return
        networks = set_up_networks(client, layout, lambda text: log("founding", step=text))
        register_devices(client, layout, networks, lambda text: log("founding", step=text))
        fleet = Fleet(client, layout, networks, given.gateway)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        log("fleet_started", devices=given.devices, networks=networks)
        try:
            fleet.run(clock, stopping)
        finally:
            fleet.close()


if __name__ == "__main__":
    main()
