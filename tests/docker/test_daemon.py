"""The daemon: found, installed and started where that is possible, and a clear word where it is not."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from localnet.docker import daemon, image
from localnet.docker.daemon import Daemon, DockerUnavailable, ensure_daemon
from localnet.steps import ROOT, StepError

NOBODY = 65_534


@pytest.fixture
def none_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine on which no daemon answers and nothing is installed."""
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    monkeypatch.setattr(daemon, "version", lambda: "")
    monkeypatch.setenv("PATH", str(tmp_path))


def as_user(number: int) -> Callable[[], int]:
    return lambda: number


def test_a_daemon_that_runs_is_used_and_left_running(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(daemon, "version", lambda: "20.10")
    monkeypatch.setattr(daemon, "stop", lambda: pytest.fail("it is not ours"))
    found = ensure_daemon()
    assert found == Daemon("20.10", ours=False)
    found.stop()


@pytest.mark.usefixtures("none_runs")
@pytest.mark.parametrize(
    ("user", "host", "said"),
    [
        (NOBODY, "", "starting needs root"),
        (0, "unix:///nowhere/docker.sock", "DOCKER_HOST is unix:///nowhere/docker.sock, where no daemon answers"),
        (0, "", "docker.io, docker-cli must be installed, which needs root and apt"),
    ],
)
def test_where_docker_cannot_run_the_reason_is_told(
    monkeypatch: pytest.MonkeyPatch, user: int, host: str, said: str
) -> None:
    monkeypatch.setattr(os, "geteuid", as_user(user))
    if host:
        monkeypatch.setenv("DOCKER_HOST", host)
    with pytest.raises(DockerUnavailable, match=said):
        ensure_daemon()


@pytest.mark.usefixtures("none_runs")
def test_without_installing_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", as_user(0))
    with pytest.raises(DockerUnavailable, match=r"apt-get install docker\.io"):
        ensure_daemon(install=False)


@pytest.mark.usefixtures("none_runs")
def test_a_package_that_does_not_install_is_a_reason_not_a_failure(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(os, "geteuid", as_user(0))
    apt = tmp_path / "apt-get"
    apt.write_text("#!/bin/sh\necho no mirror answers; exit 100\n")
    apt.chmod(0o755)
    with pytest.raises(DockerUnavailable, match="no mirror answers"):
        ensure_daemon()


@pytest.mark.parametrize(
    ("told", "tried"),
    [
        ("failed to start daemon: error initializing graphdriver: driver not supported", 2),
        (
            "failed to start daemon: error obtaining controller instance: failed to create NAT chain: iptables",
            2,
        ),
    ],
)
def test_after_a_failure_only_what_may_help_is_tried(told: str, tried: int) -> None:
    helpful = [options for options in daemon.ATTEMPTS[1:] if daemon.helps(options, told)]
    assert len(helpful) == tried
    word = "--iptables=false" if "iptables" in told else "--storage-driver=vfs"
    assert all(word in options for options in helpful)


@pytest.mark.skipif(os.geteuid() != 0 or sys.platform != "linux", reason="starting a daemon needs root on Linux")
def test_what_is_started_runs_apart_and_is_stopped_with_nothing_left(
    daemon: Daemon, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # Beside the daemon that the tests use: in namespaces of its own, for there is one bridge of docker's name.
    script = f"""
from pathlib import Path
from localnet.docker import daemon
folder = Path({str(tmp_path)!r})
daemon.FOLDER, daemon.DATA, daemon.SOCKET = folder, folder / "data", folder / "docker.sock"
daemon.PID_FILE, daemon.LOG_FILE = folder / "pid", folder / "log"
own = (f"--exec-root={{folder / 'exec'}}",)
daemon.ATTEMPTS = (("--storage-driver=nonsense", *own), ("--storage-driver=vfs", "--iptables=false", *own))
started = daemon.start_daemon(f"unix://{{daemon.SOCKET}}")
pid = daemon.running_pid()
assert started.ours and pid and daemon.version(f"unix://{{daemon.SOCKET}}") == started.version
started.stop()
assert not Path(f"/proc/{{pid}}").exists() and daemon.running_pid() == 0 and not daemon.SOCKET.exists()
assert str(folder) not in Path("/proc/mounts").read_text()
print("both", started.version)
"""
    environment = {name: value for name, value in os.environ.items() if name != "DOCKER_HOST"}
    command = ["unshare", "--net", "--mount", sys.executable, "-c", script]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == f"both {daemon.version}"
    assert "nonsense" in done.stderr


def test_a_process_of_another_program_is_never_taken_for_ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(daemon, "PID_FILE", tmp_path / "pid")
    assert daemon.running_pid() == 0
    (tmp_path / "pid").write_text(f"{os.getpid()}\n")
    assert daemon.running_pid() == 0
    assert daemon.stop() is False


def test_base_images_come_from_a_registry_where_they_cannot_be_made(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in image.BASES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "geteuid", as_user(NOBODY))
    assert image.bases_by_name() == image.BASES
    text = (ROOT / "localnet" / "docker" / "Dockerfile").read_text()
    assert all(f"ARG {name}={default}\n" in text for name, default in image.BASES.items())
    monkeypatch.setenv("GO_IMAGE", "go-of-mine")
    with pytest.raises(StepError, match="both or not at all"):
        image.bases_by_name()
    monkeypatch.setenv("PYTHON_IMAGE", "python-of-mine")
    assert image.bases_by_name() == {"PYTHON_IMAGE": "python-of-mine", "GO_IMAGE": "go-of-mine"}


@pytest.mark.skipif(os.geteuid() != 0, reason="becoming another user needs root")
def test_the_base_needs_root_and_debootstrap_and_says_so(tmp_path: Path) -> None:
    script = str(ROOT / "localnet" / "docker" / "base.sh")
    done = subprocess.run(["sh", script], capture_output=True, text=True, check=False)
    assert (done.returncode, "usage: base.sh" in done.stderr) == (1, True)
    with Path(script).open() as text:
        command = ["sh", "-s", "base.tar"]
        done = subprocess.run(command, stdin=text, capture_output=True, text=True, check=False, user=NOBODY, cwd="/")
    assert (done.returncode, "root is needed" in done.stderr) == (1, True)
    (tmp_path / "id").symlink_to("/usr/bin/id")
    environment = {"PATH": str(tmp_path)}
    done = subprocess.run(["/bin/sh", script, "base.tar"], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, "apt-get install debootstrap" in done.stderr) == (1, True)


def test_no_mirror_and_no_registry_is_named_in_the_tree() -> None:
    for path in sorted((ROOT / "localnet" / "docker").glob("*")):
        if path.is_file() and path.suffix != ".md":
            text = path.read_text()
            hosts = set(re.findall(r"\bhttps?://([A-Za-z][\w.-]*)", text))
            assert hosts <= {"full", "gateway"}, path.name
