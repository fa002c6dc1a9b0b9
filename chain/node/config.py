"""Configuration of the node: config/app.toml, beside CometBFT's config.toml.

A flag wins over an environment variable, a variable over the file, the file over the default. The variable of
`state.keep-versions` is LAMPD_STATE_KEEP_VERSIONS.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from chain.node.errors import ConfigError
from chain.node.toml import Scalar, flatten, format_value, read_toml, suggestion, write_atomically

PREFIX = "LAMPD_"
_RESERVED = {"HOME", "NODE", "OUTPUT", "CHAIN_ID", "KEYRING_BACKEND", "TRACE", "COMPLETE"}
"""Variables of the command line itself that begin like settings."""
_DURATION = re.compile(r"(\d+(\.\d+)?(ms|s|m|h))+")


def setting(key: str, default: Scalar, help_text: str, check: Callable[[Any], str | None] | None = None) -> Any:
    """Declare a setting: its key in the file, its default, one line of help, and a check that returns what is wrong."""
    return field(default=default, metadata={"key": key, "help": help_text, "check": check})


def _at_least(least: int) -> Callable[[Any], str | None]:
    return lambda value: None if value >= least else f"must be at least {least}"


def _one_of(*allowed: str) -> Callable[[Any], str | None]:
    return lambda value: None if value in allowed else f"must be one of {', '.join(allowed)}"


def _prices(value: str) -> str | None:
    for part in filter(None, value.split(",")):
        if re.fullmatch(r"\d+(\.\d+)?[a-zA-Z][a-zA-Z0-9/:._-]{2,127}", part.strip()) is None:
            return f"{part.strip()!r} is no price such as 0.001ulamp"
    return None


def _duration(value: str) -> str | None:
    return None if value == "" or _DURATION.fullmatch(value) else "must be a duration such as 1s or 500ms"


def _address(value: str) -> str | None:
    host, _, port = value.rpartition(":")
    if host and port.isdecimal() and int(port) <= 65535:
        return None
    return "must be host:port, such as 127.0.0.1:26660"


@dataclass(frozen=True, slots=True)
class NodeConfig:
    """What an operator may set; the defaults suit a validator on one machine."""

    minimum_gas_prices: str = setting(
        "minimum-gas-prices", "", "Least price of gas this node takes into its mempool, such as 0.001ulamp.", _prices
    )
    simulate_max_gas: int = setting(
        "simulate-max-gas",
        50_000_000,
        "Most gas of a simulation, which anybody may ask for and nobody pays.",
        _at_least(1),
    )
    halt_height: int = setting("halt-height", 0, "Stop after this height was committed; 0 is never.", _at_least(0))
    min_retain_blocks: int = setting("min-retain-blocks", 0, "Blocks that CometBFT keeps; 0 keeps all.", _at_least(0))
    keep_versions: int = setting(
        "state.keep-versions", 100, "Heights whose state can be queried and proven.", _at_least(2)
    )
    cache_entries: int = setting(
        "state.cache-entries", 100_000, "Entries of the state that stay in memory, for each store.", _at_least(1_000)
    )
    timeout_commit: str = setting(
        "comet.timeout-commit", "", "Pause between blocks; empty takes what config.toml says.", _duration
    )
    cometbft: str = setting("comet.binary", "", "Path of the cometbft binary; empty looks at $COMETBFT and PATH.")
    stop_seconds: int = setting("comet.shutdown-grace", 20, "Seconds that CometBFT has to end by itself.", _at_least(1))
    metrics: bool = setting("metrics.enabled", True, "Serve Prometheus metrics and /health.")
    metrics_address: str = setting("metrics.address", "127.0.0.1:26660", "Where metrics are served.", _address)
    log_level: str = setting(
        "log.level", "info", "debug, info, warning or error.", _one_of("debug", "info", "warning", "error")
    )
    log_format: str = setting(
        "log.format", "auto", "text, json, or auto: text on a terminal, else json.", _one_of("auto", "text", "json")
    )

    def get(self, key: str) -> Scalar:
        """Return a setting by its key. Raises: ConfigError."""
        value: Scalar = getattr(self, _field(key, "app.toml"))
        return value

    def items(self) -> dict[str, Scalar]:
        """Return all settings by key, in the order of the file."""
        return {key: getattr(self, name) for key, name in _names().items()}


def _names() -> dict[str, str]:
    return {entry.metadata["key"]: entry.name for entry in fields(NodeConfig)}


def _field(key: str, source: str) -> str:
    names = _names()
    if key not in names:
        raise ConfigError(f"{source} has no key {key}{suggestion(key, list(names))}")
    return names[key]


def parse_setting(key: str, text: str) -> Scalar:
    """Return the value of a setting that was given as text. Raises: ConfigError."""
    default = NodeConfig().get(key)
    if isinstance(default, bool):
        if text.lower() not in ("true", "false"):
            raise ConfigError(f"{key}: {text!r} is neither true nor false")
        return text.lower() == "true"
    if isinstance(default, int):
        if re.fullmatch(r"-?\d+", text) is None:
            raise ConfigError(f"{key}: {text!r} is no integer")
        return int(text)
    return text


def load_config(
    path: Path, overrides: Mapping[str, Scalar | None] | None = None, environment: Mapping[str, str] | None = None
) -> NodeConfig:
    """Return the configuration: flags over environment over file over defaults. Raises: ConfigError."""
    values: dict[str, Any] = {}
    if path.exists():
        values |= _from_file(path)
    values |= _from_environment(os.environ if environment is None else environment)
    for key, value in (overrides or {}).items():
        if value is not None:
            values[_field(key, "the command")] = value
    config = NodeConfig(**values)
    for entry in fields(NodeConfig):
        check = entry.metadata["check"]
        wrong = check(getattr(config, entry.name)) if check is not None else None
        if wrong:
            raise ConfigError(f"{entry.metadata['key']}: {wrong}, not {getattr(config, entry.name)!r}")
    return config


def _from_file(path: Path) -> dict[str, Any]:
    values = {}
    for key, value in flatten(read_toml(path)).items():
        name = _field(key, str(path))
        default = getattr(NodeConfig(), name)
        if type(value) is not type(default):
            raise ConfigError(f"{path}: {key} must be {_kind(default)}, not {value!r}")
        values[name] = value
    return values


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    variables = {variable(key): key for key in _names()}
    values = {}
    for name, text in environment.items():
        if not name.startswith(PREFIX) or name.removeprefix(PREFIX) in _RESERVED or name.startswith("LAMPD_TEST_"):
            continue
        if name not in variables:
            raise ConfigError(f"environment variable {name} is no setting{suggestion(name, list(variables))}")
        values[_names()[variables[name]]] = parse_setting(variables[name], text)
    return values


def variable(key: str) -> str:
    """Return the environment variable of a setting."""
    return PREFIX + re.sub(r"[.-]", "_", key).upper()


def _kind(value: Scalar) -> str:
    return "true or false" if isinstance(value, bool) else "an integer" if isinstance(value, int) else "text"


def render(config: NodeConfig) -> str:
    """Return the text of app.toml, with a line of help above each setting."""
    lines = [
        "# Configuration of lampd. A flag of `lampd start` or an environment variable wins over this file:",
        "# the variable of state.keep-versions is LAMPD_STATE_KEEP_VERSIONS.",
    ]
    section = ""
    for entry in fields(NodeConfig):
        key = entry.metadata["key"]
        head, _, last = key.rpartition(".")
        if head != section:
            section = head
            lines += ["", f"[{section}]"]
        lines += ["", f"# {entry.metadata['help']}", f"{last} = {format_value(getattr(config, entry.name))}"]
    return "\n".join(lines) + "\n"


def write_config(path: Path, config: NodeConfig) -> None:
    """Write app.toml."""
    write_atomically(path, render(config).encode())
