"""A gateway in a box: its parts, over a node in a box with devices in it."""

import http.client
import json
import socket
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from chain.client import Client, Keyring
from chain.client.gateway.batches import BatchSubmitter
from chain.client.gateway.intake import Intake
from chain.client.gateway.queue import ReceiptQueue
from chain.client.gateway.server import GatewayServer
from tests.chain.client.agent.devices import Log
from tests.chain.client.node import NodeInABox
from tests.modules.work.village import Village

PATH = "/v1/receipts"


class Gate:
    """A gateway whose batches are submitted when a test says so."""

    def __init__(
        self,
        village: Village,
        folder: Path,
        limit: int = 100,
        request_seconds: float = 30.0,
        max_connections: int = 256,
        **options: Any,
    ) -> None:
        self.village = village
        self.options = options
        self.node = NodeInABox(village.chain)
        keyring = Keyring(folder)
        keyring.add_private_key("gateway", village.chain.key("gateway").secret)
        self.client = Client(self.node.url, keyring, timeout=5)
        self.log = Log()
        self.queue = ReceiptQueue(limit)
        self.server = GatewayServer(
            "127.0.0.1",
            0,
            Intake(self.client),
            self.queue,
            self.log,
            request_seconds,
            max_connections,
            lambda: self.batches.quota.left,
        )
        self.url = f"http://127.0.0.1:{self.server.port}"

    def __enter__(self) -> Self:
        self.node.__enter__()
        self.server.start()
        self.batches = BatchSubmitter(self.client, "gateway", self.queue, self.log, interval=0.1, **self.options)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.server.stop()
        self.client.close()
        self.node.__exit__(kind, error, trace)

    def receipt(self, name: str, **changes: Any) -> bytes:
        """Return a device's signed receipt as it comes over the wire."""
        return self.village.receipt(name, **changes).to_proto().SerializeToString(deterministic=True)

    def ask(self, method: str, path: str, body: bytes | None = None) -> tuple[int, dict[str, Any]]:
        """Return status and content of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=5)
        try:
            connection.request(method, path, body)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def post(self, raw: bytes) -> tuple[int, dict[str, Any]]:
        """Hand in a receipt."""
        return self.ask("POST", PATH, raw)

    def submit_all(self) -> bool:
        """Submit what waits, as the gateway's own thread would."""
        return self.batches.submit(self.queue.take(256, timeout=0))

    def raw(self, sent: bytes, seconds: float = 5.0) -> bytes:
        """Send bytes and return all that comes back until the connection is closed."""
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=seconds) as connection:
            connection.sendall(sent)
            received = b""
            while part := connection.recv(65_536):
                received += part
            return received
