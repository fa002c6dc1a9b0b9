"""What the READMEs tell people to type."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from chain.cli.main import cli
from chain.client import Keyring
from chain.testing import TestChain
from tests.chain.client.node import NodeInABox

ROOT = Path(__file__).resolve().parents[3]
FILES = ("README.md", "localnet/README.md")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
CALL = re.compile(r"(?:^|[(|] *)lampd ([^|)#>\n]*)")


def blocks(file: str, language: str) -> list[str]:
    return [text for kind, text in BLOCK.findall((ROOT / file).read_text(encoding="utf-8")) if kind == language]


def calls() -> Iterator[str]:
    for file in FILES:
        for block in blocks(file, "sh"):
            for line in block.replace("|\n", "| ").splitlines():
                yield from (call.strip() for call in CALL.findall(line.strip()))


@pytest.mark.parametrize("call", sorted(set(calls())))
def test_a_command_of_a_readme_exists_with_its_arguments_and_options(call: str) -> None:
    words = shlex.split(call)
    command: click.Command = cli
    context = click.Context(cli, info_name="lampd")
    while isinstance(command, click.Group):
        found = command.get_command(context, words.pop(0))
        assert found is not None, call
        command, context = found, click.Context(found, parent=context)
    values, left, _ = command.make_parser(context).parse_args(words)
    assert left == []
    missing = [one.name for one in command.params if one.required and values.get(one.name or "") is None]
    assert missing == []


def test_the_readmes_python_example_runs_and_stays_short(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (example,) = blocks("README.md", "python")
    assert len([line for line in example.splitlines() if line]) <= 10
    with TestChain(accounts={"alice": "1000000000ulamp"}) as chain, NodeInABox(chain) as node:
        keyring = Keyring(tmp_path)
        keyring.add_private_key("alice", chain.key("alice").secret)
        keyring.create("bob")
        here = example.replace("localnet/data/accounts", str(tmp_path)).replace("http://127.0.0.1:26657", node.url)
        assert here.count(str(tmp_path)) == here.count(node.url) == 1
        exec(compile(here, "README.md", "exec"), {})
    said = capsys.readouterr().out
    assert "before: 0\n" in said and "after: 1500000\n" in said
