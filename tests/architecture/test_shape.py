"""Sizes, names and packaging."""

import ast
import re
import tomllib

from tests.architecture.sources import ROOT, place, product_files, tracked_files, tree

LONGEST_FILE = 400
LONGEST_FUNCTION = 80
TYPE_SUPPRESSIONS = 10
FOREIGN_PACKAGES = {"proto", "cosmos", "tendermint", "cosmos_proto", "gogoproto", "amino", "google", "cometbft"}
ALLOWED_PACKAGES = {"chain", "modules"}


def test_files_are_short() -> None:
    lengths = {path.relative_to(ROOT).as_posix(): path.read_text().count("\n") for path in product_files()}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_functions_are_short() -> None:
    found = [
        f"{place(path, node)} {node.name}"
        for path in product_files()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno > LONGEST_FUNCTION
    ]
    assert found == []


def test_there_are_no_type_checking_blocks_and_no_relative_imports() -> None:
    found = []
    for path in product_files():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ImportFrom) and node.level:
                found.append(f"{place(path, node)}: relative import")
            if isinstance(node, ast.Name) and node.id == "TYPE_CHECKING":
                found.append(f"{place(path, node)}: TYPE_CHECKING")
    assert found == []


def test_type_suppressions_are_few_and_name_their_code() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number} {line.strip()}"
        for path in product_files()
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if "# type: ignore" in line
    ]
    assert [line for line in found if "# type: ignore[" not in line] == []
    assert len(found) <= TYPE_SUPPRESSIONS, "\n".join(found)


def test_work_is_not_left_for_later() -> None:
    mark = re.compile(r"#.*\b(TODO|FIXME|XXX|HACK)\b")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in product_files()
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if mark.search(line)
    ]
    assert found == []


def test_public_functions_and_classes_have_docstrings() -> None:
    missing = []
    for path in product_files():
        for node in tree(path).body:
            is_public = isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
            if is_public and ast.get_docstring(node) is None:
                missing.append(place(path, node))
    assert missing == []


def test_the_wheel_holds_two_typed_packages_and_nothing_of_a_foreign_name() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert set(packages) == ALLOWED_PACKAGES
    assert all((ROOT / package / "py.typed").exists() for package in packages)
    assert project["project"]["scripts"] == {"lampd": "chain.cli.main:main"}


def test_nothing_importable_at_top_level_has_a_foreign_name() -> None:
    importable = {path.parent.name for path in ROOT.glob("*/__init__.py")} | {path.stem for path in ROOT.glob("*.py")}
    assert importable & FOREIGN_PACKAGES == set()
    assert list((ROOT / "proto").rglob("__init__.py")) == []


def test_every_package_has_an_init_file() -> None:
    folders = {path.parent for package in ALLOWED_PACKAGES for path in (ROOT / package).rglob("*.py")}
    assert sorted(str(folder.relative_to(ROOT)) for folder in folders if not (folder / "__init__.py").exists()) == []


def test_the_lock_file_pins_versions_and_holds_no_addresses() -> None:
    lines = [line for line in (ROOT / "requirements.lock").read_text().splitlines() if not line.startswith("#")]
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9_.-]+==[A-Za-z0-9_.+!-]+", line)] == []


def test_the_lock_file_covers_every_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {_normal(re.split(r"[<>=!~\[ ]", text)[0]) for text in wanted}
    locked = {_normal(line.split("==")[0]) for line in (ROOT / "requirements.lock").read_text().splitlines()}
    assert names - locked == set()


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_no_file_of_pinned_dependencies_holds_an_address() -> None:
    names = {"requirements.lock", "requirements.txt", "go.mod", "go.sum", "package.json", "Cargo.toml"}
    files = [path for path in tracked_files() if path.name in names]
    assert {path.name for path in files} == names
    assert [path for path in files if "://" in path.read_text()] == []


def test_the_tree_has_the_top_level_that_was_asked_for() -> None:
    allowed = {"chain", "modules", "proto", "localnet", "tests", ".ci"}
    files = {"pyproject.toml", "README.md", "Makefile", "LICENSE", "requirements.lock", ".gitignore", ".dockerignore"}
    tops = {path.relative_to(ROOT).parts[0] for path in tracked_files()}
    assert tops - allowed - files == set()
