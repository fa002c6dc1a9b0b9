"""`lampd export`, `rollback` and `verify`: the state of a node that does not run."""

import json
from pathlib import Path

import click

from chain.cli.node.common import example, open_home
from chain.cli.options import home_option


@click.command(epilog=example("lampd export --height 100 > genesis.json"))
@click.option("--height", type=click.IntRange(0), default=0, help="Height of the state; 0 is the newest.")
@click.option(
    "--output-document", type=click.Path(dir_okay=False, path_type=Path), help="File to write instead of printing."
)
@home_option
def export(height: int, output_document: Path | None, home: str) -> None:
    """Print the state as a genesis document that starts another chain from here."""
    from chain.node.maintenance import export_state

    text = json.dumps(export_state(open_home(home), height), indent=2)
    if output_document is None:
        click.echo(text)
    else:
        output_document.write_text(text + "\n")


@click.command(epilog=example("lampd rollback --hard"))
@click.option("--hard", is_flag=True, help="Remove the block as well, so that another can take its place.")
@home_option
def rollback(hard: bool, home: str) -> None:
    """Take back the newest block, of the state and of CometBFT, to run it again."""
    from chain.node.maintenance import roll_back

    height, app_hash = roll_back(open_home(home), hard)
    click.echo(f"rolled back to height {height} and app hash {app_hash.hex().upper()}")


@click.command(epilog=example("lampd verify"))
@home_option
def verify(home: str) -> None:
    """Recompute every root of the state and check every module's invariants; exits with 1 when something is wrong."""
    from chain.node.maintenance import verify_state

    height, problems = verify_state(open_home(home), lambda text: click.echo(text, err=True))
    for problem in problems:
        click.echo(f"wrong: {problem}")
    if problems:
        raise click.exceptions.Exit(1)
    click.echo(f"the state of height {height} is sound")
