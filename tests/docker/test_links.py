"""Networks that fall apart, that are slow and lose packets, and nodes that stand still for a while."""

from collections.abc import Callable
from pathlib import Path

import pytest

from chain.testing_docker import EngineError, Testnet
from chain.testing_docker.agreement import require_agreement
from tests.docker.verdict import under_load

MakeNet = Callable[..., Testnet]


@pytest.mark.timeout(900)
def test_without_two_of_four_nothing_is_decided_until_they_are_back(testnet: MakeNet, tmp_path: Path) -> None:
    with testnet() as net, under_load(net, tmp_path):
        cut = [net.node(2), net.node(3)]
        for node in cut:
            node.disconnect()
        stuck = net.wait_halt()
        # The tests still reach both sides: neither has decided anything by itself.
        require_agreement(net.headers(stuck))
        assert all(stuck - 1 <= node.height() <= stuck for node in net.nodes)
        for node in cut:
            node.connect()
        net.wait_height(stuck + 3, net.nodes, seconds=240)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_one_validator_alone_is_left_behind_and_catches_up(testnet: MakeNet, tmp_path: Path) -> None:
    with testnet() as net, under_load(net, tmp_path):
        lonely = net.node(3)
        lonely.disconnect()
        net.wait_blocks(8, net.nodes[:3])
        assert lonely.height() <= net.height() - 6
        lonely.connect()
        lonely.wait_height(net.height(), seconds=240)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_slow_and_lossy_links_make_the_chain_slow_and_nothing_worse(testnet: MakeNet, tmp_path: Path) -> None:
    with testnet() as net, under_load(net, tmp_path):
        try:
            means = {node.slow(delay_ms=150, jitter_ms=50, loss=0.03) for node in net.nodes}
        except EngineError as error:
            pytest.skip(f"links cannot be made slow here: {error}")
        net.recording.facts["slow links by"] = ", ".join(sorted(means))
        net.wait_blocks(10, seconds=300)
        for node in net.nodes[1:]:
            node.mend()
        # One node far away from the other three.
        net.node(0).slow(delay_ms=800, jitter_ms=200, loss=0.05)
        net.wait_blocks(10, net.nodes[1:], seconds=300)
        net.node(0).mend()


@pytest.mark.long
@pytest.mark.timeout(900)
def test_a_paused_validator_goes_on_where_the_others_are(testnet: MakeNet, tmp_path: Path) -> None:
    with testnet() as net, under_load(net, tmp_path):
        for blocks in (3, 12):
            net.node(1).pause()
            net.wait_blocks(blocks, [net.node(0), net.node(2), net.node(3)])
            net.node(1).unpause()
            net.node(1).wait_height(net.height(), seconds=240)
