"""The library itself: testnets beside each other, what is said when a wait ends in vain, and that nothing stays."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from chain.testing_docker import EngineError, Plan, Testnet, WaitTimeout
from chain.testing_docker.engine import LABEL, connect, sweep
from localnet.docker.daemon import Daemon

LEFT_BEHIND = """
import os, signal, sys
from pathlib import Path
from chain.testing_docker import Testnet
net = Testnet(1, name="left", image=sys.argv[1], output=Path(sys.argv[2]), start=False)
net.__enter__()
print(net.run_id, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@contextmanager
def docker_client() -> Iterator[Any]:
    client = connect()
    try:
        yield client
    finally:
        client.close()


def left_of(run_id: str) -> list[str]:
    """Return the names of everything that docker has of a testnet."""
    chosen = {"label": f"{LABEL}={run_id}"}
    with docker_client() as client:
        kinds = (client.containers.list(all=True, filters=chosen), client.networks.list(filters=chosen))
        return [thing.name for found in (*kinds, client.volumes.list(filters=chosen)) for thing in found]


@pytest.mark.timeout(300)
def test_two_testnets_stand_beside_each_other_and_nothing_stays(image: str, tmp_path: Path) -> None:
    one, two = (Testnet(1, name=name, image=image, output=tmp_path) for name in ("one", "two"))
    with one, two:
        assert one.node(0).url != two.node(0).url
        one.wait_blocks(2)
        two.wait_blocks(2)
        genesis = [net.headers(1)["node0"][1].block_hash for net in (one, two)]
        assert genesis[0] != genesis[1]
        assert len(left_of(one.run_id)) == len(left_of(two.run_id)) == 3
        folders = [net.node(0).home.path for net in (one, two)]
    assert one.problems == two.problems == []
    assert left_of(one.run_id) == left_of(two.run_id) == []
    assert not any(folder.exists() for folder in folders)
    assert list(tmp_path.iterdir()) == []  # a test that passed leaves no report


@pytest.mark.timeout(300)
def test_a_test_that_fails_leaves_logs_metrics_and_a_report_and_no_containers(image: str, tmp_path: Path) -> None:
    net = Testnet(1, name="it fails!", image=image, output=tmp_path, disks={0: 64 << 20})
    with pytest.raises(WaitTimeout) as failure, net:
        assert net.node(0).run("id", "-u")[1].strip() != "0"
        assert 0 < net.node(0).disk.left() < 64 << 20  # type: ignore[union-attr]
        with pytest.raises(EngineError, match="runs; stop it"):
            net.node(0).wipe()
        net.node(0).wait_height(10_000, seconds=1)
    assert "waited 1 s for height 10000 at node0" in str(failure.value)
    assert "node0: running, height" in str(failure.value)
    kept = tmp_path / "it-fails"
    assert sorted(path.name for path in kept.iterdir()) == [
        "node0.log",
        "node0.metrics",
        "recording.json",
        "report.html",
    ]
    assert "lamppost_" in (kept / "node0.metrics").read_text()
    assert "WaitTimeout" in (kept / "report.html").read_text()
    assert json.loads((kept / "recording.json").read_text())["blocks"]
    assert left_of(net.run_id) == []


def test_an_interrupt_leaves_nothing_either(image: str, tmp_path: Path) -> None:
    net = Testnet(2, name="interrupted", image=image, output=tmp_path, start=False)
    with pytest.raises(KeyboardInterrupt), net:
        assert len(left_of(net.run_id)) == 4
        raise KeyboardInterrupt
    assert left_of(net.run_id) == []


def test_what_a_killed_run_left_is_removed_by_the_next(image: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LEFT_BEHIND, image, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=100,
        cwd=Path(__file__).resolve().parents[2],
        env=os.environ,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    run_id = done.stdout.strip()
    assert len(left_of(run_id)) == 3
    with docker_client() as client:
        assert run_id in sweep(client)
    assert left_of(run_id) == []


def test_an_image_that_is_not_there_is_named(daemon: Daemon, tmp_path: Path) -> None:
    with (
        pytest.raises(EngineError, match="there is no image lamppost:nowhere"),
        Testnet(1, image="lamppost:nowhere", output=tmp_path, plan=Plan()),
    ):
        raise AssertionError("it cannot be entered")
