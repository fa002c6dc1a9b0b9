"""`Testnet`: validators in containers on networks of their own, to be broken by tests and removed afterwards."""

import re
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from ipaddress import IPv4Address
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from chain.client.errors import ClientError
from chain.node.home import Home
from chain.testing_docker.agreement import Header, read_headers, require_agreement
from chain.testing_docker.disks import SmallDisk
from chain.testing_docker.engine import (
    DEFAULT_IMAGE,
    LABEL,
    OWNER,
    connect,
    create_networks,
    owner,
    remove_all,
    require_image,
    subnet_of,
    sweep,
)
from chain.testing_docker.homes import Plan, give, make_full_node, make_validators, user
from chain.testing_docker.keeping import keep
from chain.testing_docker.node import HOME, STOP_SECONDS, Node, Places
from chain.testing_docker.recording import Recording
from chain.testing_docker.sampler import Sampler
from chain.testing_docker.waiting import WaitTimeout, wait_until

OUTPUT = Path("build/docker-testnet")
"""Where logs, metrics and reports of failed and long runs go."""
FIRST_HOST = 10
"""Last byte of the first node's addresses."""
START_SECONDS = 180.0
"""How long the first blocks may take, on a machine that has other work."""
COMET_IN_CONTAINER = "/opt/comet-of-test/cometbft"


class Testnet:
    """A network of validators in containers; a context manager.

    `disks` gives nodes a small disk of so many bytes by their index, `environment` variables by index, and `comet` a
    binary of CometBFT in place of the image's. `keep` says when logs, metrics and the report stay in `output/name`: on
    "failure", "always" or "never". `start=False` leaves the containers to be started by the test.
    """

    __test__ = False

    def __init__(
        self,
        validators: int = 4,
        *,
        name: str = "testnet",
        image: str = DEFAULT_IMAGE,
        plan: Plan | None = None,
        disks: Mapping[int, int] | None = None,
        environment: Mapping[int, Mapping[str, str]] | None = None,
        comet: Path | None = None,
        keep: str = "failure",
        output: Path = OUTPUT,
        start: bool = True,
    ) -> None:
        self.name = re.sub(r"[^a-zA-Z0-9_.-]+", "-", name).strip("-") or "testnet"
        self.run_id = f"{self.name[:24].rstrip('-.')}-{secrets.token_hex(3)}".lower()
        self.image = image
        self.plan = plan or Plan()
        self.recording = Recording(self.name)
        self.output = output.resolve() / self.name
        self.nodes: list[Node] = []
        self.problems: list[str] = []
        """What could not be removed at the end."""
        self._validators = validators
        self._disks = dict(disks or {})
        self._environment = {index: dict(given) for index, given in (environment or {}).items()}
        self._comet = comet
        self._keep = keep
        self._start = start
        self._labels = {LABEL: self.run_id, OWNER: owner()}
        self._sampler = Sampler(self.recording, lambda: tuple(self.nodes))
        self._folder = Path()
        self._client: Any = None
        self._networks: tuple[Any, Any] = (None, None)

    # --- life -------------------------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        try:
            self._set_up()
        except BaseException as error:
            self._end(error)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end(error)

    def _set_up(self) -> None:
        self._client = connect()
        require_image(self._client, self.image)
        sweep(self._client)
        self._folder = Path(tempfile.mkdtemp(prefix=f"{self.run_id}-"))
        # Nodes that are not root reach their homes through it.
        self._folder.chmod(0o755)
        self._networks = create_networks(self._client, self.run_id, self._labels)
        places = [self._places(index) for index in range(self._validators)]
        homes = make_validators(self._folder, self.plan, [place.p2p for place in places])
        for index, (home, place) in enumerate(zip(homes, places, strict=True)):
            self.nodes.append(self._make(f"node{index}", home, place))
        if self._start:
            self.start()

    def start(self, seconds: float = START_SECONDS) -> None:
        """Start all nodes and wait for the second block."""
        self._all(self.nodes, lambda node: node.container.start())
        self._sampler.start()
        self.wait_height(2, seconds=seconds)

    def _end(self, error: BaseException | None) -> None:
        self.recording.ended = time.time()
        if error is not None and not isinstance(error, KeyboardInterrupt):
            self.recording.failure = f"{type(error).__name__}: {error}"
        try:
            self._sampler.stop()
            if self._keep == "always" or (error is not None and self._keep == "failure"):
                keep(self.recording, self.nodes, self.output)
        finally:
            self._remove()

    def _remove(self) -> None:
        for node in self.nodes:
            node.close()
        try:
            if self._client is not None:
                self.problems = remove_all(self._client, self.run_id)
        finally:
            if self._client is not None:
                self._client.close()
            if self._folder != Path():
                shutil.rmtree(self._folder, ignore_errors=True)

    def _places(self, index: int) -> Places:
        p2p, rpc = (subnet_of(network)[FIRST_HOST + index] for network in self._networks)
        return Places(IPv4Address(p2p), IPv4Address(rpc))

    def _make(self, name: str, home: Home, places: Places) -> Node:
        """Make a node's container, connected to both networks, not started."""
        index = len(self.nodes)
        uid, gid = user()
        disk = None
        source = str(home.path)
        if size := self._disks.get(index):
            source = f"lamppost-{self.run_id}-{name}"
            disk = SmallDisk(self._client, self.image, source, size, self._labels, HOME)
            disk.put(home.path, (uid, gid))
        volumes = {source: {"bind": HOME, "mode": "rw"}}
        # Whoever the image's user is, this one has no entry in its list of users, and so needs a HOME.
        variables = {"HOME": "/tmp", "LAMPD_HOME": HOME, "LAMPD_LOG_FORMAT": "text", **self._environment.get(index, {})}
        if self._comet is not None:
            volumes[str(self._comet.resolve())] = {"bind": COMET_IN_CONTAINER, "mode": "ro"}
            variables["COMETBFT"] = COMET_IN_CONTAINER
        p2p, rpc = self._networks
        endpoint = self._client.api.create_endpoint_config(ipv4_address=str(places.rpc))
        container = self._client.containers.create(
            self.image,
            command=["start"],
            name=f"lamppost-{self.run_id}-{name}",
            hostname=name,
            labels=self._labels,
            user=f"{uid}:{gid}",
            environment=variables,
            volumes=volumes,
            network=rpc.name,
            networking_config={rpc.name: endpoint},
            restart_policy={"Name": "on-failure"},
            stop_signal="SIGTERM",
        )
        p2p.connect(container, ipv4_address=str(places.p2p))
        return Node(name, home, places, container, p2p, self.recording, disk)

    # --- nodes ------------------------------------------------------------------------------------------------

    def node(self, index: int) -> Node:
        """Return a node by its index; validators come first."""
        return self.nodes[index]

    def add_node(self, name: str = "", *, start: bool = True) -> Node:
        """Add a node without stake that syncs from genesis."""
        places = self._places(len(self.nodes))
        others = [(node.home, node.places.p2p) for node in self.nodes[: self._validators]]
        called = name or f"full{len(self.nodes) - self._validators}"
        home = make_full_node(self._folder, called, self.plan, places.p2p, others)
        give(home.path.parent)
        node = self._make(called, home, places)
        self.nodes.append(node)
        if start:
            node.container.start()
            self.recording.mark("joins", called)
        return node

    def running(self) -> list[Node]:
        """Return the nodes whose containers run and are not frozen."""
        return [node for node in self.nodes if node.status() == "running"]

    def kill_all(self) -> None:
        """Kill all nodes at once."""
        self._all(self.nodes, Node.kill)

    def start_all(self) -> None:
        """Start all nodes at once."""
        self._all(self.nodes, Node.start)

    def stop_all(self) -> list[int]:
        """Ask all nodes to end; return their exit codes."""
        return self._all(self.nodes, Node.stop)

    def shut_down(self) -> list[int]:
        """Ask all nodes to end when the test is over; return their exit codes. It is marked as no disturbance."""

        def end(node: Node) -> int:
            node.container.stop(timeout=STOP_SECONDS)
            return int(node.container.wait(timeout=STOP_SECONDS)["StatusCode"])

        return self._all(self.nodes, end)

    def _all(self, nodes: Sequence[Node], action: Callable[[Node], Any]) -> list[Any]:
        with ThreadPoolExecutor(max(1, len(nodes))) as pool:
            return list(pool.map(action, nodes))

    # --- waiting ----------------------------------------------------------------------------------------------

    def height(self) -> int:
        """Return the newest height that any node has."""
        # The address of a node that is down costs seconds until it fails.
        return max(self._all(self.running(), Node.height), default=0)

    def wait_height(self, height: int, nodes: Sequence[Node] | None = None, seconds: float = 120.0) -> int:
        """Wait until nodes, by default all that run, have a height. Raises: WaitTimeout with the ends of their logs."""
        chosen = list(self.running() if nodes is None else nodes)
        deadline = time.monotonic() + seconds
        for node in chosen:
            node.wait_height(height, max(0.0, deadline - time.monotonic()))
        return height

    def wait_blocks(self, count: int = 3, nodes: Sequence[Node] | None = None, seconds: float = 120.0) -> int:
        """Wait until nodes have so many blocks more than any node has now; return that height. Raises: WaitTimeout."""
        return self.wait_height(self.height() + count, nodes, seconds)

    def wait_agreement(self, nodes: Sequence[Node] | None = None, seconds: float = 120.0) -> int:
        """Wait until nodes, by default all that run, are level, and compare their headers at every height.

        Returns the height up to which they agree. Raises: ForkError, WaitTimeout.
        """
        chosen = list(self.running() if nodes is None else nodes)
        # The header of the next block has the hash of the state after a height.
        newest = self.wait_height(max(node.height() for node in chosen) + 1, chosen, seconds)
        require_agreement(self.headers(newest, chosen))
        return newest

    def headers(self, newest: int, nodes: Sequence[Node] | None = None) -> dict[str, dict[int, Header]]:
        """Return the headers that each node knows up to a height; a node that does not answer is left out."""
        stories = {}
        for node in self.running() if nodes is None else nodes:
            with suppress(ClientError):
                known = min(newest, int(node.rpc.status()["sync_info"]["latest_block_height"]))
                stories[node.name] = read_headers(node.rpc, 1, known)
        return stories

    def wait_halt(self, quiet_seconds: float = 10.0, seconds: float = 90.0) -> int:
        """Wait until no node has got a new block for a while; return the height. Raises: WaitTimeout."""
        deadline = time.monotonic() + seconds
        height, since = self.height(), time.monotonic()
        while time.monotonic() - since < quiet_seconds:
            if time.monotonic() > deadline:
                raise WaitTimeout(f"waited {seconds:g} s for the chain to halt, it is at height {height}")
            time.sleep(0.5)
            now = self.height()
            if now > height:
                height, since = now, time.monotonic()
        return height

    def verify(self, node: Node) -> str:
        """Run `lampd verify` on the disk of a node that is stopped; return what it says. Raises: AssertionError."""
        source = node.home.path if node.disk is None else node.disk.volume.name
        uid, gid = user()
        checker = self._client.containers.create(
            self.image,
            entrypoint=["lampd"],
            command=["verify", "--home", HOME],
            user=f"{uid}:{gid}",
            environment={"HOME": "/tmp"},
            volumes={str(source): {"bind": HOME, "mode": "rw"}},
            labels=self._labels,
            network_mode="none",
        )
        try:
            checker.start()
            code = checker.wait(timeout=STOP_SECONDS * 5)["StatusCode"]
            said = str(checker.logs().decode(errors="replace"))
        finally:
            checker.remove(force=True)
        if code:
            raise AssertionError(f"lampd verify of {node.name} ends with {code}:\n{said}")
        return said

    def wait_until(self, condition: Callable[[], Any], what: str, seconds: float = 120.0) -> Any:
        """Return what a condition gives once it is true. Raises: WaitTimeout with the state of all nodes."""
        return wait_until(condition, what, seconds, lambda: "\n".join(node.story(4) for node in self.nodes))
