"""From the bytes of a request to the bytes of its response."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from google.protobuf.message import DecodeError, Message

from chain.abci.application import Application
from chain.abci.frames import Frame, frame, uvarint
from chain.pb.tendermint.abci import types_pb2 as pb

Observer = Callable[[str, float], None]
"""Told the method's name, as in the oneof, and the seconds that the application took."""

DIALECT = "2.0."
"""Beginning of the ABCI versions that use these messages: CometBFT 0.38 to 0.40; 1.0 numbers fields differently."""

CONSENSUS = frozenset(
    {
        "init_chain",
        "prepare_proposal",
        "process_proposal",
        "extend_vote",
        "verify_vote_extension",
        "finalize_block",
        "commit",
    }
)
"""Requests that a node sends on its consensus connection and nowhere else."""

FLUSHED = frame(pb.Response(flush=pb.ResponseFlush()).SerializeToString())
"""The answer to a Flush."""

_LENGTH_DELIMITED = 2
_FLUSH_REQUEST_TAG = pb.Request.FLUSH_FIELD_NUMBER << 3 | _LENGTH_DELIMITED
_ECHO_REQUEST_TAG = pb.Request.ECHO_FIELD_NUMBER << 3 | _LENGTH_DELIMITED
_ECHO_RESPONSE_TAG = pb.Response.ECHO_FIELD_NUMBER << 3 | _LENGTH_DELIMITED
_MESSAGE_TAG = pb.RequestEcho.MESSAGE_FIELD_NUMBER << 3 | _LENGTH_DELIMITED
_SHORT = 0x80


class RequestError(Exception):
    """The bytes of a frame are no protobuf request; the connection is closed without an answer."""


class RefusalError(Exception):
    """A request that is understood and not served: answered with ResponseException, then the connection is closed."""


@dataclass(frozen=True, slots=True)
class Route:
    """How one kind of request is served."""

    name: str
    call: Callable[[Any], Message]
    response: type[Message]
    tag: bytes
    """The tag of the response in the oneof of `Response`."""
    observe: Observer | None

    def answer(self, request: Message) -> bytes:
        """Call the application and return the response's frame. Raises: what the application raises."""
        if self.observe is None:
            response = self.call(request)
        else:
            begun = time.perf_counter()
            response = self.call(request)
            self.observe(self.name, time.perf_counter() - begun)
        if type(response) is not self.response:
            raise TypeError(f"{self.name} returned {type(response).__name__}, not {self.response.__name__}")
        # Written around the response: to put it into a Response message first would copy it.
        body = response.SerializeToString()
        head = self.tag + uvarint(len(body))
        return uvarint(len(head) + len(body)) + head + body


def routes_of(app: Application, observe: Observer | None = None) -> Mapping[str, Route]:
    """Return the routes of all requests that the application has a method for, and of Echo and Flush."""
    calls: dict[str, Callable[[Any], Message]] = {"echo": _echo, "flush": _flush}
    routes = {}
    for field in pb.Request.DESCRIPTOR.oneofs_by_name["value"].fields:
        call = calls.get(field.name) or getattr(app, field.name, None)
        if call is None:
            continue
        response = type(getattr(pb.Response(), field.name))
        observer = None if field.name in calls else observe
        number = pb.Response.DESCRIPTOR.fields_by_name[field.name].number
        tag = uvarint(number << 3 | _LENGTH_DELIMITED)
        routes[field.name] = Route(field.name, call, response, tag, observer)
    return routes


def parse(routes: Mapping[str, Route], body: Frame) -> tuple[Route, Message]:
    """Find the route of a request and its message. Raises: RequestError; RefusalError of a kind that has no route."""
    try:
        # Protobuf reads any buffer, its type stubs know of bytes only; a copy would cost a large block dear.
        request = pb.Request.FromString(cast(bytes, body))
    except DecodeError as error:
        raise RequestError(f"frame of {len(body)} bytes is no ABCI request: {error}") from error
    name = request.WhichOneof("value")
    if name is None:
        raise RefusalError(f"unknown request: {_describe(body)}")
    route = routes.get(name)
    if route is None:
        raise RefusalError(f"unknown request: {name} is not supported by this application")
    return route, getattr(request, name)


def check_dialect(request: pb.RequestInfo) -> None:
    """Refuse a node of another ABCI. Raises: RefusalError. A client that names no version, as abci-cli, is taken."""
    version = request.abci_version
    if version and not version.startswith(DIALECT):
        raise RefusalError(f"node speaks ABCI {version}, this application speaks {DIALECT}x (CometBFT 0.38 to 0.40)")


def exception_frame(text: str) -> bytes:
    """Return the frame of a ResponseException."""
    return frame(pb.Response(exception=pb.ResponseException(error=text)).SerializeToString())


def is_flush(body: Frame) -> bool:
    """Say whether a frame is a Flush as nodes encode it; any other encoding is parsed."""
    return len(body) == 2 and body[0] == _FLUSH_REQUEST_TAG and body[1] == 0


def echo_in_place(body: Frame) -> bool:
    """Turn an ordinary Echo request into its response; False when it must be parsed.

    Request and response differ in the tag of the oneof only. Taken are short ones of nothing but ASCII, so that one
    byte is one length and the text is valid UTF-8.
    """
    size = len(body)
    if (
        4 < size < _SHORT
        and isinstance(body, bytearray)
        and body[0] == _ECHO_REQUEST_TAG
        and body[1] == size - 2
        and body[2] == _MESSAGE_TAG
        and body[3] == size - 4
        and body.isascii()
    ):
        body[0] = _ECHO_RESPONSE_TAG
        return True
    return False


def _echo(request: pb.RequestEcho) -> pb.ResponseEcho:
    return pb.ResponseEcho(message=request.message)


def _flush(request: pb.RequestFlush) -> pb.ResponseFlush:
    return pb.ResponseFlush()


def _describe(body: Frame) -> str:
    """Name the first field of a request that has none of ours."""
    if not body:
        return "an empty frame"
    key = 0
    for index, byte in enumerate(body):
        key |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            break
    return f"field {key >> 3} of the oneof"
