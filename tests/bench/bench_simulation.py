"""Years ahead: `lampd simulate emission` as a user runs it, its start, ten years of five networks, charts and CSV."""

import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from time import perf_counter
from typing import Any

NETWORKS = Path(__file__).resolve().parents[2] / "localnet" / "networks"
FIVE = ("filecoin", "helium", "hivemapper", "powerpod", "weather")


def rows() -> Mapping[str, Mapping[str, Any]]:
    """Return the seconds of the whole command."""
    files = [part for name in FIVE for part in ("--network", str(NETWORKS / f"{name}.toml"))]
    growing = ("--years", "10", "--devices", "5000", "--growth", "35", "--crowd", "4,3,2", "--burn", "50000")
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "chain.cli", "simulate", "emission", *files, *growing, "--out", folder]
        began = perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        seconds = perf_counter() - began
    return {"simulate_10_years_5_networks_s": {"value": seconds, "must": 5.0, "aim": 2.5}}
