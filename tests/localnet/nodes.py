"""Real nodes for tests: `lampd` and CometBFT as processes, on loopback ports that are free."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

from chain.client.client import Client
from chain.client.errors import ClientError
from chain.client.keyring import Keyring
from chain.node.home import Home
from chain.node.ports import free_port
from chain.node.toml import set_in_file
from localnet.cometbft.build import PINNED, ensure

FIRST_PORT = 20_000 + os.getpid() % 250 * 20
"""Below the ports that the system gives out, and another place for each of several runs on one machine."""
_taken: set[int] = set()


def environment(version: str = PINNED) -> dict[str, str]:
    """Return an environment in which `lampd` runs a version of CometBFT, and nothing else is set for it."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("LAMPD_")}
    return plain | {"COMETBFT": str(ensure(version) / "cometbft"), "COLUMNS": "200"}


def lampd(
    *arguments: str, version: str = PINNED, check: bool = True, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run a command of lampd to its end."""
    done = subprocess.run(
        [sys.executable, "-m", "chain.cli", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        env=environment(version) | variables,
        check=False,
    )
    if check and done.returncode != 0:
        raise AssertionError(f"lampd {' '.join(arguments)} failed: {done.stdout}{done.stderr}")
    return done


class Node:
    """A node in a home folder; `start` and `stop` as often as a test likes."""

    def __init__(self, path: Path, version: str = PINNED) -> None:
        self.home = Home.at(path)
        self.version = version
        self.process: subprocess.Popen[bytes] | None = None
        self.log_path = self.home.path / "lampd.log"

    def init(self, *, chain_id: str = "test-1", accounts: dict[str, str] | None = None) -> "Node":
        """Make the home folder, with accounts whose keys are in its keyring."""
        lampd("init", "tester", "--chain-id", chain_id, "--home", str(self.home.path), version=self.version)
        self.rpc_port, self.p2p_port = free_port(FIRST_PORT, _taken), free_port(FIRST_PORT, _taken)
        self.metrics_port = free_port(FIRST_PORT, _taken)
        set_in_file(
            self.home.config_toml,
            {
                "rpc.laddr": f"tcp://127.0.0.1:{self.rpc_port}",
                "p2p.laddr": f"tcp://127.0.0.1:{self.p2p_port}",
                "consensus.timeout_commit": "200ms",
            },
        )
        set_in_file(self.home.app_toml, {"metrics.address": f"127.0.0.1:{self.metrics_port}"})
        for name, coins in (accounts or {}).items():
            Keyring(self.home.path).create(name)
            lampd("genesis", "add-genesis-account", name, coins, "--home", str(self.home.path))
        return self

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.rpc_port}"

    def start(self, *flags: str, **variables: str) -> "Node":
        """Start the node's process; it may take a moment to answer."""
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "chain.cli", "start", "--home", str(self.home.path), *flags],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=environment(self.version) | variables,
                start_new_session=True,
            )
        return self

    def running(self) -> subprocess.Popen[bytes]:
        if self.process is None:
            raise AssertionError("the node was not started")
        return self.process

    def stop(self, number: int = signal.SIGTERM, seconds: float = 30) -> int:
        """Send a signal, wait for the end, return the exit code."""
        process = self.running()
        if process.poll() is None:
            process.send_signal(number)
        return process.wait(seconds)

    def wait_ended(self, seconds: float = 30) -> int:
        """Wait for an end that comes by itself."""
        return self.running().wait(seconds)

    def client(self) -> Client:
        return Client(self.url, self.home.path)

    def height(self) -> int:
        """Return the newest height, 0 while the node does not answer."""
        try:
            with self.client() as client:
                return client.rpc.height()
        except ClientError:
            return 0

    def wait_height(self, height: int, seconds: float = 30) -> int:
        """Wait until a height is committed."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            reached = self.height()
            if reached >= height:
                return reached
            if self.running().poll() is not None:
                raise AssertionError(f"the node ended with {self.running().returncode}:\n{self.log()[-3000:]}")
            time.sleep(0.05)
        raise AssertionError(f"height {height} was not reached, only {self.height()}:\n{self.log()[-3000:]}")

    def app_hash(self, height: int) -> str:
        """Return the hash of the state after a height, from the next block's header."""
        with self.client() as client:
            return str(client.rpc.call("block", height=str(height + 1))["block"]["header"]["app_hash"])

    def comet_pid(self) -> int:
        """Return the process of the CometBFT child."""
        pid = self.running().pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for child in map(int, children):
            if "cometbft" in Path(f"/proc/{child}/cmdline").read_text():
                return child
        # The child may have been started by another thread, whose list of children is its own.
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in map(int, (task / "children").read_text().split()):
                if "cometbft" in Path(f"/proc/{child}/cmdline").read_text():
                    return child
        raise AssertionError("there is no CometBFT")

    def get(self, path: str) -> str:
        """Read from the metrics endpoint."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.metrics_port}{path}", timeout=5) as answer:
            return str(answer.read().decode())

    def health(self) -> dict[str, Any]:
        return dict(json.loads(self.get("/health")))

    def log(self) -> str:
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def __enter__(self) -> "Node":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
