"""Options that many commands share, under the names that `simd` gives them."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from chain.primitives.ids import Address

DEFAULT_HOME = "~/.lampd"
"""Home folder unless --home or LAMPD_HOME says otherwise."""

Decorator = Callable[[Any], Any]

home_option: Decorator = click.option(
    "--home", envvar="LAMPD_HOME", default=DEFAULT_HOME, show_default=True, help="Home folder of node and keys."
)
node_option: Decorator = click.option(
    "--node", envvar="LAMPD_NODE", default="http://127.0.0.1:26657", show_default=True, help="RPC of a node."
)
output_option: Decorator = click.option(
    "--output",
    "-o",
    envvar="LAMPD_OUTPUT",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="For people, or for programs.",
)
height_option: Decorator = click.option(
    "--height", type=click.IntRange(0), default=0, help="Height of the state to ask; 0 is the newest."
)
chain_id_option: Decorator = click.option(
    "--chain-id", envvar="LAMPD_CHAIN_ID", default=None, help="Name of the chain; asked of the node unless given."
)
backend_option: Decorator = click.option(
    "--keyring-backend",
    envvar="LAMPD_KEYRING_BACKEND",
    type=click.Choice(["test", "file"]),
    default="test",
    show_default=True,
    help="Keys as they are (test), or sealed with a passphrase (file).",
)


def open_keyring(home: str, backend: str) -> Any:
    """Return the keyring of a home folder; a `file` keyring asks at the terminal.

    Passphrases come from the terminal or, for scripts, line by line from standard input; never from arguments.
    """
    from chain.client.keyring import Keyring

    return Keyring(Path(home).expanduser(), backend, ask_secret)


def ask_secret(prompt: str) -> str:
    """Ask for a secret without showing it; where there is no terminal, the next line of standard input is the answer.

    Raises: ValueError when standard input has ended.
    """
    if sys.stdin.isatty():
        return str(click.prompt(prompt, hide_input=True, prompt_suffix=": ", err=True))
    line = sys.stdin.readline()
    if not line:
        raise ValueError(f"standard input ended; it is asked for: {prompt}")
    return line.rstrip("\r\n")


def resolve_address(home: str, backend: str) -> Callable[[str], str]:
    """Return a function that turns a key's name into its address and leaves addresses as they are.

    The function raises ValueError for an address that is none, KeyringError for an unknown name.
    """

    def resolve(text: str) -> str:
        if not text:
            return text
        if text.startswith("lamp1"):
            try:
                return str(Address.parse(text))
            except ValueError as error:
                raise ValueError(f"{text} is no address: {error}") from error
        return str(open_keyring(home, backend).show(text).address)

    return resolve


def shared(*options: Decorator) -> tuple[Decorator, ...]:
    """Return options as one tuple, for `chain.cli.specs.make_command`."""
    return options


def is_interactive() -> bool:
    """Tell whether a person sits at the terminal."""
    return os.isatty(0) and os.isatty(1)
