"""Network files for programs: load one file or a folder of them, and get the message that creates each network.

network = load_network("localnet/networks/weather.toml")
message = network.message(admin="lamp1...")
"""

import os
from pathlib import Path

from chain.codec.networks import NetworkFile, NetworkFileError, NetworkModel, Place, load_network, parse_network

__all__ = ["NetworkFile", "NetworkFileError", "NetworkModel", "Place", "load_network", "load_networks", "parse_network"]


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
