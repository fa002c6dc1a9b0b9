"""The application of a home folder: state opened, checked to be of this chain, figures read from it."""

import hashlib
from dataclasses import dataclass

from chain.node.config import NodeConfig
from chain.node.errors import ConfigError, NodeError
from chain.node.home import Home
from chain.node.metrics import Metrics
from chain.node.toml import write_atomically
from chain.runtime.application import Application
from chain.store import StateStore
from chain.store.errors import StoreError, StoreLockedError


@dataclass(frozen=True, slots=True)
class OpenApplication:
    """A running application and its state."""

    app: Application
    store: StateStore

    def close(self) -> None:
        """Close the state."""
        self.store.close()


def open_state(home: Home, config: NodeConfig | None = None) -> StateStore:
    """Open the state of a home folder. Raises: NodeError."""
    from chain.app import open_store

    settings = config or NodeConfig()
    home.data.mkdir(parents=True, exist_ok=True)
    try:
        return open_store(home.application_db, settings.keep_versions, settings.cache_entries)
    except StoreLockedError as error:
        raise NodeError(f"another lampd uses {home.path}: {error}") from error
    except StoreError as error:
        raise NodeError(f"cannot open the state: {error}") from error


def open_application(home: Home, config: NodeConfig, metrics: Metrics | None = None) -> OpenApplication:
    """Open the application of a home folder. Raises: NodeError, also when the state is of another chain."""
    from chain.app import build_app
    from chain.runtime.fees import parse_gas_prices

    try:
        prices = parse_gas_prices(config.minimum_gas_prices)
    except ValueError as error:
        raise ConfigError(f"minimum-gas-prices: {error}") from error
    store = open_state(home, config)
    try:
        app = build_app(
            store,
            gas_prices=prices,
            simulation_gas=config.simulate_max_gas,
            observer=metrics,
            collect_garbage=True,
            retain_blocks=config.min_retain_blocks,
        )
        if store.height:
            _require_chain(app, home)
        _require_genesis(home, store.height)
    except BaseException:
        store.close()
        raise
    return OpenApplication(app, store)


def _require_chain(app: Application, home: Home) -> None:
    have, wanted = app.context().chain_id, home.chain_id()
    if have != wanted:
        raise NodeError(
            f"{home.application_db} is the state of chain {have}, but {home.genesis} is of chain {wanted}: "
            "use that chain's genesis, or another home folder"
        )


def _require_genesis(home: Home, height: int) -> None:
    """Refuse a genesis file that changed since the chain began: CometBFT would pass over the change in silence."""
    mark = home.data / "genesis.sha256"
    now = hashlib.sha256(home.genesis.read_bytes()).hexdigest()
    if not height:
        write_atomically(mark, now.encode())
    elif mark.exists() and mark.read_text() != now:
        raise NodeError(
            f"{home.genesis} has changed since the chain began: restore it, "
            "or begin anew with `lampd comet unsafe-reset-all`"
        )
