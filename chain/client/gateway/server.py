"""The gateway's HTTP side.

POST /v1/receipts             an encoded lamppost.work.v1.Receipt; 202 waiting, 200 known fate, 400 refused
GET  /v1/receipts/DEVICE/EPOCH   the fate of one
GET  /health                  how many wait, and by network how many may still go without a fee in this epoch
"""

import json
import socket
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from chain.client.agent.agent import Fate, Outcome
from chain.client.errors import ClientError
from chain.client.gateway.intake import MAX_RECEIPT, BadReceipt, Intake
from chain.client.gateway.queue import QueueFull, ReceiptQueue
from chain.primitives.ids import DeviceId

MAX_CONNECTIONS = 256
"""Connections served at the same time; more are closed at once."""
REQUEST_SECONDS = 30.0
"""A connection that has not finished its next request after so long is closed, however little it sends at a time."""


class GatewayServer:
    """Serves a queue and an intake on an address; runs in threads of its own between `start` and `stop`."""

    def __init__(
        self,
        host: str,
        port: int,
        intake: Intake,
        queue: ReceiptQueue,
        log: Callable[..., None],
        request_seconds: float = REQUEST_SECONDS,
        max_connections: int = MAX_CONNECTIONS,
        free_left: Callable[[], Mapping[int, int]] = dict,
    ) -> None:
        self._server = _Server((host, port), _Desk(intake, queue, log, free_left), request_seconds, max_connections)
        self._thread = threading.Thread(target=self._server.serve_forever, name="gateway-http", daemon=True)

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return int(self._server.server_address[1])

    def start(self) -> None:
        """Begin to serve."""
        self._thread.start()

    def stop(self) -> None:
        """End serving and close the port."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@dataclass(frozen=True)
class _Desk:
    """Answers what devices ask, with an HTTP status each."""

    intake: Intake
    queue: ReceiptQueue
    log: Callable[..., None]
    free_left: Callable[[], Mapping[int, int]]

    def health(self) -> dict[str, Any]:
        free = {str(network): left for network, left in self.free_left().items()}
        return {"waiting": self.queue.waiting, "free_left": free}

    def take(self, raw: bytes) -> tuple[int, dict[str, Any]]:
        try:
            outcome = self.queue.put(self.intake.check(raw))
        except BadReceipt as error:
            self.log("receipt_refused", reason=str(error))
            return 400, {"fate": Fate.REJECTED.value, "reason": str(error)}
        except QueueFull as error:
            return 503, {"reason": str(error)}
        except ClientError as error:
            return 503, {"reason": f"the gateway's node is away: {error}"}
        return (202 if outcome.fate is Fate.WAITING else 200), _plain(outcome)

    def find(self, device: str, epoch: int) -> tuple[int, dict[str, Any]]:
        try:
            outcome = self.queue.find(bytes(DeviceId.parse(device)), epoch)
        except ValueError as error:
            return 400, {"reason": str(error)}
        return (404, {"reason": "no such receipt here"}) if outcome is None else (200, _plain(outcome))


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], desk: _Desk, request_seconds: float, max_connections: int) -> None:
        super().__init__(address, _Handler)
        self.desk = desk
        self._request_seconds = request_seconds
        self._slots = threading.BoundedSemaphore(max_connections)
        self._waiting_since: dict[Any, float] = {}
        self._lock = threading.Lock()

    def begin_request(self, connection: Any) -> None:
        """Note that a connection waits for its next request from now on."""
        with self._lock:
            self._waiting_since[connection] = time.monotonic()

    def service_actions(self) -> None:
        """Close connections that take too long; called twice a second."""
        oldest = time.monotonic() - self._request_seconds
        with self._lock:
            late = [connection for connection, since in self._waiting_since.items() if since < oldest]
        for connection in late:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say in one line what went wrong with a connection; most often it was closed by the other side."""
        error = sys.exception()
        if not isinstance(error, OSError):
            self.desk.log("request_failed", error=f"{type(error).__name__}: {error}")

    def process_request(self, request: Any, client_address: Any) -> None:
        if not self._slots.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._lock:
                self._waiting_since.pop(request, None)
            self._slots.release()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "lampd-gateway"
    sys_version = ""
    timeout = REQUEST_SECONDS
    server: _Server

    def handle_one_request(self) -> None:
        self.server.begin_request(self.connection)
        super().handle_one_request()

    def do_POST(self) -> None:
        if self.path != "/v1/receipts":
            self.close_connection = True
            self._answer(404, {"reason": "no such path"})
            return
        size = _number(self.headers.get("Content-Length", ""))
        if size is None or size > MAX_RECEIPT:
            self.close_connection = True
            self._answer(413, {"reason": f"a receipt is at most {MAX_RECEIPT} bytes, with a Content-Length"})
            return
        body = self.rfile.read(size)
        if len(body) < size:
            self.close_connection = True
            return
        self._answer(*self.server.desk.take(body))

    def do_GET(self) -> None:
        parts = self.path.strip("/").split("/")
        if parts == ["health"]:
            self._answer(200, self.server.desk.health())
            return
        epoch = _number(parts[3]) if len(parts) == 4 and parts[:2] == ["v1", "receipts"] else None
        if epoch is None:
            self._answer(404, {"reason": "no such path"})
        else:
            self._answer(*self.server.desk.find(parts[2], epoch))

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing a request; what matters is logged as events."""

    def _answer(self, status: int, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)


def _number(text: str) -> int | None:
    """Read a whole number of at most 18 digits."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def _plain(outcome: Outcome) -> dict[str, Any]:
    return {"fate": outcome.fate.value, "reason": outcome.reason, "effective_units": outcome.effective_units}
