"""Make .venv with the pinned dependencies; quick when it is in place already.

Needs the standard library alone, since it runs before anything is installed.
Usage: python -m localnet.provision [--lock], where `--lock` writes requirements.lock anew from a clean environment.
"""

import ctypes.util
import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from localnet.steps import StepError, run, say

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
OLDEST_PYTHON = (3, 11)
NEWEST_WITH_WHEELS = (3, 12)
"""Newest Python that plyvel has wheels for; on a newer one it is compiled."""


def ensure(folder: Path = ROOT / ".venv") -> None:
    """Create the environment and install what is pinned, unless that was done already. Raises: StepError."""
    stamp = folder / ".installed"
    wanted = _fingerprint()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    _check_python()
    python = folder / "bin" / "python"
    if not python.exists():
        say(f"creating {folder.name} with Python {sys.version.split()[0]}")
        run([sys.executable, "-m", "venv", str(folder)], "creating the environment", _VENV_HINT)
    say("installing the versions pinned in requirements.lock")
    run([str(python), "-m", "pip", *_PIP, "-r", str(LOCK)], "installing dependencies", _PIP_HINT)
    run([str(python), "-m", "pip", *_PIP, "--no-deps", "--no-build-isolation", "-e", str(ROOT)], "installing lamppost")
    stamp.write_text(wanted)


_PIP = ("install", "--quiet", "--disable-pip-version-check")
_VENV_HINT = "On Debian and Ubuntu: apt-get install python3-venv"
_PIP_HINT = "See the lines above; a package registry must be reachable."


def write_lock() -> None:
    """Install pyproject.toml's dependencies into a clean environment and pin what came."""
    _check_python()
    folder = ROOT / "build" / "lock-venv"
    shutil.rmtree(folder, ignore_errors=True)
    run([sys.executable, "-m", "venv", str(folder)], "creating the environment", _VENV_HINT)
    python = str(folder / "bin" / "python")
    run([python, "-m", "pip", *_PIP, f"{ROOT}[dev]", "hatchling"], "resolving dependencies", _PIP_HINT)
    frozen = subprocess.run(
        [python, "-m", "pip", "freeze", "--exclude", "lamppost"], capture_output=True, text=True, check=True
    ).stdout
    lines = sorted((line for line in frozen.splitlines() if re.fullmatch(r"[\w.-]+==[\w.+!-]+", line)), key=str.lower)
    title = "# Every dependency of the node and of its development, made by `make lock`."
    LOCK.write_text("\n".join([title, *lines]) + "\n")
    shutil.rmtree(folder)
    say(f"pinned {len(lines)} packages in {LOCK.name}")


def _fingerprint() -> str:
    digest = hashlib.sha256(sys.version.encode())
    for path in (LOCK, ROOT / "pyproject.toml"):
        digest.update(path.read_bytes())
    return digest.hexdigest() + "\n"


def _check_python() -> None:
    if sys.version_info < OLDEST_PYTHON:
        raise StepError(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}")
    if sys.version_info[:2] > NEWEST_WITH_WHEELS and not _can_compile_plyvel():
        raise StepError(
            f"plyvel has no wheel for Python {sys.version_info[0]}.{sys.version_info[1]} and is compiled: it needs "
            "LevelDB's headers and a C++ compiler.\nOn Debian and Ubuntu: apt-get install libleveldb-dev g++; "
            "or use Python 3.11 or 3.12: make PYTHON=python3.12"
        )


def _can_compile_plyvel() -> bool:
    compiler = os.environ.get("CXX") or shutil.which("g++") or shutil.which("clang++") or shutil.which("c++")
    headers = any(Path(folder, "leveldb/db.h").exists() for folder in ("/usr/include", "/usr/local/include"))
    homebrew = Path("/opt/homebrew/include/leveldb/db.h").exists()
    return bool(compiler) and (headers or homebrew) and ctypes.util.find_library("leveldb") is not None


def main(arguments: list[str]) -> int:
    """Make the environment, or the lock file."""
    try:
        if arguments == ["--lock"]:
            write_lock()
        elif arguments:
            raise StepError(f"unknown arguments: {' '.join(arguments)}; there is --lock")
        else:
            ensure()
    except StepError as error:
        say(f"error: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
