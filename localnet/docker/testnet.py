"""`make docker-testnet`: validators, a full node, a gateway and a fleet of devices, each in a container of its own.

Usage: python -m localnet.docker.testnet up | down
"""

import ipaddress
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from chain.client.errors import ClientError
from chain.client.rpc import RpcClient
from chain.node.ports import free_port
from localnet.docker.daemon import connect, ensure_daemon, running_pid, stop
from localnet.docker.image import BUILD, ensure_fleet_image, ensure_image
from localnet.steps import ROOT, StepError

HERE = Path(__file__).resolve().parent
PORTS = {
    "LAMPPOST_RPC_PORT": 26657,
    "LAMPPOST_METRICS_PORT": 26660,
    "LAMPPOST_GATEWAY_PORT": 8700,
    "LAMPPOST_PROMETHEUS_PORT": 9090,
}
"""Ports on loopback, or the next free ones upward."""
CHOICES = (*PORTS, "LAMPPOST_NET", "LAMPPOST_DEVICES", "LAMPPOST_EPOCH_SECONDS", "LAMPPOST_PROMETHEUS_IMAGE")
"""Variables of the compose files that a user may set in the environment."""
NETWORKS = tuple(f"172.30.{number}" for number in range(77, 97))
"""Networks to choose from: the first whose addresses this machine uses nowhere else."""
FIRST_BLOCK_SECONDS = 120.0
HINT = "see `localnet/docker/compose.sh ps` and `localnet/docker/compose.sh logs`"


@dataclass(frozen=True, slots=True)
class Project:
    """One network of containers, by the name that compose gives to all its parts."""

    name: str = "lamppost"
    compose: str = ""
    """The compose to use instead of the one that compose.sh finds."""
    values: dict[str, str] = field(default_factory=dict)

    @property
    def file(self) -> Path:
        """Values that were chosen at its start, for compose.sh."""
        return BUILD / f"{self.name}.env"

    def run(self, *arguments: str, quiet: bool = False) -> str:
        """Run a command of compose; returns its output when quiet. Raises: StepError."""
        environment = {**os.environ, "LAMPPOST_PROJECT": self.name}
        if self.compose:
            environment["LAMPPOST_COMPOSE"] = self.compose
        done = subprocess.run(
            [str(HERE / "compose.sh"), *arguments],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE if quiet else None,
            stderr=subprocess.STDOUT if quiet else None,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            said = f"{done.stdout.strip()[-2000:]}\n" if quiet else ""
            raise StepError(f"{said}compose {arguments[0]} failed (exit {done.returncode}); {HINT}")
        return done.stdout or ""

    def up(self, say_all: bool = True) -> Mapping[str, str]:
        """Build what is not current, start all, wait for blocks; returns the values chosen. Raises: StepError."""
        self.run("version", quiet=True)
        images = {"LAMPPOST_IMAGE": ensure_image(), "LAMPPOST_FLEET_IMAGE": ensure_fleet_image()}
        if not self.file.exists():
            self._choose(images)
        values = dict(line.split("=", 1) for line in self.file.read_text().splitlines())
        try:
            self.run("up", "-d", quiet=not say_all)
        except StepError as error:
            raise StepError(f"{self.run('logs', '--tail=10', quiet=True)}\n{error}") from error
        self._wait(f"http://127.0.0.1:{values['LAMPPOST_RPC_PORT']}")
        return values

    def down(self, quiet: bool = False) -> None:
        """Stop everything and remove it with its state. Raises: StepError."""
        self.run("down", "--volumes", "--remove-orphans", quiet=quiet)
        self.file.unlink(missing_ok=True)

    def _choose(self, images: Mapping[str, str]) -> None:
        taken: set[int] = set()
        named = {name: value for name in CHOICES if (value := os.environ.get(name))}
        values = {name: str(free_port(port, taken)) for name, port in PORTS.items() if name not in named}
        if "LAMPPOST_NET" not in named:
            values["LAMPPOST_NET"] = free_network()
        self.file.parent.mkdir(parents=True, exist_ok=True)
        chosen = {**images, **values, **named, **self.values}
        self.file.write_text("".join(f"{name}={value}\n" for name, value in chosen.items()))

    def _wait(self, url: str) -> None:
        deadline = time.monotonic() + FIRST_BLOCK_SECONDS
        with RpcClient(url) as rpc:
            while time.monotonic() < deadline:
                try:
                    if int(rpc.status()["sync_info"]["latest_block_height"]) > 1:
                        return
                except ClientError:
                    pass
                time.sleep(0.5)
        raise StepError(f"the full node has no block after {FIRST_BLOCK_SECONDS:.0f} s; {HINT}")


def free_network() -> str:
    """Return the first three numbers of a network that neither Docker nor this machine uses. Raises: StepError."""
    used = list(_used_networks())
    for prefix in NETWORKS:
        if not any(ipaddress.ip_network(f"{prefix}.0/24").overlaps(other) for other in used):
            return prefix
    raise StepError("all of 172.30.77.0/24 and the networks after it are in use; name another: LAMPPOST_NET=10.9.8")


def _used_networks() -> Iterable[ipaddress.IPv4Network]:
    client = connect()
    try:
        for network in client.networks.list():
            for entry in (network.attrs.get("IPAM") or {}).get("Config") or []:
                subnet = ipaddress.ip_network(entry["Subnet"])
                if isinstance(subnet, ipaddress.IPv4Network):
                    yield subnet
    finally:
        client.close()
    for line in Path("/proc/net/route").read_text().splitlines()[1:]:
        words = line.split()
        address, mask = (socket.inet_ntoa(bytes.fromhex(words[column])[::-1]) for column in (1, 7))
        # The default route covers everything and excludes nothing.
        if mask != "0.0.0.0":
            yield ipaddress.IPv4Network(f"{address}/{mask}")


def summary(values: Mapping[str, str]) -> str:
    """Return what there is to see, and how."""
    rpc, gateway = values["LAMPPOST_RPC_PORT"], values["LAMPPOST_GATEWAY_PORT"]
    return f"""
The network runs: node0 to node3 are validators, full follows them, gateway takes the receipts of the fleet.

  RPC        http://127.0.0.1:{rpc}       lampd status --node http://127.0.0.1:{rpc}
  metrics    http://127.0.0.1:{values["LAMPPOST_METRICS_PORT"]}/metrics
  gateway    http://127.0.0.1:{gateway}/health
  containers localnet/docker/compose.sh ps
  logs       localnet/docker/compose.sh logs -f node0
  inside     localnet/docker/compose.sh exec node0 lampd status
  the end    make docker-testnet-down      removes it with its state; `compose.sh stop` keeps both

Backups, upgrades and more: localnet/docker/README.md"""


def main(arguments: list[str]) -> int:
    """Start the network, or remove it."""
    project = Project(os.environ.get("LAMPPOST_PROJECT", "lamppost"))
    try:
        if arguments == ["up"]:
            ensure_daemon()
            print(summary(project.up()))
        elif arguments == ["down"]:
            ensure_daemon()
            project.down()
            _stop_idle_daemon()
        else:
            raise StepError("there are up and down")
    except (StepError, OSError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    return 0


def _stop_idle_daemon() -> None:
    """Stop a daemon of ours that has nothing left to run."""
    if running_pid():
        client = connect()
        try:
            busy = bool(client.containers.list())
        finally:
            client.close()
        if not busy:
            stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
