"""CometBFT's binary: find it, check its version, run its commands."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import chain
from chain.node.errors import NodeError

PINNED = "0.39.4"
"""The version that networks run."""
ACCEPTED = ("0.38.", "0.39.", "0.40.")
"""Versions that speak the same dialect; 1.0 has another, and is what `go install ...@latest` brings."""
ABCI = "2.0."
"""Beginning of the ABCI version of that dialect."""


@dataclass(frozen=True, slots=True)
class Comet:
    """A usable binary."""

    path: Path
    version: str

    def run(self, *arguments: str, seconds: float = 120) -> str:
        """Run a command of CometBFT and return its standard output. Raises: NodeError with what it said."""
        try:
            done = subprocess.run(
                [str(self.path), *arguments], capture_output=True, text=True, timeout=seconds, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise NodeError(f"cannot run {self.path}: {error}") from error
        if done.returncode != 0:
            said = (done.stderr.strip() or done.stdout.strip()).splitlines()
            raise NodeError(f"cometbft {arguments[0]} failed: {said[-1] if said else done.returncode}")
        return done.stdout


def find_comet(configured: str = "") -> Comet:
    """Return the CometBFT to run. Raises: NodeError when there is none, or only one of another version.

    Looked at in this order: the configured path, $COMETBFT, PATH, and what `make cometbft` built in a source checkout.
    """
    named = configured or os.environ.get("COMETBFT", "")
    if named:
        return check_version(Path(named).expanduser())
    built = Path(chain.__file__).resolve().parent.parent / "build" / "cometbft" / PINNED / "cometbft"
    refused: NodeError | None = None
    on_path = shutil.which("cometbft")
    for candidate in (Path(on_path) if on_path else None, built):
        if candidate is None or not candidate.exists():
            continue
        try:
            return check_version(candidate)
        except NodeError as error:
            refused = error
    if refused is not None:
        raise refused
    raise NodeError(
        f"there is no CometBFT: put cometbft {PINNED} on PATH, name it in $COMETBFT, "
        "or run `make cometbft` in a source checkout"
    )


def check_version(path: Path) -> Comet:
    """Return the binary at a path when it is of a version that works. Raises: NodeError."""
    if not path.is_file() or not os.access(path, os.X_OK):
        raise NodeError(f"{path} is no program; it should be the cometbft binary")
    try:
        done = subprocess.run(
            [str(path), "version", "--verbose"], capture_output=True, text=True, timeout=20, check=False
        )
        said = json.loads(done.stdout)
        version, abci = str(said["cometbft"]), str(said["abci"])
    except (OSError, subprocess.TimeoutExpired, ValueError, KeyError, TypeError) as error:
        raise NodeError(f"{path} does not tell its version, is it cometbft? ({error})") from error
    if not version.removeprefix("v").startswith(ACCEPTED) or not abci.startswith(ABCI):
        raise NodeError(
            f"{path} is CometBFT {version} with ABCI {abci}, which does not work here; "
            f"use {PINNED}, or another of {', '.join(prefix + 'x' for prefix in ACCEPTED)}"
        )
    return Comet(path, version)
