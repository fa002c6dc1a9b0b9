"""The image of a node: what is in it, who it runs as, how it begins, tells its health, and ends."""

import json
import re
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from docker.errors import APIError

from localnet.cometbft.build import PINNED
from localnet.docker.daemon import connect
from localnet.docker.image import ensure_image
from localnet.steps import ROOT

LARGEST_MB = 260
STOP_SECONDS = 5.0
HARDENED = {"read_only": True, "tmpfs": {"/tmp": ""}, "cap_drop": ["ALL"], "security_opt": ["no-new-privileges:true"]}


@pytest.fixture(scope="module")
def client(image: str) -> Iterator[Any]:
    found = connect()
    yield found
    found.close()


@pytest.fixture(scope="module")
def home(client: Any, image: str) -> Iterator[str]:
    """A volume with the home of a chain's only validator."""
    volume = client.volumes.create()
    run(client, image, "init", "alone", "--chain-id", "image-1", volumes=[f"{volume.name}:/var/lib/lampd"])
    yield volume.name
    volume.remove()


def run(client: Any, image: str, *command: str, **options: Any) -> str:
    """Return what a command prints in a container of its own."""
    return str(client.containers.run(image, list(command), remove=True, **options).decode())


def find(client: Any, image: str, tests: str) -> list[str]:
    """Return the paths that `find` finds in a fresh container; folders that it may not enter are passed over."""
    return run(client, image, "sh", "-c", f"find {tests} 2>/dev/null; true").split()


def finish(client: Any, image: str, *command: str, **options: Any) -> tuple[int, str]:
    """Return exit code and output of a command that may fail."""
    container = client.containers.run(image, list(command), detach=True, **options)
    try:
        code = int(container.wait(timeout=30)["StatusCode"])
        return code, container.logs().decode()
    finally:
        container.remove(force=True)


@contextmanager
def started(client: Any, image: str, home: str) -> Iterator[Any]:
    """A node that runs with a root file system that it cannot write to."""
    container = client.containers.run(image, detach=True, volumes=[f"{home}:/var/lib/lampd"], **HARDENED)
    try:
        yield container
    finally:
        container.remove(force=True)


def wait_health(container: Any, wanted: str, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        container.reload()
        if container.attrs["State"]["Health"]["Status"] == wanted:
            return
        assert container.status == "running", container.logs().decode()[-2000:]
        time.sleep(0.2)
    raise AssertionError(f"not {wanted} after {seconds} s: {container.attrs['State']['Health']}")


def stop(container: Any) -> tuple[int, float]:
    begin = time.monotonic()
    container.stop(timeout=30)
    seconds = time.monotonic() - begin
    container.reload()
    return int(container.attrs["State"]["ExitCode"]), seconds


def test_it_holds_the_versions_that_this_checkout_pins(client: Any, image: str) -> None:
    told = json.loads(run(client, image, "version", "--long", "--output", "json"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert told["version"] == project["version"]
    assert told["cometbft"] == f"{PINNED} (/usr/local/bin/cometbft)"
    locked = dict(line.split("==") for line in (ROOT / "requirements.lock").read_text().splitlines() if "==" in line)
    assert {name: told[name] for name in ("protobuf", "plyvel", "coincurve", "cryptography")} == {
        name: locked[name] for name in ("protobuf", "plyvel", "coincurve", "cryptography")
    }


def test_it_runs_as_a_user_without_rights_to_anything_but_its_home(client: Any, image: str) -> None:
    assert client.images.get(image).attrs["Config"]["User"] == "10001:10001"
    writable = find(client, image, '/ -xdev -writable -not -type l -not -path "/dev/*"')
    assert set(writable) - {"/tmp", "/var/tmp", "/run/lock"} == {"/var/lib/lampd"}
    # Programs that would give back root's rights, though `no-new-privileges` would take them away again.
    assert find(client, image, "/ -xdev -type f -perm /6000") == []


def test_it_holds_no_keys_no_history_and_nothing_that_compiles(client: Any, image: str) -> None:
    names = ("*_key.json", "key_seed.json", "keyring-*", ".git", ".env", "pip.conf", "id_*", "*.pem", "*.key")
    tests = " -o ".join(f"-name '{name}'" for name in names)
    found = find(client, image, f"/opt /usr/local /var/lib/lampd /tmp /root /home {tests}")
    # The certificates that Python's HTTP clients trust are public.
    assert [path for path in found if not path.endswith("certifi/cacert.pem")] == []
    for program in ("gcc", "cc", "go", "make", "pip"):
        assert finish(client, image, "sh", "-c", f"command -v {program}")[0] != 0, program
    environment = client.images.get(image).attrs["Config"]["Env"]
    assert [text for text in environment if re.search(r"(?i)token|secret|passw|proxy", text)] == []


def test_it_is_small(client: Any, image: str) -> None:
    assert client.images.get(image).attrs["Size"] / 1e6 < LARGEST_MB


def test_it_is_built_again_only_when_something_has_changed(client: Any, image: str) -> None:
    before = client.images.get(image).id
    begin = time.monotonic()
    assert ensure_image() == image
    assert time.monotonic() - begin < 5.0
    assert client.images.get(image).id == before


def test_it_becomes_healthy_without_writing_to_its_root_and_stops_cleanly(client: Any, image: str, home: str) -> None:
    with started(client, image, home) as container:
        wait_health(container, "healthy", 40.0)
        code, seconds = stop(container)
        assert (code, "stopped at height" in container.logs().decode()) == (0, True)
        assert seconds < STOP_SECONDS


def processes(container: Any) -> list[str]:
    """Return the commands that run in a container; whole, whatever width the daemon takes the terminal for."""
    return [" ".join(words[7:]) for words in container.top(ps_args="-efww")["Processes"]]


def test_it_stops_at_once_even_while_it_is_starting(client: Any, image: str, home: str) -> None:
    with started(client, image, home) as container:
        deadline = time.monotonic() + 20
        while not any("/opt/lampd/bin/lampd start" in words for words in processes(container)):
            assert time.monotonic() < deadline
        code, seconds = stop(container)
        # Before the node listens to signals the kernel's default ends it.
        assert code in (0, 143), container.logs().decode()
        assert seconds < STOP_SECONDS


@pytest.mark.parametrize(("program", "code"), [("/opt/lampd/bin/lampd", 137), ("/usr/local/bin/cometbft", 1)])
def test_the_container_ends_when_either_half_of_the_node_is_killed(
    client: Any, image: str, home: str, program: str, code: int
) -> None:
    script = (
        f'for p in /proc/[0-9]*; do tr "\\0" " " <$p/cmdline | grep -q "{program} start" && kill -9 ${{p#/proc/}}; done'
    )
    with started(client, image, home) as container:
        deadline = time.monotonic() + 20
        while "committed" not in container.logs().decode() and time.monotonic() < deadline:
            if container.exec_run(["health.py"]).exit_code == 0:
                break
            time.sleep(0.2)
        deadline = time.monotonic() + 30
        said = []
        while container.status != "exited":
            assert time.monotonic() < deadline, (said, processes(container), container.logs().decode()[-1500:])
            with suppress(APIError):  # it has ended meanwhile
                said.append(container.exec_run(["sh", "-c", script]))
            time.sleep(0.5)
            container.reload()
        assert container.attrs["State"]["ExitCode"] == code, container.logs().decode()[-1500:]


def test_without_a_home_it_says_what_to_do(client: Any, image: str) -> None:
    code, told = finish(client, image)
    assert code == 1
    assert "there is no home of a node in /var/lib/lampd" in told


def test_commands_of_lampd_and_programs_are_run_by_their_names(client: Any, image: str) -> None:
    assert run(client, image, "keys", "--help").startswith("Usage: lampd keys")
    assert run(client, image, "cometbft", "version").strip() == PINNED
    code, told = finish(client, image, "nonsense")
    assert (code, "No such command 'nonsense'" in told) == (2, True)
    code, told = finish(client, image, "--no-metrics")
    assert (code, "there is no home" in told) == (1, True)


def test_health_is_refused_where_nothing_answers(client: Any, image: str) -> None:
    code, told = finish(client, image, "health.py")
    assert (code, told.strip()) == (1, "no answer at port 26660: [Errno 111] Connection refused")


def test_the_dockerfiles_are_for_the_classic_builder_as_well() -> None:
    for path in sorted(Path(ROOT / "localnet" / "docker").glob("*Dockerfile")):
        text = path.read_text()
        lines = [line for line in text.splitlines() if not line.startswith("#")]
        assert not text.lower().startswith("# syntax="), path
        assert [line for line in lines if re.search(r"--(mount|chmod|link|parents|exclude|network)\b|<<", line)] == []
