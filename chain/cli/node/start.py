"""`lampd init`, `start` and `status`: a node from nothing to blocks."""

from typing import Any

import click

from chain.cli.node.common import example, open_home, print_json, read_config
from chain.cli.options import home_option, node_option, output_option

DEFAULT_CHAIN_ID = "lamppost-local"


@click.command(epilog=example("lampd init validator-1 --chain-id lamppost-local"))
@click.argument("moniker")
@click.option("--chain-id", default=DEFAULT_CHAIN_ID, show_default=True, help="Name of the chain.")
@click.option("--overwrite", "-o", is_flag=True, help="Replace a genesis file that is there already.")
@click.option("--initial-height", type=click.IntRange(1), default=1, show_default=True, help="First height.")
@home_option
def init(moniker: str, chain_id: str, overwrite: bool, initial_height: int, home: str) -> None:
    """Make the home folder of a node called MONIKER: keys, configuration, and a genesis with it as only validator."""
    from chain.app import default_genesis
    from chain.node.comet import find_comet
    from chain.node.config import NodeConfig, load_config
    from chain.node.errors import NodeError
    from chain.node.genesis import Validator, make_genesis
    from chain.node.home import init_home, node_id, validator_key

    folder = open_home(home)
    if folder.genesis.exists() and not overwrite:
        raise NodeError(f"{folder.genesis} is there already; --overwrite replaces it (keys stay)")
    settings = {} if not folder.app_toml.exists() else folder.comet_config()
    config = load_config(folder.app_toml, environment={}) if folder.app_toml.exists() else NodeConfig()
    kept = {name: settings[name] for name in ("rpc.laddr", "p2p.laddr") if name in settings}
    init_home(folder, find_comet(config.cometbft), moniker, kept, config)
    document = make_genesis(chain_id, [Validator(validator_key(folder), moniker)], default_genesis(), initial_height)
    folder.write_genesis(document)
    print_json({"moniker": moniker, "chain_id": chain_id, "node_id": node_id(folder), "home": str(folder.path)})


@click.command(epilog=example("lampd start --minimum-gas-prices 0.001ulamp"))
@home_option
@click.option("--abci-only", is_flag=True, help="Run the application alone; CometBFT is started elsewhere.")
@click.option("--with-comet", type=bool, default=True, metavar="BOOL", help="--with-comet=false is --abci-only.")
@click.option("--address", default="", help="Where the application listens, such as tcp://127.0.0.1:26658.")
@click.option("--minimum-gas-prices", default=None, help="Least price of gas that is taken, such as 0.001ulamp.")
@click.option("--halt-height", type=click.IntRange(0), default=None, help="Stop after this height was committed.")
@click.option("--min-retain-blocks", type=click.IntRange(0), default=None, help="Blocks that CometBFT keeps; 0 is all.")
@click.option("--keep-versions", type=click.IntRange(2), default=None, help="Heights whose state can be queried.")
@click.option("--cache-entries", type=int, default=None, help="Entries of each store kept in memory.")
@click.option("--timeout-commit", default=None, help="Pause between blocks, such as 1s.")
@click.option("--shutdown-grace", type=click.IntRange(1), default=None, help="Seconds that CometBFT has to end.")
@click.option("--cometbft", default=None, help="Path of the cometbft binary.")
@click.option("--metrics/--no-metrics", default=None, help="Serve Prometheus metrics and /health.")
@click.option("--metrics-address", default=None, help="Where metrics are served, as host:port.")
@click.option("--log-level", "--log_level", default=None, help="debug, info, warning or error.")
@click.option("--log-format", "--log_format", default=None, help="text, json or auto.")
def start(home: str, abci_only: bool, with_comet: bool, address: str, **flags: Any) -> None:
    """Run the node until Ctrl-C: the application, and the CometBFT that drives it with the same home folder."""
    from chain.node.logs import configure_logs
    from chain.node.supervise import run_node

    folder = open_home(home)
    config = read_config(folder, {_KEYS[name]: value for name, value in flags.items()})
    configure_logs(config.log_level, config.log_format)
    run_node(folder, config, abci_only=abci_only or not with_comet, address=address)


_KEYS = {
    "minimum_gas_prices": "minimum-gas-prices",
    "halt_height": "halt-height",
    "min_retain_blocks": "min-retain-blocks",
    "keep_versions": "state.keep-versions",
    "cache_entries": "state.cache-entries",
    "timeout_commit": "comet.timeout-commit",
    "shutdown_grace": "comet.shutdown-grace",
    "cometbft": "comet.binary",
    "metrics": "metrics.enabled",
    "metrics_address": "metrics.address",
    "log_level": "log.level",
    "log_format": "log.format",
}
"""Setting that each flag of `start` overrides."""


@click.command(epilog=example("lampd status --node http://127.0.0.1:26657"))
@node_option
@output_option
def status(node: str, output: str) -> None:
    """Show what a running node says of itself: its chain, its height, whether it catches up, whether it signs.

    `validator_info.signs` is true when the node's key has a seat in the set and signed one of the last blocks.
    """
    from chain.cli.output import show_json_or_text
    from chain.client.rpc import RpcClient

    with RpcClient(node) as rpc:
        shown = rpc.status()
        shown["validator_info"]["signs"] = rpc.signed_lately(shown)
        show_json_or_text(shown, output)
