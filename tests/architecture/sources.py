"""The source files that the architecture tests walk."""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STATE_MACHINE = ("modules", "chain/runtime", "chain/sdk", "chain/store", "chain/primitives", "chain/codec")
"""Folders whose code must do the same on every machine."""


@cache
def product_files() -> tuple[Path, ...]:
    """Return the Python files of the two packages, without the generated ones."""
    found = [path for package in ("chain", "modules") for path in (ROOT / package).rglob("*.py")]
    return tuple(sorted(path for path in found if "chain/pb" not in path.as_posix()))


@cache
def state_machine_files() -> tuple[Path, ...]:
    """Return the files whose code must be deterministic."""
    return tuple(path for path in product_files() if path.relative_to(ROOT).as_posix().startswith(STATE_MACHINE))


@cache
def tracked_files() -> tuple[Path, ...]:
    """Return all files that git knows, and new ones that it does not ignore."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return tuple(path for name in listed if (path := ROOT / name).is_file())


@cache
def tree(path: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(path.read_text(), str(path))


def place(path: Path, node: ast.AST) -> str:
    """Return `file:line` of a node, for messages."""
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
