"""Entry point of `lampd`. Groups are imported only when they are used, so that every command starts quickly."""

import sys
from importlib import import_module

import click

_GROUPS = {
    "init": ("chain.cli.node.commands:init", "Make the home folder of a new node."),
    "start": ("chain.cli.node.commands:start", "Run the node: the application and its CometBFT."),
    "status": ("chain.cli.node.commands:status", "Show what a running node says of itself."),
    "keys": ("chain.cli.keys:keys", "Keep the keys that sign transactions."),
    "tx": ("chain.cli.tx:tx", "Make, sign and send transactions."),
    "query": ("chain.cli.query:query", "Ask a node about the chain."),
    "explain": ("chain.cli.explain:explain", "Explain what a device earned in an epoch, step by step."),
    "device": ("chain.cli.device:device", "Make a device's key, register the device, run its agent."),
    "manufacturer": ("chain.cli.manufacturer:manufacturer", "Issue batches of device keys as their manufacturer."),
    "gateway": ("chain.cli.gateway:gateway", "Collect the receipts of devices and submit them."),
    "simulate": ("chain.cli.simulate:simulate", "See what parameters do, years ahead, without a chain."),
    "genesis": ("chain.cli.node.commands:genesis", "Edit and check a genesis file."),
    "testnet": ("chain.cli.node.commands:testnet", "Make and run networks of several validators on one machine."),
    "export": ("chain.cli.node.commands:export", "Print the state as a genesis file."),
    "verify": ("chain.cli.node.commands:verify", "Recompute the state's roots and check its invariants."),
    "rollback": ("chain.cli.node.commands:rollback", "Take back the newest block."),
    "comet": ("chain.cli.node.commands:comet", "Ask or reset the CometBFT of a home folder."),
    "config": ("chain.cli.node.commands:config", "Read and change config/app.toml."),
    "debug": ("chain.cli.node.commands:debug", "Decode addresses, keys and transactions."),
    "version": ("chain.cli.node.commands:version", "Show the versions of lampd and of what it is built from."),
    "completion": ("chain.cli.completion:completion", "Print the script that completes commands in a shell."),
}

_ALIASES = {"q": "query"}
"""Short names, as `simd` has them."""


class LazyGroup(click.Group):
    """A group whose commands are imported when they are asked for; their help lines are known without."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, in the order of the table."""
        return list(_GROUPS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command, or None for an unknown name."""
        cmd_name = _ALIASES.get(cmd_name, cmd_name)
        if cmd_name not in _GROUPS:
            return None
        module, attribute = _GROUPS[cmd_name][0].split(":")
        command = getattr(import_module(module), attribute)
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _GROUPS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
def cli() -> None:
    """Run and use Lamppost, a chain that pays devices for the work they prove.

    \b
    First steps:
      lampd testnet start            four validators on this machine
      lampd keys add alice           a key of your own
      lampd query bank balances ...  what an account holds
    """


def main() -> None:
    """Run `lampd`; a known error prints one line and exits with 1, wrong usage with 2."""
    from chain.cli.errors import report

    try:
        code = cli.main(prog_name="lampd", standalone_mode=False)
        # What a command returns is None; what `Context.exit` was given comes back as a number.
        sys.exit(code if isinstance(code, int) else 0)
    except click.Abort:
        click.echo("aborted", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.exit(0)
    except Exception as error:  # the one place where the CLI turns an exception into a line of text
        sys.exit(report(error))
