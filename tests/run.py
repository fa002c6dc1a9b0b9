"""`make test`: the fast checks first, then the tests, then those that start real processes.

Usage: run.py [STAGE ...], all stages by default.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PYTEST = [sys.executable, "-m", "pytest", "-q"]
REAL_PROCESSES = ("tests/localnet", "tests/clients")
NO_DOCKER = ROOT / "build" / "docker-unavailable"
"""Where the tests of containers leave the reason why they could not run."""


@dataclass(frozen=True)
class Stage:
    """One part of the run: commands that must all succeed."""

    name: str
    title: str
    commands: Callable[[], list[list[str]]]


def generated() -> list[list[str]]:
    """Generate the code from proto/ again and compare."""
    return [[sys.executable, "proto/generate.py", "--check"]]


def ruff() -> list[list[str]]:
    """Lint and check the format."""
    return [[str(BIN / "ruff"), "check", "."], [str(BIN / "ruff"), "format", "--check", "--quiet", "."]]


def types() -> list[list[str]]:
    """Check the types."""
    return [[sys.executable, "-m", "mypy"]]


def imports() -> list[list[str]]:
    """Check that imports point down only."""
    return [[str(BIN / "lint-imports"), "--no-logo"]]


def architecture() -> list[list[str]]:
    """Check determinism, sizes and completeness."""
    return [[*PYTEST, "tests/architecture"]]


def unit() -> list[list[str]]:
    """Run everything that needs no process of its own."""
    ignored = [f"--ignore={folder}" for folder in ("tests/architecture", "tests/docker", *REAL_PROCESSES)]
    return [[*PYTEST, "tests", *ignored]]


def cometbft() -> list[list[str]]:
    """Build CometBFT in each version, unless that was done already."""
    return [[sys.executable, "-m", "localnet.cometbft.build", "all"]]


def processes() -> list[list[str]]:
    """Run the tests that start real processes."""
    folders = [folder for folder in REAL_PROCESSES if any((ROOT / folder).rglob("test_*.py"))]
    return [[*PYTEST, *folders]]


def docker() -> list[list[str]]:
    """Run the tests of containers that take no more than a minute or two each."""
    NO_DOCKER.unlink(missing_ok=True)
    return [[*PYTEST, "tests/docker", "-m", "not long"]]


def docker_long() -> list[list[str]]:
    """Run all tests of containers; those that take long leave a report, also when they pass."""
    NO_DOCKER.unlink(missing_ok=True)
    return [[*PYTEST, "tests/docker", "--durations=0"]]


STAGES = (
    Stage("generated", "generated code is current", generated),
    Stage("ruff", "lint and format", ruff),
    Stage("types", "mypy --strict", types),
    Stage("imports", "import contracts", imports),
    Stage("architecture", "architecture", architecture),
    Stage("cometbft", "CometBFT in each version, built once", cometbft),
    Stage("unit", "unit, app, property, vector and determinism tests", unit),
    Stage("processes", "real processes: CometBFT, devices, foreign clients", processes),
    Stage("docker", "containers: the image, compose, a testnet that is broken in the quicker ways", docker),
)
ON_REQUEST = (Stage("docker-long", "containers: everything that breaks a testnet", docker_long),)
"""What runs only when it is named."""


def tools() -> None:
    """Say which optional tools are absent; the tests that need them skip themselves."""
    for tool, purpose in (("node", "checks with JavaScript clients"), ("cargo", "checks with Rust's ICS-23 verifier")):
        if shutil.which(tool) is None:
            print(f"note: no {tool} on PATH: {purpose} are skipped", flush=True)


def main(names: list[str]) -> int:
    """Run the named stages, all by default; stop at the first that fails."""
    known = [stage.name for stage in (*STAGES, *ON_REQUEST)]
    if unknown := [name for name in names if name not in known]:
        print(f"unknown stage {unknown[0]}; there are {', '.join(known)}", file=sys.stderr)
        return 2
    chosen = [stage for stage in (*STAGES, *ON_REQUEST) if (stage.name in names if names else stage in STAGES)]
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"}
    tools()
    for index, stage in enumerate(chosen, 1):
        print(f"\n=== {index}/{len(chosen)} {stage.title} ===", flush=True)
        begin = time.monotonic()
        for command in stage.commands():
            code = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
            if code != 0:
                print(f"=== {stage.name}: FAILED, exit {code}, {time.monotonic() - begin:.1f} s ===", flush=True)
                return 1
        if index < len(chosen):
            print(f"=== {stage.name}: passed, {time.monotonic() - begin:.1f} s ===", flush=True)
    if any(stage.name.startswith("docker") for stage in chosen):
        containers()
    return 0


def containers() -> None:
    """Say loudly when the tests of containers could not run."""
    if NO_DOCKER.exists():
        reason = NO_DOCKER.read_text().strip()
        print(
            f"\n{'!' * 100}\n!!! No test of containers ran: docker cannot run here.\n!!! {reason}\n{'!' * 100}",
            flush=True,
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
