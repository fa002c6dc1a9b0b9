"""What the node's commands share."""

import json
from typing import Any

import click


def open_home(path: str) -> Any:
    """Return the home folder at a path."""
    from chain.node.home import Home

    return Home.at(path)


def read_config(home: Any, overrides: dict[str, Any] | None = None) -> Any:
    """Return the configuration of a home. Raises: ConfigError."""
    from chain.node.config import load_config

    return load_config(home.app_toml, overrides)


def print_json(value: Any) -> None:
    """Print a value as JSON."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


def example(text: str) -> str:
    """Return the epilog of a command's help."""
    return f"Example: {text}"
