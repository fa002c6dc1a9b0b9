"""A node played by a test: it makes the calls of any legal word over a real socket, and checks each answer.

    node = Node(server.address, workload, random.Random(seed))
    node.start()                 # connects and asks Info
    node.play("IRPFCVPXRFC")     # any word of the grammar, whole or in parts
    node.crash()                 # at any moment
    node.recover()               # connects again and does what the handshake does

The application may be restarted between crash and recovery, or live on.
"""

import hashlib
import random
from collections.abc import Callable
from typing import Protocol

from chain.pb.tendermint.abci import types_pb2 as pb
from tests.chain.abci.client import Client, request_frame

COMMIT_FLAG = 2
BLOCK_BYTES = 200_000


class Workload(Protocol):
    """What the driver puts into its requests."""

    def init_chain(self) -> pb.RequestInitChain:
        """Return the genesis, with `time` set."""
        ...

    def arriving(self, height: int) -> list[bytes]:
        """Return transactions that users send while this height is decided; asked once for each height."""
        ...

    def foreign(self, height: int) -> list[bytes]:
        """Return the transactions of a block that somebody else proposes; any bytes."""
        ...

    def queries(self) -> list[pb.RequestQuery]:
        """Return queries that may come at any time; their answers must have code 0."""
        ...

    def snapshot(self, chunks: int) -> tuple[pb.Snapshot, list[bytes], bytes]:
        """Return a snapshot with that many chunks and its app hash; only for words with O and A."""
        ...


class Node:
    """Plays the node: four connections, the mempool, the blocks that were decided. It checks each answer."""

    def __init__(self, address: str, workload: Workload, rng: random.Random) -> None:
        self.address = address
        self.workload = workload
        self.rng = rng
        self.genesis = workload.init_chain()
        self.first = self.genesis.initial_height or 1
        self.height = 0
        self.app_hash = b""
        self.mempool: list[bytes] = []
        self.arrived = 0
        self.proposal: list[bytes] | None = None
        self.ready = False
        self.decided: tuple[pb.RequestFinalizeBlock, pb.ResponseFinalizeBlock] | None = None
        self.history: list[tuple[int, bytes]] = []
        self._calls: dict[str, Callable[[], None]] = {
            "I": self._init,
            "V": self._verify,
            "R": self._prepare,
            "P": self._process,
            "X": self._extend,
            "F": self._finalize,
            "C": self._commit,
        }

    def start(self) -> pb.ResponseInfo:
        """Connect as a node does, and check that Info tells the last Commit."""
        self.query, self.snapshots, self.pool, self.consensus = (Client(self.address) for _ in range(4))
        self.query.call("echo", message="hello")
        return self._info()

    def crash(self) -> None:
        """Go away without a word; what was proposed and checked is forgotten, what was decided is not."""
        for client in (self.query, self.snapshots, self.pool, self.consensus):
            client.close()
        self.mempool.clear()
        self.proposal = None
        self.ready = self.height > 0

    def recover(self) -> None:
        """Connect again as the handshake does: genesis if nothing was committed, then the decided block."""
        self.start()
        if self.height == 0:
            self._init()
        if self.decided is not None:
            self.play("FC")

    def play(self, word: str) -> None:
        """Make the calls of a word, or of a part of one."""
        for index, letter in enumerate(word):
            if self.rng.random() < 0.3:
                self._any_time()
            if letter == "O":
                self._offer(word[index + 1 :])
            elif letter != "A":
                self._calls[letter]()

    def _info(self) -> pb.ResponseInfo:
        info = self.query.call("info", version="0.39.4", block_version=11, p2p_version=8, abci_version="2.0.0")
        assert (info.last_block_height, info.last_block_app_hash) == (self.height, self.app_hash)
        return info

    def _init(self) -> None:
        assert self.height == 0
        self.consensus.call("init_chain", self.genesis)
        self.ready = True

    def _offer(self, rest: str) -> None:
        """Offer a snapshot and send its chunks; where another offer follows, the last one never comes."""
        chunks = len(rest) - len(rest.lstrip("A"))
        last = "O" not in rest
        snapshot, parts, app_hash = self.workload.snapshot(chunks if last else chunks + 1)
        offered = self.snapshots.call("offer_snapshot", snapshot=snapshot, app_hash=app_hash)
        assert offered.result == pb.ResponseOfferSnapshot.ACCEPT
        for index, part in enumerate(parts[:chunks]):
            applied = self.snapshots.call("apply_snapshot_chunk", index=index, chunk=part, sender="peer")
            assert applied.result == pb.ResponseApplySnapshotChunk.ACCEPT
        if last:
            self.height, self.app_hash, self.ready = snapshot.height, app_hash, True
            self._info()

    def _next(self) -> int:
        return self.height + 1 if self.height else self.first

    def _time(self, height: int) -> dict[str, int]:
        return {"seconds": self.genesis.time.seconds + height - self.first, "nanos": self.genesis.time.nanos}

    def _arrive(self) -> None:
        """Users send transactions; the node asks about all of them without waiting in between."""
        height = self._next()
        if self.arrived < height:
            self.arrived = height
            self.mempool += self._check(self.workload.arriving(height), pb.CheckTxType.NEW)

    def _check(self, txs: list[bytes], kind: pb.CheckTxType.ValueType) -> list[bytes]:
        self.pool.send(b"".join(request_frame("check_tx", tx=tx, type=kind) for tx in txs) + request_frame("flush"))
        answers = [self.pool.read() for _ in txs]
        flushed = self.pool.read()
        assert flushed is not None
        assert flushed.WhichOneof("value") == "flush"
        return [tx for tx, answer in zip(txs, answers, strict=True) if answer is not None and answer.check_tx.code == 0]

    def _header(self, txs: list[bytes]) -> dict[str, object]:
        height = self._next()
        seed = hashlib.sha256(b"".join([b"%d" % height, *(hashlib.sha256(tx).digest() for tx in txs)])).digest()
        validators = self.genesis.validators
        proposer = hashlib.sha256(validators[0].pub_key.ed25519).digest()[:20] if validators else bytes(20)
        return {
            "hash": seed,
            "height": height,
            "time": self._time(height),
            "next_validators_hash": bytes(32),
            "proposer_address": proposer,
        }

    def _votes(self) -> list[pb.VoteInfo]:
        if self._next() == self.first:
            return []
        return [
            pb.VoteInfo(
                validator={"address": hashlib.sha256(item.pub_key.ed25519).digest()[:20], "power": item.power},
                block_id_flag=COMMIT_FLAG,
            )
            for item in self.genesis.validators
        ]

    def _prepare(self) -> None:
        self._arrive()
        offered = self.rng.sample(self.mempool, self.rng.randrange(len(self.mempool) + 1))
        offered.sort(key=self.mempool.index)
        room = self.rng.choice([BLOCK_BYTES, BLOCK_BYTES, 1000, 0])
        header = self._header(offered)
        del header["hash"]
        response = self.consensus.call("prepare_proposal", txs=offered, max_tx_bytes=room, **header)
        chosen = list(response.txs)
        # As protobuf counts them in a block's data: tag, length, bytes.
        assert sum(len(framed_tx(tx)) for tx in chosen) <= room
        self.proposal = chosen

    def _process(self) -> None:
        own = self.proposal is not None and self.rng.random() < 0.7
        txs = self.proposal if own and self.proposal is not None else self.workload.foreign(self._next())
        response = self.consensus.call(
            "process_proposal", txs=txs, proposed_last_commit={"votes": self._votes()}, **self._header(txs)
        )
        kind = pb.ResponseProcessProposal
        assert response.status in ((kind.ACCEPT,) if own else (kind.ACCEPT, kind.REJECT))
        if response.status == kind.ACCEPT:
            self.proposal = txs

    def _extend(self) -> None:
        header = self._header(self.proposal or [])
        response = self.consensus.call("extend_vote", proposed_last_commit={"votes": self._votes()}, **header)
        assert response.vote_extension == b""

    def _verify(self) -> None:
        extension = self.rng.choice([b"", b"", b"surprise"])
        response = self.consensus.call(
            "verify_vote_extension",
            hash=self.rng.randbytes(32),
            validator_address=self.rng.randbytes(20),
            height=self._next(),
            vote_extension=extension,
        )
        kind = pb.ResponseVerifyVoteExtension
        assert response.status == (kind.REJECT if extension else kind.ACCEPT)

    def _finalize(self) -> None:
        again = self.decided
        if again is not None:
            request = again[0]
        else:
            if self.proposal is not None and self.rng.random() < 0.9:
                txs = self.proposal
            else:
                txs = self.workload.foreign(self._next())
            request = pb.RequestFinalizeBlock(
                txs=txs, decided_last_commit={"votes": self._votes()}, **self._header(txs)
            )
        response = self.consensus.call("finalize_block", request)
        assert len(response.tx_results) == len(request.txs)
        if again is not None:
            assert response.SerializeToString(deterministic=True) == again[1].SerializeToString(deterministic=True)
        self.decided = (request, response)
        self._info()

    def _commit(self) -> None:
        assert self.decided is not None
        response = self.consensus.call("commit")
        request, result = self.decided
        assert 0 <= response.retain_height <= request.height
        self.height, self.app_hash, self.decided, self.proposal = request.height, result.app_hash, None, None
        self.history.append((self.height, self.app_hash))
        done = set(request.txs)
        self.mempool = self._check([tx for tx in self.mempool if tx not in done], pb.CheckTxType.RECHECK)
        self._info()

    def _any_time(self) -> None:
        # Before genesis or the first state there is neither mempool nor RPC.
        kind = self.rng.randrange(6) if self.ready else 0
        if kind == 0:
            self._info()
        elif kind == 1:
            self._arrive()
        elif kind == 2:
            for query in self.workload.queries():
                assert self.query.call("query", query).code == 0
        elif kind == 3:
            self.snapshots.call("list_snapshots")
        elif kind == 4:
            assert self.snapshots.call("load_snapshot_chunk", height=1 << 40, format=9, chunk=7).chunk == b""
        else:
            self.pool.call("echo", message="are you there")


def framed_tx(tx: bytes) -> bytes:
    """Return a transaction as it stands in a block's data."""
    return pb.RequestPrepareProposal(txs=[tx]).SerializeToString()
