"""The Docker daemon: found where it runs; else installed where that is possible, and started.

Whoever starts it stops it: `ensure_daemon` returns a handle, whose `stop` does nothing to a daemon that was there.
Usage: python -m localnet.docker.daemon start | stop | status
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from localnet.steps import ROOT, StepError, run, say

FOLDER = ROOT / "build" / "docker" / "daemon"
"""Where a daemon of ours keeps images, its log and its process id."""
PID_FILE, LOG_FILE, DATA = FOLDER / "pid", FOLDER / "log", FOLDER / "data"
SOCKET = Path("/var/run/docker.sock")
"""Docker's usual socket, so that its command line and compose find a daemon of ours as any other."""
START_SECONDS, STOP_SECONDS, SERVICE_SECONDS = 40.0, 60.0, 15.0
PACKAGES = {"dockerd": ("docker.io",), "docker": ("docker-cli", "docker.io"), "debootstrap": ("debootstrap",)}
"""Debian's packages by the program that is needed; the first one that the machine's apt knows is taken."""
COMPOSE_PACKAGES = ("docker-compose",)
ATTEMPTS: tuple[tuple[str, ...], ...] = (
    ("--storage-driver=overlay2",),
    ("--storage-driver=overlay2", "--iptables=false"),
    ("--storage-driver=vfs",),
    ("--storage-driver=vfs", "--iptables=false"),
)
"""Options in the order of preference: not every file system carries overlays, not every kernel has packet filters."""


class DockerUnavailable(StepError):
    """Docker cannot be used here; the text says why."""


@dataclass(frozen=True, slots=True)
class Daemon:
    """A daemon that answers."""

    version: str
    ours: bool
    """Whether this handle's `stop` ends it."""

    def stop(self) -> None:
        """End the daemon when this handle started it."""
        if self.ours:
            stop()


def connect(seconds: float = 60.0, host: str = "") -> Any:
    """Return a client of the daemon at a host, or that DOCKER_HOST or the usual socket names.

    Raises: DockerUnavailable.
    """
    import docker
    from docker.errors import DockerException

    try:
        return docker.DockerClient(host, timeout=seconds) if host else docker.from_env(timeout=seconds)
    except DockerException as error:
        raise DockerUnavailable(f"no Docker daemon answers: {error}") from error


def version(host: str = "") -> str:
    """Return the version of the daemon that runs, or the empty text."""
    with suppress(DockerUnavailable):
        client = connect(5.0, host)
        try:
            return str(client.version()["Version"])
        except Exception:  # whatever a daemon that is going down answers with, it is not one to use
            return ""
        finally:
            client.close()
    return ""


def ensure_daemon(install: bool = True) -> Daemon:
    """Return the daemon that runs, or start one, installing it before if need be. Raises: DockerUnavailable."""
    if found := version():
        return Daemon(found, ours=False)
    if os.environ.get("DOCKER_HOST"):
        raise DockerUnavailable(f"DOCKER_HOST is {os.environ['DOCKER_HOST']}, where no daemon answers")
    if os.name != "posix" or sys.platform != "linux":
        raise DockerUnavailable("no Docker daemon runs, and one can be started by this project on Linux alone")
    if os.geteuid() != 0:
        raise DockerUnavailable("no Docker daemon runs (or this user is not in the group docker); starting needs root")
    installed = install and provide("dockerd", "docker")
    if shutil.which("dockerd") is None:
        raise DockerUnavailable("dockerd is not installed; on Debian and Ubuntu: apt-get install docker.io")
    found = _service() if installed else ""
    return Daemon(found, ours=False) if found else start_daemon()


def _service() -> str:
    """Return the version of the daemon that installing the package starts where services run, or the empty text."""
    deadline = time.monotonic() + (SERVICE_SECONDS if Path("/run/systemd/system").exists() else 0.0)
    while not (found := version()) and time.monotonic() < deadline:
        time.sleep(0.5)
    return found


def provide(*programs: str) -> bool:
    """Install what is missing of the programs from Debian; returns whether anything was. Raises: DockerUnavailable."""
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        install_packages([PACKAGES[program] for program in missing])
    return bool(missing)


def install_packages(wanted: Sequence[Sequence[str]]) -> None:
    """Install one package of each choice. Raises: DockerUnavailable when that does not succeed here."""
    names = ", ".join(choices[0] for choices in wanted)
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise DockerUnavailable(f"{names} must be installed, which needs root and apt")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        run(["apt-get", "-qq", "update"], "reading the lists of packages", environment=environment)
        found = [next((name for name in choices if _known(name)), choices[-1]) for choices in wanted]
        chosen = list(dict.fromkeys(found))
        command = ["apt-get", "-qq", "install", "--yes", "--no-install-recommends", *chosen]
        run(command, f"installing {' '.join(chosen)}", environment=environment)
    except StepError as error:
        raise DockerUnavailable(str(error)) from error


def _known(package: str) -> bool:
    done = subprocess.run(["apt-cache", "policy", package], capture_output=True, text=True, check=False)
    return "Candidate:" in done.stdout and "Candidate: (none)" not in done.stdout


def start_daemon(host: str = "") -> Daemon:
    """Start a daemon of ours, in the first way that works here. Raises: DockerUnavailable."""
    DATA.mkdir(parents=True, exist_ok=True)
    told = ""
    for options in ATTEMPTS:
        if told and not helps(options, told):
            continue
        process = _launch(options)
        if answered := _wait(process, host):
            say(f"started dockerd {answered} as process {process.pid} ({' '.join(options)}), log in {LOG_FILE}")
            return Daemon(answered, ours=True)
        _end(process.pid)
        told = _why()
        say(f"dockerd {' '.join(options)}: {told}")
    PID_FILE.unlink(missing_ok=True)
    raise DockerUnavailable(f"dockerd does not run here: {told} (log: {LOG_FILE})")


def _launch(options: Sequence[str]) -> "subprocess.Popen[bytes]":
    with LOG_FILE.open("wb") as log:
        process = subprocess.Popen(
            [
                "dockerd",
                f"--data-root={DATA}",
                f"--host=unix://{SOCKET}",
                f"--pidfile={FOLDER / 'dockerd.pid'}",
                *options,
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    PID_FILE.write_text(f"{process.pid}\n")
    return process


def _ours() -> tuple[str, ...]:
    """Return the options by which a daemon of ours is told from another."""
    return (f"--data-root={DATA}", f"--host=unix://{SOCKET}", f"--pidfile={FOLDER / 'dockerd.pid'}")


def helps(options: Sequence[str], told: str) -> bool:
    """Tell whether other options may help against what the last attempt failed with."""
    if "iptables" in told or "nat chain" in told.lower():
        return "--iptables=false" in options
    return "--storage-driver=vfs" in options


def _wait(process: "subprocess.Popen[bytes]", host: str) -> str:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if answered := version(host):
            return answered
        time.sleep(0.2)
    return ""


def _why() -> str:
    lines = [line for line in LOG_FILE.read_text(errors="replace").splitlines() if line.strip()]
    failed = [line for line in lines if "failed to start daemon" in line or "level=fatal" in line]
    return (failed or lines or ["it says nothing"])[-1][-400:]


def running_pid() -> int:
    """Return the process of a daemon of ours that runs, else 0."""
    with suppress(OSError, ValueError):
        pid = int(PID_FILE.read_text())
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        if words[0].endswith(b"dockerd") and f"--data-root={DATA}".encode() in words:
            return pid
    return 0


def stop() -> bool:
    """End the daemon of ours, with its containers; returns whether there was one."""
    pid = running_pid()
    if not pid:
        return False
    _end(pid)
    PID_FILE.unlink(missing_ok=True)
    _unmount()
    say("stopped dockerd")
    return True


def _unmount() -> None:
    """Take away the mounts that dockerd leaves in its folders, which nobody could remove else."""
    points = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
    for point in reversed([point for point in points if Path(point).is_relative_to(FOLDER.resolve())]):
        subprocess.run(["umount", point], stderr=subprocess.DEVNULL, check=False)


def _end(pid: int) -> None:
    for number, seconds in ((signal.SIGTERM, STOP_SECONDS), (signal.SIGKILL, 5.0)):
        with suppress(ProcessLookupError):
            os.kill(pid, number)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
            if not Path(f"/proc/{pid}").exists():
                return
            time.sleep(0.1)


def main(arguments: list[str]) -> int:
    """Start, stop or describe the daemon."""
    try:
        if arguments == ["start"]:
            daemon = ensure_daemon()
            say(f"Docker {daemon.version} runs" + ("" if daemon.ours else ", and did so before"))
        elif arguments == ["stop"]:
            if not stop():
                say("no daemon of ours runs")
        elif arguments == ["status"]:
            say(
                f"Docker {version() or 'does not run'}"
                + (f", ours as process {running_pid()}" if running_pid() else "")
            )
        else:
            raise StepError("there are start, stop and status")
    except StepError as error:
        say(f"error: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
