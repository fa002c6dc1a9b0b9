"""Processes that die: a whole node again and again, one half of it, all nodes at once; and restarts on purpose."""

from collections.abc import Callable
from pathlib import Path

import pytest

from chain.testing_docker import Testnet
from chain.testing_docker.agreement import read_headers
from tests.docker.verdict import under_load

MakeNet = Callable[..., Testnet]


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("times", [5, pytest.param(20, marks=pytest.mark.long)])
def test_a_validator_that_is_killed_again_and_again_catches_up(testnet: MakeNet, tmp_path: Path, times: int) -> None:
    with testnet() as net, under_load(net, tmp_path):
        victim, others = net.node(2), [net.node(0), net.node(1), net.node(3)]
        for turn in range(times):
            victim.kill()
            net.wait_blocks(1, others)
            victim.start()
            if turn % 2:
                # It dies again as soon as it answers, in the middle of catching up.
                victim.wait_height(1)
            else:
                victim.wait_height(net.height())
                net.wait_agreement()


@pytest.mark.timeout(900)
@pytest.mark.parametrize("part", ["lampd", "cometbft"])
def test_half_of_a_node_is_killed_and_the_pair_comes_back(testnet: MakeNet, tmp_path: Path, part: str) -> None:
    with testnet() as net, under_load(net, tmp_path):
        victim = net.node(1)
        for turn in (1, 2):
            if part == "lampd":
                victim.kill_application()
            else:
                victim.kill_comet()
            victim.wait_restarts(turn)
            victim.wait_height(net.height())
            net.wait_blocks(1)
        log = victim.log()
        # The application says what happened to its node; one that is killed itself says nothing any more.
        assert ("CometBFT ended (signal SIGKILL)" in log) == (part == "cometbft")


@pytest.mark.long
@pytest.mark.timeout(900)
def test_all_nodes_are_killed_at_once_and_begin_again(testnet: MakeNet, tmp_path: Path) -> None:
    with testnet() as net, under_load(net, tmp_path) as load:
        for _ in range(3):
            before = net.height()
            net.kill_all()
            net.start_all()
            net.wait_height(before + 2, seconds=240)
        assert load.included() > 0
        net.stop_all()
        net.start_all()


@pytest.mark.timeout(900)
def test_a_rolling_restart_loses_no_height(testnet: MakeNet, tmp_path: Path) -> None:
    with testnet() as net, under_load(net, tmp_path):
        for node in net.nodes:
            before = node.height()
            assert node.stop() == 0
            node.start()
            assert node.wait_height(net.height()) >= before
            net.wait_blocks(1)
        newest = net.wait_agreement()
        for node in net.nodes:
            assert sorted(read_headers(node.rpc, 1, newest)) == list(range(1, newest + 1))
