"""The application behind its server, driven through every order of calls that a node may make."""

import random
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from chain.abci.server import AbciServer
from chain.pb.cosmos.bank.v1beta1 import query_pb2
from chain.pb.cosmos.bank.v1beta1.tx_pb2 import MsgSend
from chain.pb.cosmos.base.v1beta1.coin_pb2 import Coin
from chain.pb.tendermint.abci import types_pb2 as pb
from chain.testing import TestChain
from tests.chain.abci.driver import Node
from tests.chain.abci.grammar import random_word, words

USERS = [f"user{index}" for index in range(12)]
LONGEST = 6


class Payments:
    """Users who pay each other; strangers who put anything at all into their blocks."""

    def __init__(self, chain: TestChain, rng: random.Random) -> None:
        self.chain = chain
        self.rng = rng

    def init_chain(self) -> pb.RequestInitChain:
        app, self.chain.app = self.chain.app, SimpleNamespace(init_chain=lambda request: request)  # type: ignore[assignment]
        request = self.chain.init_chain()
        self.chain.app = app
        return request  # type: ignore[return-value]

    def payment(self, sequence: int | None = None) -> bytes:
        payer, payee = self.rng.sample(USERS, 2)
        self.chain._sequences.clear()
        send = MsgSend(
            from_address=str(self.chain.address(payer)),
            to_address=str(self.chain.address(payee)),
            amount=[Coin(denom="ulamp", amount=str(self.rng.randrange(1, 1000)))],
        )
        return self.chain.tx(send, signer=payer, sequence=sequence)

    def arriving(self, height: int) -> list[bytes]:
        return [self.payment() for _ in range(self.rng.randrange(4))]

    def foreign(self, height: int) -> list[bytes]:
        makers = [self.payment, lambda: self.payment(sequence=77), lambda: self.rng.randbytes(50), lambda: b""]
        return [self.rng.choice(makers)() for _ in range(self.rng.randrange(4))]

    def queries(self) -> list[pb.RequestQuery]:
        if not self.chain.height:
            return [pb.RequestQuery(path="/p2p/filter/id/abc")]
        balance = query_pb2.QueryBalanceRequest(address=str(self.chain.address("user0")), denom="ulamp")
        data = balance.SerializeToString()
        return [
            pb.RequestQuery(path="/cosmos.bank.v1beta1.Query/Balance", data=data),
            pb.RequestQuery(path="/p2p/filter/addr/10.0.0.1:26656"),
        ]

    def snapshot(self, chunks: int) -> tuple[pb.Snapshot, list[bytes], bytes]:
        raise NotImplementedError("the application takes no snapshots")


@pytest.fixture
def chain() -> Iterator[TestChain]:
    with TestChain(dict.fromkeys(USERS, "1000000ulamp"), start=False) as made:
        yield made


def test_every_clean_start_is_served(tmp_path: object) -> None:
    for index, word in enumerate(words(LONGEST)):
        with TestChain(dict.fromkeys(USERS, "1000000ulamp"), start=False) as chain:
            rng = random.Random(index)
            with AbciServer(chain.app, f"unix://{tmp_path}/s") as server:
                node = Node(server.address, Payments(chain, rng), rng)
                node.start()
                node.play(word)
                node.crash()
            chain.check_invariants()
            assert chain.height == word.count("C")


def test_every_recovery_is_served_by_an_application_that_lived_on(chain: TestChain, tmp_path: object) -> None:
    rng = random.Random(1)
    with AbciServer(chain.app, f"unix://{tmp_path}/s") as server:
        node = Node(server.address, Payments(chain, rng), rng)
        node.start()
        node.play("IFC")
        for word in words(LONGEST - 1, recovery=True):
            if word.startswith("I"):
                continue
            node.crash()
            node.start()
            node.play(word)
    chain.check_invariants()
    assert chain.height == node.height > 100


@pytest.mark.parametrize("seed", range(6))
def test_crashes_of_node_and_application_at_any_call_lose_nothing_that_was_committed(
    chain: TestChain, tmp_path: object, seed: int
) -> None:
    rng = random.Random(seed)
    server = AbciServer(chain.app, f"unix://{tmp_path}/s")
    server.start()
    try:
        node = Node(server.address, Payments(chain, rng), rng)
        node.start()
        word = random_word(rng, 20)
        while word:
            length = rng.randrange(1, 30)
            node.play(word[:length])
            node.crash()
            if rng.random() < 0.5:
                server.stop()
                chain.store.close()
                chain._open()
                server = AbciServer(chain.app, f"unix://{tmp_path}/s")
                server.start()
            node.recover()
            chain.check_invariants()
            word = word[length:].lstrip("C")
    finally:
        server.stop()
    assert chain.height == node.height == 20
    assert [height for height, _ in node.history] == list(range(1, 21))
