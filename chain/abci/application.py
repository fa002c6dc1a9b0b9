"""What the server asks of an application: one method per ABCI request, named as in the request's oneof."""

from typing import Protocol

from chain.pb.tendermint.abci import types_pb2 as pb


class Application(Protocol):
    """The state machine as CometBFT sees it; it is called from several threads and locks for itself.

    A mistake of a user is answered by a code. An exception is a fault: the server answers it with ResponseException,
    which halts the node, closes the connection and reports it.

    An application may also have a method `connection_reset() -> None`: it is called when a node comes back after it
    went away, before that node's Info is answered; whatever was not committed must be dropped.
    """

    def info(self, request: pb.RequestInfo, /) -> pb.ResponseInfo:
        """Return height and app hash of the last Commit."""
        ...

    def query(self, request: pb.RequestQuery, /) -> pb.ResponseQuery:
        """Answer from committed state."""
        ...

    def check_tx(self, request: pb.RequestCheckTx, /) -> pb.ResponseCheckTx:
        """Say whether a transaction may enter, or stay in, the mempool."""
        ...

    def init_chain(self, request: pb.RequestInitChain, /) -> pb.ResponseInitChain:
        """Begin from genesis; may come again until the first Commit."""
        ...

    def prepare_proposal(self, request: pb.RequestPrepareProposal, /) -> pb.ResponsePrepareProposal:
        """Choose the transactions of a block."""
        ...

    def process_proposal(self, request: pb.RequestProcessProposal, /) -> pb.ResponseProcessProposal:
        """Accept or reject somebody's block."""
        ...

    def extend_vote(self, request: pb.RequestExtendVote, /) -> pb.ResponseExtendVote:
        """Return the extension of this validator's precommit."""
        ...

    def verify_vote_extension(self, request: pb.RequestVerifyVoteExtension, /) -> pb.ResponseVerifyVoteExtension:
        """Accept or reject the extension of another validator's precommit."""
        ...

    def finalize_block(self, request: pb.RequestFinalizeBlock, /) -> pb.ResponseFinalizeBlock:
        """Execute a decided block; persist nothing."""
        ...

    def commit(self, request: pb.RequestCommit, /) -> pb.ResponseCommit:
        """Persist the block that was finalized last."""
        ...

    def list_snapshots(self, request: pb.RequestListSnapshots, /) -> pb.ResponseListSnapshots:
        """List the snapshots of this node."""
        ...

    def offer_snapshot(self, request: pb.RequestOfferSnapshot, /) -> pb.ResponseOfferSnapshot:
        """Accept or reject a snapshot to restore from."""
        ...

    def load_snapshot_chunk(self, request: pb.RequestLoadSnapshotChunk, /) -> pb.ResponseLoadSnapshotChunk:
        """Return a chunk of one of this node's snapshots; empty when there is none."""
        ...

    def apply_snapshot_chunk(self, request: pb.RequestApplySnapshotChunk, /) -> pb.ResponseApplySnapshotChunk:
        """Restore from the next chunk of the accepted snapshot."""
        ...
