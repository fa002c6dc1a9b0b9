"""Networks of several validators: their home folders with one genesis, and all of them run by one command."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from chain.node.comet import Comet, find_comet
from chain.node.config import NodeConfig
from chain.node.errors import NodeError
from chain.node.genesis import add_accounts, check_chain_id, make_genesis, validate_document
from chain.node.gentxs import Candidate, make_gentx, put_gentxs, write_gentx
from chain.node.home import Home, init_home, node_id, validator_key
from chain.node.ports import free_port
from chain.node.toml import Scalar, set_in_file, write_atomically
from chain.primitives.coins import BASE_DENOM, Coin, Coins
from chain.primitives.ids import Address

RPC_PORT, P2P_PORT, METRICS_PORT = 26657, 26656, 26660
"""CometBFT's default ports; several nodes on one machine take free ones from there upward."""
PORTS_PER_NODE = 10
GENTX_FOLDER = "gentxs"
"""Folder beside the nodes' with the transactions by which the validators enter genesis, as simd has it."""
ACCOUNT_COINS: Coins = (Coin(BASE_DENOM, 1_000_000 * 10**6),)
"""What the account of each validator's operator holds when the chain begins: a million lamp."""
STAKE = Coin(BASE_DENOM, 100_000 * 10**6)
"""What each validator stakes beside it: a hundred thousand lamp."""


@dataclass(frozen=True, slots=True)
class Testnet:
    """What kind of network to make; the names are those of `simd testnet init-files`."""

    output_dir: Path
    validators: int = 4
    chain_id: str = "lamppost-local"
    starting_ip_address: str = "192.168.0.1"
    node_dir_prefix: str = "node"
    node_daemon_home: str = "lampd"
    keyring_backend: str = "test"
    minimum_gas_prices: str = ""
    single_host: bool = False
    """All on this machine, each with ports of its own on loopback."""
    port_offset: int = 0
    """Added to CometBFT's default ports, from which the ports of a single host's nodes are sought upward."""
    timeout_commit: str = "1s"
    accounts: Sequence[tuple[Address, Coins]] = ()
    """Further accounts of genesis."""
    app_state: Mapping[str, Any] = field(default_factory=dict)
    """Sections of `app_state` in place of the defaults, merged field by field."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Ports of one node."""

    rpc: int = RPC_PORT
    p2p: int = P2P_PORT
    metrics: int = METRICS_PORT


def init_files(testnet: Testnet) -> list[Home]:
    """Make the home folders of all validators and one genesis. Raises: NodeError when a folder is there already."""
    _check(testnet)
    comet = find_comet()
    homes = [
        Home.at(testnet.output_dir / f"{testnet.node_dir_prefix}{index}" / testnet.node_daemon_home)
        for index in range(testnet.validators)
    ]
    if present := [home.path for home in homes if home.config.exists()]:
        raise NodeError(f"{present[0]} is there already; choose another --output-dir or remove it")
    ports = _choose_ports(testnet)
    for index, home in enumerate(homes):
        _init_node(testnet, comet, home, f"{testnet.node_dir_prefix}{index}", ports[index])
    peers = [f"{node_id(home)}@{_host(testnet, index)}:{ports[index].p2p}" for index, home in enumerate(homes)]
    genesis = _genesis(testnet, homes, peers)
    for index, home in enumerate(homes):
        others = ",".join(peer for position, peer in enumerate(peers) if position != index)
        set_in_file(home.config_toml, {"p2p.persistent_peers": others})
        home.write_genesis(genesis)
    return homes


def _check(testnet: Testnet) -> None:
    check_chain_id(testnet.chain_id)
    if not 1 <= testnet.validators <= 100:
        raise NodeError(f"a testnet has 1 to 100 validators, not {testnet.validators}")
    if not 0 <= testnet.port_offset <= 30_000:
        raise NodeError(f"--port-offset is 0 to 30000, not {testnet.port_offset}")
    try:
        IPv4Address(testnet.starting_ip_address)
    except ValueError as error:
        raise NodeError(f"--starting-ip-address: {error}") from error


def _choose_ports(testnet: Testnet) -> list[Ports]:
    if not testnet.single_host:
        return [Ports()] * testnet.validators
    taken: set[int] = set()
    firsts = [testnet.port_offset + index * PORTS_PER_NODE for index in range(testnet.validators)]
    return [
        Ports(
            free_port(RPC_PORT + first, taken),
            free_port(P2P_PORT + first, taken),
            free_port(METRICS_PORT + first, taken),
        )
        for first in firsts
    ]


def _host(testnet: Testnet, index: int) -> str:
    return "127.0.0.1" if testnet.single_host else str(IPv4Address(testnet.starting_ip_address) + index)


def _init_node(testnet: Testnet, comet: Comet, home: Home, moniker: str, ports: Ports) -> None:
    listen = "127.0.0.1" if testnet.single_host else "0.0.0.0"
    settings: dict[str, Scalar] = {
        "rpc.laddr": f"tcp://{listen}:{ports.rpc}",
        "p2p.laddr": f"tcp://{listen}:{ports.p2p}",
        "p2p.addr_book_strict": False,
        "p2p.allow_duplicate_ip": True,
        "consensus.timeout_commit": testnet.timeout_commit,
    }
    config = NodeConfig(minimum_gas_prices=testnet.minimum_gas_prices, metrics_address=f"127.0.0.1:{ports.metrics}")
    init_home(home, comet, moniker, settings, config)


def _genesis(testnet: Testnet, homes: Sequence[Home], peers: Sequence[str]) -> dict[str, Any]:
    from chain.app import default_genesis

    document = make_genesis(testnet.chain_id, [], merge(default_genesis(), testnet.app_state))
    operators: list[tuple[Address, Coins]] = []
    gentxs = []
    for index, (home, peer) in enumerate(zip(homes, peers, strict=True)):
        name = f"{testnet.node_dir_prefix}{index}"
        signer = _create_key(testnet, home, name)
        operators.append((signer.address, (Coin(BASE_DENOM, ACCOUNT_COINS[0].amount + STAKE.amount),)))
        gentx = make_gentx(Candidate(STAKE, name, validator_key(home)), signer, testnet.chain_id, peer)
        write_gentx(testnet.output_dir / GENTX_FOLDER / f"{name}.json", gentx)
        gentxs.append(gentx)
    add_accounts(document, [*operators, *testnet.accounts])
    put_gentxs(document, gentxs)
    validate_document(document)
    return document


def _create_key(testnet: Testnet, home: Home, name: str) -> Any:
    """Make the key of a validator's operator in its home; its words go to key_seed.json as simd has it."""
    from chain.client.keyring import Keyring

    keyring = Keyring(home.path, testnet.keyring_backend, _ask_passphrase)
    _, mnemonic = keyring.create(name)
    write_atomically(home.path / "key_seed.json", (json.dumps({"secret": mnemonic}) + "\n").encode())
    return keyring.signer(name)


def _ask_passphrase(prompt: str) -> str:
    import getpass

    return getpass.getpass(f"{prompt}: ")


def merge(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return base with the changes laid over it; objects are merged, everything else is replaced."""
    result = dict(base)
    for name, value in changes.items():
        below = result.get(name)
        result[name] = merge(below, value) if isinstance(value, Mapping) and isinstance(below, Mapping) else value
    return result
