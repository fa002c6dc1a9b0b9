"""The ABCI server: it listens, and serves each connection on a thread of its own."""

import logging
import os
import select
import socket
import threading
import time
from types import TracebackType
from typing import Self

from chain.abci.addresses import Listener, listen
from chain.abci.application import Application
from chain.abci.connection import Connection, FaultHandler
from chain.abci.dispatch import Observer, routes_of
from chain.abci.frames import DEFAULT_FRAME_LIMIT
from chain.abci.handover import Handover

log = logging.getLogger("chain.abci")

DEFAULT_MAX_CONNECTIONS = 64
"""A node opens four; the rest are for tools."""

STOP_SECONDS = 30.0
"""How long a request in flight may take when the server stops."""

RETRY_SECONDS = 0.2
"""Pause after accept failed, as it does when file descriptors run out."""


class AbciServer:
    """Serves an application to CometBFT and its tools; clients may come, go and come again.

    `on_fault` is told of each exception that escaped the application, on the thread of that connection;
    `observe` of each call, with its duration in seconds.
    """

    def __init__(
        self,
        app: Application,
        address: str,
        on_fault: FaultHandler | None = None,
        *,
        observe: Observer | None = None,
        max_connections: int = DEFAULT_MAX_CONNECTIONS,
        frame_limit: int = DEFAULT_FRAME_LIMIT,
    ) -> None:
        self._requested = address
        self._address = address
        self._on_fault = on_fault
        self._max_connections = max_connections
        self._frame_limit = frame_limit
        self._routes = routes_of(app, observe)
        self._handover = Handover(getattr(app, "connection_reset", None))
        self._listener: Listener | None = None
        self._wake: tuple[socket.socket, socket.socket] | None = None
        self._thread: threading.Thread | None = None
        self._connections: list[Connection] = []
        self._lock = threading.Lock()
        self._count = 0

    @property
    def address(self) -> str:
        """Where clients reach the server: with the port that was taken when 0 was asked for."""
        return self._address

    @property
    def connections(self) -> int:
        """How many connections are open."""
        with self._lock:
            return sum(connection.alive for connection in self._connections)

    def start(self) -> None:
        """Listen and serve in the background. Raises: AddressError."""
        if self._listener is not None:
            return
        self._listener = listen(self._requested)
        self._address = self._listener.address
        self._listener.socket.setblocking(False)
        self._wake = socket.socketpair()
        self._thread = threading.Thread(
            target=self._accept_all, args=(self._listener, self._wake[0]), name="abci-accept", daemon=True
        )
        self._thread.start()
        log.info("ABCI server listens at %s", self.address)

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Stop listening, let each request in flight finish and be answered, close all connections.

        What takes longer than `seconds` is cut off.
        """
        with self._lock:
            # A fault handler may stop the server while its owner does.
            listener, self._listener = self._listener, None
        if listener is None or self._wake is None or self._thread is None:
            return
        self._wake[1].close()
        self._thread.join()
        self._wake[0].close()
        listener.close()
        with self._lock:
            connections, self._connections = self._connections, []
        for connection in connections:
            connection.stop()
        deadline = time.monotonic() + seconds
        for connection in connections:
            if connection.join(max(0.0, deadline - time.monotonic())):
                continue
            log.warning("connection %s did not end within %.1f s and is cut", connection.name, seconds)
            connection.abort()
            connection.join(1.0)
        log.info("ABCI server at %s stopped", self.address)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def _accept_all(self, listener: Listener, wake: socket.socket) -> None:
        poll = select.poll()
        poll.register(listener.socket, select.POLLIN)
        poll.register(wake, select.POLLIN)
        while True:
            if any(descriptor == wake.fileno() for descriptor, _ in poll.poll()):
                return
            try:
                sock, peer = listener.socket.accept()
            except (BlockingIOError, ConnectionAbortedError):
                continue
            except OSError as error:
                log.error("cannot accept a connection: %s", os.strerror(error.errno or 0))
                time.sleep(RETRY_SECONDS)
                continue
            self._admit(sock, peer)

    def _admit(self, sock: socket.socket, peer: object) -> None:
        with self._lock:
            self._connections = [connection for connection in self._connections if connection.alive]
            if len(self._connections) >= self._max_connections:
                log.warning("connection refused: %d are open, which is the limit", self._max_connections)
                sock.close()
                return
            sock.setblocking(True)
            if isinstance(peer, tuple):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            self._count += 1
            name = f"{self._count}" + (f" from {peer[0]}:{peer[1]}" if isinstance(peer, tuple) else "")
            connection = Connection(sock, name, self._routes, self._handover, self._frame_limit, self._on_fault)
            self._connections.append(connection)
        connection.start()
