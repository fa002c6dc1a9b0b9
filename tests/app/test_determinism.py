"""The gate: the same blocks give the same bytes whatever Python's hash seed is."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.app.history import play

ROOT = Path(__file__).resolve().parents[2]


def history(seed: str) -> list[str]:
    environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": f"UTC+{seed}"}
    command = [sys.executable, "-m", "tests.app.history"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


@pytest.mark.timeout(120)
def test_a_history_is_the_same_under_two_hash_seeds() -> None:
    first, second = history("1"), history("2")
    assert len(first) > 40
    assert first == second


def test_the_history_has_both_success_and_failure_of_all_modules_and_closes_epochs() -> None:
    codes: set[tuple[str, int]] = set()
    kinds: set[str] = set()
    for _, result in play():
        codes |= {(item.codespace, item.code) for item in result.tx_results}
        kinds |= {event.type for event in result.events}
        kinds |= {event.type for item in result.tx_results for event in item.events}
    assert {("", 0), ("sdk", 2), ("sdk", 5), ("sdk", 11)} <= codes
    assert {"transfer", "work_submitted", "epoch_closed", "rewards_claimed", "device_paused"} <= kinds
