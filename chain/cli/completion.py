"""Shell completion."""

import click
from click.shell_completion import get_completion_class


@click.command(
    epilog="Example: lampd completion bash > ~/.local/share/bash-completion/completions/lampd",
    short_help="Print the script that completes commands in a shell.",
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the script that completes lampd's commands and options in SHELL."""
    from chain.cli.main import cli

    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"no completion for {shell}")
    click.echo(kind(cli, {}, "lampd", "_LAMPD_COMPLETE").source())
