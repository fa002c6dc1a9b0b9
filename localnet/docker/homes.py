"""In a container, once: keys, homes and genesis of a network of containers, each home in a volume of its own.

Usage: python -m localnet.docker.homes --first-address 172.30.77.10
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from chain.node.comet import find_comet
from chain.node.config import NodeConfig
from chain.node.home import Home, init_home, node_id
from chain.node.toml import set_in_file
from localnet.founding import found
from localnet.layout import Layout

DATA = Path("/data")
"""Below it the volumes are mounted as `localnet.layout` lays them out, and the full node's at `full`."""


def add_full_node(path: Path, homes: Sequence[Home], peers: str) -> None:
    """Make the home of a node that follows the chain and has no part in it, unless it is there."""
    home = Home.at(path)
    if home.genesis.exists():
        return
    settings = {
        "rpc.laddr": "tcp://0.0.0.0:26657",
        "p2p.laddr": "tcp://0.0.0.0:26656",
        "p2p.addr_book_strict": False,
        "p2p.persistent_peers": peers,
    }
    init_home(home, find_comet(), "full", settings, NodeConfig())
    home.write_genesis(homes[0].read_genesis())


def main() -> None:
    """Make what is missing; what is there stays."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first-address", required=True, help="address of the first validator; others follow")
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--epoch-seconds", type=int, default=Layout().epoch_seconds)
    given = parser.parse_args()
    layout = Layout(given.data, gateways=1, epoch_seconds=given.epoch_seconds)
    homes = found(layout, lambda text: print(text, flush=True), given.first_address)
    known = str(homes[1].comet_config()["p2p.persistent_peers"]).split(",")[0]
    others = str(homes[0].comet_config()["p2p.persistent_peers"])
    add_full_node(given.data / "full", homes, f"{known},{others}")
    for home in (*homes, Home.at(given.data / "full")):
        # In its own container a home lies elsewhere than here.
        set_in_file(home.config_toml, {"proxy_app": "unix://data/abci.sock"})
        print(f"{home.comet_config()['moniker']}: node {node_id(home)}", flush=True)


if __name__ == "__main__":
    main()
