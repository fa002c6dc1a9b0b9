"""`make localnet` as its user runs it, in small: money is emitted, claimed and sent on; it stops, goes on, is reset."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from chain.client import Client
from chain.node.processes import homes_in
from tests.localnet.nodes import environment, lampd


class Localnet:
    """One run of the local network after another on the same folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.runs = 0
        self.process: subprocess.Popen[bytes] | None = None

    def command(self, *flags: str) -> list[str]:
        return [sys.executable, "-m", "localnet", "--data", str(self.data), *flags]

    def start(self) -> None:
        self.runs += 1
        flags = ("--plain", "--validators", "1", "--devices", "6", "--epoch-seconds", "4")
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                self.command(*flags), stdout=log, stderr=subprocess.STDOUT, env=environment(), start_new_session=True
            )

    @property
    def log(self) -> Path:
        return self.folder / f"run-{self.runs}.log"

    def said(self) -> str:
        return self.log.read_text()

    def wait(self, pattern: str, seconds: float = 60) -> "re.Match[str]":
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if found := re.search(pattern, self.said()):
                return found
            if self.process is None or self.process.poll() is not None:
                break
            time.sleep(0.2)
        raise AssertionError(f"{pattern!r} did not come: {self.said()[-3000:]}")

    def stop(self, number: int = signal.SIGTERM) -> int:
        if self.process is None:
            raise AssertionError("it was not started")
        self.process.send_signal(number)
        return self.process.wait(40)

    def client(self) -> Client:
        (home,) = homes_in(self.data / "testnet")
        return Client(str(home.comet_config()["rpc.laddr"]), self.data / "accounts")

    def forge(self, gateway: str) -> str:
        """Run the recipe of the forged receipt and return what it says."""
        key = str(self.folder / "forger.json")
        lampd("device", "keygen", key)
        with self.client() as client:
            node = client.rpc.url
        command = [sys.executable, "-m", "localnet.forge", key, "--data", str(self.data), "--node", node]
        done = subprocess.run([*command, "--gateway", gateway], capture_output=True, text=True, timeout=60, check=True)
        return done.stdout

    def left_behind(self) -> list[str]:
        """Return the command lines of processes that still work in the folder."""
        found = []
        for entry in Path("/proc").iterdir():
            with suppress(OSError):
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode() if entry.name.isdigit() else ""
                if str(self.data) in line and int(entry.name) != os.getpid():
                    found.append(line)
        return found


@pytest.fixture
def localnet(tmp_path: Path) -> Iterator[Localnet]:
    running = Localnet(tmp_path)
    yield running
    if running.process is not None and running.process.poll() is None:
        running.process.terminate()
        try:
            running.process.wait(40)
        except subprocess.TimeoutExpired:
            running.process.kill()


def test_devices_earn_owners_claim_and_a_second_start_goes_on(localnet: Localnet) -> None:
    taken = socket.socket()
    # As a gateway does it: connections of a run before this one may not have timed out yet.
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    with suppress(OSError):
        taken.bind(("127.0.0.1", 8700))
        taken.listen()
    localnet.start()
    gateway = localnet.wait(r"gateways take receipts at http://127.0.0.1:(\d+)")
    assert int(gateway[1]) > 8700, "the port was taken"
    localnet.wait(r"claiming 1 of hotspots \(outdoor-high-gain\) from a batch of glowworks")
    localnet.wait(r"emitted=[1-9]\d* paid_devices=[1-9] claimed_keys=1")
    localnet.wait(r"audits=[1-9]")
    localnet.wait(r"owner claimed [0-9,.]+ LAMP, sent [0-9,.]+ LAMP to bob")
    forged = localnet.forge(f"http://127.0.0.1:{gateway[1]}")
    assert "gateway: rejected: the signature is not the device key's" in forged
    assert "chain: rejected: the device key did not sign this receipt" in forged
    with localnet.client() as client:
        height, bob = client.rpc.height(), client.balance(client.signer("bob").address)
    assert bob > 0
    assert localnet.stop() == 0
    taken.close()
    assert localnet.left_behind() == []
    assert "stopped; the state stays in" in localnet.said()

    localnet.start()
    localnet.wait("going on with the 1 validators")
    localnet.wait(r"node0=\d+")
    localnet.wait("owner claimed")
    assert "creating network" not in localnet.said()
    assert "registering" not in localnet.said()
    with localnet.client() as client:
        assert client.rpc.height() > height
        assert client.balance(client.signer("bob").address) > bob
    assert localnet.stop(signal.SIGINT) == 0
    assert localnet.left_behind() == []

    reset = subprocess.run(localnet.command("--reset"), capture_output=True, text=True, env=environment(), check=True)
    assert "removed" in reset.stdout
    assert not localnet.data.exists()


def test_a_localnet_that_is_stopped_while_it_starts_leaves_nothing_running(localnet: Localnet) -> None:
    localnet.start()
    localnet.wait("starting 1 validators")
    assert localnet.stop(signal.SIGINT) == 0
    assert localnet.left_behind() == []


def test_a_second_localnet_on_the_same_folder_is_refused(localnet: Localnet) -> None:
    localnet.start()
    localnet.wait("the first block is there")
    second = subprocess.run(
        localnet.command("--plain", "--validators", "1", "--devices", "3"),
        capture_output=True,
        text=True,
        env=environment(),
        timeout=60,
        check=False,
    )
    assert second.returncode == 1
    assert second.stderr.startswith(f"Error: a local network is running in {localnet.data}; stop it first")
    reset = subprocess.run(localnet.command("--reset"), capture_output=True, env=environment(), check=False)
    assert reset.returncode == 1
    assert localnet.data.exists()
    with localnet.client() as client:
        height = client.rpc.height()
        time.sleep(2.5)
        assert client.rpc.height() > height, "the first one goes on"
    assert localnet.stop() == 0


def test_a_strangers_node_at_the_port_of_ours_is_not_taken_for_it(localnet: Localnet) -> None:
    localnet.start()
    localnet.wait("starting 1 validators")
    assert localnet.stop(signal.SIGINT) == 0
    (home,) = homes_in(localnet.data / "testnet")
    port = int(str(home.comet_config()["rpc.laddr"]).rpartition(":")[2])
    with socket.socket() as stranger:
        stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        stranger.bind(("127.0.0.1", port))
        stranger.listen()
        localnet.start()
        localnet.wait(rf"Error: .*node0.*: port {port} \(rpc.laddr\) is taken by another program")
        assert localnet.process is not None and localnet.process.wait(20) == 1
