"""CometBFT itself on the counter: it is killed, comes back, and finds the application as it left it."""

import base64
import json
import random
import re
import socket
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from chain.abci.server import AbciServer
from chain.pb.tendermint.abci import types_pb2 as pb
from tests.chain.abci.conftest import Serve
from tests.chain.abci.counter import Counter

BUILT = Path(__file__).parents[3] / "build" / "cometbft"
PINNED = "0.39.4"
SECONDS = 30
PLAYED = re.compile(r"I([VRPX]*FC)+([VRPX]*F?([VRPX]*FC)+)*[VRPX]*F?")
"""The grammar with crashes: each may cut a height off after any call, at worst between FinalizeBlock and Commit."""

LETTERS = {
    "init_chain": "I",
    "verify_vote_extension": "V",
    "prepare_proposal": "R",
    "process_proposal": "P",
    "extend_vote": "X",
    "finalize_block": "F",
    "commit": "C",
}


class RealNode:
    """One validator in a folder of its own."""

    def __init__(self, binary: Path, home: Path, server: AbciServer) -> None:
        self.binary = binary
        self.home = home
        self.server = server
        self.process: subprocess.Popen[bytes] | None = None
        self.rpc = ""
        subprocess.run([binary, "init", "--home", home], check=True, capture_output=True, timeout=SECONDS)
        config = home / "config" / "config.toml"
        text = re.sub(r'timeout_commit = ".*"', 'timeout_commit = "50ms"', config.read_text())
        config.write_text(re.sub(r'pprof_laddr = ".*"', 'pprof_laddr = ""', text))

    def start(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        self.rpc = f"http://127.0.0.1:{port}"
        laddr = ["--rpc.laddr", f"tcp://127.0.0.1:{port}", "--p2p.laddr", "tcp://127.0.0.1:0"]
        command = [str(self.binary), "start", "--home", str(self.home), "--proxy_app", self.server.address, *laddr]
        with (self.home / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def call(self, method: str, **params: Any) -> Any:
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
        request = urllib.request.Request(self.rpc, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=5) as response:
            return json.load(response)["result"]

    def wait_for(self, height: int) -> None:
        deadline = time.monotonic() + SECONDS
        while True:
            try:
                if int(self.call("status")["sync_info"]["latest_block_height"]) >= height:
                    return
            except OSError:
                pass
            log = (self.home / "log").read_text()[-2000:]
            assert self.process is not None
            assert self.process.poll() is None, log
            assert time.monotonic() < deadline, log
            time.sleep(0.05)


@pytest.fixture(params=[PINNED, "0.38.25", "0.40.0"])
def binary(request: pytest.FixtureRequest, cometbft: Path) -> Path:
    """CometBFT of each version that the server speaks to; the pinned one is always there."""
    path = (cometbft if request.param == PINNED else BUILT / request.param) / "cometbft"
    if not path.is_file():
        pytest.skip(f"CometBFT {request.param} is not built: python -m localnet.cometbft.build {request.param}")
    return path


def test_a_node_that_is_killed_again_and_again_goes_on_where_it_was(
    binary: Path, serve: Serve, app: Counter, tmp_path: Path
) -> None:
    rng = random.Random(7)
    node = RealNode(binary, tmp_path / "home", serve())
    try:
        for _ in range(4):
            node.start()
            node.wait_for(app.height + 3)
            sent = node.call("broadcast_tx_sync", tx=base64.b64encode(bytes([app.count])).decode())
            assert sent["code"] == 0
            node.wait_for(app.height + 2)
            time.sleep(rng.random() * 0.2)
            node.kill()
        node.start()
        node.wait_for(app.height + 3)
        height = app.height
        info = node.call("abci_info")["response"]
        assert int(info["last_block_height"]) >= height
        header = node.call("block", height=str(height))["block"]["header"]
        assert header["app_hash"] == app.app_hash(app.count).hex().upper()
        node.kill()
    finally:
        node.kill()
    assert app.count == 4
    assert app.resets == 4
    assert PLAYED.fullmatch("".join(LETTERS[name] for name in app.calls))


def test_a_fault_of_the_application_ends_the_node_with_the_reason_in_its_log(
    binary: Path, serve: Serve, tmp_path: Path
) -> None:
    class Broken(Counter):
        def finalize_block(self, request: pb.RequestFinalizeBlock) -> pb.ResponseFinalizeBlock:
            if request.height == 3:
                raise ValueError("the third block is cursed")
            return super().finalize_block(request)

    node = RealNode(binary, tmp_path / "home", serve(Broken()))
    try:
        node.start()
        assert node.process is not None
        # It sends itself SIGTERM and ends with status 0: its supervisor must not take that for a wish to stop.
        assert node.process.wait(SECONDS) == 0
    finally:
        node.kill()
    assert "the third block is cursed" in (node.home / "log").read_text()
