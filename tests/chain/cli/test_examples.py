"""Every command that modules declare has an example, and every example is a command that works."""

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from chain.app import build_modules
from chain.cli.main import cli
from chain.cli.sending import Sending
from chain.client.keyring import Keyring
from chain.sdk.cli import Command

NAMES = (
    "alice",
    "bob",
    "carol",
    "founder",
    "authority",
    "owner",
    "gateway",
    "savings",
    "val0",
    "maker",
    "buyer",
    "insurer",
)
DECLARED = [
    (module.name, "tx" if declared in module.messages else "query", declared.command)
    for module in build_modules()
    for declared in (*module.messages, *module.queries)
    if declared.command is not None
]
RECEIPT = (
    '[{"network": 1, "device": "lampdev1qqqsyqcyq5rqwzqfpg9scrgwpugpzysnsfe57z", "epoch": 1, "sequence": 1, "units": 1,'
    ' "uptime_bp": 1, "telemetry_root": "00", "signature": "00"}]'
)
FILES = {
    "receipts.json": RECEIPT,
    "issue.json": f'{{"model": 1, "root": "{"07" * 32}", "count": 1, "signature": "{"08" * 64}"}}',
    "proof.json": f'{{"index": 0, "algorithm": "ed25519", "public_key": "{"09" * 32}", "path": [],'
    f' "root": "{"07" * 32}", "count": 1}}',
}
"""Files that examples name."""
STAND_INS = {
    "PUBLIC_KEY_HEX": "02" * 32,
    "PROOF_HEX": "03" * 64,
    "OLD_PROOF_HEX": "04" * 64,
    "NEW_PROOF_HEX": "05" * 64,
    "SALT_HEX": "06" * 32,
    "$(cat emission-params.json)": '{"decay": "5"}',
    '{"network_deposit": "100000000", ...}': '{"network_deposit": "100000000"}',
    '{"unbonding_time": "60s", ...}': '{"unbonding_time": "60s"}',
    "$(lampd comet show-validator)": '{"@type":"/cosmos.crypto.ed25519.PubKey","key":"' + "A" * 43 + '="}',
    "lampvaloper1...": "lampvaloper1qqqsyqcyq5rqwzqfpg9scrgwpugpzysnygz0yt",
}
"""What a reader puts into an example instead of a word that stands for it."""


def sub_commands(group: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    if not isinstance(group, click.Group):
        yield path, group
        return
    context = click.Context(group)
    for name in group.list_commands(context):
        child = group.get_command(context, name)
        if child is not None:
            yield from sub_commands(child, (*path, name))


ALL = dict(sub_commands(cli))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    for index, name in enumerate(NAMES):
        Keyring(folder).add_private_key(name, bytes([index + 1] * 32))
    return folder


@pytest.mark.parametrize(("module", "verb", "command"), DECLARED, ids=[f"{v}-{m}-{c.name}" for m, v, c in DECLARED])
def test_the_example_of_a_modules_command_makes_its_message(
    module: str, verb: str, command: Command, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Any] = []
    monkeypatch.setattr(Sending, "send", lambda self, messages: made.extend(messages))
    monkeypatch.setattr("chain.cli.query._run", lambda declared, message, values: made.append(message))
    for name, content in FILES.items():
        (tmp_path / name).write_text(content)
    words = shlex.split(command.example)
    assert words[:4] == ["lampd", verb, module.replace("_", "-"), command.name]
    arguments = [STAND_INS.get(word, word) for word in words[1:]]
    if set(FILES) & set(arguments):
        monkeypatch.chdir(tmp_path)
    cli.main([*arguments, "--home", str(home)], prog_name="lampd", standalone_mode=False)
    assert len(made) == 1
    if command.signer:
        names = [words[words.index("--from") + 1]]
        signer = getattr(made[0], command.signer, "") or made[0].inputs[0].address
        account = Keyring(home).show(names[0]).address
        assert signer in (str(account), account.operator)


def test_every_message_and_query_has_a_command() -> None:
    missing = [
        declared
        for module in build_modules()
        for declared in (*module.messages, *module.queries)
        if declared.command is None
    ]
    assert missing == []


@pytest.mark.parametrize("path", ALL, ids=[" ".join(path) for path in ALL])
def test_a_command_explains_itself(path: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([*path, "--help"], prog_name="lampd", standalone_mode=False) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"Usage: lampd {' '.join(path)}")
    assert f"lampd {' '.join(path)}" in said.split("Example")[1]


def test_arguments_of_declared_commands_are_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["tx", "bank", "send", "--help"], prog_name="lampd", standalone_mode=False) == 0
    said = capsys.readouterr().out
    assert "[FROM] TO AMOUNT" in said
    assert "Who gets the coins" in said.split("Options:")[0]
