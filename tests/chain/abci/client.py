"""A client of the tests' own: it writes and reads frames, and can misbehave in all the ways that a socket allows."""

import socket
from types import TracebackType
from typing import Any, Self

from google.protobuf.message import Message

from chain.abci.frames import FrameReader, frame
from chain.pb.tendermint.abci import types_pb2 as pb


def request_frame(name: str, /, **fields: Any) -> bytes:
    """Return the frame of a request, named as in the oneof."""
    kind = type(getattr(pb.Request(), name))
    return framed(name, kind(**fields))


def framed(name: str, message: Message) -> bytes:
    """Return the frame of a request message."""
    request = pb.Request()
    getattr(request, name).CopyFrom(message)
    return frame(request.SerializeToString())


def connect(address: str, seconds: float = 10.0) -> socket.socket:
    """Open a socket to `unix://` or `tcp://`."""
    scheme, _, rest = address.partition("://")
    if scheme == "unix":
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        sock.settimeout(seconds)
        sock.connect(rest)
        return sock
    host, _, port = rest.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=seconds)


class Client:
    """One connection; every wait ends after `seconds` at the latest, with TimeoutError."""

    def __init__(self, address: str, seconds: float = 10.0) -> None:
        self.sock = connect(address, seconds)
        self._reader = FrameReader()
        self._frames = iter(())

    def close(self) -> None:
        self.sock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def read(self) -> pb.Response | None:
        """Return the next response, None when the server closed the connection."""
        while True:
            for body in self._frames:
                return pb.Response.FromString(bytes(body))
            try:
                count = self.sock.recv_into(self._reader.space())
            except ConnectionResetError:
                return None
            if not count:
                return None
            self._reader.received(count)
            self._frames = self._reader.frames()

    def call(self, name: str, message: Message | None = None, /, **fields: Any) -> Any:
        """Call as a node does: a request, a Flush, the response. Raises: RuntimeError with an exception's error."""
        data = request_frame(name, **fields) if message is None else framed(name, message)
        self.send(data + request_frame("flush"))
        response = self.read()
        if response is None:
            raise ConnectionError("the server closed the connection")
        kind = response.WhichOneof("value")
        if kind == "exception":
            raise RuntimeError(response.exception.error)
        if kind != name:
            raise AssertionError(f"{name} was answered by {kind}")
        flushed = self.read()
        if flushed is None or flushed.WhichOneof("value") != "flush":
            raise AssertionError(f"Flush was answered by {flushed}")
        return getattr(response, name)
