"""From a device's HTTP request to a verdict of the chain, with the real application behind it."""

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chain.client.agent.agent import Fate, Outcome
from chain.client.agent.submit import ChainSubmitter, GatewaySubmitter
from chain.client.errors import ClientError, NodeUnreachable
from chain.client.gateway.intake import MAX_RECEIPT
from chain.pb.lamppost.device_registry.v1.tx_pb2 import MsgPauseDevice
from chain.pb.lamppost.work.v1.types_pb2 import Receipt
from tests.chain.client.gateway.gate import PATH, Gate
from tests.modules.work.village import Village


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Gate]:
    with Village() as village, Gate(village, tmp_path) as gate:
        village.next_epoch()
        yield gate


def test_a_receipt_waits_is_submitted_and_its_fate_is_told(gate: Gate) -> None:
    raw = gate.receipt("a")
    assert gate.post(raw) == (202, {"fate": "waiting", "reason": "", "effective_units": 0})
    assert gate.ask("GET", "/health") == (200, {"waiting": 1, "free_left": {}})
    assert gate.submit_all()
    told = {"fate": "accepted", "reason": "", "effective_units": 12}
    assert gate.post(raw) == (200, told)
    assert gate.ask("GET", f"{PATH}/{gate.village.id('a')}/{gate.village.epoch()}") == (200, told)
    assert gate.ask("GET", "/health") == (200, {"waiting": 0, "free_left": {}})
    assert gate.log.events == ["batch_committed"]


def test_the_chain_has_the_last_word_on_each_receipt(gate: Gate) -> None:
    alice = str(gate.village.chain.address("alice"))
    gate.village.chain.ok(MsgPauseDevice(signer=alice, device_id=str(gate.village.id("b"))), signer="alice")
    for name in "abc":
        assert gate.post(gate.receipt(name))[0] == 202
    assert gate.submit_all()
    fates = {name: gate.post(gate.receipt(name))[1] for name in "abc"}
    assert [fates[name]["fate"] for name in "abc"] == ["accepted", "rejected", "accepted"]
    assert "paused" in fates["b"]["reason"]


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("a", {"epoch": 1 << 60}, "is not in 0.."),
    ("a", {"telemetry_root": b""}, "20, 32 and 64 bytes"),
    ("a", {"device": b"short"}, "20, 32 and 64 bytes"),
    ("nobody", {}, "unknown device lampdev1"),
]


@pytest.mark.parametrize(("name", "changes", "reason"), BAD)
def test_a_receipt_that_the_chain_would_reject_is_refused_with_the_reason(
    gate: Gate, name: str, changes: dict[str, Any], reason: str
) -> None:
    status, told = gate.post(gate.receipt(name, **changes))
    assert (status, told["fate"]) == (400, "rejected")
    assert reason in told["reason"]
    assert gate.queue.waiting == 0


def test_a_receipt_that_another_key_signed_is_refused(gate: Gate) -> None:
    forged = Receipt.FromString(gate.receipt("a"))
    forged.signature = Receipt.FromString(gate.receipt("b")).signature
    status, told = gate.post(forged.SerializeToString(deterministic=True))
    assert status == 400
    assert "not the device key's" in told["reason"]


@pytest.mark.parametrize("raw", [b"", b"garbage", b"\xff" * 200, b"\x08"])
def test_bytes_that_are_no_receipt_are_refused(gate: Gate, raw: bytes) -> None:
    assert gate.post(raw)[0] == 400


def test_fields_that_the_chain_does_not_know_are_refused_before_they_spoil_a_batch(gate: Gate) -> None:
    status, told = gate.post(gate.receipt("a") + b"\xf8\x07\x01")
    assert status == 400
    assert "canonical" in told["reason"]


def test_a_second_receipt_of_a_device_for_an_epoch_is_refused(gate: Gate) -> None:
    assert gate.post(gate.receipt("a"))[0] == 202
    status, told = gate.post(gate.receipt("a", units=23))
    assert (status, told["fate"]) == (200, "rejected")
    assert "another receipt" in told["reason"]
    assert gate.queue.waiting == 1


def test_a_full_queue_sends_devices_away_for_now(tmp_path: Path) -> None:
    with Village() as village, Gate(village, tmp_path, limit=1) as gate:
        assert gate.post(gate.receipt("a"))[0] == 202
        assert gate.post(gate.receipt("b")) == (503, {"reason": "1 receipts are waiting"})
        with pytest.raises(ClientError, match="answers 503: 1 receipts are waiting"):
            GatewaySubmitter(gate.url).submit(Receipt.FromString(gate.receipt("b")))
        assert gate.submit_all()
        assert gate.post(gate.receipt("b"))[0] == 202


def test_a_node_that_is_away_is_no_verdict(gate: Gate) -> None:
    gate.node.away = 10
    status, told = gate.post(gate.receipt("a"))
    assert status == 503
    assert "node is away" in told["reason"]
    gate.node.away = 0
    assert gate.post(gate.receipt("a"))[0] == 202


def test_a_batch_that_was_not_committed_waits_again(gate: Gate) -> None:
    gate.post(gate.receipt("a"))
    gate.node.away = 10
    assert not gate.submit_all()
    assert (gate.queue.waiting, gate.log.events) == (1, ["node_away"])
    gate.node.away = 0
    assert gate.submit_all()
    assert gate.post(gate.receipt("a"))[1]["fate"] == "accepted"


def test_a_receipt_that_was_committed_without_anybody_hearing_of_it_counts_as_accepted(gate: Gate) -> None:
    gate.post(gate.receipt("a"))
    assert gate.village.submit(gate.village.receipt("a")) == [0]
    assert gate.submit_all()
    told = gate.post(gate.receipt("a"))[1]
    assert (told["fate"], told["reason"]) == ("accepted", "taken by an earlier transaction")


def test_one_receipt_that_the_chain_cannot_read_does_not_keep_others_back(gate: Gate) -> None:
    good = [Receipt.FromString(gate.receipt(name)) for name in "abc"]
    bad = Receipt.FromString(gate.receipt("nobody") + b"\xf8\x07\x01")
    for receipt in (good[0], bad, good[1], good[2]):
        gate.queue.put(receipt)
    assert gate.submit_all()
    outcomes = [gate.queue.find(receipt.device, receipt.epoch) for receipt in (good[0], bad, good[1], good[2])]
    assert [outcome.fate for outcome in outcomes if outcome] == [
        Fate.ACCEPTED,
        Fate.REJECTED,
        Fate.ACCEPTED,
        Fate.ACCEPTED,
    ]
    assert gate.queue.waiting == 0


def test_a_gateway_without_money_keeps_its_receipts(tmp_path: Path) -> None:
    with Village() as village, Gate(village, tmp_path) as gate:
        gate.client.gas_price = "999999999999lamp"
        gate.post(gate.receipt("a"))
        assert not gate.submit_all()
        assert gate.queue.waiting == 1
        gate.client.gas_price = ""
        assert gate.submit_all()


def test_an_agent_hands_its_receipt_to_a_gateway_that_was_started_again(gate: Gate, tmp_path: Path) -> None:
    receipt = Receipt.FromString(gate.receipt("a"))
    submitter = GatewaySubmitter(gate.url)
    assert submitter.submit(receipt) == Outcome(Fate.WAITING)
    assert gate.submit_all()
    with Gate(gate.village, tmp_path / "again") as again:
        moved = GatewaySubmitter(again.url)
        assert moved.submit(receipt) == Outcome(Fate.WAITING)
        assert again.submit_all()
        assert moved.submit(receipt).fate is Fate.ACCEPTED
        moved.close()
    submitter.close()
    with pytest.raises(NodeUnreachable, match="no answer from gateway"):
        GatewaySubmitter(again.url).submit(receipt)


def test_the_loop_submits_until_it_is_stopped(gate: Gate) -> None:
    worker = threading.Thread(target=gate.batches.run)
    worker.start()
    try:
        raw = gate.receipt("a")
        fates = {gate.post(raw)[1]["fate"]}
        for _ in range(100):
            fates.add(gate.post(raw)[1]["fate"])
            if "accepted" in fates:
                break
            threading.Event().wait(0.05)
        assert "accepted" in fates
    finally:
        gate.batches.stop()
        worker.join(5)
    assert not worker.is_alive()


def test_a_device_may_pay_for_its_own_receipts(gate: Gate) -> None:
    receipt = Receipt.FromString(gate.receipt("a"))
    submitter = ChainSubmitter(gate.client, "gateway")
    assert submitter.submit(receipt) == Outcome(Fate.ACCEPTED, effective_units=12)
    assert submitter.submit(receipt).reason == "taken by an earlier transaction"
    receipt.units += 1
    outcome = ChainSubmitter(gate.client, "gateway").submit(receipt)
    assert outcome.fate is Fate.ACCEPTED  # the same device, epoch and sequence: nothing more can come of it


HOSTILE = {
    "a body that is too long": (
        b"POST /v1/receipts HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (MAX_RECEIPT + 1),
        b"413",
    ),
    "a huge length": (b"POST /v1/receipts HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n", b"413"),
    "a negative length": (b"POST /v1/receipts HTTP/1.1\r\nContent-Length: -1\r\n\r\n", b"413"),
    "a length of other digits": (b"POST /v1/receipts HTTP/1.1\r\nContent-Length: \xb2\r\n\r\n", b"413"),
    "no length": (b"POST /v1/receipts HTTP/1.1\r\n\r\n", b"413"),
    "chunks": (b"POST /v1/receipts HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", b"413"),
    "another path": (b"POST /v2 HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", b"404"),
    "another method": (b"DELETE /v1/receipts HTTP/1.1\r\nConnection: close\r\n\r\n", b"501"),
    "no device": (b"GET /v1/receipts/x/1 HTTP/1.1\r\nConnection: close\r\n\r\n", b"400"),
    "no epoch": (b"GET /v1/receipts/x/\xb2 HTTP/1.1\r\nConnection: close\r\n\r\n", b"404"),
    "an epoch without end": (b"GET /v1/receipts/x/" + b"9" * 6000 + b" HTTP/1.1\r\nConnection: close\r\n\r\n", b"404"),
    "a line without end": (b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\n\r\n", b"414"),
    "too many headers": (b"GET /health HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"\r\n", b"431"),
    "garbage": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", b"400"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_request_is_refused_and_the_next_one_served(gate: Gate, case: str) -> None:
    sent, status = HOSTILE[case]
    answer = gate.raw(sent)
    assert status in answer.split(b"\r\n")[0] or status in answer
    assert gate.ask("GET", "/health") == (200, {"waiting": 0, "free_left": {}})
    assert "request_failed" not in gate.log.events


def test_a_body_that_is_cut_off_is_no_receipt(gate: Gate) -> None:
    with socket.create_connection(("127.0.0.1", gate.server.port), timeout=5) as connection:
        connection.sendall(b"POST /v1/receipts HTTP/1.1\r\nContent-Length: 200\r\n\r\n\x08\x01")
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(100) == b""
    assert gate.queue.waiting == 0


def test_a_connection_that_sends_a_byte_now_and_then_is_closed(tmp_path: Path) -> None:
    with Village() as village, Gate(village, tmp_path, request_seconds=1.0) as gate:
        begin = time.monotonic()
        with socket.create_connection(("127.0.0.1", gate.server.port), timeout=5) as connection, pytest.raises(OSError):
            while time.monotonic() < begin + 10:
                connection.sendall(b"G")
                connection.settimeout(0.2)
                try:
                    if connection.recv(1) == b"":
                        raise ConnectionError("closed")
                except TimeoutError:
                    pass
        assert time.monotonic() - begin < 5
        assert gate.ask("GET", "/health")[0] == 200


def test_more_connections_than_there_is_room_for_are_closed_and_room_comes_back(tmp_path: Path) -> None:
    with Village() as village, Gate(village, tmp_path, max_connections=3) as gate:
        village.next_epoch()
        _fill_and_leave(gate)


def _fill_and_leave(gate: Gate) -> None:
    import socket

    address = ("127.0.0.1", gate.server.port)
    held = [socket.create_connection(address, timeout=5) for _ in range(3)]
    for connection in held:
        connection.sendall(b"GET /health HTTP/1.1\r\n\r\n")
        assert b"200" in connection.recv(1000)
    with socket.create_connection(address, timeout=5) as late:
        assert late.recv(10) == b""
    for connection in held:
        connection.close()
    for _ in range(50):
        try:
            assert gate.ask("GET", "/health")[0] == 200
            break
        except OSError:
            threading.Event().wait(0.05)
    else:
        raise AssertionError("there is no room any more")
