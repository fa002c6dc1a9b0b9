"""Ports and locks that a node needs for itself alone."""

import fcntl
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from chain.node.errors import NodeError
from chain.node.home import Home

LISTENERS = ("rpc.laddr", "rpc.grpc_laddr", "rpc.pprof_laddr", "p2p.laddr")
"""Settings of CometBFT that open a port when they are not empty."""


@contextmanager
def home_lock(home: Home) -> Iterator[None]:
    """Hold a home folder, so that it is used once. Raises: NodeError naming the process that holds it."""
    home.data.mkdir(parents=True, exist_ok=True)
    with (home.data / "lampd.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise NodeError(f"another lampd (process {holder}) runs with home {home.path}; stop it first") from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def require_free(comet_config: Mapping[str, Any]) -> None:
    """Check that CometBFT's ports are free, which it would tell less clearly. Raises: NodeError."""
    for key in LISTENERS:
        address = str(comet_config.get(key, ""))
        if address and not address.startswith("unix://"):
            _require_free(key, address)


def _require_free(key: str, address: str) -> None:
    host, _, port = address.removeprefix("tcp://").rpartition(":")
    if not port.isdecimal():
        raise NodeError(f"{key} in config.toml is {address!r}, which is no address such as tcp://127.0.0.1:26657")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host.strip("[]"), int(port)))
        except OSError as error:
            raise NodeError(
                f"port {port} ({key}) is taken by another program ({error.strerror}): stop it, or "
                f"`lampd config set config {key} tcp://{host}:PORT`"
            ) from error


def free_port(near: int, taken: set[int], span: int = 200) -> int:
    """Return a free loopback port at or above a number, and add it to those taken. Raises: NodeError."""
    for port in range(near, near + span):
        if port in taken:
            continue
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        taken.add(port)
        return port
    raise NodeError(f"there is no free port between {near} and {near + span}")
