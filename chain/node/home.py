"""The home folder of a node: what lies where, and how a new one is made.

config/   app.toml (ours), config.toml (CometBFT's), genesis.json, node_key.json, priv_validator_key.json
data/     application.db (the state), CometBFT's databases, lampd.lock, abci.sock
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chain.node.comet import Comet
from chain.node.config import NodeConfig, write_config
from chain.node.errors import NodeError
from chain.node.toml import Scalar, flatten, read_toml, set_in_file, write_atomically
from chain.primitives.ids import to_bech32

CONSENSUS_PREFIX = "lampvalcons"
"""Human-readable part of the addresses that validators sign blocks with."""
UNIX_PATH_LIMIT = 100
"""Longest path of a unix socket, below the kernel's 107 bytes."""

COMET_DEFAULTS: Mapping[str, Scalar] = {
    "proxy_app": "unix://data/abci.sock",
    "rpc.laddr": "tcp://127.0.0.1:26657",
    "rpc.pprof_laddr": "",
    "p2p.laddr": "tcp://127.0.0.1:26656",
    "mempool.recheck_timeout": "10s",
    "mempool.max_tx_bytes": 1_048_576,
    "tx_index.indexer": "kv",
    "instrumentation.prometheus": False,
}
"""Where our config.toml differs from CometBFT's: everything on loopback, and time to recheck a full mempool."""


@dataclass(frozen=True, slots=True)
class Home:
    """Paths in a home folder."""

    path: Path

    @classmethod
    def at(cls, path: str | Path) -> "Home":
        """Return the home folder at a path, in which ~ is expanded."""
        return cls(Path(path).expanduser().resolve())

    @property
    def config(self) -> Path:
        """Folder of configuration and keys."""
        return self.path / "config"

    @property
    def data(self) -> Path:
        """Folder of state and blocks."""
        return self.path / "data"

    @property
    def app_toml(self) -> Path:
        """Configuration of the application and its supervisor."""
        return self.config / "app.toml"

    @property
    def config_toml(self) -> Path:
        """Configuration of CometBFT."""
        return self.config / "config.toml"

    @property
    def genesis(self) -> Path:
        """The genesis file."""
        return self.config / "genesis.json"

    @property
    def node_key(self) -> Path:
        """Key that names the node among its peers."""
        return self.config / "node_key.json"

    @property
    def validator_key(self) -> Path:
        """Key that signs votes."""
        return self.config / "priv_validator_key.json"

    @property
    def application_db(self) -> Path:
        """The state."""
        return self.data / "application.db"

    @property
    def socket(self) -> str:
        """Address of the ABCI socket between application and CometBFT; in /tmp where the path is too long."""
        path = self.data / "abci.sock"
        if len(str(path)) > UNIX_PATH_LIMIT:
            path = Path("/tmp") / f"lampd-{hashlib.sha256(str(self.path).encode()).hexdigest()[:16]}.sock"
        return f"unix://{path}"

    def require(self) -> None:
        """Check that the folder is complete. Raises: NodeError."""
        needed = (self.config_toml, self.genesis, self.node_key)
        if missing := [path for path in needed if not path.exists()]:
            raise NodeError(f"{self.path} is no home of a node: {missing[0].name} is missing. `lampd init` makes one")

    def comet_config(self) -> dict[str, Any]:
        """Return CometBFT's configuration with dotted keys. Raises: ConfigError."""
        return flatten(read_toml(self.config_toml))

    def read_genesis(self) -> dict[str, Any]:
        """Return the genesis document. Raises: NodeError."""
        try:
            document = json.loads(self.genesis.read_text())
        except FileNotFoundError:
            raise NodeError(f"there is no {self.genesis}; `lampd init` makes one") from None
        except ValueError as error:
            raise NodeError(f"{self.genesis} is not JSON: {error}") from error
        if not isinstance(document, dict):
            raise NodeError(f"{self.genesis} is not a JSON object")
        return document

    def write_genesis(self, document: Mapping[str, Any]) -> None:
        """Write the genesis document."""
        write_atomically(self.genesis, (json.dumps(document, indent=2) + "\n").encode())

    def chain_id(self) -> str:
        """Return the chain id that genesis names. Raises: NodeError."""
        return str(self.read_genesis().get("chain_id", ""))


def init_home(home: Home, comet: Comet, moniker: str, settings: Mapping[str, Scalar], config: NodeConfig) -> None:
    """Make keys and configuration of a new node; genesis is the caller's to write.

    Keys that are there stay. `settings` are changes to CometBFT's configuration beyond COMET_DEFAULTS.
    """
    home.config.mkdir(parents=True, exist_ok=True)
    home.path.chmod(0o700)
    comet.run("init", "--home", str(home.path))
    set_in_file(home.config_toml, {**COMET_DEFAULTS, "moniker": moniker, "proxy_app": home.socket, **settings})
    write_config(home.app_toml, config)
    for path in (*home.config.iterdir(), home.data / "priv_validator_state.json"):
        if path.is_file():
            path.chmod(0o600)


def node_id(home: Home) -> str:
    """Return the id by which peers know the node. Raises: NodeError."""
    key = _read_key(home.node_key)["priv_key"]["value"]
    return hashlib.sha256(base64.b64decode(key)[32:]).hexdigest()[:40]


def validator_key(home: Home) -> bytes:
    """Return the public key that this validator's votes are checked with. Raises: NodeError."""
    return base64.b64decode(_read_key(home.validator_key)["pub_key"]["value"])


def consensus_address(public_key: bytes) -> str:
    """Return the bech32 address of a validator's ed25519 key."""
    return to_bech32(CONSENSUS_PREFIX, hashlib.sha256(public_key).digest()[:20])


def _read_key(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text())
        content.get("priv_key", {})["value"]
    except FileNotFoundError:
        raise NodeError(f"there is no {path}; `lampd init` makes one") from None
    except (ValueError, AttributeError, KeyError) as error:
        raise NodeError(f"{path} is no key file: {error}") from error
    return dict(content)
