"""Networks of real processes for load and crashes: our nodes, and the same CometBFT over its own Go kvstore."""

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from chain.client.errors import ClientError
from chain.client.rpc import RpcClient
from chain.node.genesis import Validator, validator_entry
from chain.node.home import Home, node_id, validator_key
from chain.node.ports import free_port
from chain.node.processes import Processes, last_line
from chain.node.testnet import Testnet, init_files
from chain.node.toml import Scalar, set_in_file
from localnet.cometbft.build import PINNED, ensure
from tests.localnet.load import genesis_accounts

CHAIN_ID = "load-1"
START_SECONDS = 60
_TICKS = os.sysconf("SC_CLK_TCK")


def make(
    folder: Path, validators: int, accounts: int, settings: Mapping[str, Scalar], timeout_commit: str = "1s"
) -> list[Home]:
    """Make the homes of a network whose genesis has the accounts of the load."""
    homes = init_files(
        Testnet(
            output_dir=folder,
            validators=validators,
            chain_id=CHAIN_ID,
            single_host=True,
            timeout_commit=timeout_commit,
            accounts=genesis_accounts(accounts),
        )
    )
    _move(homes)
    for home in homes:
        set_in_file(home.config_toml, settings)
    return homes


def _move(homes: Sequence[Home]) -> None:
    """Give the nodes ports of this process' own region, so that networks of several test runs do not meet."""
    taken: set[int] = set()
    near = 20_000 + os.getpid() % 300 * 40
    ports = [(free_port(near, taken), free_port(near, taken), free_port(near, taken)) for _ in homes]
    peers = [f"{node_id(home)}@127.0.0.1:{p2p}" for home, (_, p2p, _) in zip(homes, ports, strict=True)]
    for index, (home, (rpc, p2p, metrics)) in enumerate(zip(homes, ports, strict=True)):
        others = ",".join(peer for position, peer in enumerate(peers) if position != index)
        changed = {
            "rpc.laddr": f"tcp://127.0.0.1:{rpc}",
            "p2p.laddr": f"tcp://127.0.0.1:{p2p}",
            "p2p.persistent_peers": others,
        }
        set_in_file(home.config_toml, changed)
        set_in_file(home.app_toml, {"metrics.address": f"127.0.0.1:{metrics}"})


def rpc_url(home: Home) -> str:
    """Return where a node's RPC listens."""
    return str(home.comet_config()["rpc.laddr"]).replace("tcp://", "http://", 1)


def children(pid: int) -> list[int]:
    """Return the child processes of a process, whichever of its threads started them."""
    found: list[int] = []
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            with suppress(OSError):
                found += map(int, (task / "children").read_text().split())
    return found


def comet_child(pid: int) -> int:
    """Return the CometBFT that a `lampd start` runs, 0 when there is none yet."""
    for child in children(pid):
        with suppress(OSError):
            # A child that has not become another program yet still has the words of its parent.
            words = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
            if words[0].endswith(b"/cometbft") and b"start" in words:
                return child
    return 0


def cpu_seconds(pid: int) -> float:
    """Return the processor time that a process has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


class Ours:
    """`lampd start` in each home."""

    name = "lampd"

    def __init__(self, homes: Sequence[Home]) -> None:
        self.homes = list(homes)
        self.processes = Processes(homes)

    def start(self) -> None:
        for home in self.homes:
            self.processes.start(home)
        wait_for_blocks(self.homes, 2)

    def cpu(self) -> tuple[float, float]:
        """Return processor seconds of all applications and of all nodes."""
        pids = [self.processes.pid(home) for home in self.homes]
        return sum(map(cpu_seconds, pids)), sum(cpu_seconds(comet_child(pid)) for pid in pids)

    def stop(self) -> None:
        self.processes.stop_all()

    def __enter__(self) -> "Ours":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class Kvstore:
    """CometBFT with `abci-cli kvstore` over the same kind of socket, with the configuration of our homes."""

    name = "kvstore"

    def __init__(self, homes: Sequence[Home]) -> None:
        self.homes = list(homes)
        # Its application knows no transactions of genesis, so the document has to name the validators.
        named = [validator_entry(Validator(validator_key(home), home.path.parent.name)) for home in homes]
        for home in homes:
            home.write_genesis(home.read_genesis() | {"validators": named})
        self._apps: list[subprocess.Popen[bytes]] = []
        self._nodes: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        binaries = ensure(PINNED)
        for home in self.homes:
            with (home.path / "kvstore.log").open("wb") as log:
                command = [str(binaries / "abci-cli"), "kvstore", "--address", home.socket, "--log_level", "error"]
                self._apps.append(_spawn(command, log, {}))
                command = [str(binaries / "cometbft"), "start", "--home", str(home.path), "--proxy_app", home.socket]
                # The levels at which `lampd start` has its CometBFT log.
                levels = {"CMT_LOG_FORMAT": "json", "CMT_LOG_LEVEL": "main:info,blocksync:info,statesync:info,*:error"}
                self._nodes.append(_spawn(command, log, levels))
        wait_for_blocks(self.homes, 2)

    def cpu(self) -> tuple[float, float]:
        """Return processor seconds of all applications and of all nodes."""
        apps, nodes = self._apps, self._nodes
        return sum(cpu_seconds(one.pid) for one in apps), sum(cpu_seconds(one.pid) for one in nodes)

    def stop(self) -> None:
        for process in (*self._nodes, *self._apps):
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def __enter__(self) -> "Kvstore":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _spawn(command: list[str], log: object, variables: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=log,  # type: ignore[call-overload]  # an open file
        stderr=subprocess.STDOUT,
        start_new_session=True,
        env={**os.environ, **variables},
    )


def wait_for_blocks(homes: Sequence[Home], height: int, seconds: float = START_SECONDS) -> None:
    """Wait until every node has a height. Raises: TimeoutError with the end of a log."""
    deadline = time.monotonic() + seconds
    for home in homes:
        with RpcClient(rpc_url(home)) as rpc:
            while True:
                with suppress(ClientError):
                    if rpc.height() >= height:
                        break
                if time.monotonic() > deadline:
                    raise TimeoutError(f"{home.path} did not reach height {height}: {last_line(home)}")
                time.sleep(0.1)
