"""`lampd` as a process: how quickly it starts, how it ends, how it completes words."""

import subprocess
import sys
from pathlib import Path

import pytest

from chain.cli.errors import report
from chain.client.errors import NodeUnreachable, QueryFailed, RpcError
from tests.chain.cli.shell import Shell
from tests.localnet.nodes import lampd

HEAVY = ("bip_utils", "cryptography", "h3", "httpx", "plyvel", "prometheus_client", "rich", "structlog")
"""Packages that cost a tenth of a second or so, each."""


def modules_after(*arguments: str) -> set[str]:
    """Return the packages that a command has imported when it ends."""
    code = f"import sys; sys.argv = {['lampd', *arguments]!r}\n"
    code += "from chain.cli.main import main\ntry:\n  main()\nexcept SystemExit: pass\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in done.stdout.splitlines()[-1].split()}


def test_light_commands_import_nothing_heavy() -> None:
    assert modules_after("version") & {*HEAVY, "google", "modules"} == set()
    assert modules_after("--help") & {*HEAVY, "google", "modules"} == set()
    assert modules_after("keys", "list", "--home", "/nonexistent") & set(HEAVY) == set()


def test_a_query_imports_only_what_it_needs() -> None:
    loaded = modules_after("query", "bank", "params", "--node", "http://127.0.0.1:1")
    assert loaded & {"bip_utils", "cryptography", "h3", "prometheus_client", "structlog"} == set()


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("bogus",), 2, "No such command 'bogus'"),
        (("keys", "--bogus"), 2, "No such option"),
        (("keys", "show", "nobody", "--home", "/nonexistent"), 1, "no key named nobody"),
        (("status", "--node", "http://127.0.0.1:1"), 1, "no answer"),
        (("query", "work", "epoch", "--node", "127.0.0.1:1"), 1, "no answer from http://127.0.0.1:1"),
    ],
)
def test_a_command_that_fails_ends_with_its_code_and_one_line(arguments: tuple[str, ...], code: int, says: str) -> None:
    done = lampd(*arguments, check=False)
    assert done.returncode == code
    assert says in done.stderr.splitlines()[-1]
    assert done.stdout == ""


def test_a_reader_that_goes_away_is_no_error() -> None:
    command = f"{sys.executable} -m chain.cli --help | head -1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False)
    assert (done.stderr, done.stdout.split()[:2]) == ("", ["Usage:", "lampd"])


def test_a_defect_of_ours_has_a_code_of_its_own(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert report(ZeroDivisionError("oh")) == 70
    assert "Internal error: ZeroDivisionError: oh (LAMPD_TRACE=1 shows where)" in capsys.readouterr().err
    monkeypatch.setenv("LAMPD_TRACE", "1")
    assert report(ValueError("mine")) == 1
    assert "ValueError: mine" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (
            NodeUnreachable("no answer from x"),
            "no answer from x; is it running? --node or LAMPD_NODE names another node",
        ),
        (
            QueryFailed("sdk", 22, "rpc error: code = NotFound desc = device x: key not found"),
            "device x: key not found",
        ),
        (RpcError(-32603, "Internal error", "height 9 must be less"), "height 9 must be less"),
        (RpcError(-32601, "Method not found"), "Method not found"),
    ],
)
def test_errors_of_nodes_are_told_without_the_words_of_their_servers(
    error: Exception, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert report(error) == 1
    assert says in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["bash", "zsh", "fish"])
def test_the_completion_script_names_the_program(shell: Shell, kind: str) -> None:
    script = shell.ok("completion", kind).out
    assert "_LAMPD_COMPLETE" in script
    assert f"{kind}_complete" in script


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("lampd que", "query"),
        ("lampd tx ba", "bank"),
        ("lampd tx bank se", "send"),
        ("lampd query device-registry dev", "devices-by-owner"),
        ("lampd tx bank send --gas-p", "--gas-prices"),
        ("lampd tx bank send -o ", "json"),
    ],
)
def test_words_are_completed(words: str, wanted: str) -> None:
    count = str(len(words.split(" ")) - 1)
    done = lampd(check=False, _LAMPD_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=count)
    assert f"plain,{wanted}" in done.stdout.splitlines()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    done = lampd("keys", "add", "alice", "--home", str(blocked), check=False)
    assert done.returncode == 1
    assert str(blocked) in done.stderr
