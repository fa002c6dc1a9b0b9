import os
import socket
import stat
from pathlib import Path

import pytest

from chain.abci.addresses import AddressError, listen
from chain.abci.server import AbciServer
from tests.chain.abci.client import Client
from tests.chain.abci.counter import Counter


def test_a_unix_socket_is_open_to_its_owner_only_and_gone_after_stop(tmp_path: Path) -> None:
    path = tmp_path / "s"
    with AbciServer(Counter(), f"unix://{path}"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not path.exists()


def test_the_socket_file_that_a_killed_process_left_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "s"
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(path))
    left.close()
    with AbciServer(Counter(), f"unix://{path}") as server, Client(server.address) as client:
        assert client.call("echo", message="hi").message == "hi"


def test_a_socket_that_somebody_serves_is_not_stolen(tmp_path: Path) -> None:
    address = f"unix://{tmp_path}/s"
    with AbciServer(Counter(), address):
        with pytest.raises(AddressError, match="another process is serving there"):
            AbciServer(Counter(), address).start()
        with Client(address) as client:
            assert client.call("echo", message="hi").message == "hi"


def test_a_file_that_is_no_socket_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "s"
    path.write_text("precious")
    with pytest.raises(AddressError, match="is not a socket"):
        listen(f"unix://{path}")
    assert path.read_text() == "precious"


def test_a_socket_file_that_is_no_longer_ours_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "s"
    listener = listen(f"unix://{path}")
    # Kept under another name, lest the new file get the same inode.
    path.rename(tmp_path / "old")
    other = socket.socket(socket.AF_UNIX)
    other.bind(str(path))
    listener.close()
    other.close()
    assert path.exists()


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(AddressError, match="No such file or directory"):
        listen(f"unix://{tmp_path}/none/s")


def test_a_path_that_is_too_long_for_a_socket_is_an_address_error(tmp_path: Path) -> None:
    with pytest.raises(AddressError, match="too long"):
        listen(f"unix://{tmp_path}/{'x' * 120}")


def test_port_zero_takes_a_free_port_and_says_which() -> None:
    with AbciServer(Counter(), "tcp://127.0.0.1:0") as server, Client(server.address) as client:
        assert server.address != "tcp://127.0.0.1:0"
        assert client.call("echo", message="hi").message == "hi"


def test_a_port_that_is_taken_is_an_address_error() -> None:
    with AbciServer(Counter(), "tcp://127.0.0.1:0") as server, pytest.raises(AddressError, match="in use"):
        AbciServer(Counter(), server.address).start()


def test_ipv6_has_brackets() -> None:
    if not socket.has_ipv6 or not os.path.exists("/proc/net/if_inet6"):
        pytest.skip("this machine has no IPv6")
    with AbciServer(Counter(), "tcp://[::1]:0") as server, Client(server.address) as client:
        assert server.address.startswith("tcp://[::1]:")
        assert client.call("echo", message="hi").message == "hi"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "unix://",
        "tcp://",
        "tcp://host",
        "tcp://127.0.0.1:x",
        "tcp://127.0.0.1:70000",
        "tcp://:1",
        "http://a:1",
        "/s",
    ],
)
def test_an_address_of_another_form_is_refused(address: str) -> None:
    with pytest.raises(AddressError):
        listen(address)
