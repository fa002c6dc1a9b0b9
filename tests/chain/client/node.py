"""A node in a box: CometBFT's JSON-RPC, as far as the client uses it, in front of an app in a box.

Every transaction that CheckTx takes gets a block of its own. What a real CometBFT answers was written down from one.
"""

import base64
import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from google.protobuf.json_format import MessageToDict

from chain.pb.tendermint.abci import types_pb2 as abci
from chain.testing import CHAIN_ID, TestChain


class NodeInABox:
    """Serves a TestChain at `url`; a context manager. `away` answers 503, `silent` keeps transactions out of blocks."""

    def __init__(self, chain: TestChain) -> None:
        self.chain = chain
        self.away = 0
        self.silent = False
        self.txs: dict[str, tuple[int, bytes, abci.ExecTxResult]] = {}
        if not chain.height:
            chain.advance(1)  # queries are answered from the first block on
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "NodeInABox":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        method = getattr(self, f"do_{request['method']}", None)
        if method is None:
            return {"error": {"code": -32601, "message": "Method not found", "data": ""}}
        with self._lock:
            try:
                return {"result": method(**request["params"])}
            except LookupError as error:
                return {"error": {"code": -32603, "message": "Internal error", "data": str(error.args[0])}}

    def do_status(self) -> dict[str, Any]:
        return {"node_info": {"network": CHAIN_ID}, "sync_info": {"latest_block_height": str(self.chain.height)}}

    def do_abci_query(self, path: str, data: str, height: str, prove: bool) -> dict[str, Any]:
        request = abci.RequestQuery(path=path, data=bytes.fromhex(data), height=int(height), prove=prove)
        return {"response": MessageToDict(self.chain.app.query(request))}

    def do_broadcast_tx_sync(self, tx: str) -> dict[str, Any]:
        raw = base64.b64decode(tx)
        checked = self.chain.check(raw)
        tx_hash = hashlib.sha256(raw).hexdigest().upper()
        if not checked.code and not self.silent:
            block = self.chain.deliver(raw)
            self.txs[tx_hash] = (block.height, raw, block.tx_results[0])
        return {"code": checked.code, "codespace": checked.codespace, "log": checked.log, "hash": tx_hash}

    do_broadcast_tx_async = do_broadcast_tx_sync

    def do_tx(self, hash: str, prove: bool) -> dict[str, Any]:  # CometBFT's name
        tx_hash = base64.b64decode(hash).hex().upper()
        if tx_hash not in self.txs:
            raise LookupError(f"tx ({tx_hash}) not found, err: %!w(<nil>)")
        height, raw, result = self.txs[tx_hash]
        shown = MessageToDict(result, preserving_proto_field_name=True)
        return {"hash": tx_hash, "height": str(height), "tx_result": shown, "tx": base64.b64encode(raw).decode()}

    def do_tx_search(self, query: str, prove: bool, page: str, per_page: str, order_by: str) -> dict[str, Any]:
        tx_hash = query.removeprefix("tx.hash='").removesuffix("'")
        encoded = base64.b64encode(bytes.fromhex(tx_hash)).decode()
        found = [self.do_tx(encoded, prove)] if tx_hash in self.txs else []
        return {"txs": found, "total_count": str(len(found))}


def _handler(node: NodeInABox) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if node.away > 0:
                node.away -= 1
                return self.reply(503, b"starting")
            answer = {"jsonrpc": "2.0", "id": 1, **node.answer(json.loads(body))}
            return self.reply(200, json.dumps(answer).encode())

        def reply(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    return Handler
