"""The load's book-keeping, against nodes of paper: one keeps its word, one loses what it took, one dies."""

import base64
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from chain.client.tx import SignerData
from chain.testing_docker import Plan, Recording, Testnet
from chain.testing_docker.waiting import wait_until
from tests.docker import load as loads
from tests.docker.fleet import Fleet
from tests.docker.load import Load


class PaperChain:
    """Blocks that all nodes of paper share."""

    def __init__(self) -> None:
        self.blocks: list[list[str]] = [[]]
        self.lock = threading.Lock()


class PaperNode:
    """A node's RPC as far as the load asks it. `fate` says what becomes of what it takes: keep, lose or refuse."""

    def __init__(self, name: str, chain: PaperChain, fate: str) -> None:
        self.name, self.chain, self.fate = name, chain, fate
        self.asked = 0
        self.started = 0.0
        node = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                call = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                body = json.dumps({"jsonrpc": "2.0", "id": 1, "result": node.answer(call["method"], call["params"])})
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, method: str, params: dict[str, Any]) -> Any:
        if method == "abci_info":
            return {"response": {"last_block_height": str(len(self.chain.blocks) - 1)}}
        if method == "block":
            return {"block": {"data": {"txs": self.chain.blocks[int(params["height"])]}}}
        if method == "block_results":
            return {"txs_results": [{} for _ in self.chain.blocks[int(params["height"])]]}
        self.asked += 1
        if self.fate == "refuse":
            return {"code": 5, "codespace": "sdk", "log": "insufficient funds", "hash": ""}
        if self.fate == "keep":
            with self.chain.lock:
                self.chain.blocks.append([params["tx"]])
        return {"code": 0, "hash": base64.b64encode(b"h").decode()}

    def remembers(self, since: float) -> bool:
        return self.started <= since


class PaperNet:
    """What the load needs of a testnet."""

    def __init__(self, *fates: str) -> None:
        chain = PaperChain()
        self.nodes = [PaperNode(f"node{index}", chain, fate) for index, fate in enumerate(fates)]
        self.plan = Plan()
        self.recording = Recording("paper")


class OneSender(Load):
    """A load of one sender, whose account needs no chain."""

    def _account(self, key: object) -> SignerData:
        return SignerData("docker-1", 1, 0)

    def _epoch(self, index: int) -> int:
        return -1


@contextmanager
def sending(*fates: str) -> Iterator[tuple[OneSender, PaperNet]]:
    net = PaperNet(*fates)
    load = OneSender(cast(Testnet, net), cast(Fleet, None), senders=1)
    load.__enter__()
    try:
        yield load, net
    finally:
        load.settle(1.0)
        for node in net.nodes:
            node.server.shutdown()
            node.server.server_close()


def test_what_is_taken_and_in_blocks_is_not_lost() -> None:
    with sending("keep", "keep") as (load, net):
        wait_until(lambda: load.included() >= 5, "five sends", 10)
    assert (load.lost(), load.wrong) == ([], [])
    assert all(tx.tries == 1 and tx.sent <= tx.accepted and tx.accepted_by == "node0" for tx in net.recording.txs)
    assert net.nodes[1].asked == 0
    assert net.recording.latencies()


def test_what_a_living_node_took_and_lost_is_lost_and_is_not_handed_in_again() -> None:
    loads.LOOK_SECONDS, before = 0.1, loads.LOOK_SECONDS
    try:
        with sending("lose", "keep") as (load, net):
            wait_until(lambda: net.nodes[0].asked, "the send", 10)
            time.sleep(0.5)  # several looks at a node that remembers
        assert [tx.accepted_by for tx in load.lost()] == ["node0"]
        assert (net.nodes[0].asked, net.nodes[1].asked) == (1, 0)
    finally:
        loads.LOOK_SECONDS = before


def test_what_a_node_took_that_died_is_handed_to_another() -> None:
    loads.LOOK_SECONDS, before = 0.1, loads.LOOK_SECONDS
    try:
        with sending("lose", "keep") as (load, net):
            wait_until(lambda: net.nodes[0].asked, "the send", 10)
            net.nodes[0].fate, net.nodes[0].started = "keep", time.time()
            wait_until(lambda: load.included() >= 3, "three sends", 10)
        assert (load.lost(), load.wrong) == ([], [])
        assert net.nodes[0].asked + net.nodes[1].asked == len(net.recording.txs) + 1
    finally:
        loads.LOOK_SECONDS = before


def test_a_refusal_that_no_client_should_get_is_wrong() -> None:
    with sending("refuse", "keep") as (load, _):
        wait_until(lambda: load.included() >= 1, "a send at the other node", 10)
    assert "node0 refused a send" in load.wrong[0]
    assert load.lost() == []
