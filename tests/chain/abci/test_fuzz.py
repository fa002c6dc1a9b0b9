"""Hostile bytes by the thousand, from a seed: the server answers what is whole and legal, and outlives the rest."""

import random
import socket
import threading

import pytest

from chain.abci.frames import frame, uvarint
from chain.abci.server import AbciServer
from chain.pb.tendermint.abci import types_pb2 as pb
from tests.chain.abci.client import Client, connect, request_frame

pytestmark = pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")

HARMLESS = ["echo", "flush", "info", "query", "check_tx", "list_snapshots", "load_snapshot_chunk"]
ATTACKS = 150


def request(rng: random.Random) -> bytes:
    name = rng.choice(HARMLESS)
    if name == "echo":
        return request_frame("echo", message="e" * rng.choice([0, 1, 120, 121, 122, 123, 124, 125, 126, 127, 128, 500]))
    if name == "check_tx":
        return request_frame("check_tx", tx=rng.randbytes(rng.randrange(400)))
    if name == "query":
        return request_frame("query", path=rng.choice(["", "/x", "/p2p/filter/addr/1.2.3.4:5"]), data=rng.randbytes(9))
    return request_frame(name)


def attack(rng: random.Random) -> bytes:
    """Return bytes that are no whole frame, or no request."""
    kind = rng.randrange(7)
    if kind == 0:
        return rng.randbytes(rng.randrange(1, 2000))
    if kind == 1:
        return uvarint(rng.randrange(1 << 27, 1 << 63)) + rng.randbytes(rng.randrange(50))
    if kind == 2:
        whole = request(rng)
        return whole[: rng.randrange(len(whole))]
    if kind == 3:
        return b"\xff" * rng.randrange(1, 12)
    if kind == 4:
        return bytes([rng.randrange(128, 256), 0]) + rng.randbytes(3)
    if kind == 5:
        return frame(rng.randbytes(rng.randrange(1, 300)))
    damaged = bytearray(request(rng) + request(rng))
    for _ in range(rng.randrange(1, 4)):
        damaged[rng.randrange(len(damaged))] = rng.randrange(256)
    return bytes(damaged)


def send_in_pieces(rng: random.Random, sock: socket.socket, data: bytes) -> None:
    at = 0
    while at < len(data):
        size = rng.choice([1, 2, 3, 50, 1000, len(data)])
        sock.sendall(data[at : at + size])
        at += size


@pytest.mark.parametrize("seed", range(4))
def test_hostile_clients_end_alone_while_others_keep_working(
    server: AbciServer, caplog: pytest.LogCaptureFixture, seed: int
) -> None:
    rng = random.Random(seed)
    with Client(server.address) as good:
        for turn in range(ATTACKS):
            with connect(server.address) as sock:
                try:
                    send_in_pieces(rng, sock, request(rng) * rng.randrange(3) + attack(rng))
                    if rng.random() < 0.5:
                        sock.shutdown(socket.SHUT_WR)
                        while sock.recv(1 << 16):
                            pass
                except (ConnectionResetError, BrokenPipeError):
                    pass
            if turn % 10 == 0:
                assert good.call("echo", message=f"{turn}").message == f"{turn}"
        assert good.call("check_tx", tx=b"\0").code == 0
    assert [record.getMessage() for record in caplog.records if record.exc_info] == []


@pytest.mark.parametrize("seed", range(4))
def test_legal_requests_are_answered_one_by_one_however_they_are_split_and_joined(
    server: AbciServer, seed: int
) -> None:
    rng = random.Random(seed)
    requests = [request(rng) for _ in range(1500)]
    names = [pb.Request.FromString(data[_prefix(data) :]).WhichOneof("value") for data in requests]
    with Client(server.address) as client:
        sender = threading.Thread(target=send_in_pieces, args=(rng, client.sock, b"".join(requests)))
        sender.start()
        answers = [client.read() for _ in requests]
        sender.join()
    assert [answer and answer.WhichOneof("value") for answer in answers] == names


def _prefix(data: bytes) -> int:
    """How many bytes the length in front of a frame has."""
    return next(index for index, byte in enumerate(data) if byte < 0x80) + 1
