"""The program, asked about itself: nothing is declared without being handled, documented, offered and tested."""

import ast
from collections.abc import Iterator
from enum import IntEnum
from functools import cache
from pathlib import Path

import click
import pytest

from chain.app import build_modules
from chain.cli.main import cli
from chain.primitives.errors import SdkCode
from chain.sdk.module import Module
from tests.architecture.sources import ROOT, product_files, state_machine_files, tree

MODULES = {module.name: module for module in build_modules()}


@cache
def readme(name: str) -> str:
    path = ROOT / "modules" / name / "README.md"
    return path.read_text() if path.exists() else ""


@cache
def words_of_tests() -> frozenset[str]:
    """Return every `Enum.MEMBER` and string of the tests."""
    found: set[str] = set()
    for path in (ROOT / "tests").rglob("*.py"):
        if path.parent.name != "architecture":
            found |= _words(tree(path))
    return frozenset(found)


@cache
def pairs_of_tests() -> frozenset[tuple[str, int]]:
    """Return every `("codespace", number)` of the tests."""
    return frozenset(
        (node.elts[0].value, node.elts[1].value)
        for path in (ROOT / "tests").rglob("*.py")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Tuple)
        and len(node.elts) >= 2
        and isinstance(node.elts[0], ast.Constant)
        and isinstance(node.elts[1], ast.Constant)
        and isinstance(node.elts[0].value, str)
        and isinstance(node.elts[1].value, int)
    )


def _words(module: ast.Module) -> set[str]:
    """Return every `Name.attribute`, under the name it was imported from, and every string."""
    aliases = {
        alias.asname: alias.name
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname
    }
    found = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found.add(f"{aliases.get(node.value.id, node.value.id)}.{node.attr}")
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
    return found


def sources(name: str) -> Iterator[Path]:
    folder = ROOT / "modules" / name
    return (path for path in product_files() if path.is_relative_to(folder))


def codes(module: Module) -> list[IntEnum]:
    return list(module.errors) if module.errors is not None else []


@pytest.mark.parametrize("name", MODULES)
def test_a_module_has_a_readme(name: str) -> None:
    assert readme(name)


@pytest.mark.parametrize("name", MODULES)
def test_every_error_code_is_raised_documented_and_tested(name: str) -> None:
    used = {word for path in sources(name) if path.name != "errors.py" for word in _words(tree(path))}
    docstrings = "\n".join(path.read_text() for path in sources(name) if path.name != "errors.py")
    wrong = []
    for code in codes(MODULES[name]):
        member = f"{type(code).__name__}.{code.name}"
        if member not in used:
            wrong.append(f"{member} is raised nowhere")
        if code.name not in docstrings.replace(member, ""):
            wrong.append(f"{member} is in no docstring's Raises")
        if code.name not in readme(name):
            wrong.append(f"{member} is not in the README")
        if member not in words_of_tests() and (name, int(code)) not in pairs_of_tests():
            wrong.append(f"{member} is in no test")
    assert wrong == []


@pytest.mark.parametrize("name", MODULES)
def test_error_codes_begin_at_two_and_are_not_shared(name: str) -> None:
    numbers = [int(code) for code in codes(MODULES[name])]
    assert all(number >= 2 for number in numbers)
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("name", MODULES)
def test_every_message_has_a_command_and_a_section_in_the_readme(name: str) -> None:
    wrong = []
    for message in MODULES[name].messages:
        title = message.proto.DESCRIPTOR.name
        if message.command is None and not title.endswith("UpdateParams"):
            wrong.append(f"{title} has no command")
        if title not in readme(name):
            wrong.append(f"{title} is not in the README")
    assert wrong == []


@pytest.mark.parametrize("name", MODULES)
def test_every_message_is_tested(name: str) -> None:
    tested = {word.split(".")[-1] for word in words_of_tests()} | _names_of_tests()
    missing = [title for message in MODULES[name].messages if (title := message.proto.DESCRIPTOR.name) not in tested]
    assert missing == []


@cache
def _names_of_tests() -> frozenset[str]:
    return frozenset(
        node.id
        for path in (ROOT / "tests").rglob("*.py")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Name)
    )


@pytest.mark.parametrize("name", MODULES)
def test_every_query_has_a_command(name: str) -> None:
    assert [query.path for query in MODULES[name].queries if query.command is None] == []


@pytest.mark.parametrize("name", MODULES)
def test_every_event_is_declared_and_documented(name: str) -> None:
    emitted = {
        node.args[0].value
        for path in sources(name)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "emit"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }
    declared = set(MODULES[name].events)
    assert emitted - declared == set()
    assert {event for event in declared if event not in readme(name)} == set()


@pytest.mark.parametrize("name", MODULES)
def test_every_parameter_is_in_the_readme(name: str) -> None:
    path = ROOT / "modules" / name / "params.py"
    if not path.exists():
        return
    fields = {
        node.target.id
        for part in tree(path).body
        if isinstance(part, ast.ClassDef) and part.name.endswith("Params")
        for node in part.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }
    assert {field for field in fields if field not in readme(name)} == set()


@pytest.mark.parametrize("name", MODULES)
def test_every_invariant_has_a_name_of_its_own(name: str) -> None:
    names = [invariant.name for invariant in MODULES[name].invariants]
    assert len(set(names)) == len(names)


def test_every_code_of_the_sdk_that_is_raised_is_tested() -> None:
    files = [path for path in state_machine_files() if path.name != "errors.py"]
    raised = {word for path in files for word in _words(tree(path)) if word.startswith("SdkCode.")}
    # The tables of the runtime's tests say the codespace once and give numbers.
    tables = {path for path in (ROOT / "tests" / "chain" / "runtime").glob("test_*.py") if '"sdk"' in path.read_text()}
    numbers = {code for space, code in pairs_of_tests() if space == "sdk"} | {
        element.value
        for path in tables
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Tuple)
        for element in node.elts
        if isinstance(element, ast.Constant) and isinstance(element.value, int)
    }
    tested = words_of_tests() | {f"SdkCode.{code.name}" for code in SdkCode if int(code) in numbers}
    assert sorted(raised - tested) == []


def commands(command: click.Command, path: str, context: click.Context) -> Iterator[tuple[str, click.Command]]:
    """Yield all commands below one, with the words that call them."""
    yield path, command
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            if child is not None:
                yield from commands(child, f"{path} {name}", click.Context(child, parent=context))


def all_commands() -> list[tuple[str, click.Command]]:
    return [entry for entry in commands(cli, "lampd", click.Context(cli)) if entry[0] != "lampd"]


def test_every_command_has_help_and_an_example() -> None:
    wrong = []
    for path, command in all_commands():
        if not (command.help or "").strip():
            wrong.append(f"{path} has no help")
        if not isinstance(command, click.Group) and "lampd" not in f"{command.epilog or ''}{command.help or ''}":
            wrong.append(f"{path} has no example")
    assert wrong == []


def test_every_option_has_help() -> None:
    missing = [
        f"{path} {option.opts[0]}"
        for path, command in all_commands()
        for option in command.params
        if isinstance(option, click.Option) and not option.help and not option.hidden
    ]
    assert missing == []


def test_no_option_asks_for_a_secret_on_the_command_line() -> None:
    secrets = {"--passphrase", "--password", "--mnemonic-text", "--private-key", "--seed"}
    found = [path for path, command in all_commands() for option in command.params if secrets & set(option.opts)]
    assert found == []
