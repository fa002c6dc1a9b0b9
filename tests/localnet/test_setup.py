"""What `make` sets up: the environment of Python and the binaries of CometBFT."""

import re
import subprocess
import sys
import time
from collections import namedtuple
from pathlib import Path

import pytest

from chain.node import comet
from localnet import provision
from localnet.cometbft import build
from localnet.steps import ROOT, StepError, run

Version = namedtuple("Version", "major minor micro releaselevel serial")


def fake_comet(folder: Path, version: str, *, with_client: bool = True) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    binary = folder / "cometbft"
    binary.write_text(f"#!/bin/sh\necho {version}\n")
    for path in (binary, *([folder / "abci-cli"] if with_client else [])):
        path.touch()
        path.chmod(0o755)
    return binary


@pytest.fixture
def empty_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(build, "ROOT", tmp_path)
    monkeypatch.delenv("COMETBFT", raising=False)
    return tmp_path


def test_the_node_and_the_build_pin_the_same_version() -> None:
    assert build.PINNED == comet.PINNED
    assert all(version.startswith(comet.ACCEPTED) for version in build.MODULES)


@pytest.mark.parametrize("version", build.MODULES)
def test_each_module_names_its_version_and_holds_checksums_only(version: str) -> None:
    folder = build.MODULES[version]
    assert re.search(rf"github\.com/cometbft/cometbft v{re.escape(version)}\b", (folder / "go.mod").read_text())
    sums = (folder / "go.sum").read_text().splitlines()
    assert [line for line in sums if not re.fullmatch(r"\S+ v\S+ h1:[A-Za-z0-9+/]+=", line)] == []


def test_it_is_quick_when_all_is_in_place(cometbft: Path) -> None:
    begin = time.monotonic()
    assert build.ensure() == cometbft
    assert time.monotonic() - begin < 0.1
    command = [sys.executable, "-m", "localnet.cometbft.build", "--print"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(cometbft)


def test_a_binary_of_the_pinned_version_is_taken(empty_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    binary = fake_comet(empty_root / "elsewhere", build.PINNED)
    monkeypatch.setenv("COMETBFT", str(binary))
    folder = build.ensure(quiet=True)
    assert (folder / "cometbft").resolve() == binary
    assert (folder / "abci-cli").exists()


@pytest.mark.parametrize(("version", "with_client"), [("1.0.1", True), (build.PINNED, False)])
def test_another_version_or_half_an_installation_is_passed_over(
    empty_root: Path, monkeypatch: pytest.MonkeyPatch, version: str, with_client: bool
) -> None:
    binary = fake_comet(empty_root / "elsewhere", version, with_client=with_client)
    monkeypatch.setenv("COMETBFT", str(binary))
    built: list[str] = []

    def pretend(wanted: str, folder: Path, quiet: bool) -> None:
        built.append(wanted)
        fake_comet(folder, wanted)

    monkeypatch.setattr(build, "_build", pretend)
    build.ensure(quiet=True)
    assert built == [build.PINNED]


def test_a_build_that_gives_another_version_is_an_error(empty_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "_found", lambda version: None)
    monkeypatch.setattr(build, "_build", lambda version, folder, quiet: fake_comet(folder, "9.9.9"))
    with pytest.raises(build.BuildError, match=r"says it is 9\.9\.9, expected 0\.39\.4"):
        build.ensure(quiet=True)


def test_a_version_that_is_not_pinned_is_refused() -> None:
    with pytest.raises(build.BuildError, match=r"CometBFT 1\.0\.1 is not pinned here; there are 0\.39\.4"):
        build.ensure("1.0.1")


def test_a_step_that_fails_shows_the_end_of_its_output() -> None:
    with pytest.raises(StepError, match=r"no such thing\ntrying failed \(exit 3\)\. Do this instead"):
        run(["sh", "-c", "echo no such thing >&2; exit 3"], "trying", "Do this instead")


def test_an_old_python_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", Version(3, 10, 9, "final", 0))
    with pytest.raises(StepError, match=r"Python 3\.11 or newer is needed"):
        provision._check_python()


def test_a_python_without_wheels_of_leveldb_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", Version(3, 13, 0, "final", 0))
    monkeypatch.setattr(provision, "_can_compile_plyvel", lambda: False)
    with pytest.raises(StepError, match=r"apt-get install libleveldb-dev g\+\+"):
        provision._check_python()
    monkeypatch.setattr(provision, "_can_compile_plyvel", lambda: True)
    provision._check_python()
