"""What arrives while frames are being served is taken at once."""

import socket
import threading
import time
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from chain.abci.frames import FrameReader, frame
from chain.abci.server import AbciServer
from chain.pb.tendermint.abci import types_pb2 as pb
from tests.chain.abci.client import connect, request_frame
from tests.chain.abci.counter import Counter


@given(st.lists(st.binary(min_size=1, max_size=300), min_size=1, max_size=40), st.lists(st.integers(1, 400)))
def test_frames_are_the_same_however_much_comes_between_them(bodies: list[bytes], sizes: list[int]) -> None:
    data = memoryview(b"".join(map(frame, bodies)))
    reader = FrameReader()
    pieces = iter([*sizes, len(data)])

    def take(room: memoryview) -> None:
        nonlocal data
        count = min(next(pieces, len(data)), len(data), len(room))
        room[:count] = data[:count]
        reader.received(count)
        data = data[count:]

    found = []
    while data:
        take(reader.space())
        for body in reader.frames():
            found.append(bytes(body))
            take(reader.ahead())

    assert found == bodies
    assert reader.partial == 0


class Slow(Counter):
    """Takes its time, as long as somebody wants it to."""

    def __init__(self) -> None:
        super().__init__()
        self.release = threading.Event()

    def check_tx(self, request: pb.RequestCheckTx) -> pb.ResponseCheckTx:
        self.release.wait(0.002)
        return super().check_tx(request)


def test_a_client_that_sends_more_than_the_socket_holds_does_not_wait_for_answers(tmp_path: Path) -> None:
    app = Slow()
    with AbciServer(app, f"unix://{tmp_path / 's'}") as server:
        sock: socket.socket = connect(server.address, 30)
        one = request_frame("check_tx", tx=b"x" * 300)
        begun = time.monotonic()
        for _ in range(2_000):
            sock.sendall(one)
        seconds = time.monotonic() - begun
        app.release.set()
        sock.close()
    # Waiting for the answers would take two thousand times the two milliseconds, less what the socket holds.
    assert seconds < 2.5
