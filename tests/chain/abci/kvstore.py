"""An application with the behaviour of CometBFT's own example `kvstore`, as far as its command line client shows it.

A transaction is `key=value` or `key:value`; the app hash is the number of transactions so far, as a signed varint in 8
bytes.
"""

from chain.abci.frames import uvarint
from chain.pb.tendermint.abci import types_pb2 as pb

INVALID_FORMAT = 2


def valid(tx: bytes) -> bool:
    """Whether there is one separator, and something on both sides of it."""
    separators = [byte for byte in tx if byte in b":="]
    return len(separators) == 1 and tx[0] not in b":=" and tx[-1] not in b":="


class KvStore:
    """Keeps the last value of each key."""

    def __init__(self) -> None:
        self.values: dict[bytes, bytes] = {}
        self.staged: dict[bytes, bytes] = {}
        self.size = 0
        self.height = 0

    def app_hash(self) -> bytes:
        return uvarint(self.size * 2).ljust(8, b"\0")

    def info(self, request: pb.RequestInfo) -> pb.ResponseInfo:
        return pb.ResponseInfo(data=f'{{"size":{self.size}}}', app_version=1, last_block_height=self.height)

    def init_chain(self, request: pb.RequestInitChain) -> pb.ResponseInitChain:
        return pb.ResponseInitChain(app_hash=self.app_hash())

    def check_tx(self, request: pb.RequestCheckTx) -> pb.ResponseCheckTx:
        return pb.ResponseCheckTx(gas_wanted=1) if valid(request.tx) else pb.ResponseCheckTx(code=INVALID_FORMAT)

    def prepare_proposal(self, request: pb.RequestPrepareProposal) -> pb.ResponsePrepareProposal:
        return pb.ResponsePrepareProposal(txs=[tx.replace(b":", b"=") for tx in request.txs if valid(tx)])

    def process_proposal(self, request: pb.RequestProcessProposal) -> pb.ResponseProcessProposal:
        kind = pb.ResponseProcessProposal
        return kind(status=kind.ACCEPT if all(valid(tx) for tx in request.txs) else kind.REJECT)

    def finalize_block(self, request: pb.RequestFinalizeBlock) -> pb.ResponseFinalizeBlock:
        self.staged = {}
        response = pb.ResponseFinalizeBlock()
        for tx in request.txs:
            key, _, value = tx.partition(b"=")
            self.staged[key] = value
            self.size += 1
            event = response.tx_results.add().events.add(type="app")
            event.attributes.add(key="key", value=key.decode(errors="replace"), index=True)
        self.height = request.height
        response.app_hash = self.app_hash()
        return response

    def commit(self, request: pb.RequestCommit) -> pb.ResponseCommit:
        self.values.update(self.staged)
        return pb.ResponseCommit()

    def query(self, request: pb.RequestQuery) -> pb.ResponseQuery:
        value = self.values.get(request.data)
        log = "does not exist" if value is None else "exists"
        return pb.ResponseQuery(key=request.data, value=value or b"", log=log, height=self.height)
