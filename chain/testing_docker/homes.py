"""Homes of a testnet's nodes: made by the same code as `lampd testnet init-files`, then fitted to containers."""

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from chain.node.comet import find_comet
from chain.node.config import NodeConfig
from chain.node.home import Home, init_home, node_id
from chain.node.testnet import Testnet, init_files
from chain.node.toml import Scalar, set_in_file
from chain.primitives.coins import Coins
from chain.primitives.ids import Address

P2P_PORT, RPC_PORT, METRICS_PORT = 26656, 26657, 26660
ROOTLESS = 10_001
"""User and group that nodes run as where the tests run as root."""
SIGN_STATE = "priv_validator_state.json"
"""What a validator signed last. Without it a validator would sign a height twice, so that it outlives every wipe."""
COMET_SETTINGS: Mapping[str, Scalar] = {
    "rpc.laddr": f"tcp://0.0.0.0:{RPC_PORT}",
    "p2p.laddr": f"tcp://0.0.0.0:{P2P_PORT}",
    "p2p.addr_book_strict": False,
    "p2p.allow_duplicate_ip": True,
    # Peers are known; one that came back is called within seconds, not after minutes of growing pauses.
    "p2p.pex": False,
    "p2p.persistent_peers_max_dial_period": "3s",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """What a testnet begins with, beside its validators."""

    chain_id: str = "docker-1"
    accounts: Sequence[tuple[Address, Coins]] = ()
    """Further accounts of genesis."""
    app_state: Mapping[str, Any] = field(default_factory=dict)
    """Sections of `app_state` in place of the defaults, merged field by field."""
    timeout_commit: str = "500ms"
    comet_settings: Mapping[str, Scalar] = field(default_factory=dict)
    """Changes to every config.toml, such as {"mempool.size": 100}."""
    app_settings: Mapping[str, Scalar] = field(default_factory=dict)
    """Changes to every app.toml."""


def user() -> tuple[int, int]:
    """Return user and group that the nodes run as: never root, and never somebody who cannot read the homes."""
    return (os.getuid(), os.getgid()) if os.getuid() else (ROOTLESS, ROOTLESS)


def give(folder: Path) -> None:
    """Make a folder with all its content belong to the nodes' user."""
    if os.getuid():
        return
    uid, gid = user()
    for parent, folders, files in os.walk(folder):
        for name in (".", *folders, *files):
            os.chown(Path(parent) / name, uid, gid, follow_symlinks=False)


def make_validators(folder: Path, plan: Plan, addresses: Sequence[IPv4Address]) -> list[Home]:
    """Make the homes of validators that know each other at consecutive addresses. Raises: NodeError."""
    homes = init_files(
        Testnet(
            output_dir=folder,
            validators=len(addresses),
            chain_id=plan.chain_id,
            starting_ip_address=str(addresses[0]),
            timeout_commit=plan.timeout_commit,
            accounts=plan.accounts,
            app_state=plan.app_state,
        )
    )
    for home, address in zip(homes, addresses, strict=True):
        _fit(home, plan, address)
    return homes


def make_full_node(
    folder: Path, name: str, plan: Plan, address: IPv4Address, others: Sequence[tuple[Home, IPv4Address]]
) -> Home:
    """Make the home of a node that has no stake and knows the others. Raises: NodeError."""
    home = Home.at(folder / name / "lampd")
    peers = ",".join(f"{node_id(other)}@{place}:{P2P_PORT}" for other, place in others)
    settings: dict[str, Scalar] = {"p2p.persistent_peers": peers, "consensus.timeout_commit": plan.timeout_commit}
    init_home(home, find_comet(), name, settings, NodeConfig())
    home.write_genesis(others[0][0].read_genesis())
    _fit(home, plan, address)
    return home


def _fit(home: Home, plan: Plan, address: IPv4Address) -> None:
    external = {"p2p.external_address": f"{address}:{P2P_PORT}"}
    set_in_file(home.config_toml, {**COMET_SETTINGS, **external, **plan.comet_settings})
    set_in_file(home.app_toml, {"metrics.address": f"0.0.0.0:{METRICS_PORT}", **plan.app_settings})
    give(home.path)


def wipe(home: Home) -> None:
    """Remove state and blocks of a home; keys, configuration and what was signed last stay."""
    for path in home.data.iterdir():
        if path.name == SIGN_STATE:
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def copy_state(source: Home, target: Home) -> None:
    """Give a home the state and blocks of another; its own keys, and what it signed last, stay."""
    wipe(target)
    for path in source.data.iterdir():
        if path.name in (SIGN_STATE, "lampd.lock") or path.is_socket():
            continue
        if path.is_dir():
            shutil.copytree(path, target.data / path.name)
        else:
            shutil.copy2(path, target.data / path.name)
    give(target.path)
