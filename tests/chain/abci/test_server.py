import logging
import threading
import time

import pytest

from chain.abci.frames import frame, uvarint
from chain.abci.server import AbciServer
from chain.pb.tendermint.abci import types_pb2 as pb
from tests.chain.abci.client import Client, request_frame
from tests.chain.abci.conftest import Serve
from tests.chain.abci.counter import Counter


class Gate(Counter):
    """A counter whose FinalizeBlock waits to be let through."""

    def __init__(self) -> None:
        super().__init__()
        self.entered = threading.Event()
        self.open = threading.Event()

    def finalize_block(self, request: pb.RequestFinalizeBlock) -> pb.ResponseFinalizeBlock:
        self.entered.set()
        self.open.wait(10)
        return super().finalize_block(request)


class Faulty(Counter):
    """A counter with bugs."""

    def query(self, request: pb.RequestQuery) -> pb.ResponseQuery:
        if request.path == "/type":
            return pb.ResponseInfo()  # type: ignore[return-value]
        raise ValueError("the ledger is on fire")


def ends(client: Client) -> bool:
    """Whether the server closes the connection without another answer."""
    return client.read() is None


def exception_of(client: Client) -> str:
    response = client.read()
    assert response is not None
    assert response.WhichOneof("value") == "exception"
    assert ends(client)
    return response.exception.error


@pytest.mark.parametrize("message", ["", "hello", "x" * 123, "x" * 200, "Grüße", "\0", "x" * 300_000])
def test_echo_returns_the_message_unchanged(server: AbciServer, message: str) -> None:
    with Client(server.address) as client:
        assert client.call("echo", message=message).message == message


def test_each_request_is_answered_by_the_response_of_its_name(server: AbciServer) -> None:
    with Client(server.address) as client:
        for field in pb.Request.DESCRIPTOR.oneofs_by_name["value"].fields:
            if field.name in ("flush", "insert_tx", "reap_txs"):
                continue
            client.call(field.name)


def test_responses_come_in_the_order_of_the_requests(server: AbciServer) -> None:
    names = ["check_tx", "echo", "query", "flush", "echo", "info", "check_tx"] * 50
    with Client(server.address) as client:
        client.send(b"".join(request_frame(name) for name in names))
        answers = [client.read() for _ in names]
    assert [answer.WhichOneof("value") for answer in answers if answer] == names


def test_answers_come_without_a_flush(server: AbciServer) -> None:
    with Client(server.address) as client:
        client.send(request_frame("echo", message="now"))
        answer = client.read()
        assert answer is not None
        assert answer.echo.message == "now"


def test_a_flush_is_answered_before_the_request_behind_it_is_served(serve: Serve) -> None:
    app = Gate()
    with Client(serve(app).address) as client:
        client.send(request_frame("check_tx", tx=b"\0") + request_frame("flush") + request_frame("finalize_block"))
        assert app.entered.wait(5)
        kinds = [response.WhichOneof("value") for response in (client.read(), client.read()) if response]
        assert kinds == ["check_tx", "flush"]
        app.open.set()
        answer = client.read()
        assert answer is not None
        assert answer.WhichOneof("value") == "finalize_block"


def test_a_flush_with_fields_of_a_later_version_is_a_flush(server: AbciServer) -> None:
    with Client(server.address) as client:
        client.send(frame(b"\x12\x02\x08\x01"))
        answer = client.read()
        assert answer is not None
        assert answer.WhichOneof("value") == "flush"


def test_zero_values_are_values(server: AbciServer) -> None:
    with Client(server.address) as client:
        assert client.call("load_snapshot_chunk", height=0, format=0, chunk=0).chunk == b"0"
        assert client.call("check_tx", tx=b"").code == 0
        assert client.call("query", path="", data=b"").value == b"0"


@pytest.mark.parametrize("name", ["insert_tx", "reap_txs"])
def test_a_request_that_the_application_does_not_know_is_named_and_ends_the_connection(
    server: AbciServer, name: str
) -> None:
    with Client(server.address) as client:
        client.send(request_frame(name))
        assert exception_of(client) == f"unknown request: {name} is not supported by this application"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"", "unknown request: an empty frame"),
        (b"\x4a\x00", "unknown request: field 9 of the oneof"),
        (b"\xfa\x3f\x00", "unknown request: field 1023 of the oneof"),
    ],
)
def test_a_request_outside_the_oneof_is_named_and_ends_the_connection(
    server: AbciServer, body: bytes, text: str
) -> None:
    with Client(server.address) as client:
        client.send(request_frame("echo", message="first") + frame(body) + request_frame("echo", message="never"))
        first = client.read()
        assert first is not None
        assert first.echo.message == "first"
        assert exception_of(client) == text


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (frame(b"\xff\xff\xff"), "is no ABCI request"),
        (frame(b"\x0a\x05\x0a\x03\xff\xfe\xfd"), "is no ABCI request"),
        (frame(b"\x0a\x7f\x0a\x03abc"), "is no ABCI request"),
        (uvarint(1 << 30), "over the limit"),
        (b"\x80\x00", "shortest form"),
        (b"\xff" * 6, "more than 5 bytes"),
    ],
    ids=["garbage", "invalid UTF-8", "truncated message", "oversized", "overlong", "endless"],
)
def test_a_malformed_frame_closes_that_connection_only_and_says_why(
    server: AbciServer, caplog: pytest.LogCaptureFixture, data: bytes, reason: str
) -> None:
    with Client(server.address) as good, Client(server.address) as bad, caplog.at_level(logging.WARNING):
        good.call("echo", message="before")
        bad.send(request_frame("echo", message="first") + data)
        first = bad.read()
        assert first is not None
        assert first.echo.message == "first"
        assert ends(bad)
        assert good.call("echo", message="after").message == "after"
    assert reason in caplog.text


def test_a_client_that_ends_within_a_frame_is_logged_and_nothing_else(
    server: AbciServer, caplog: pytest.LogCaptureFixture
) -> None:
    with Client(server.address) as other, caplog.at_level(logging.WARNING):
        with Client(server.address) as client:
            client.send(frame(b"x" * 100)[:30])
        deadline = time.monotonic() + 5
        while "ended within a frame, after 30 bytes" not in caplog.text:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert other.call("echo", message="on").message == "on"


def test_a_fault_is_answered_logged_and_reported_and_ends_that_connection_only(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    faults: list[Exception] = []
    told = threading.Event()

    def on_fault(error: Exception) -> None:
        faults.append(error)
        told.set()

    server = serve(Faulty(), on_fault=on_fault)
    with Client(server.address) as other, Client(server.address) as client:
        client.send(request_frame("query", path="/x") + request_frame("flush"))
        assert exception_of(client) == "internal fault: ValueError: the ledger is on fire"
        assert told.wait(5)
        assert other.call("echo", message="on").message == "on"
    assert [str(fault) for fault in faults] == ["the ledger is on fire"]
    assert "Traceback" in caplog.text


def test_a_response_of_another_kind_is_a_fault_and_never_reaches_the_node(serve: Serve) -> None:
    with Client(serve(Faulty()).address) as client:
        client.send(request_frame("query", path="/type"))
        assert "query returned ResponseInfo, not ResponseQuery" in exception_of(client)


def test_a_fault_handler_may_stop_the_server(serve: Serve) -> None:
    stopped = threading.Event()
    servers: list[AbciServer] = []

    def on_fault(error: Exception) -> None:
        servers[0].stop()
        stopped.set()

    servers.append(serve(Faulty(), on_fault=on_fault))
    with Client(servers[0].address) as client:
        client.send(request_frame("query"))
        assert "on fire" in exception_of(client)
    assert stopped.wait(5)


@pytest.mark.parametrize("version", ["1.0.0", "2.1.0", "0.17.0"])
def test_a_node_of_another_abci_is_refused(server: AbciServer, version: str) -> None:
    with Client(server.address) as client:
        client.send(request_frame("info", abci_version=version))
        assert f"node speaks ABCI {version}" in exception_of(client)


def test_nodes_of_this_abci_and_tools_without_a_version_are_served(server: AbciServer) -> None:
    for version in ("", "2.0.0", "2.0.1"):
        with Client(server.address) as client:
            client.call("info", abci_version=version)


def test_calls_of_the_application_are_observed_with_their_duration(serve: Serve) -> None:
    seen: list[tuple[str, float]] = []
    server = serve(observe=lambda name, seconds: seen.append((name, seconds)))
    with Client(server.address) as client:
        client.call("echo", message="not the application's")
        client.call("info")
        client.call("check_tx", tx=b"\0")
    assert [name for name, _ in seen] == ["info", "check_tx"]
    assert all(0 <= seconds < 5 for _, seconds in seen)


def test_connections_over_the_limit_are_closed_and_the_place_of_one_that_left_is_free(serve: Serve) -> None:
    server = serve(max_connections=2)
    with Client(server.address) as first, Client(server.address) as second:
        first.call("echo")
        second.call("echo")
        with Client(server.address) as third:
            assert ends(third)
        assert server.connections == 2
    deadline = time.monotonic() + 5
    while server.connections:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    with Client(server.address) as fourth:
        fourth.call("echo")


def test_stopping_lets_the_request_in_flight_finish_and_be_answered(serve: Serve) -> None:
    app = Gate()
    server = serve(app)
    with Client(server.address) as idle, Client(server.address) as client:
        idle.call("echo")
        client.send(request_frame("finalize_block", height=1, txs=[b"\0"]) + request_frame("commit"))
        assert app.entered.wait(5)
        stopper = threading.Thread(target=server.stop)
        stopper.start()
        assert ends(idle)
        assert stopper.is_alive()
        app.open.set()
        answer = client.read()
        assert answer is not None
        assert len(answer.finalize_block.tx_results) == 1
        assert ends(client)
        stopper.join(5)
        assert not stopper.is_alive()
    assert app.calls == ["finalize_block"]


def test_stopping_cuts_what_takes_too_long(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    app = Gate()
    server = serve(app)
    with Client(server.address) as client:
        client.send(request_frame("finalize_block"))
        assert app.entered.wait(5)
        server.stop(seconds=0.1)
        assert ends(client)
    assert "did not end within 0.1 s" in caplog.text
    app.open.set()


def test_a_slow_call_on_one_connection_does_not_hold_up_another(serve: Serve) -> None:
    app = Gate()
    server = serve(app)
    with Client(server.address) as slow, Client(server.address) as quick:
        slow.send(request_frame("finalize_block"))
        assert app.entered.wait(5)
        assert quick.call("echo", message="quick").message == "quick"
        app.open.set()


def test_a_client_that_stops_sending_still_gets_its_answers(server: AbciServer) -> None:
    with Client(server.address) as client:
        client.send(request_frame("check_tx", tx=b"\0") * 100)
        client.sock.shutdown(1)
        answers = [client.read() for _ in range(100)]
        assert all(answer is not None for answer in answers)
        assert ends(client)
