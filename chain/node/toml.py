"""Change single values of a TOML file and leave the rest, comments included, as it is.

It knows the TOML that configuration files of nodes use: one scalar or one-line array for each key.
"""

import difflib
import json
import os
import re
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chain.node.errors import ConfigError

Scalar = str | int | bool
_SECTION = re.compile(r"^\s*\[([A-Za-z0-9_.-]+)\]\s*(#.*)?$")
_TABLE_ARRAY = re.compile(r"^\s*\[\[.*\]\]\s*(#.*)?$")
_KEY = re.compile(r"^(\s*)([A-Za-z0-9_-]+)(\s*=\s*)(.*)$")


def read_toml(path: Path) -> dict[str, Any]:
    """Return a TOML file's content. Raises: ConfigError with file and line of a mistake."""
    try:
        return tomllib.loads(path.read_text())
    except FileNotFoundError:
        raise ConfigError(f"there is no {path}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from error


def flatten(content: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return nested tables as one mapping with dotted keys."""
    flat: dict[str, Any] = {}
    for name, value in content.items():
        if isinstance(value, Mapping):
            flat |= flatten(value, f"{prefix}{name}.")
        else:
            flat[prefix + name] = value
    return flat


def format_value(value: Scalar) -> str:
    """Return a value as TOML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else json.dumps(value, ensure_ascii=False)


def replace_values(text: str, values: Mapping[str, Scalar], name: str) -> str:
    """Return the text with the values of some dotted keys replaced. Raises: ConfigError when a key is not there."""
    left = dict(values)
    section = ""
    known: list[str] = []
    lines = text.splitlines()
    for index, line in enumerate(lines):
        if _TABLE_ARRAY.match(line):
            section = "[]"
        elif found := _SECTION.match(line):
            section = found.group(1)
        elif (found := _KEY.match(line)) and section != "[]":
            key = f"{section}.{found.group(2)}" if section else found.group(2)
            known.append(key)
            if key in left:
                lines[index] = "".join(found.groups()[:3]) + format_value(left.pop(key))
    if left:
        missing = next(iter(left))
        raise ConfigError(f"{name} has no key {missing}{suggestion(missing, known)}")
    return "\n".join(lines) + "\n"


def suggestion(name: str, known: list[str]) -> str:
    """Return `; did you mean X?` for the nearest known name, or nothing."""
    near = difflib.get_close_matches(name, known, 1, 0.6)
    if not near:
        last = name.rsplit(".", 1)[-1]
        near = [key for key in known if key.rsplit(".", 1)[-1] == last][:1]
    return f"; did you mean {near[0]}?" if near else ""


def set_in_file(path: Path, values: Mapping[str, Scalar]) -> None:
    """Replace values in a TOML file, at once or not at all. Raises: ConfigError."""
    if not path.exists():
        raise ConfigError(f"there is no {path}")
    text = replace_values(path.read_text(), values, str(path))
    tomllib.loads(text)
    write_atomically(path, text.encode())


def write_atomically(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Write a file so that it is there whole or not at all, whatever happens."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
