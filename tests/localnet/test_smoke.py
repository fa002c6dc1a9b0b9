"""One validator with each CometBFT that speaks our dialect: from nothing to a committed send, a restart, a rollback."""

from pathlib import Path

import pytest

from localnet.cometbft.build import MODULES
from tests.localnet.nodes import Node, lampd


@pytest.mark.parametrize("version", MODULES)
def test_a_send_is_committed_and_survives_a_restart(tmp_path: Path, version: str) -> None:
    with Node(tmp_path / "home", version).init(accounts={"alice": "1000lamp", "bob": "1ulamp"}) as node:
        home = ["--home", str(node.home.path)]
        node.start().wait_height(2)
        with node.client() as client:
            bob = client.keyring.show("bob").address
            result = client.send("alice", bob, "5lamp")
            assert result.code == 0
            assert client.balance(bob) == 5_000_001
        node.wait_height(result.height + 2)
        hashes = {height: node.app_hash(height) for height in range(1, result.height + 1)}
        assert node.health()["status"] == "ok"
        assert 'lamppost_txs_total{code="0",codespace=""} 1.0' in node.get("/metrics")
        assert node.stop() == 0

        node.start().wait_height(result.height + 4)
        assert {height: node.app_hash(height) for height in hashes} == hashes
        with node.client() as client:
            assert client.balance(bob) == 5_000_001
            assert client.balance(bob, height=result.height - 1) == 1
        assert node.stop() == 0

        assert "is sound" in lampd("verify", *home).stdout
        before = node.home.data
        assert before.exists()
        said = lampd("rollback", *home, version=version).stdout
        rolled = int(said.split("height ")[1].split()[0])
        assert node.start().wait_height(rolled + 2)
        assert {height: node.app_hash(height) for height in hashes} == hashes
        assert node.stop() == 0
