"""Whose testnets may be swept away, and what is said where there is no docker."""

import os
import socket
import subprocess
import sys

import pytest

from chain.testing_docker import EngineError, Testnet, why_unusable
from chain.testing_docker.engine import owner, owner_lives


def test_a_process_lives_until_it_ends_and_its_number_is_not_enough() -> None:
    assert owner_lives(owner())
    host, pid, started = owner().rsplit("/", 2)
    assert not owner_lives(f"{host}/{pid}/{int(started) + 1}")
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert not owner_lives(f"{socket.gethostname()}/{ended.pid}/{started}")
    assert owner_lives(f"somewhere-else/{os.getpid()}/1")


def test_without_a_daemon_the_reason_is_told_and_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    assert "no docker daemon answers at unix:///nowhere/docker.sock" in why_unusable()
    with pytest.raises(EngineError, match="no docker daemon answers"), Testnet(1, keep="never"):
        raise AssertionError("it cannot be entered")
