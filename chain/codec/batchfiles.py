"""The two small JSON files that pass between a manufacturer's tools and a transaction.

An issue file is what the issuing key signed: `model`, `root`, `count`, `signature`. A proof file is what a device's
owner claims with: `index`, `algorithm`, `public_key`, `path`, and the `root` and `count` that they belong to. Bytes are
in hexadecimal.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MAX_FILE_BYTES = 1 << 16
"""Larger files are neither."""


class BatchFileError(ValueError):
    """A mistake in an issue or a proof file; the text names file and field."""


@dataclass(frozen=True, slots=True)
class IssueFile:
    """A signed batch, ready to be issued."""

    model: int
    root: bytes
    count: int
    signature: bytes

    def to_json(self) -> dict[str, Any]:
        """Return the file's content."""
        return {
            "model": self.model,
            "root": self.root.hex(),
            "count": self.count,
            "signature": self.signature.hex(),
        }


@dataclass(frozen=True, slots=True)
class ProofFile:
    """A device key's place in a batch, with the hashes that prove it; `algorithm` by name."""

    index: int
    algorithm: str
    public_key: bytes
    path: tuple[bytes, ...]
    root: bytes
    count: int

    def to_json(self) -> dict[str, Any]:
        """Return the file's content."""
        return {
            "index": self.index,
            "algorithm": self.algorithm,
            "public_key": self.public_key.hex(),
            "path": [item.hex() for item in self.path],
            "root": self.root.hex(),
            "count": self.count,
        }


def load_issue(path: str | os.PathLike[str]) -> IssueFile:
    """Read an issue file. Raises: BatchFileError."""
    fields = _Fields(path, ("model", "root", "count", "signature"))
    return IssueFile(fields.integer("model"), fields.data("root"), fields.integer("count"), fields.data("signature"))


def load_proof(path: str | os.PathLike[str]) -> ProofFile:
    """Read a proof file. Raises: BatchFileError."""
    fields = _Fields(path, ("index", "algorithm", "public_key", "path", "root", "count"))
    return ProofFile(
        fields.integer("index"),
        fields.text("algorithm"),
        fields.data("public_key"),
        fields.hashes("path"),
        fields.data("root"),
        fields.integer("count"),
    )


class _Fields:
    """The fields of one file, and its name for errors."""

    def __init__(self, path: str | os.PathLike[str], known: tuple[str, ...]) -> None:
        self.file = Path(path)
        self.content = self._read()
        for key in self.content:
            if key not in known:
                raise BatchFileError(f"{self.file}: unknown field {key!r}; known are {', '.join(known)}")

    def _read(self) -> Mapping[str, Any]:
        try:
            with self.file.open("rb") as stream:
                data = stream.read(MAX_FILE_BYTES + 1)
            content = json.loads(data) if len(data) <= MAX_FILE_BYTES else None
        except OSError as error:
            raise BatchFileError(f"{self.file} can't be read: {error.strerror}") from error
        except ValueError as error:
            raise BatchFileError(f"{self.file} is no JSON: {error}") from error
        if not isinstance(content, dict):
            raise BatchFileError(f"{self.file} is no JSON object of at most {MAX_FILE_BYTES} bytes")
        return content

    def _value(self, key: str) -> Any:
        if key not in self.content:
            raise BatchFileError(f"{self.file}: field {key!r} is missing")
        return self.content[key]

    def integer(self, key: str) -> int:
        value = self._value(key)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise BatchFileError(f"{self.file}: {key} must be a whole number from 0 upward, got {value!r}")
        return value

    def text(self, key: str) -> str:
        value = self._value(key)
        if not isinstance(value, str):
            raise BatchFileError(f"{self.file}: {key} must be text, got {value!r}")
        return value

    def data(self, key: str) -> bytes:
        return self._hex(key, self._value(key))

    def hashes(self, key: str) -> tuple[bytes, ...]:
        value = self._value(key)
        if not isinstance(value, list):
            raise BatchFileError(f"{self.file}: {key} must be a list")
        return tuple(self._hex(key, item) for item in value)

    def _hex(self, key: str, value: Any) -> bytes:
        try:
            return bytes.fromhex(value)
        except (TypeError, ValueError) as error:
            raise BatchFileError(f"{self.file}: {key} must be hexadecimal, got {str(value)[:40]!r}") from error
