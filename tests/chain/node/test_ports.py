"""A home is used once, and taken ports are named."""

import socket
from pathlib import Path

import pytest

from chain.node.errors import NodeError
from chain.node.home import UNIX_PATH_LIMIT, Home
from chain.node.ports import free_port, home_lock, require_free


def test_a_home_is_held_once_and_the_error_names_the_holder(tmp_path: Path) -> None:
    home = Home.at(tmp_path)
    with (
        home_lock(home),
        pytest.raises(NodeError, match=r"another lampd \(process \d+\) runs with home"),
        home_lock(home),
    ):
        pass
    with home_lock(home):
        pass


def test_a_taken_port_is_named_with_its_setting() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(NodeError, match=rf"port {port} \(rpc.laddr\) is taken") as caught:
            require_free({"rpc.laddr": f"tcp://127.0.0.1:{port}"})
        assert "lampd config set config rpc.laddr" in str(caught.value)
        assert free_port(port, set()) > port
    require_free({"rpc.laddr": f"tcp://127.0.0.1:{port}", "rpc.grpc_laddr": "", "p2p.laddr": "unix:///x"})


def test_an_address_without_a_port_is_an_error() -> None:
    with pytest.raises(NodeError, match="which is no address such as"):
        require_free({"p2p.laddr": "tcp://somewhere"})


def test_the_same_port_is_not_given_twice() -> None:
    taken: set[int] = set()
    assert free_port(41_000, taken) != free_port(41_000, taken)


def test_the_socket_of_a_deep_home_is_elsewhere(tmp_path: Path) -> None:
    deep = Home.at(tmp_path / ("x" * 120))
    assert len(deep.socket) < UNIX_PATH_LIMIT
    assert deep.socket != Home.at(tmp_path / ("y" * 120)).socket


def test_a_folder_that_is_no_home_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(NodeError, match="`lampd init` makes one"):
        Home.at(tmp_path).require()
