"""All commands of the node under the names by which `lampd` finds them."""

import click

from chain.cli.node.comet import comet
from chain.cli.node.config import config
from chain.cli.node.debug import debug
from chain.cli.node.genesis import genesis
from chain.cli.node.start import init, start, status
from chain.cli.node.state import export, rollback, verify
from chain.cli.node.testnet import testnet
from chain.cli.node.version import version

node_commands: list[click.Command] = [
    init,
    start,
    status,
    genesis,
    testnet,
    export,
    rollback,
    verify,
    comet,
    config,
    version,
    debug,
]
"""Every command of the node."""

__all__ = [
    "comet",
    "config",
    "debug",
    "export",
    "genesis",
    "init",
    "node_commands",
    "rollback",
    "start",
    "status",
    "testnet",
    "verify",
    "version",
]
