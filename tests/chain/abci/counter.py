"""A small application: a transaction is the next number, big-endian; the app hash is how many there were.

It speaks all of ABCI without vote extensions and keeps its promises about what is pending and what is committed, so it
serves the drivers of the server, and the reference client as the application that the test in it was written for.
"""

import threading

from chain.pb.tendermint.abci import types_pb2 as pb

MAX_TX_BYTES = 8
BAD_NONCE = 2
BAD_ENCODING = 1


def number(tx: bytes) -> int | None:
    """Return the number that a transaction is, None when it is too long."""
    return int.from_bytes(tx, "big") if len(tx) <= MAX_TX_BYTES else None


class Counter:
    """Counts; `calls` has the name of each request, in the order in which they were served."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.calls: list[str] = []
        self.resets = 0
        self.height = 0
        self.count = 0
        self.pending: tuple[int, int] | None = None
        self.checked = 0
        self.offered = pb.Snapshot()
        self.restored: list[bytes] | None = None

    def connection_reset(self) -> None:
        with self.lock:
            self.resets += 1
            self.pending = None
            self.checked = self.count

    def app_hash(self, count: int) -> bytes:
        return count.to_bytes(8, "big") if count else b""

    def info(self, request: pb.RequestInfo) -> pb.ResponseInfo:
        with self.lock:
            return pb.ResponseInfo(
                data=f"count {self.count}",
                last_block_height=self.height,
                last_block_app_hash=self.app_hash(self.count) if self.height else b"",
            )

    def query(self, request: pb.RequestQuery) -> pb.ResponseQuery:
        if request.path.startswith("/p2p/filter/"):
            return pb.ResponseQuery()
        if request.path not in ("", "/count", "/store"):
            return pb.ResponseQuery(code=1, log=f"unknown path {request.path}")
        with self.lock:
            return pb.ResponseQuery(key=request.data, value=str(self.count).encode(), height=self.height)

    def check_tx(self, request: pb.RequestCheckTx) -> pb.ResponseCheckTx:
        with self.lock:
            value = number(request.tx)
            if value is None:
                return pb.ResponseCheckTx(code=BAD_ENCODING, log="at most 8 bytes")
            if value < self.checked:
                return pb.ResponseCheckTx(code=BAD_NONCE, log=f"expected at least {self.checked}")
            return pb.ResponseCheckTx(gas_wanted=1)

    def init_chain(self, request: pb.RequestInitChain) -> pb.ResponseInitChain:
        with self.lock:
            self.calls.append("init_chain")
            if self.height:
                raise RuntimeError("InitChain after a commit")
            self.count, self.pending, self.checked = 0, None, 0
            return pb.ResponseInitChain()

    def prepare_proposal(self, request: pb.RequestPrepareProposal) -> pb.ResponsePrepareProposal:
        with self.lock:
            self.calls.append("prepare_proposal")
            room, chosen = request.max_tx_bytes, []
            for tx in request.txs:
                room -= 2 + len(tx)
                if room < 0:
                    break
                if len(tx) <= MAX_TX_BYTES:
                    chosen.append(tx)
            return pb.ResponsePrepareProposal(txs=chosen)

    def process_proposal(self, request: pb.RequestProcessProposal) -> pb.ResponseProcessProposal:
        with self.lock:
            self.calls.append("process_proposal")
            fine = all(len(tx) <= MAX_TX_BYTES for tx in request.txs)
            status = pb.ResponseProcessProposal.ACCEPT if fine else pb.ResponseProcessProposal.REJECT
            return pb.ResponseProcessProposal(status=status)

    def extend_vote(self, request: pb.RequestExtendVote) -> pb.ResponseExtendVote:
        with self.lock:
            self.calls.append("extend_vote")
            return pb.ResponseExtendVote()

    def verify_vote_extension(self, request: pb.RequestVerifyVoteExtension) -> pb.ResponseVerifyVoteExtension:
        with self.lock:
            self.calls.append("verify_vote_extension")
            kind = pb.ResponseVerifyVoteExtension
            return kind(status=kind.REJECT if request.vote_extension else kind.ACCEPT)

    def finalize_block(self, request: pb.RequestFinalizeBlock) -> pb.ResponseFinalizeBlock:
        with self.lock:
            self.calls.append("finalize_block")
            response = pb.ResponseFinalizeBlock()
            count = self.count
            for tx in request.txs:
                result = response.tx_results.add()
                if number(tx) == count:
                    count += 1
                else:
                    result.code = BAD_NONCE
                    result.log = f"expected {count}"
            self.pending = (request.height or self.height + 1, count)
            response.app_hash = self.app_hash(count)
            return response

    def commit(self, request: pb.RequestCommit) -> pb.ResponseCommit:
        with self.lock:
            self.calls.append("commit")
            if self.pending is not None:
                self.height, self.count = self.pending
            self.pending = None
            self.checked = self.count
            return pb.ResponseCommit()

    def list_snapshots(self, request: pb.RequestListSnapshots) -> pb.ResponseListSnapshots:
        with self.lock:
            if not self.height:
                return pb.ResponseListSnapshots()
            snapshot = pb.Snapshot(height=self.height, format=1, chunks=2, hash=self.app_hash(self.count) or b"\0")
            return pb.ResponseListSnapshots(snapshots=[snapshot])

    def offer_snapshot(self, request: pb.RequestOfferSnapshot) -> pb.ResponseOfferSnapshot:
        with self.lock:
            self.calls.append("offer_snapshot")
            self.offered, self.restored = request.snapshot, []
            return pb.ResponseOfferSnapshot(result=pb.ResponseOfferSnapshot.ACCEPT)

    def load_snapshot_chunk(self, request: pb.RequestLoadSnapshotChunk) -> pb.ResponseLoadSnapshotChunk:
        with self.lock:
            return pb.ResponseLoadSnapshotChunk(chunk=str(self.count).encode() if request.chunk == 0 else b"")

    def apply_snapshot_chunk(self, request: pb.RequestApplySnapshotChunk) -> pb.ResponseApplySnapshotChunk:
        with self.lock:
            self.calls.append("apply_snapshot_chunk")
            if self.restored is None:
                return pb.ResponseApplySnapshotChunk(result=pb.ResponseApplySnapshotChunk.ABORT)
            self.restored.append(request.chunk)
            if len(self.restored) == self.offered.chunks:
                self.height, self.count = self.offered.height, int(b"".join(self.restored))
                self.checked, self.restored = self.count, None
            return pb.ResponseApplySnapshotChunk(result=pb.ResponseApplySnapshotChunk.ACCEPT)
