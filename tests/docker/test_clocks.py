"""Validators whose clocks are wrong: the time of blocks is the median of votes, and the application reads no clock."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chain.testing_docker import Node, Testnet
from chain.testing_docker.agreement import read_headers
from chain.testing_docker.homes import give
from chain.testing_docker.waiting import unix_seconds
from localnet.steps import StepError
from tests.docker.skew import VARIABLE, skewed_comet, skewed_source
from tests.docker.verdict import under_load

HOUR = 3_600.0
NEAR = 60.0
"""How far a block's time may be from this machine's, seconds; an hour's fault shows, a busy machine does not."""


@pytest.mark.long
@pytest.mark.timeout(900)
def test_an_hour_ahead_and_an_hour_behind_change_nothing(testnet: Callable[..., Testnet], tmp_path: Path) -> None:
    try:
        comet = skewed_comet()
    except StepError as error:
        pytest.skip(f"CometBFT cannot be built with another clock: {error}")
    clocks = {1: {VARIABLE: "1h"}, 2: {VARIABLE: "-1h"}}
    with testnet(comet=comet, environment=clocks, start=False) as net:
        # A node whose clock is behind would wait until genesis.
        begin = datetime.fromtimestamp(time.time() - 2 * HOUR, UTC).strftime("%Y-%m-%dT%H:%M:%S.000000Z")
        for node in net.nodes:
            node.home.write_genesis(node.home.read_genesis() | {"genesis_time": begin})
            give(node.home.path)
        net.start()
        for index, clock in clocks.items():
            net.recording.mark(f"clock {clock[VARIABLE]}", net.node(index).name)
        with under_load(net, tmp_path):
            net.wait_blocks(10)
            newest = net.height()
            found = {
                height: unix_seconds(header.time) for height, header in read_headers(net.node(0).rpc, 3, newest).items()
            }
            wrong = {
                height: at - time.time() for height, at in found.items() if not -HOUR / 2 < at - time.time() < NEAR
            }
            assert wrong == {}, "blocks took the time of a wrong clock"
            assert [round(clock_offset(node) / HOUR) for node in net.nodes] == [0, 1, -1, 0]


def clock_offset(node: Node) -> float:
    """Return how far a node's clock is ahead of this machine's, seconds, by when its round of consensus began."""
    state = node.rpc.call("dump_consensus_state")["round_state"]
    return unix_seconds(state["start_time"]) - time.time()


def test_the_offset_is_put_into_the_one_function_that_all_take_the_time_from() -> None:
    plain = 'import (\n\t"time"\n)\nfunc Now() time.Time {\n\treturn Canonical(time.Now())\n}\n'
    assert "time.Now().Add(testOffset)" in skewed_source(plain)
    with pytest.raises(ValueError, match="no Now"):
        skewed_source("package time\n")
