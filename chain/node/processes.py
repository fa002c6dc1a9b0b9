"""Run several nodes of one machine: a `lampd start` for each home, ended together."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from chain.node.errors import NodeError
from chain.node.home import Home

log = logging.getLogger("lamppost.testnet")

STOP_SECONDS = 30
"""How long a node may take to end."""


def homes_in(output_dir: Path) -> list[Home]:
    """Return the home folders below a testnet's folder, in order. Raises: NodeError when there are none."""
    found = sorted(output_dir.expanduser().resolve().glob("*/*/config/genesis.json"), key=_order)
    if not found:
        raise NodeError(f"there is no testnet in {output_dir}; `lampd testnet init-files` makes one")
    return [Home.at(path.parent.parent) for path in found]


def _order(path: Path) -> tuple[str, int]:
    name = path.parent.parent.parent.name
    digits = name[len(name.rstrip("0123456789")) :]
    return name.rstrip("0123456789"), int(digits or 0)


class Processes:
    """One `lampd start` for each home; their logs go to lampd.log in each."""

    def __init__(self, homes: Sequence[Home]) -> None:
        self.homes = list(homes)
        self._running: dict[Path, subprocess.Popen[bytes]] = {}

    def start(self, home: Home) -> None:
        """Start the node of a home."""
        with (home.path / "lampd.log").open("ab") as output:
            self._running[home.path] = subprocess.Popen(
                [sys.executable, "-m", "chain.cli", "start", "--home", str(home.path)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env=_child_environment(),
            )

    def pid(self, home: Home) -> int:
        """Return the process of a home's node."""
        return self._running[home.path].pid

    def ended(self) -> list[tuple[Home, int]]:
        """Return the homes whose node has ended, with exit codes."""
        codes = [(home, self._running[home.path].poll()) for home in self.homes if home.path in self._running]
        return [(home, code) for home, code in codes if code is not None]

    def stop(self, home: Home, seconds: float = STOP_SECONDS) -> int:
        """End the node of a home and return its exit code."""
        process = self._running.pop(home.path)
        process.terminate()
        return _wait(process, seconds)

    def stop_all(self, seconds: float = STOP_SECONDS) -> None:
        """End all nodes, at the same time."""
        running, self._running = list(self._running.values()), {}
        for process in running:
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + seconds
        for process in running:
            _wait(process, max(0.1, deadline - time.monotonic()))


def _child_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "LAMPD_HOME"}


def _wait(process: "subprocess.Popen[bytes]", seconds: float) -> int:
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


def run_testnet(homes: Sequence[Home]) -> None:
    """Run all nodes until SIGINT or SIGTERM; one that ends by itself ends all. Raises: NodeError."""
    stop = threading.Event()

    def handle(number: int, frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, handle) for number in (signal.SIGTERM, signal.SIGINT)}
    processes = Processes(homes)
    try:
        for home in homes:
            processes.start(home)
            config = home.comet_config()
            log.info("%s: RPC at %s, log in %s", home.path.parent.name, config["rpc.laddr"], home.path / "lampd.log")
        while not stop.wait(0.5):
            if ended := processes.ended():
                home, code = ended[0]
                raise NodeError(f"{home.path.parent.name} ended with exit code {code}: {last_line(home)}")
    finally:
        processes.stop_all()
        for number, handler in before.items():
            signal.signal(number, handler)


def last_line(home: Home) -> str:
    """Return the last line of a node's log."""
    try:
        lines = (home.path / "lampd.log").read_text(errors="replace").splitlines()
    except OSError:
        return "it has no log"
    return next((line for line in reversed(lines) if line.strip()), "its log is empty")
