"""`lampd gateway run`: what it says when it cannot start. Its work is tested with an agent, end to end."""

import socket

import pytest

from tests.chain.cli.shell import Shell

RUN = ("gateway", "run", "--from", "alice", "--listen")


@pytest.fixture(autouse=True)
def alice(shell: Shell) -> None:
    shell.ok("keys", "add", "alice", "--no-backup")


def test_a_port_that_is_taken_is_named(shell: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        assert shell.fails(*RUN, address) == f"Error: cannot listen at {address}: Address already in use"


@pytest.mark.parametrize("address", ["8700x", "127.0.0.1:", "127.0.0.1:99999", "nowhere"])
def test_an_address_that_is_none_is_wrong_usage(shell: Shell, address: str) -> None:
    assert "--listen takes HOST:PORT" in shell.fails(*RUN, address, code=2)


def test_a_wrong_gas_price_and_an_unknown_key_end_it_at_once(shell: Shell) -> None:
    assert "expected a gas price" in shell.fails(*RUN, "127.0.0.1:0", "--gas-prices", "cheap")
    assert "did you mean alice?" in shell.fails("gateway", "run", "--from", "alic", "--listen", "127.0.0.1:0")
