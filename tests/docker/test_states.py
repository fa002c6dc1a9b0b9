"""Nodes that begin with nothing, with somebody else's state, or run out of disk."""

from collections.abc import Callable
from pathlib import Path

import pytest

from chain.testing_docker import Testnet
from chain.testing_docker.homes import copy_state
from tests.docker.verdict import under_load

MakeNet = Callable[..., Testnet]
DISK = 96 << 20
"""Bytes of a disk that is small but holds a node."""
ROOM = 400_000
"""What is left of it when it is filled: some blocks, not many."""


@pytest.mark.timeout(900)
def test_a_new_node_syncs_from_genesis_and_so_does_a_wiped_validator(testnet: MakeNet, tmp_path: Path) -> None:
    with testnet() as net, under_load(net, tmp_path):
        joined = net.add_node()
        joined.wait_height(net.height(), seconds=240)
        net.wait_until(lambda: not joined.catching_up(), "the new node to say that it is level")
        net.node(3).restart(wipe=True)
        net.node(3).wait_height(net.height(), seconds=240)
        net.wait_agreement()


@pytest.mark.long
@pytest.mark.timeout(900)
def test_a_validator_started_with_anothers_state_goes_on_as_itself(testnet: MakeNet, tmp_path: Path) -> None:
    with testnet() as net, under_load(net, tmp_path):
        source, target = net.node(2), net.node(3)
        address = target.rpc.status()["validator_info"]["address"]
        target.stop()
        net.wait_blocks(5)
        source.stop()
        copy_state(source.home, target.home)
        net.recording.mark("state of node2", target.name)
        source.start()
        target.start()
        target.wait_height(net.height(), seconds=240)
        net.wait_blocks(5)
        status = target.rpc.status()
        assert status["validator_info"]["address"] == address
        net.wait_until(lambda: target.rpc.signed_lately(target.rpc.status()), "node3 to sign blocks with its own key")


@pytest.mark.long
@pytest.mark.timeout(900)
def test_a_full_disk_stops_one_node_alone_and_room_lets_it_go_on(testnet: MakeNet, tmp_path: Path) -> None:
    with testnet(disks={3: DISK}) as net, under_load(net, tmp_path):
        full = net.node(3)
        full.fill_disk(ROOM)
        full.wait_restarts(1, seconds=240)
        assert "no space left" in full.log().lower()
        net.wait_blocks(5, net.nodes[:3])
        full.free_disk()
        full.wait_height(net.height(), seconds=300)
