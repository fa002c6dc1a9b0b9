"""Gateways and fleet as processes of their own, as they would run apart from the validators."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

from chain.node.ports import free_port
from localnet.layout import Layout, gateway_name

GATEWAY_PORT = 8700
"""Where the first gateway listens, or the next free port upward."""
STOP_SECONDS = 15


class Helpers:
    """The processes beside the validators; `stop` ends them in reverse order."""

    def __init__(self, layout: Layout, nodes: Sequence[str]) -> None:
        self._layout = layout
        self._nodes = list(nodes)
        self._running: list[subprocess.Popen[bytes]] = []
        self._names: list[str] = []
        self._told: set[str] = set()
        self.gateways: list[str] = []
        layout.logs.mkdir(parents=True, exist_ok=True)

    def start_gateways(self, say: Callable[[str], None]) -> None:
        """Start the gateways, each at a node of its own."""
        taken: set[int] = set()
        for index in range(self._layout.gateways):
            port = free_port(GATEWAY_PORT + index, taken)
            node = self._nodes[index % len(self._nodes)]
            name = gateway_name(index)
            arguments = ["gateway", "run", "--from", name, "--listen", f"127.0.0.1:{port}", "--node", node]
            self._start(name, ["chain.cli", *arguments, "--home", str(self._layout.keys), "--interval", "1"])
            self.gateways.append(f"http://127.0.0.1:{port}")
        say(f"{self._layout.gateways} gateways take receipts at {', '.join(self.gateways)}")

    def start_fleet(self, networks: dict[str, int], say: Callable[[str], None]) -> None:
        """Start the process that runs all devices."""
        layout = self._layout
        # A node apart from the gateways' and from the last one, which people kill to watch it catch up.
        node = self._nodes[layout.gateways % len(self._nodes)]
        arguments = ["--data", str(layout.data), "--node", node, "--devices", str(layout.devices)]
        arguments += ["--epoch-seconds", str(layout.epoch_seconds), "--networks", json.dumps(networks)]
        for url in self.gateways:
            arguments += ["--gateway", url]
        self._start("fleet", ["localnet.fleet", *arguments])
        say(f"{layout.devices} devices at work, logs in {layout.logs}")

    def ended(self) -> list[str]:
        """Tell, once each, of processes that ended by themselves."""
        found = []
        for name, process in zip(self._names, self._running, strict=True):
            if process.poll() is not None and name not in self._told:
                self._told.add(name)
                log = self._layout.logs / f"{name}.log"
                found.append(f"{name} ended with exit code {process.returncode}; see {log}")
        return found

    def stop(self) -> None:
        """End all processes."""
        for process in reversed(self._running):
            process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in self._running:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _start(self, name: str, module_and_arguments: list[str]) -> None:
        self._names.append(name)
        with (self._layout.logs / f"{name}.log").open("ab") as output:
            self._running.append(
                subprocess.Popen(
                    [sys.executable, "-m", *module_and_arguments],
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            )
