"""The living example: a module of its own is small, works, and has its commands without more ado."""

import io
import tokenize
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from chain import app as chain_app
from chain.cli import query as query_cli
from chain.cli import tx as tx_cli
from chain.cli.modules import ModuleGroup
from chain.primitives.ints import MAX_U64
from chain.sdk.module import GenesisError
from chain.testing import QueryFailed, TestChain
from tests.app.counter import counter_pb2 as pb
from tests.app.counter.module import MODULE

FOLDER = Path(__file__).parent / "counter"
PATH = "/example.counter.v1.Query/Count"


@pytest.fixture
def chain() -> Iterator[TestChain]:
    with TestChain(accounts={"alice": "1000ulamp", "bob": "1000ulamp"}, modules=[MODULE]) as made:
        yield made


def add(chain: TestChain, amount: int, name: str = "alice") -> pb.MsgAdd:
    return pb.MsgAdd(sender=str(chain.address(name)), amount=amount)


def count(chain: TestChain, name: str = "alice", height: int = 0) -> int:
    request = pb.QueryCountRequest(account=str(chain.address(name)))
    return chain.query(PATH, request, pb.QueryCountResponse, height).count


def test_the_example_stays_small() -> None:
    sources = [path for path in FOLDER.glob("*.py") if "_pb2" not in path.name]
    assert sum(path.read_text().count("\n") for path in sources) < 150
    assert (FOLDER / "counter.proto").read_text().count("\n") < 20
    for path in sources:
        tokens = tokenize.generate_tokens(io.StringIO(path.read_text()).readline)
        assert max(len(token.line) for token in tokens) <= 121, path


def test_it_counts(chain: TestChain) -> None:
    assert chain.ok(add(chain, 5), response=pb.MsgAddResponse).count == 5
    assert chain.ok(add(chain, 2), add(chain, 3), response=pb.MsgAddResponse).count == 7
    chain.ok(add(chain, 100, "bob"), signer="bob")
    assert (count(chain), count(chain, "bob"), count(chain, height=1)) == (10, 100, 5)


@pytest.mark.parametrize(
    ("amount", "codespace", "code"),
    [(0, "counter", 2), (MAX_U64, "counter", 3)],
)
def test_it_rejects(chain: TestChain, amount: int, codespace: str, code: int) -> None:
    chain.ok(add(chain, 1))
    result = chain.deliver(chain.tx(add(chain, amount)), process=False).tx_results[0]
    assert (result.codespace, result.code) == (codespace, code)
    assert count(chain) == 1


def test_it_rejects_what_is_no_address(chain: TestChain) -> None:
    chain.deliver()
    with pytest.raises(QueryFailed) as caught:
        chain.query(PATH, pb.QueryCountRequest(account="x"), pb.QueryCountResponse)
    assert (caught.value.codespace, caught.value.code) == ("sdk", 18)


def test_its_state_comes_from_genesis_and_goes_back(chain: TestChain) -> None:
    chain.ok(add(chain, 7))
    section = chain.export()["counter"]
    assert section == {str(chain.address("alice")): "7"}
    with TestChain(accounts={"alice": "1ulamp"}, modules=[MODULE], genesis={"counter": section}) as again:
        again.deliver()
        assert count(again) == 7
    with pytest.raises(GenesisError):
        TestChain(modules=[MODULE], genesis={"counter": {"x": "7"}})


def test_its_commands_appear_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain_app, "build_modules", lambda: (*chain_app.wire().modules, MODULE))
    for cli, verb, words in (
        (tx_cli, "Transactions", ["counter", "add", "--help"]),
        (query_cli, "Queries", ["counter", "count", "--help"]),
    ):
        group: click.Group = ModuleGroup("lampd", module_commands=cli._module_commands, verb=verb)
        shown = CliRunner().invoke(group, words)
        assert shown.exit_code == 0, shown.output
        assert "counter" in shown.output and "Example: lampd" in shown.output
