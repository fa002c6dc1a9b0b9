"""Conversations with `abci-cli`, the reference client, which is written in Go and shares no code with the server."""

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from chain.abci.server import AbciServer
from tests.chain.abci.conftest import Serve
from tests.chain.abci.counter import Counter
from tests.chain.abci.kvstore import KvStore

SECONDS = 20

BATCH = """\
echo lamppost
info
check_tx "bulb"
check_tx "bulb=on"
prepare_proposal "bulb:on" "bulb"
process_proposal "bulb==on"
process_proposal "bulb=on"
finalize_block "bulb=on" "pole=up" 0x613d62
commit
info
query "bulb"
query "a"
query "wire"
"""


@pytest.fixture(scope="session")
def abci_cli(request: pytest.FixtureRequest) -> Path:
    """The client that ABCI_CLI names, or the one that is built beside the pinned CometBFT."""
    named = os.environ.get("ABCI_CLI")
    path = Path(named) if named else request.getfixturevalue("cometbft") / "abci-cli"
    if not path.is_file():
        pytest.fail(f"there is no abci-cli at {path}: run `make cometbft`, or set ABCI_CLI to the path of one")
    return path


def talk(abci_cli: Path, address: str, *args: str, text: str = "") -> subprocess.CompletedProcess[str]:
    """Run one command of the client to its end."""
    command = [str(abci_cli), "--address", address, "--abci", "socket", "--log_level", "error", *args]
    return subprocess.run(command, input=text, capture_output=True, text=True, timeout=SECONDS, check=False)


@pytest.fixture
def reference_kvstore(abci_cli: Path, tmp_path: Path) -> Iterator[str]:
    """The address of CometBFT's own example application, served by CometBFT's own server."""
    address = f"unix://{tmp_path}/go"
    command = [str(abci_cli), "--address", address, "kvstore", "--persist", str(tmp_path / "db")]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + SECONDS
        while not (tmp_path / "go").exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield address
    finally:
        process.kill()
        process.wait()


def test_the_reference_clients_own_test_passes(abci_cli: Path, server: AbciServer, app: Counter) -> None:
    result = talk(abci_cli, server.address, "test")
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stdout.count("Passed test: ") == 10
    assert "Failed" not in result.stdout
    assert (app.height, app.count) == (3, 5)


def test_a_batch_of_commands_gets_the_answers_that_the_reference_server_gives(
    abci_cli: Path, serve: Serve, reference_kvstore: str
) -> None:
    ours = talk(abci_cli, serve(KvStore()).address, "--verbose", "batch", text=BATCH)
    theirs = talk(abci_cli, reference_kvstore, "--verbose", "batch", text=BATCH)
    assert ours.returncode == theirs.returncode == 0, ours.stderr + theirs.stderr
    assert ours.stdout == theirs.stdout
    assert ours.stdout.count("-> code: OK") == 15


@pytest.mark.parametrize(
    ("args", "lines"),
    [
        (["echo", "Grüße"], ["-> code: OK", "-> data: Grüße", "-> data.hex: 0x4772C3BCC39F65"]),
        (["info"], ["-> code: OK", "-> data: count 0", "-> data.hex: 0x636F756E742030"]),
        (["check_tx", "0x00"], ["-> code: OK"]),
        (["check_tx", "0x000102030405060708"], ["-> code: 1", "-> log: at most 8 bytes"]),
        (
            ["finalize_block", "0x00", "0x07"],
            ["-> code: OK", "-> code: 2", "-> log: expected 1", "-> code: OK", "-> data.hex: 0x0000000000000001"],
        ),
        (["commit"], ["-> code: OK"]),
        (["prepare_proposal", "0x01"], ["-> code: OK", "-> log: Succeeded. Tx: \x01"]),
        (["process_proposal", "0x01"], ["-> code: OK", "-> status: ACCEPT"]),
        (
            ["query", "--path", "/count", "0x61"],
            ["-> code: OK", "-> height: 0", "-> key: a", "-> key.hex: 61", "-> value: 0", "-> value.hex: 30"],
        ),
        (["query", "--path", "/nowhere", "0x01"], ["-> code: 1", "-> log: unknown path /nowhere", "-> height: 0"]),
    ],
    ids=lambda value: value[0] if value and not value[0].startswith("->") else "",
)
def test_each_command_alone_gets_its_answer(
    abci_cli: Path, server: AbciServer, args: list[str], lines: list[str]
) -> None:
    result = talk(abci_cli, server.address, *args)
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines() == lines


def test_a_fault_reaches_the_reference_client_as_an_error(abci_cli: Path, serve: Serve) -> None:
    class Broken(Counter):
        def query(self, request: object) -> object:  # type: ignore[override]
            raise ValueError("no such luck")

    result = talk(abci_cli, serve(Broken()).address, "query", "0x01")
    assert result.returncode != 0
    assert "internal fault: ValueError: no such luck" in result.stdout + result.stderr
