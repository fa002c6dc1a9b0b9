"""One node of a testnet: its container, its home, and everything that can be done to it."""

import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Any, Literal

from chain.client.client import Client
from chain.client.errors import ClientError
from chain.client.rpc import RpcClient
from chain.node.home import Home
from chain.testing_docker.disks import SmallDisk
from chain.testing_docker.engine import EngineError, subnet_of
from chain.testing_docker.homes import METRICS_PORT, RPC_PORT, wipe
from chain.testing_docker.links import SlowLink, Weather
from chain.testing_docker.recording import Recording
from chain.testing_docker.waiting import unix_seconds, wait_until

HOME = "/lampd"
"""Where a node's home lies in its container."""
STOP_SECONDS = 40
"""How long a node may take to end by itself; above the 20 s that `lampd start` grants its CometBFT."""
KILL_NAMED = 'for p in /proc/[0-9]*; do read -r n < $p/comm && [ "$n" = "{0}" ] && kill -9 "${{p#/proc/}}" && k=1; done'
"""Shell commands that kill the processes of a name; images need no tools for it."""
Part = Literal["lampd", "cometbft"]


@dataclass(frozen=True, slots=True)
class Places:
    """Where a node is reached: by its peers, and by the tests."""

    p2p: IPv4Address
    rpc: IPv4Address


class Node:
    """A node in a container. What is done to it is marked in the recording."""

    def __init__(
        self,
        name: str,
        home: Home,
        places: Places,
        container: Any,
        peers: Any,
        recording: Recording,
        disk: SmallDisk | None = None,
    ) -> None:
        self.name = name
        self.home = home
        self.places = places
        self.container = container
        self.disk = disk
        self._p2p = peers
        self._recording = recording
        self._link: SlowLink | None = None
        self._rpc = RpcClient(self.url, timeout=5.0)
        self._connected = True

    def __repr__(self) -> str:
        return f"<{self.name} {self.status()} at height {self.height()}>"

    @property
    def url(self) -> str:
        """Address of its RPC, reachable from this machine also while the node is off its peers' network."""
        return f"http://{self.places.rpc}:{RPC_PORT}"

    @property
    def connected(self) -> bool:
        """Whether it is on its peers' network."""
        return self._connected

    # --- what it says -----------------------------------------------------------------------------------------

    def client(self, timeout: float = 10.0) -> Client:
        """Return a client of this node; close it after use."""
        return Client(self.url, self.home.path, timeout=timeout)

    @property
    def rpc(self) -> RpcClient:
        """A connection to its RPC that lives as long as the testnet."""
        return self._rpc

    def status(self) -> str:
        """Return what docker says of its container: running, paused, exited, restarting."""
        return str(self.state()["State"]["Status"])

    def state(self) -> dict[str, Any]:
        """Return everything that docker says of its container."""
        found: dict[str, Any] = self.container.client.api.inspect_container(self.container.id)
        return found

    def height(self) -> int:
        """Return the height of the newest block whose state it has, 0 while it does not answer."""
        with suppress(ClientError):
            return int(self._rpc.call("abci_info")["response"].get("last_block_height", 0))
        return 0

    def catching_up(self) -> bool:
        """Tell whether it is behind its peers, or does not answer."""
        try:
            return bool(self._rpc.status()["sync_info"]["catching_up"])
        except ClientError:
            return True

    def log(self, lines: int | Literal["all"] = "all") -> str:
        """Return the last lines of its log, of all its lives."""
        return str(self.container.logs(tail=lines).decode(errors="replace"))

    def metrics(self) -> str:
        """Return its metrics in Prometheus' text form. Raises: OSError."""
        with urllib.request.urlopen(f"http://{self.places.rpc}:{METRICS_PORT}/metrics", timeout=5) as answer:
            return str(answer.read().decode())

    def remembers(self, since: float) -> bool:
        """Tell whether it runs, and has done so without an end since a moment (unix seconds): what was in memory is."""
        state = self.state()["State"]
        return state["Status"] in ("running", "paused") and unix_seconds(state["StartedAt"]) <= since

    def restarts(self) -> int:
        """Return how often docker restarted its container after it failed."""
        return int(self.state()["RestartCount"])

    def run(self, *command: str) -> tuple[int, str]:
        """Run a command in its container; return exit code and output."""
        code, output = self.container.exec_run(list(command))
        return int(code), output.decode(errors="replace")

    # --- what is done to it -----------------------------------------------------------------------------------

    def kill(self) -> None:
        """End all of its processes as a power failure would; it stays down until `start`."""
        self.container.kill("SIGKILL")
        self._recording.begin("down", self.name)

    def kill_application(self) -> None:
        """Kill `lampd` alone, kill -9. Nothing restarts it but docker, which does so when the container has failed."""
        self._kill_part("lampd")

    def kill_comet(self) -> None:
        """Kill CometBFT alone, kill -9. `lampd` then ends with an error, and docker restarts the container."""
        self._kill_part("cometbft")

    def stop(self) -> int:
        """Ask it to end, as an operator does; return its exit code. It stays down until `start`."""
        self._recording.begin("down", self.name)
        self.container.stop(timeout=STOP_SECONDS)
        return int(self.container.wait(timeout=STOP_SECONDS)["StatusCode"])

    def start(self) -> None:
        """Start it after `kill` or `stop`; it may take a moment to answer."""
        self.container.start()
        self._recording.finish("down", self.name)

    def restart(self, wipe: bool = False) -> None:
        """Stop and start it. With `wipe` it begins without state and blocks; what it signed last is kept."""
        if self.status() in ("running", "restarting"):
            self.stop()
        if wipe:
            self.wipe()
        self.start()

    def wipe(self) -> None:
        """Remove state and blocks of a node that is stopped. Raises: EngineError while it runs."""
        if self.status() in ("running", "paused", "restarting"):
            raise EngineError(f"{self.name} runs; stop it before its state is removed")
        if self.disk is not None:
            raise EngineError(f"{self.name} lives on a small disk, which cannot be wiped")
        wipe(self.home)
        self._recording.mark("wiped", self.name)

    def pause(self) -> None:
        """Freeze all of its processes."""
        self.container.pause()
        self._recording.begin("paused", self.name)

    def unpause(self) -> None:
        """Let it go on."""
        self.container.unpause()
        self._recording.finish("paused", self.name)

    def disconnect(self) -> None:
        """Take it off its peers' network; the tests still reach its RPC."""
        self._p2p.disconnect(self.container, force=True)
        self._connected = False
        self._recording.begin("disconnected", self.name)

    def connect(self) -> None:
        """Put it back on its peers' network, at its old address."""
        self._p2p.connect(self.container, ipv4_address=str(self.places.p2p))
        self._connected = True
        self._recording.finish("disconnected", self.name)

    def slow(self, delay_ms: float = 0.0, jitter_ms: float = 0.0, loss: float = 0.0) -> str:
        """Make its outgoing link slow or lossy until `mend`, or until it ends. Returns by what means.

        Raises: EngineError where this machine does not allow it.
        """
        self.mend()
        weather = Weather(delay_ms, jitter_ms, loss)
        self._link = SlowLink(int(self.state()["State"]["Pid"]), subnet_of(self._p2p), weather)
        self._recording.begin("slow link", self.name)
        return self._link.means

    def mend(self) -> None:
        """Make its link as it was."""
        if self._link is not None:
            self._link.clear()
            self._link = None
            self._recording.finish("slow link", self.name)

    def fill_disk(self, room: int = 0) -> None:
        """Write until so many bytes are left of its small disk. Raises: EngineError when it has none."""
        self._small_disk().fill(room)
        self._recording.begin("disk full", self.name)

    def free_disk(self) -> None:
        """Remove what `fill_disk` wrote."""
        self._small_disk().free()
        self._recording.finish("disk full", self.name)

    # --- waiting ----------------------------------------------------------------------------------------------

    def wait_height(self, height: int, seconds: float = 120.0) -> int:
        """Wait until it has a height; return the height it has then. Raises: WaitTimeout with the end of its log."""

        def reached() -> int:
            found = self.height()
            return found if found >= height else 0

        return wait_until(reached, f"height {height} at {self.name}", seconds, self.story)

    def wait_restarts(self, count: int, seconds: float = 90.0) -> int:
        """Wait until docker restarted it so often. Raises: WaitTimeout with the end of its log."""

        def reached() -> int:
            found = self.restarts()
            return found if found >= count else 0

        return wait_until(reached, f"{self.name} to be restarted {count} times", seconds, self.story)

    def story(self, lines: int = 12) -> str:
        """Return status, height and last lines of the log, for messages."""
        tail = "\n".join(f"    {line}" for line in self.log(lines).splitlines())
        return f"  {self.name}: {self.status()}, height {self.height()}\n{tail}"

    def close(self) -> None:
        """Let go of connections and helpers."""
        if self._link is not None:
            self._link.clear()
            self._link = None
        self._rpc.close()

    # --- parts ------------------------------------------------------------------------------------------------

    def _kill_part(self, part: Part) -> None:
        code, output = self.run("sh", "-c", KILL_NAMED.format(part) + '; [ -n "$k" ]')
        # The shell is killed along when the death of the part took the container down at once.
        if code not in (0, 137):
            raise EngineError(f"{self.name} has no process {part}: {output.strip()}")
        self._recording.mark(f"{part} killed", self.name)

    def _small_disk(self) -> SmallDisk:
        if self.disk is None:
            raise EngineError(f"{self.name} has no small disk: Testnet(..., disks={{INDEX: BYTES}})")
        return self.disk
