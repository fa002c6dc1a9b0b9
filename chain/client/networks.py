"""Network files for programs: load one file or a folder of them, and get the message that creates each network.

network = load_network("localnet/networks/weather.toml")
message = network.message(admin="lamp1...")
"""

import os
from pathlib import Path

from chain.codec.networks import NetworkFile, NetworkFileError, NetworkModel, Place, parse_network

__all__ = ["NetworkFile", "NetworkFileError", "NetworkModel", "Place", "load_network", "load_networks", "parse_network"]

MAX_FILE_BYTES = 1 << 20
"""Larger files are no network files."""


def load_network(path: str | os.PathLike[str]) -> NetworkFile:
    """Read a network file. Raises: NetworkFileError naming file, table and key, also when it can't be read."""
    file = Path(path)
    try:
        if file.stat().st_size > MAX_FILE_BYTES:
            raise NetworkFileError(f"is larger than {MAX_FILE_BYTES} bytes", file=str(file))
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise NetworkFileError(f"can't be read: {error.strerror}", file=str(file)) from error
    except UnicodeDecodeError as error:
        raise NetworkFileError(f"is not UTF-8 at byte {error.start}", file=str(file)) from error
    return parse_network(text, str(file))


def load_networks(folder: str | os.PathLike[str]) -> dict[str, NetworkFile]:
    """Read all network files of a folder, by name of the network, in order of the files' names.

    Raises: NetworkFileError; also when two files name the same network or there is no file.
    """
    networks: dict[str, NetworkFile] = {}
    for path in sorted(Path(folder).glob("*.toml")):
        network = load_network(path)
        if network.name in networks:
            raise NetworkFileError("another file names this network too", "network", "name", str(path))
        networks[network.name] = network
    if not networks:
        raise NetworkFileError("has no .toml files", file=str(folder))
    return networks
