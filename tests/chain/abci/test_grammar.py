import random

import pytest

from chain.pb.tendermint.abci import types_pb2 as pb
from tests.chain.abci.conftest import Serve
from tests.chain.abci.counter import Counter
from tests.chain.abci.driver import Node
from tests.chain.abci.grammar import CLEAN, RECOVERY, random_word, words

LONGEST = 7
SNAPSHOT_HEIGHT = 40


class Numbers:
    """Work for the counter: the next numbers, and rubbish from strangers."""

    def __init__(self, app: Counter, rng: random.Random) -> None:
        self.app = app
        self.rng = rng

    def init_chain(self) -> pb.RequestInitChain:
        validator = pb.ValidatorUpdate(pub_key={"ed25519": bytes(32)}, power=10)
        return pb.RequestInitChain(
            time={"seconds": 1_700_000_000}, chain_id="counter", validators=[validator], initial_height=1
        )

    def arriving(self, height: int) -> list[bytes]:
        return [(self.app.count + index).to_bytes(8, "big") for index in range(self.rng.randrange(4))]

    def foreign(self, height: int) -> list[bytes]:
        return [self.rng.randbytes(self.rng.randrange(12)) for _ in range(self.rng.randrange(4))]

    def queries(self) -> list[pb.RequestQuery]:
        return [pb.RequestQuery(path="/count"), pb.RequestQuery(path="/p2p/filter/id/abc")]

    def snapshot(self, chunks: int) -> tuple[pb.Snapshot, list[bytes], bytes]:
        snapshot = pb.Snapshot(height=SNAPSHOT_HEIGHT, format=1, chunks=chunks, hash=b"h")
        return snapshot, [b"7"] * chunks, int("7" * chunks or "0").to_bytes(8, "big")


def node_for(serve: Serve, seed: int) -> tuple[Node, Counter]:
    app = Counter()
    rng = random.Random(seed)
    return Node(serve(app).address, Numbers(app, rng), rng), app


class Hasty(Counter):
    """Persists a block before it is committed."""

    def finalize_block(self, request: pb.RequestFinalizeBlock) -> pb.ResponseFinalizeBlock:
        response = super().finalize_block(request)
        self.height = request.height
        return response


class Greedy(Counter):
    """Proposes more than it was given room for."""

    def prepare_proposal(self, request: pb.RequestPrepareProposal) -> pb.ResponsePrepareProposal:
        return pb.ResponsePrepareProposal(txs=[bytes(1000)])


class Fickle(Counter):
    """Gives another result when a block comes again."""

    def finalize_block(self, request: pb.RequestFinalizeBlock) -> pb.ResponseFinalizeBlock:
        response = super().finalize_block(request)
        response.app_hash = bytes([self.calls.count("finalize_block")])
        return response


class Silent(Counter):
    """Leaves the verdict on a proposal unset."""

    def process_proposal(self, request: pb.RequestProcessProposal) -> pb.ResponseProcessProposal:
        return pb.ResponseProcessProposal()


def letters(app: Counter) -> str:
    short = {
        "init_chain": "I",
        "offer_snapshot": "O",
        "apply_snapshot_chunk": "A",
        "verify_vote_extension": "V",
        "prepare_proposal": "R",
        "process_proposal": "P",
        "extend_vote": "X",
        "finalize_block": "F",
        "commit": "C",
    }
    return "".join(short[name] for name in app.calls)


def test_the_words_are_all_those_of_the_language_and_no_others() -> None:
    clean = list(words(5, state_sync=True))
    assert len(clean) == len(set(clean))
    assert all(CLEAN.fullmatch(word) for word in clean)
    # I FC, I v FC, I vv FC, I FC FC with four kinds of v; OA FC, OA v FC, OOA FC, OAA FC.
    assert len([word for word in clean if word.startswith("I")]) == 1 + 4 + 16 + 1
    assert sorted(word for word in clean if word.startswith("O")) == sorted(
        ["OAFC", "OAVFC", "OARFC", "OAPFC", "OAXFC", "OOAFC", "OAAFC"]
    )
    recovery = list(words(4, recovery=True))
    assert all(RECOVERY.fullmatch(word) for word in recovery)
    assert len(recovery) == len(set(recovery)) == (1 + 4 + 16 + 1) + (1 + 4)


@pytest.mark.parametrize("word", ["", "FC", "I", "IF", "IC", "ICF", "OFC", "IFCR", "IOAFC"])
def test_what_no_clean_node_sends_is_not_in_the_language(word: str) -> None:
    assert CLEAN.fullmatch(word) is None


def test_every_clean_start_is_served(serve: Serve, tmp_path: object) -> None:
    for index, word in enumerate(words(LONGEST, state_sync=True)):
        app = Counter()
        rng = random.Random(index)
        server = serve(app, f"unix://{tmp_path}/{index}")
        node = Node(server.address, Numbers(app, rng), rng)
        node.start()
        node.play(word)
        node.crash()
        server.stop()
        assert letters(app) == word


def test_every_recovery_is_served_by_an_application_that_lived_on(serve: Serve) -> None:
    node, app = node_for(serve, 1)
    node.start()
    node.play("IFC")
    for word in words(LONGEST - 1, recovery=True):
        if word.startswith("I"):
            continue
        node.crash()
        node.start()
        node.play(word)
    assert app.height == node.height > 100


@pytest.mark.parametrize("kind", [Hasty, Greedy, Fickle, Silent])
def test_the_driver_notices_an_application_that_breaks_the_contract(serve: Serve, kind: type[Counter]) -> None:
    app = kind()
    rng = random.Random(5)
    node = Node(serve(app).address, Numbers(app, rng), rng)
    node.start()
    with pytest.raises(AssertionError):
        for _ in range(20):
            node.play("IRPF" if node.height == 0 else "RPF")
            node.crash()
            node.recover()


@pytest.mark.parametrize("seed", range(10))
def test_long_random_words_with_crashes_at_any_call_lose_nothing_that_was_committed(serve: Serve, seed: int) -> None:
    node, app = node_for(serve, seed)
    node.start()
    word = random_word(node.rng, 30)
    while word:
        length = node.rng.randrange(1, 40)
        node.play(word[:length])
        before = node.height
        node.crash()
        node.recover()
        assert node.height >= before
        # What was decided is committed by the recovery: drop the Commit of the word that it stood for.
        word = word[length:].lstrip("C")
    assert app.height == node.height == 30
    assert [height for height, _ in node.history] == list(range(1, 31))
