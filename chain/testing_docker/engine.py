"""The docker daemon: reach it, make networks that meet no others, and leave nothing behind.

Whatever is made carries the label of its testnet and of the process that made it. A testnet removes what is its own
when it ends; what a process left that was killed is removed by the next one.
"""

import os
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

LABEL = "lamppost.testnet"
"""Label with the name of the testnet that a container, network or volume belongs to."""
OWNER = "lamppost.owner"
"""Label with the process that made it: host, process id, and when that process began."""
DEFAULT_IMAGE = os.environ.get("LAMPPOST_IMAGE", "lamppost:dev")
"""Image that nodes run when none is named."""
POOL = IPv4Network("10.213.0.0/16")
"""Where the networks lie; each testnet takes two free /26 of it."""
TRIES = 60
REMOVE_TRIES = 6


class EngineError(Exception):
    """Docker cannot do what is asked for; the text says what to do."""


def connect(timeout: float = 60.0) -> Any:
    """Return a client of the daemon that $DOCKER_HOST names, or the local one. Raises: EngineError with the reason."""
    try:
        import docker
    except ImportError as error:
        raise EngineError("the Python package docker is missing: install lamppost[dev]") from error
    try:
        client = docker.from_env(timeout=timeout)
        client.ping()
    except (docker.errors.DockerException, OSError) as error:
        where = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
        raise EngineError(f"no docker daemon answers at {where}: {_reason(error)}") from error
    return client


def why_unusable(image: str = DEFAULT_IMAGE) -> str:
    """Return why no testnet can run here, or the empty text when one can."""
    try:
        client = connect(timeout=10.0)
    except EngineError as error:
        return str(error)
    try:
        require_image(client, image)
    except EngineError as error:
        return str(error)
    finally:
        client.close()
    return ""


def require_image(client: Any, image: str) -> None:
    """Check that an image is there. Raises: EngineError."""
    import docker

    try:
        client.images.get(image)
    except docker.errors.ImageNotFound:
        raise EngineError(f"there is no image {image}; build it, or name another one in $LAMPPOST_IMAGE") from None


def owner() -> str:
    """Return the label of this process."""
    return f"{socket.gethostname()}/{os.getpid()}/{_started(os.getpid())}"


def owner_lives(label: str) -> bool:
    """Tell whether the process of a label still runs; one of another host is taken to run."""
    host, pid, started = label.rsplit("/", 2)
    return host != socket.gethostname() or _started(int(pid)) == started


def _started(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()[19]
    except OSError:
        return ""


def create_networks(client: Any, run: str, labels: dict[str, str]) -> tuple[Any, Any]:
    """Make the network of the nodes' peers and the one of their RPC, each on a free subnet. Raises: EngineError.

    Both are internal: without a default route a node that is taken off the one has no way around over the other.
    """
    made = []
    try:
        for kind in ("p2p", "rpc"):
            made.append(_create_network(client, f"lamppost-{run}-{kind}", labels))
    except BaseException:
        for network in made:
            network.remove()
        raise
    return made[0], made[1]


def _create_network(client: Any, name: str, labels: dict[str, str]) -> Any:
    import docker
    from docker.types import IPAMConfig, IPAMPool

    subnets = list(POOL.subnets(new_prefix=26))
    # Processes begin at different places, so that two of them seldom want the same subnet.
    first = int(time.monotonic_ns() // 1000 + os.getpid() * 37) % len(subnets)
    for step in range(TRIES):
        subnet = subnets[(first + step) % len(subnets)]
        pool = IPAMConfig(pool_configs=[IPAMPool(subnet=str(subnet), gateway=str(subnet[1]))])
        try:
            return client.networks.create(name, driver="bridge", internal=True, ipam=pool, labels=labels)
        except docker.errors.APIError as error:
            if "overlap" not in str(error).lower():
                raise EngineError(f"docker cannot make network {name}: {_reason(error)}") from error
    raise EngineError(f"there is no free subnet in {POOL} for network {name}")


def subnet_of(network: Any) -> IPv4Network:
    """Return the addresses of a network."""
    network.reload()
    return IPv4Network(network.attrs["IPAM"]["Config"][0]["Subnet"])


def remove_all(client: Any, run: str) -> list[str]:
    """Remove every container, network and volume of a testnet; return what could not be removed."""
    chosen = {"label": f"{LABEL}={run}"}
    containers = client.containers.list(all=True, filters=chosen, ignore_removed=True)
    problems: list[str] = []
    if containers:
        with ThreadPoolExecutor(len(containers)) as pool:
            problems = [text for text in pool.map(_remove_container, containers) if text]
    problems += [text for thing in client.networks.list(filters=chosen) if (text := _remove("network", thing))]
    problems += [text for thing in client.volumes.list(filters=chosen) if (text := _remove("volume", thing))]
    return problems


def _remove_container(container: Any) -> str:
    import docker

    try:
        container.remove(force=True, v=True)
    except docker.errors.NotFound:
        return ""
    except docker.errors.APIError as error:
        return f"container {container.name}: {_reason(error)}"
    return ""


def _remove(kind: str, thing: Any) -> str:
    import docker

    for attempt in range(REMOVE_TRIES):
        try:
            thing.remove()
            return ""
        except docker.errors.NotFound:
            return ""
        except docker.errors.APIError as error:
            problem = f"{kind} {thing.name}: {_reason(error)}"
        # The daemon lets go of a container's endpoints a moment after the container itself.
        time.sleep(0.2 * (attempt + 1))
    return problem


def sweep(client: Any) -> list[str]:
    """Remove what testnets of processes that have ended left behind; return their names."""
    found: dict[str, str] = {}
    chosen = {"label": LABEL}
    for container in client.containers.list(all=True, filters=chosen, ignore_removed=True):
        found[container.labels[LABEL]] = container.labels.get(OWNER, "")
    for network in client.networks.list(filters=chosen):
        labels = network.attrs.get("Labels") or {}
        found[labels.get(LABEL, "")] = labels.get(OWNER, "")
    for volume in client.volumes.list(filters=chosen):
        labels = volume.attrs.get("Labels") or {}
        found[labels.get(LABEL, "")] = labels.get(OWNER, "")
    dead = [run for run, label in found.items() if run and label.count("/") >= 2 and not owner_lives(label)]
    for run in dead:
        remove_all(client, run)
    return dead


def _reason(error: Exception) -> str:
    explanation = getattr(error, "explanation", None)
    return str(explanation or error).strip()
