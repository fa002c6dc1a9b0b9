import threading
import time

from chain.abci.connection import OUTPUT_LIMIT
from chain.abci.server import AbciServer
from chain.pb.tendermint.abci import types_pb2 as pb
from tests.chain.abci.client import Client, request_frame
from tests.chain.abci.conftest import Serve
from tests.chain.abci.counter import Counter

TXS = 10_000


class Wordy(Counter):
    """Answers a short query with a megabyte, and counts how often."""

    answered = 0

    def query(self, request: pb.RequestQuery) -> pb.ResponseQuery:
        self.answered += 1
        return pb.ResponseQuery(value=bytes(1 << 20))


class Slow(Counter):
    """Takes 20 ms for each transaction."""

    def check_tx(self, request: pb.RequestCheckTx) -> pb.ResponseCheckTx:
        time.sleep(0.02)
        return super().check_tx(request)


def test_ten_thousand_check_tx_are_served_to_a_client_that_has_not_read_one_answer(server: AbciServer) -> None:
    # Each answer carries a log, so that they fill the socket's buffers many times over before the client reads.
    with Client(server.address) as client:
        client.send(
            b"".join(request_frame("check_tx", tx=bytes(200) + index.to_bytes(4, "big")) for index in range(TXS))
        )
        client.send(request_frame("flush"))
        for _ in range(TXS):
            answer = client.read()
            assert answer is not None
            assert answer.check_tx.log == "at most 8 bytes"
        last = client.read()
        assert last is not None
        assert last.WhichOneof("value") == "flush"


def test_a_client_that_never_reads_is_served_no_further_than_the_limit_and_gets_the_rest_when_it_does(
    serve: Serve,
) -> None:
    app = Wordy()
    with Client(serve(app).address) as client:
        client.send(request_frame("query") * 100)
        fits = OUTPUT_LIMIT >> 20
        deadline = time.monotonic() + 10
        while app.answered < fits:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        time.sleep(0.1)
        assert app.answered <= fits + 2
        for _ in range(100):
            answer = client.read()
            assert answer is not None
            assert len(answer.query.value) == 1 << 20
        assert app.answered == 100


def test_answers_of_a_long_batch_arrive_while_the_rest_is_served(serve: Serve) -> None:
    with Client(serve(Slow()).address) as client:
        begun = time.monotonic()
        client.send(request_frame("check_tx", tx=b"\0") * 50)
        assert client.read() is not None
        assert time.monotonic() - begun < 0.5
        for _ in range(49):
            assert client.read() is not None


def test_a_twenty_megabyte_block_arrives_whole_between_small_requests(server: AbciServer) -> None:
    txs = [index.to_bytes(4, "big") * 250 for index in range(20_000)]
    with Client(server.address, 60) as client:
        small = request_frame("check_tx", tx=b"\0")
        block = request_frame("finalize_block", height=1, txs=txs)
        reader: list[pb.Response | None] = []
        thread = threading.Thread(target=lambda: reader.extend(client.read() for _ in range(6)))
        thread.start()
        client.send(small + block + small + block + small + request_frame("flush"))
        thread.join(60)
        assert [answer and answer.WhichOneof("value") for answer in reader] == [
            "check_tx",
            "finalize_block",
            "check_tx",
            "finalize_block",
            "check_tx",
            "flush",
        ]
        assert reader[1] is not None
        assert len(reader[1].finalize_block.tx_results) == 20_000


def test_many_clients_at_once_each_get_their_own_answers(server: AbciServer) -> None:
    wrong: list[str] = []

    def talk(name: str) -> None:
        with Client(server.address) as client:
            for index in range(200):
                message = f"{name} {index}"
                if client.call("echo", message=message).message != message:
                    wrong.append(message)

    threads = [threading.Thread(target=talk, args=(f"client {index}",)) for index in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
