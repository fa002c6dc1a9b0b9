"""`make localnet`: four validators, three networks, sixty devices, two gateways, and a live view of it all."""

import argparse
import fcntl
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from chain.client import Client, ClientError
from chain.client.agent.clock import read_clock
from chain.node.errors import NodeError
from chain.node.home import Home
from chain.node.ports import require_free
from chain.node.processes import Processes, last_line
from localnet.fleet_process import Helpers
from localnet.founding import device_key, found, register_devices, set_up_networks
from localnet.layout import FLEET, Layout
from localnet.payday import Payday
from localnet.screen import plain_line, render
from localnet.watch import NodeView, View, Watcher

FIRST_BLOCK_SECONDS = 90
"""How long the validators may take to make their first block."""


def main() -> None:
    """Run the local network until Ctrl-C, SIGTERM, or --seconds have passed."""
    given = _arguments()
    layout = Layout(given.data, given.validators, given.devices, epoch_seconds=given.epoch_seconds)
    try:
        with only_one(layout.data):
            _run_or_reset(layout, given)
    except (NodeError, ClientError, OSError) as error:
        print(f"Error: {error}", file=sys.stderr)
        sys.exit(1)


def _run_or_reset(layout: Layout, given: argparse.Namespace) -> None:
    if given.reset:
        shutil.rmtree(layout.data, ignore_errors=True)
        print(f"removed {layout.data}")
        return
    stopping = threading.Event()
    # A terminal that is closed sends SIGHUP; the validators have sessions of their own and must not be left behind.
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: stopping.set())
    begin = time.monotonic()

    def say(text: str) -> None:
        print(f"localnet: {time.monotonic() - begin:5.1f} s  {text}", flush=True)

    run(layout, stopping, given.seconds, given.plain or not sys.stdout.isatty(), say)


@contextmanager
def only_one(data: Path) -> Iterator[None]:
    """Keep a second local network, or a reset, off a folder that is in use. Raises: NodeError."""
    data.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(data / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise NodeError(f"a local network is running in {data}; stop it first (Ctrl-C where it runs)") from error
        yield
    finally:
        os.close(descriptor)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make localnet", description=__doc__)
    parser.add_argument("--reset", action="store_true", help="forget the state and stop")
    parser.add_argument("--data", type=Path, default=Layout().data, help="folder of the state")
    parser.add_argument("--validators", type=int, default=4)
    parser.add_argument("--devices", type=int, default=60)
    parser.add_argument("--epoch-seconds", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=0.0, help="stop after so long; 0 is never")
    parser.add_argument("--plain", action="store_true", help="lines instead of a live screen")
    return parser.parse_args()


def run(layout: Layout, stopping: threading.Event, seconds: float, plain: bool, say: Callable[[str], None]) -> None:
    """Bring everything up, show it, take everything down. Raises: NodeError, ClientError, OSError."""
    homes = found(layout, say)
    # Else the node of somebody else at this port would be taken for ours.
    for home in homes:
        try:
            require_free(home.comet_config())
        except NodeError as error:
            raise NodeError(f"{home.path}: {error}") from error
    with ExitStack() as stack:
        nodes = Processes(homes)
        stack.callback(nodes.stop_all)
        say(f"starting {len(homes)} validators, logs in {layout.testnet}/*/lampd/lampd.log")
        for home in homes:
            nodes.start(home)
        views = [NodeView(home.path.parent.name, _rpc_url(home)) for home in homes]
        client = stack.enter_context(Client(views[0].rpc, layout.keys))
        if not _wait_for_block(client, nodes, stopping):
            return
        say("the first block is there")
        networks = set_up_networks(client, layout, say)
        register_devices(client, layout, networks, say)
        helpers = Helpers(layout, [node.rpc for node in views])
        stack.callback(helpers.stop)
        helpers.start_gateways(say)
        helpers.start_fleet(networks, say)
        view = View(views)
        _start_payday(stack, client, layout, view)
        _show(layout, view, networks, helpers, stopping, seconds, plain)
        say("stopping: fleet, gateways, validators")
    say(f"stopped; the state stays in {layout.data}")


def _rpc_url(home: Home) -> str:
    return str(home.comet_config()["rpc.laddr"]).replace("tcp://", "http://", 1)


def _wait_for_block(client: Client, nodes: Processes, stopping: threading.Event) -> bool:
    deadline = time.monotonic() + FIRST_BLOCK_SECONDS
    while not stopping.wait(0.3):
        for home, code in nodes.ended():
            raise NodeError(f"{home.path.parent.name} ended with exit code {code}: {last_line(home)}")
        try:
            # A block is on record a moment before the application has committed it, so the application is asked, too.
            if not client.rpc.status()["sync_info"]["catching_up"]:
                read_clock(client)
                return True
        except ClientError:
            pass
        if time.monotonic() > deadline:
            raise NodeError(f"no block within {FIRST_BLOCK_SECONDS} s; see the logs of the validators")
    return False


def _start_payday(stack: ExitStack, client: Client, layout: Layout, view: View) -> None:
    ending = threading.Event()
    payday = Payday(client, layout, lambda text: view.news.append(f"{time.strftime('%H:%M:%S')} {text}"))
    thread = threading.Thread(target=payday.run, args=(ending,), name="payday")
    thread.start()
    stack.callback(thread.join)
    stack.callback(ending.set)


def _show(
    layout: Layout,
    view: View,
    networks: dict[str, int],
    helpers: Helpers,
    stopping: threading.Event,
    seconds: float,
    plain: bool,
) -> None:
    keys = {name: (network, device_key(layout, name)) for network in FLEET for name in layout.names_of(network)}
    watcher = Watcher(view, networks, keys)
    until = time.monotonic() + seconds if seconds else float("inf")
    try:
        _refresh_until(watcher, view, helpers, stopping, until, plain)
    finally:
        watcher.close()


def _refresh_until(
    watcher: Watcher, view: View, helpers: Helpers, stopping: threading.Event, until: float, plain: bool
) -> None:
    from rich.live import Live

    if plain:
        told: set[str] = set()
        while not stopping.is_set() and time.monotonic() < until:
            watcher.refresh()
            view.news.extend(helpers.ended())
            print(plain_line(view), flush=True)
            for text in [text for text in view.news if text not in told]:
                told.add(text)
                print(f"  {text}", flush=True)
            stopping.wait(5.0)
        return
    with Live(render(view), refresh_per_second=4, screen=True) as live:
        while not stopping.is_set() and time.monotonic() < until:
            watcher.refresh()
            view.news.extend(helpers.ended())
            live.update(render(view))
            stopping.wait(1.0)


if __name__ == "__main__":
    main()
