"""`lampd config`: read and change the configuration files of a home folder."""

from typing import Any

import click

from chain.cli.node.common import example, open_home, print_json, read_config
from chain.cli.options import home_option

_FILES = click.Choice(["app", "config"])


@click.group(epilog=example("lampd config set app minimum-gas-prices 0.001ulamp"))
def config() -> None:
    """Read and change config/app.toml (app) and CometBFT's config/config.toml (config)."""


@config.command("get", epilog=example("lampd config get app state.keep-versions"))
@click.argument("file", type=_FILES)
@click.argument("key")
@home_option
def get_value(file: str, key: str, home: str) -> None:
    """Show a setting; of app.toml what holds after environment and defaults."""
    from chain.node.errors import ConfigError
    from chain.node.toml import suggestion

    folder = open_home(home)
    if file == "app":
        _show(read_config(folder).get(key))
        return
    settings = folder.comet_config()
    if key not in settings:
        raise ConfigError(f"config.toml has no key {key}{suggestion(key, list(settings))}")
    _show(settings[key])


@config.command("set", epilog=example("lampd config set config consensus.timeout_commit 2s"))
@click.argument("file", type=_FILES)
@click.argument("key")
@click.argument("value")
@home_option
def set_value(file: str, key: str, value: str, home: str) -> None:
    """Change a setting in the file, comments and all else as they are."""
    from chain.node.config import NodeConfig, load_config, parse_setting, write_config
    from chain.node.errors import ConfigError
    from chain.node.toml import set_in_file, suggestion

    folder = open_home(home)
    if file == "app":
        parsed = parse_setting(key, value)
        load_config(folder.app_toml, {key: parsed}, {})
        if not folder.app_toml.exists():
            folder.require()
            write_config(folder.app_toml, NodeConfig())
        set_in_file(folder.app_toml, {key: parsed})
        return
    settings = folder.comet_config()
    if key not in settings:
        raise ConfigError(f"config.toml has no key {key}{suggestion(key, list(settings))}")
    set_in_file(folder.config_toml, {key: _like(settings[key], key, value)})


@config.command(epilog=example("lampd config view app"))
@click.argument("file", type=_FILES)
@home_option
def view(file: str, home: str) -> None:
    """Show all settings of a file; of app.toml what holds after environment and defaults."""
    folder = open_home(home)
    print_json(read_config(folder).items() if file == "app" else folder.comet_config())


@config.command("home", epilog=example("lampd config home"))
@home_option
def show_home(home: str) -> None:
    """Show the home folder that commands use."""
    click.echo(open_home(home).path)


def _show(value: Any) -> None:
    click.echo(str(value).lower() if isinstance(value, bool) else value)


def _like(before: Any, key: str, text: str) -> Any:
    """Return a text as a value of the type that the setting has. Raises: ConfigError."""
    from chain.node.errors import ConfigError

    if isinstance(before, bool):
        if text not in ("true", "false"):
            raise ConfigError(f"{key}: {text!r} is neither true nor false")
        return text == "true"
    if isinstance(before, int):
        try:
            return int(text)
        except ValueError:
            raise ConfigError(f"{key}: {text!r} is no integer") from None
    if isinstance(before, list):
        raise ConfigError(f"{key} is a list; edit config.toml")
    return text
