"""Four validators under load: one is killed and catches up; half are killed and the chain waits for them."""

import time
from pathlib import Path

import pytest

from chain.client.rpc import RpcClient
from chain.node.home import Home
from tests.localnet.crashes import ACCOUNTS, Sender, gone, kill
from tests.localnet.replay import differences
from tests.localnet.testnets import CHAIN_ID, Ours, comet_child, make, rpc_url, wait_for_blocks


def kill_pair(net: Ours, home: Home) -> None:
    """Kill application and CometBFT of a validator at the same time."""
    pid = net.processes.pid(home)
    comet = comet_child(pid)
    kill(pid, comet)
    assert gone(pid, 10)
    assert gone(comet, 10)
    net.processes.stop(home)


def height(home: Home) -> int:
    with RpcClient(rpc_url(home)) as rpc:
        return rpc.height()


def hashes(home: Home, newest: int) -> list[str]:
    with RpcClient(rpc_url(home)) as rpc:
        return [rpc.block(number)["block"]["header"]["app_hash"] for number in range(1, newest + 1)]


@pytest.mark.timeout(200)
def test_validators_that_were_killed_catch_up_to_the_same_state(tmp_path: Path) -> None:
    homes = make(tmp_path / "net", 4, ACCOUNTS, {}, "300ms")
    with Ours(homes) as net, Sender(rpc_url(homes[0]), CHAIN_ID):
        net.start()

        # When one of four is gone, the others go on, and it catches up.
        kill_pair(net, homes[3])
        wait_for_blocks(homes[:3], height(homes[0]) + 4)
        net.processes.start(homes[3])
        wait_for_blocks(homes, height(homes[0]) + 2)

        # When half are gone, nothing is decided until one is back.
        kill_pair(net, homes[2])
        kill_pair(net, homes[3])
        time.sleep(1.0)
        stuck = height(homes[0])
        time.sleep(2.0)
        assert height(homes[0]) == stuck
        net.processes.start(homes[2])
        wait_for_blocks(homes[:3], stuck + 2)
        net.processes.start(homes[3])
        newest = height(homes[0]) + 2
        wait_for_blocks(homes, newest)

        expected = hashes(homes[0], newest)
        assert all(hashes(home, newest) == expected for home in homes[1:])
        with RpcClient(rpc_url(homes[0])) as rpc:
            found, sends = differences(homes[0].read_genesis(), rpc, newest, tmp_path / "undisturbed")
        assert found == []
        assert sends > 50
