"""A node goes away and comes back while the application lives."""

import threading
import time

import pytest

from chain.pb.tendermint.abci import types_pb2 as pb
from tests.chain.abci.client import Client, request_frame
from tests.chain.abci.conftest import Serve
from tests.chain.abci.counter import Counter
from tests.chain.abci.test_server import Gate


def test_what_was_not_committed_is_gone_when_a_node_comes_back(serve: Serve, app: Counter) -> None:
    server = serve()
    with Client(server.address) as consensus, Client(server.address) as query:
        query.call("info")
        consensus.call("init_chain")
        consensus.call("finalize_block", height=1, txs=[b"\0"])
        consensus.call("commit")
        consensus.call("finalize_block", height=2, txs=[b"\1"])
    assert app.pending is not None
    with Client(server.address) as query, Client(server.address) as consensus:
        info = query.call("info")
        assert (info.last_block_height, app.resets, app.pending) == (1, 1, None)
        assert consensus.call("finalize_block", height=2, txs=[b"\1"]).app_hash == (2).to_bytes(8, "big")
        consensus.call("commit")
        assert query.call("info").last_block_height == 2
    assert app.resets == 1


def test_info_waits_for_the_call_that_the_dead_node_left_behind(serve: Serve) -> None:
    app = Gate()
    server = serve(app)
    with Client(server.address) as consensus:
        consensus.send(request_frame("finalize_block", height=1, txs=[b"\0"]) + request_frame("commit"))
        assert app.entered.wait(5)
    with Client(server.address) as query:
        query.send(request_frame("info"))
        query.sock.settimeout(0.2)
        with pytest.raises(TimeoutError):
            query.read()
        query.sock.settimeout(10)
        app.open.set()
        answer = query.read()
        assert answer is not None
        # Whether the Commit behind it was still served or not, Info tells what is so now.
        assert answer.info.last_block_height == app.height
        assert app.resets == 1
        assert app.pending is None


def test_info_of_a_tool_beside_a_living_node_changes_nothing(serve: Serve, app: Counter) -> None:
    server = serve()
    with Client(server.address) as consensus:
        consensus.call("finalize_block", height=1, txs=[b"\0"])
        with Client(server.address) as tool:
            tool.call("info")
        assert app.resets == 0
        consensus.call("commit")
    assert app.height == 1


def test_a_second_node_on_the_same_application_is_refused(serve: Serve, app: Counter) -> None:
    server = serve()
    with Client(server.address) as first, Client(server.address) as second:
        first.call("finalize_block", height=1, txs=[b"\0"])
        second.call("info")
        with pytest.raises(RuntimeError, match="another connection drives consensus"):
            second.call("finalize_block", height=1)
        first.call("commit")
    assert (app.height, app.count) == (1, 1)


def test_tools_may_drive_consensus_one_after_the_other(serve: Serve, app: Counter) -> None:
    server = serve()
    with Client(server.address) as tool:
        tool.call("finalize_block", height=1, txs=[b"\0"])
    with Client(server.address) as tool:
        tool.call("commit")
    assert (app.height, app.count, app.resets) == (1, 1, 0)


def test_a_new_node_without_info_waits_for_the_call_of_the_dead_one(serve: Serve) -> None:
    app = Gate()
    server = serve(app)
    with Client(server.address) as old:
        old.send(request_frame("finalize_block", height=1, txs=[b"\0"]))
        assert app.entered.wait(5)
    with Client(server.address) as new:
        threading.Timer(0.2, app.open.set).start()
        new.call("init_chain")
    assert app.calls == ["finalize_block", "init_chain"]


def test_an_application_without_the_hook_is_served_all_the_same(serve: Serve) -> None:
    class Plain:
        def info(self, request: pb.RequestInfo) -> pb.ResponseInfo:
            return pb.ResponseInfo(last_block_height=3)

        def commit(self, request: pb.RequestCommit) -> pb.ResponseCommit:
            return pb.ResponseCommit()

    server = serve(Plain())
    with Client(server.address) as client:
        client.call("commit")
    with Client(server.address) as client:
        assert client.call("info").last_block_height == 3


def test_the_server_outlives_many_nodes(serve: Serve, app: Counter) -> None:
    server = serve()
    for height in range(1, 31):
        with Client(server.address) as query, Client(server.address) as consensus:
            assert query.call("info").last_block_height == height - 1
            consensus.call("finalize_block", height=height)
            consensus.call("commit")
            consensus.send(request_frame("finalize_block", height=height + 1)[:-1])
    deadline = time.monotonic() + 5
    while server.connections:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert not [
        thread.name
        for thread in threading.enumerate()
        if thread.name.startswith("abci-") and "accept" not in thread.name
    ]
