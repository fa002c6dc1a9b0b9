"""`lampd comet`: CometBFT's own commands, on the same home folder."""

import base64

import click

from chain.cli.node.common import example, open_home, print_json
from chain.cli.options import home_option


@click.group(epilog=example("lampd comet show-node-id"))
def comet() -> None:
    """Ask or reset the CometBFT of a home folder."""


@comet.command("show-node-id", epilog=example("lampd comet show-node-id"))
@home_option
def show_node_id(home: str) -> None:
    """Show the id by which peers know this node."""
    from chain.node.home import node_id

    click.echo(node_id(open_home(home)))


@comet.command("show-validator", epilog=example("lampd comet show-validator"))
@home_option
def show_validator(home: str) -> None:
    """Show the public key of this node's validator."""
    from chain.node.home import validator_key

    key = base64.b64encode(validator_key(open_home(home))).decode()
    click.echo('{"@type":"/cosmos.crypto.ed25519.PubKey","key":"' + key + '"}')


@comet.command("show-address", epilog=example("lampd comet show-address"))
@home_option
def show_address(home: str) -> None:
    """Show the consensus address of this node's validator."""
    from chain.node.home import consensus_address, validator_key

    click.echo(consensus_address(validator_key(open_home(home))))


@comet.command(epilog=example("lampd comet version"))
def version() -> None:
    """Show the version of the CometBFT that `lampd start` would run."""
    from chain.node.comet import find_comet

    found = find_comet()
    print_json({"cometbft": found.version, "path": str(found.path)})


@comet.command("unsafe-reset-all", epilog=example("lampd comet unsafe-reset-all"))
@click.option("--keep-addr-book", is_flag=True, help="Keep the address book of peers.")
@home_option
def unsafe_reset_all(keep_addr_book: bool, home: str) -> None:
    """Remove all blocks and all state of a node, and what its validator remembers to have signed.

    A validator of a running chain that forgets what it signed may sign twice.
    """
    _reset(home, "unsafe-reset-all", *(("--keep-addr-book",) if keep_addr_book else ()))


@comet.command("reset-state", epilog=example("lampd comet reset-state"))
@home_option
def reset_state(home: str) -> None:
    """Remove all blocks and all state of a node; its validator remembers what it signed."""
    _reset(home, "reset-state")


def _reset(home: str, command: str, *arguments: str) -> None:
    import shutil

    from chain.node.comet import find_comet
    from chain.node.ports import home_lock

    folder = open_home(home)
    folder.require()
    with home_lock(folder):
        find_comet().run(command, "--home", str(folder.path), *arguments)
        shutil.rmtree(folder.application_db, ignore_errors=True)
    click.echo(f"removed blocks and state in {folder.data}")
