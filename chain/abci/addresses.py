"""Where the server listens: `unix://path` or `tcp://host:port`."""

import contextlib
import os
import socket
import stat
from dataclasses import dataclass

BACKLOG = 64
"""Connections that may wait to be accepted."""

SOCKET_FILE_MODE = 0o600
"""Whoever may write to the socket decides what this node's state becomes, so only the node's own user may."""


class AddressError(Exception):
    """The server cannot listen at an address; the text says why and what to do."""


@dataclass(frozen=True)
class Listener:
    """A listening socket and the address that clients reach it by."""

    socket: socket.socket
    address: str
    path: str
    """File of a unix socket, empty for tcp."""
    inode: int
    """Which file that is: one that somebody put there later is not ours to remove."""

    def close(self) -> None:
        """Stop listening and remove the socket file."""
        self.socket.close()
        if self.path:
            with contextlib.suppress(FileNotFoundError):
                if os.stat(self.path).st_ino == self.inode:
                    os.unlink(self.path)


def listen(address: str) -> Listener:
    """Listen at `unix://path` or `tcp://host:port`; port 0 takes a free one. Raises: AddressError."""
    scheme, separator, rest = address.partition("://")
    if separator and rest:
        if scheme == "unix":
            return _listen_unix(rest)
        if scheme == "tcp":
            return _listen_tcp(rest)
    raise AddressError(f"address {address!r} is neither unix://path nor tcp://host:port")


def _listen_unix(path: str) -> Listener:
    _clear_stale(path)
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        sock.bind(path)
        # Nobody can connect between bind and listen, so the file is never open to others.
        os.chmod(path, SOCKET_FILE_MODE)
        sock.listen(BACKLOG)
        return Listener(sock, f"unix://{path}", path, os.stat(path).st_ino)
    except OSError as error:
        sock.close()
        raise AddressError(f"cannot listen at unix://{path}: {error.strerror or error}") from error


def _clear_stale(path: str) -> None:
    """Remove the socket file that a killed process left. Raises: AddressError when it is in use or no socket."""
    try:
        mode = os.stat(path).st_mode
    except OSError:
        return
    if not stat.S_ISSOCK(mode):
        raise AddressError(f"cannot listen at unix://{path}: the file exists and is not a socket")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        # A full backlog must count as in use, not block.
        probe.setblocking(False)
        try:
            probe.connect(path)
        except ConnectionRefusedError:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)
            return
        except FileNotFoundError:
            return
        except OSError as error:
            raise AddressError(f"cannot listen at unix://{path}: {error.strerror or error}") from error
    raise AddressError(f"cannot listen at unix://{path}: another process is serving there")


def _listen_tcp(rest: str) -> Listener:
    host, separator, port_text = rest.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not separator or not host or not (port_text.isascii() and port_text.isdigit()) or int(port_text) > 0xFFFF:
        raise AddressError(f"address 'tcp://{rest}' is not tcp://host:port")
    try:
        family, kind, protocol, _, target = socket.getaddrinfo(
            host, int(port_text), type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as error:
        raise AddressError(f"cannot listen at tcp://{rest}: {error.strerror or error}") from error
    sock = socket.socket(family, kind, protocol)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(target)
        sock.listen(BACKLOG)
    except OSError as error:
        sock.close()
        raise AddressError(f"cannot listen at tcp://{rest}: {error.strerror or error}") from error
    shown = f"[{host}]" if family == socket.AF_INET6 else host
    return Listener(sock, f"tcp://{shown}:{sock.getsockname()[1]}", "", 0)
