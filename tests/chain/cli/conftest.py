"""Shells for tests of commands: one alone, and one beside a node in a box."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from chain.client.keyring import Keyring
from tests.chain.cli.shell import Shell
from tests.chain.client.node import NodeInABox
from tests.modules.work.village import PEOPLE, Village


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path / "home", {"LAMPD_NODE": "http://127.0.0.1:1"})


@pytest.fixture(scope="module")
def village() -> Iterator[Village]:
    with Village() as village:
        yield village


@pytest.fixture(scope="module")
def town(village: Village, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """A shell whose node is a village's: keys of its people, devices a, b (alice's) and c (bob's)."""
    home = tmp_path_factory.mktemp("home")
    keyring = Keyring(home)
    for name in PEOPLE:
        keyring.add_private_key(name, village.chain.key(name).secret)
    with NodeInABox(village.chain) as node:
        yield Shell(home, {"LAMPD_NODE": node.url})
