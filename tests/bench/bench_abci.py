"""How fast the ABCI server takes requests: small ones one after the other, and one as large as blocks get.

Run as `python -m tests.bench.bench_abci`.

Protobuf in Python makes the bytes of a repeated field's items only when they are asked for. So a block counts as
parsed, for the server and for protobuf alone, when each of its transactions is a bytes object, which is what executes.
The system's copy of the bytes through the socket is part of the server's time.
"""

import contextlib
import json
import multiprocessing
import socket
import statistics
import struct
import tempfile
import threading
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

from chain.abci.frames import frame
from chain.abci.server import AbciServer
from chain.pb.tendermint.abci import types_pb2 as pb
from tests.chain.abci.client import Client, connect, request_frame
from tests.chain.abci.counter import Counter

ECHOES = 300_000
ECHO_ROUNDS = 3
BLOCK_BYTES = 20_000_000
TX_BYTES = 250
"""About what a signed bank send has."""
BLOCK_ROUNDS = 15

Figures = dict[str, dict[str, float]]


class Clocked(Counter):
    """Answers FinalizeBlock with the moment at which it had the transactions."""

    def finalize_block(self, request: pb.RequestFinalizeBlock) -> pb.ResponseFinalizeBlock:
        txs = list(request.txs)
        now = time.perf_counter()
        del txs
        return pb.ResponseFinalizeBlock(app_hash=struct.pack("d", now))


@contextlib.contextmanager
def serving() -> Iterator[str]:
    """Serve in this process; the clients have processes of their own, as a node does."""
    with tempfile.TemporaryDirectory() as folder, AbciServer(Clocked(), f"unix://{Path(folder) / 's'}") as server:
        yield server.address


def in_child(target: object, *args: object) -> float:
    """Run a client in a process of its own and return its figure."""
    context = multiprocessing.get_context("spawn")
    mine, theirs = context.Pipe()
    child = context.Process(target=target, args=(theirs, *args))  # type: ignore[arg-type]
    child.start()
    theirs.close()
    try:
        return float(mine.recv())
    finally:
        child.join()


def echo_client(pipe: Pipe, address: str) -> None:
    """Send Echo requests without waiting, one Flush at the end; return responses per second."""
    best = 0.0
    for _ in range(ECHO_ROUNDS):
        sock = connect(address, 60)
        one = request_frame("echo", message="hello")
        data = one * ECHOES + request_frame("flush")
        sender = threading.Thread(target=sock.sendall, args=(data,))
        begun = time.perf_counter()
        sender.start()
        left = len(data)
        while left:
            count = sock.recv_into(bytearray(min(left, 1 << 18)))
            if not count:
                raise ConnectionError("the server closed the connection")
            left -= count
        best = max(best, ECHOES / (time.perf_counter() - begun))
        sender.join()
        sock.shutdown(socket.SHUT_RDWR)
        sock.close()
    pipe.send(best)


def block_request() -> bytes:
    """Return the bytes of a FinalizeBlock request with a full block."""
    request = pb.Request()
    block = request.finalize_block
    block.height = 7
    block.hash = bytes(32)
    for index in range(BLOCK_BYTES // TX_BYTES):
        block.txs.append(index.to_bytes(4, "big") * (TX_BYTES // 4))
    return request.SerializeToString()


def block_client(pipe: Pipe, address: str) -> None:
    """Send full blocks; return the median of seconds from the first byte to the application having the transactions."""
    data = frame(block_request())
    seconds = []
    with Client(address, 60) as client:
        for _ in range(BLOCK_ROUNDS):
            begun = time.perf_counter()
            client.send(data)
            response = client.read()
            if response is None:
                raise ConnectionError("the server closed the connection")
            seconds.append(struct.unpack("d", response.finalize_block.app_hash)[0] - begun)
    pipe.send(statistics.median(seconds))


def echo_per_s() -> float:
    """Pipelined Echo on one socket."""
    with serving() as address:
        return in_child(echo_client, address)


def parse_over_protobuf() -> float:
    """Read and parse of a 20 MB FinalizeBlock, over protobuf's parse of the same bytes."""
    data = block_request()
    alone = []
    for _ in range(BLOCK_ROUNDS):
        begun = time.perf_counter()
        txs = list(pb.Request.FromString(data).finalize_block.txs)
        alone.append(time.perf_counter() - begun)
        del txs
    with serving() as address:
        return in_child(block_client, address) / statistics.median(alone)


def rows() -> Figures:
    """Return all figures of this file."""
    return {
        "echo_per_s": {"value": echo_per_s(), "must": 100_000, "aim": 200_000},
        "parse_over_protobuf": {"value": parse_over_protobuf(), "must": 1.5, "aim": 1.1},
    }


if __name__ == "__main__":
    print(json.dumps(rows(), indent=2))
