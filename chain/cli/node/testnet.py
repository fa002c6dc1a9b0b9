"""`lampd testnet`: networks of several validators."""

from pathlib import Path

import click

from chain.cli.node.common import example
from chain.cli.options import backend_option


@click.group(epilog=example("lampd testnet init-files --v 4 --output-dir ./net --single-host"))
def testnet() -> None:
    """Make and run networks of several validators."""


@testnet.command("init-files", epilog=example("lampd testnet init-files --v 4 --output-dir ./net --single-host"))
@click.option("--v", "--validator-count", "validators", type=int, default=4, show_default=True, help="Validators.")
@click.option(
    "--output-dir",
    "-o",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("mytestnet"),
    show_default=True,
    help="Folder for the nodes' home folders.",
)
@click.option("--chain-id", default="lamppost-local", show_default=True, help="Name of the chain.")
@click.option(
    "--starting-ip-address", default="192.168.0.1", show_default=True, help="Address of the first node; others follow."
)
@click.option("--single-host", is_flag=True, help="All nodes on this machine, with free ports of their own.")
@click.option("--port-offset", type=int, default=0, show_default=True, help="Added to the ports of a single host.")
@click.option("--node-dir-prefix", default="node", show_default=True, help="Beginning of the folders' names.")
@click.option("--node-daemon-home", default="lampd", show_default=True, help="Name of the home folder in each.")
@click.option("--minimum-gas-prices", default="", help="Least price of gas that the nodes take.")
@click.option("--timeout-commit", default="1s", show_default=True, help="Pause between blocks.")
@backend_option
def init_files(
    validators: int,
    output_dir: Path,
    chain_id: str,
    starting_ip_address: str,
    single_host: bool,
    port_offset: int,
    node_dir_prefix: str,
    node_daemon_home: str,
    minimum_gas_prices: str,
    timeout_commit: str,
    keyring_backend: str,
) -> None:
    """Make the home folders of a network's validators, with keys, peers and one genesis."""
    from chain.node.testnet import Testnet
    from chain.node.testnet import init_files as make

    homes = make(
        Testnet(
            output_dir=output_dir,
            validators=validators,
            chain_id=chain_id,
            starting_ip_address=starting_ip_address,
            single_host=single_host,
            port_offset=port_offset,
            node_dir_prefix=node_dir_prefix,
            node_daemon_home=node_daemon_home,
            minimum_gas_prices=minimum_gas_prices,
            timeout_commit=timeout_commit,
            keyring_backend=keyring_backend,
        )
    )
    click.echo(f"made {len(homes)} nodes in {output_dir}")


@testnet.command(epilog=example("lampd testnet start --output-dir ./net"))
@click.option(
    "--output-dir",
    "-o",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("mytestnet"),
    show_default=True,
    help="Folder of the nodes; made with --v validators when it is not there.",
)
@click.option("--v", "--validator-count", "validators", type=int, default=4, show_default=True, help="Validators.")
@click.option("--chain-id", default="lamppost-local", show_default=True, help="Name of the chain.")
@click.option("--port-offset", type=int, default=0, show_default=True, help="Added to the ports of new nodes.")
def start(output_dir: Path, validators: int, chain_id: str, port_offset: int) -> None:
    """Run all nodes of a network on this machine until Ctrl-C."""
    from chain.node.logs import configure_logs
    from chain.node.processes import homes_in, run_testnet
    from chain.node.testnet import Testnet, init_files

    configure_logs()
    if not output_dir.exists():
        init_files(Testnet(output_dir, validators, chain_id, single_host=True, port_offset=port_offset))
        click.echo(f"made {validators} nodes in {output_dir}")
    run_testnet(homes_in(output_dir))
