"""Nothing in the state machine may differ between two machines."""

import ast
from collections.abc import Callable, Iterator

import pytest

from tests.architecture.sources import place, product_files, state_machine_files, tree

BANNED_MODULES = {"time", "datetime", "random", "secrets", "uuid", "locale", "decimal", "fractions", "math"}
BANNED_CALLS = {"hash", "id", "float", "complex", "vars", "globals", "eval", "exec"}


def banned_imports(module: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for node in ast.walk(module):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        for name in names:
            if name.split(".")[0] in BANNED_MODULES:
                yield node, f"imports {name}"


def floats(module: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
            yield node, f"the float {node.value}"
        elif isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div):
            if not _joins_paths(node):
                yield node, "divides with /"
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
            exponent = node.right
            if isinstance(exponent, ast.UnaryOp) and isinstance(exponent.op, ast.USub):
                yield node, "a negative power is a float"


def _joins_paths(node: ast.AST) -> bool:
    right = node.right if isinstance(node, ast.BinOp) else node.value if isinstance(node, ast.AugAssign) else None
    return isinstance(right, ast.JoinedStr) or (isinstance(right, ast.Constant) and isinstance(right.value, str))


def banned_calls(module: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in BANNED_CALLS:
            yield node, f"calls {node.func.id}()"
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "os":
            if node.attr in {"environ", "getenv", "urandom"}:
                yield node, f"uses os.{node.attr}"
        elif isinstance(node, ast.Attribute) and node.attr in {"popitem"}:
            yield node, "popitem() depends on the order of insertion"


def _is_set(node: ast.expr) -> bool:
    if isinstance(node, ast.Set | ast.SetComp):
        return True
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"set", "frozenset"}:
        return True
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr | ast.BitAnd | ast.Sub) and _is_set(node.left)


def _set_names(function: ast.AST) -> set[str]:
    names = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and _is_set(node.value):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            annotation = ast.unparse(node.annotation)
            if annotation.split("[")[0] in {"set", "frozenset"}:
                names.add(node.target.id)
    return names


def set_iterations(module: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for function in ast.walk(module):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Module):
            continue
        names = _set_names(function) if not isinstance(function, ast.Module) else set()
        for node in ast.walk(function):
            for iterable in _iterables(node):
                if _is_set(iterable) or (isinstance(iterable, ast.Name) and iterable.id in names):
                    yield node, "iterates over a set"


def _iterables(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.For):
        return [node.iter]
    if isinstance(node, ast.ListComp | ast.GeneratorExp | ast.DictComp):
        return [generator.iter for generator in node.generators]
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"list", "tuple", "enumerate"}
    ):
        return node.args[:1]
    return []


CHECKS: dict[str, Callable[[ast.Module], Iterator[tuple[ast.AST, str]]]] = {
    "imports": banned_imports,
    "floats": floats,
    "calls": banned_calls,
    "sets": set_iterations,
}


@pytest.mark.parametrize("check", CHECKS)
def test_the_state_machine_uses_nothing_that_differs_between_machines(check: str) -> None:
    found = [
        f"{place(path, node)}: {what}" for path in state_machine_files() for node, what in CHECKS[check](tree(path))
    ]
    assert found == []


def test_no_rule_is_an_assertion() -> None:
    found = [
        place(path, node) for path in product_files() for node in ast.walk(tree(path)) if isinstance(node, ast.Assert)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("source", "check"),
    [
        ("import time", "imports"),
        ("from random import choice", "imports"),
        ("from datetime import datetime", "imports"),
        ("x = 1.5", "floats"),
        ("x = a / b", "floats"),
        ("x /= 2", "floats"),
        ("x = 2 ** -1", "floats"),
        ("x = hash(a)", "calls"),
        ("x = id(a)", "calls"),
        ("x = float(a)", "calls"),
        ("import os\nx = os.environ['HOME']", "calls"),
        ("for x in {1, 2}: pass", "sets"),
        ("def f(a):\n    s = set(a)\n    return [x for x in s]", "sets"),
        ("def f(a):\n    s: set[int] = a\n    for x in s: pass", "sets"),
        ("x = list(set(a) - b)", "sets"),
    ],
)
def test_the_walk_finds_what_differs(source: str, check: str) -> None:
    assert list(CHECKS[check](ast.parse(source)))


@pytest.mark.parametrize(
    "source",
    [
        "x = a // b",
        "x = sorted({1, 2})",
        "x = path / 'name'",
        "def f(s):\n    t = set(s)\n    return 1 in t",
        "x = 10**18",
    ],
)
def test_the_walk_lets_pass_what_is_the_same_everywhere(source: str) -> None:
    assert [what for check in CHECKS.values() for _, what in check(ast.parse(source))] == []
