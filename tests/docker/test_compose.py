"""The network that the compose file describes: it starts by itself, blocks advance, devices are paid, nothing stays."""

import json
import os
import re
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from docker.types import IPAMConfig, IPAMPool

from chain.client.errors import ClientError
from chain.client.rpc import RpcClient
from localnet.docker.daemon import COMPOSE_PACKAGES, Daemon, DockerUnavailable, connect, install_packages
from localnet.docker.testnet import PORTS, Project, free_network, summary
from localnet.steps import ROOT, StepError

FOLDER = ROOT / "localnet" / "docker"
NAME = f"lamppost-test-{os.getpid()}"
NODES = ("node0", "node1", "node2", "node3", "full")
RECEIPT_SECONDS = 90.0


def composes() -> list[str]:
    """The composes that are installed: v2 is a plugin of docker's command line, the older one a program."""
    found = []
    for command in ("docker compose", "docker-compose"):
        words = [*command.split(), "version"]
        if shutil.which(words[0]) and subprocess.run(words, capture_output=True, check=False).returncode == 0:
            found.append(command)
    return found


@pytest.fixture(scope="module")
def compose(daemon: Daemon) -> str:
    """The compose that compose.sh finds, installed where none is and that is possible."""
    if not composes():
        try:
            install_packages([COMPOSE_PACKAGES])
        except (DockerUnavailable, StepError) as error:
            pytest.skip(f"there is no compose: {error}")
    return composes()[0]


@pytest.fixture(scope="module")
def values(compose: str) -> Iterator[Mapping[str, str]]:
    """What the start of a network chose; the network is removed afterwards."""
    short = {"LAMPPOST_DEVICES": "6", "LAMPPOST_EPOCH_SECONDS": "10"}
    project = Project(NAME, compose, short)
    try:
        yield project.up(say_all=False)
    finally:
        project.down(quiet=True)


def containers(**filters: Any) -> dict[str, Any]:
    client = connect()
    try:
        found = client.containers.list(all=True, filters={"label": f"com.docker.compose.project={NAME}"} | filters)
        return {container.labels["com.docker.compose.service"]: container.attrs for container in found}
    finally:
        client.close()


def leftovers() -> list[str]:
    """Everything of Docker's that bears the project's name."""
    client = connect()
    try:
        label = {"label": f"com.docker.compose.project={NAME}"}
        found = [*client.volumes.list(filters=label), *client.networks.list(filters=label)]
        return [thing.name for thing in found] + list(containers())
    finally:
        client.close()


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=5) as answer:
        return str(answer.read().decode())


def test_the_files_are_valid_for_every_compose_that_is_here(compose: str) -> None:
    for found in composes():
        words = [*found.split(), "-p", NAME]
        for extra in ([], ["-f", str(FOLDER / "compose.prometheus.yaml")]):
            command = [*words, "-f", str(FOLDER / "compose.yaml"), *extra, "config", "-q"]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            assert (done.returncode, done.stderr.strip()) == (0, ""), found


def test_prometheus_asks_every_node_of_the_compose_file() -> None:
    text = (FOLDER / "prometheus.yml").read_text()
    for port in (26660, 26661):
        assert ", ".join(f'"{name}:{port}"' for name in NODES) in text


def test_without_a_compose_it_says_what_to_install(tmp_path: Path) -> None:
    for program in ("sh", "dirname"):
        (tmp_path / program).symlink_to(shutil.which(program) or program)
    environment = {"PATH": str(tmp_path)}
    command = [str(FOLDER / "compose.sh"), "ps"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 127
    assert "apt-get install docker-compose" in done.stderr


def test_the_network_is_one_that_nobody_uses(daemon: Daemon) -> None:
    client = connect()
    try:
        first = free_network()
        pool = IPAMConfig(pool_configs=[IPAMPool(subnet=f"{first}.128/25")])
        network = client.networks.create(f"{NAME}-taken", ipam=pool)
        try:
            assert free_network() != first
        finally:
            network.remove()
    finally:
        client.close()


def test_all_start_by_themselves_and_blocks_advance(values: Mapping[str, str]) -> None:
    found = containers()
    assert set(found) - {"prometheus"} == {*NODES, "homes", "gateway", "fleet"}
    assert found["homes"]["State"]["ExitCode"] == 0
    assert {name: found[name]["State"]["Health"]["Status"] for name in ("node0", "full", "gateway")} == {
        "node0": "healthy",
        "full": "healthy",
        "gateway": "healthy",
    }
    with RpcClient(f"http://127.0.0.1:{values['LAMPPOST_RPC_PORT']}") as rpc:
        before = height(rpc)
        deadline = time.monotonic() + 30
        while height(rpc) < before + 3:
            assert time.monotonic() < deadline
            time.sleep(0.5)
        assert int(rpc.call("net_info")["n_peers"]) == 4
    assert "RPC        http://127.0.0.1:" + values["LAMPPOST_RPC_PORT"] in summary(values)


def height(rpc: RpcClient) -> int:
    return int(rpc.status()["sync_info"]["latest_block_height"])


def test_limits_hold_and_nothing_is_published_beyond_loopback(values: Mapping[str, str]) -> None:
    found = containers()
    found.pop("prometheus", None)
    for name, attrs in found.items():
        host = attrs["HostConfig"]
        assert (host["Memory"], host["NanoCpus"]) == (512 * 2**20, 10**9), name
        assert host["PidsLimit"] == 256
        assert host["CapDrop"] == ["ALL"]
        assert host["ReadonlyRootfs"] is (name != "homes"), name
        assert attrs["Config"]["User"] == "10001:10001"
        bound = [entry["HostIp"] for entries in (host["PortBindings"] or {}).values() for entry in entries]
        assert set(bound) <= {"127.0.0.1"}, name
        assert host["RestartPolicy"]["Name"] == ("no" if name == "homes" else "unless-stopped")


def test_the_gateway_takes_receipts_and_the_chain_accepts_them(values: Mapping[str, str]) -> None:
    assert "waiting" in json.loads(get(f"http://127.0.0.1:{values['LAMPPOST_GATEWAY_PORT']}/health"))
    url = f"http://127.0.0.1:{values['LAMPPOST_METRICS_PORT']}/metrics"
    deadline = time.monotonic() + RECEIPT_SECONDS
    accepted = 0.0
    while accepted < 6:
        assert time.monotonic() < deadline, Project(NAME).run("logs", "--tail=20", "fleet", "gateway", quiet=True)
        time.sleep(1)
        found = re.search(r'^lamppost_receipts_total\{verdict="accepted"\} (\S+)', get(url), re.MULTILINE)
        accepted = float(found[1]) if found else 0.0


def test_a_node_whose_program_dies_is_started_again(values: Mapping[str, str]) -> None:
    client = connect()
    try:
        (container,) = client.containers.list(
            filters={"label": [f"com.docker.compose.project={NAME}", "com.docker.compose.service=node3"]}
        )
        before = container.attrs["State"]["StartedAt"]
        container.exec_run(["sh", "-c", "kill -9 $(cat data/lampd.lock)"])
        deadline = time.monotonic() + 30
        while container.attrs["State"]["StartedAt"] == before or container.exec_run("health.py").exit_code != 0:
            assert time.monotonic() < deadline, container.logs(tail=20).decode()
            time.sleep(0.5)
            container.reload()
        assert container.attrs["RestartCount"] == 1
    finally:
        client.close()


def test_nothing_is_left_when_it_is_taken_down(values: Mapping[str, str], compose: str) -> None:
    assert len(leftovers()) >= 15
    project = Project(NAME, compose)
    project.down(quiet=True)
    assert leftovers() == []
    assert not project.file.exists()
    # A port that was taken before is free again.
    with RpcClient(f"http://127.0.0.1:{values['LAMPPOST_RPC_PORT']}") as rpc, pytest.raises(ClientError):
        rpc.status()
    assert set(PORTS) <= set(values)
