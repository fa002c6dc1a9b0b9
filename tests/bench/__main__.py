"""`make bench`: run every `bench_*.py` here, print the figures, write them to build/bench.json.

A bench module has `rows() -> {name: {"value": v, "must": m, "aim": a}}`; one whose name begins with
`bench_localnet` runs through real CometBFT and only with `--localnet`.
"""

import importlib
import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

USAGE = """usage: python -m tests.bench [--localnet] [NAME ...]

Measure with the bench modules whose names contain a NAME, or with all of them, which takes many minutes.
--localnet chooses among those that run through real CometBFT instead.
Modules: """
ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "build" / "bench.json"
HIGHER_IS_BETTER = {"echo_per_s", "sends_over_kvstore", "sends4_over_kvstore4"}
"""Figures that must be at least, not at most, what is asked."""

Row = Mapping[str, Any]


def all_modules() -> list[str]:
    """Return the names of all bench modules."""
    return sorted(path.stem for path in Path(__file__).parent.glob("bench_*.py"))


def chosen_modules(arguments: list[str]) -> list[str]:
    """Return the names of the bench modules to run."""
    names = [name for name in all_modules() if name.startswith("bench_localnet") == ("--localnet" in arguments)]
    wanted = [argument for argument in arguments if not argument.startswith("-")]
    return [name for name in names if not wanted or any(part in name for part in wanted)]


def verdict(name: str, row: Row) -> str:
    """Return how a figure compares with what is asked: aim, pass, MISS, or nothing where nothing is asked."""

    def reaches(limit: float) -> bool:
        return bool(row["value"] >= limit if name in HIGHER_IS_BETTER else row["value"] <= limit)

    if row.get("must") is None:
        return ""
    if row.get("aim") is not None and reaches(row["aim"]):
        return "aim"
    return "pass" if reaches(row["must"]) else "MISS"


def show(value: Any) -> str:
    """Return a figure with four significant digits."""
    if value is None:
        return ""
    if isinstance(value, float) and abs(value) < 1_000:
        return f"{value:.4g}"
    return f"{value:,.0f}" if isinstance(value, int | float) else str(value)


def print_table(rows: Mapping[str, Row]) -> None:
    """Print the figures."""
    print(f"\n{'name':<28}{'value':>14}{'must':>12}{'aim':>12}  ")
    for name, row in rows.items():
        line = f"{name:<28}{show(row['value']):>14}{show(row.get('must')):>12}{show(row.get('aim')):>12}  "
        print(line + verdict(name, row))


def save(rows: Mapping[str, Row]) -> None:
    """Lay the figures over those that earlier runs wrote."""
    before = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(before | dict(rows), indent=2) + "\n")


def main(arguments: list[str]) -> int:
    """Run the chosen modules; exit with 1 when a figure misses what it must reach, with 2 for unknown options."""
    options = {argument for argument in arguments if argument.startswith("-")}
    if options - {"--localnet"}:
        print(USAGE + ", ".join(name.removeprefix("bench_") for name in all_modules()))
        return 0 if options <= {"-h", "--help"} else 2
    modules = chosen_modules(arguments)
    rows: dict[str, Row] = {}
    for name in modules:
        begin = time.monotonic()
        print(f"{name} ...", flush=True)
        found = importlib.import_module(f"tests.bench.{name}").rows()
        rows |= found
        save(found)
        print(f"{name}: {time.monotonic() - begin:.0f} s", flush=True)
    if not rows:
        print("there is nothing to measure")
        return 1
    print_table(rows)
    print(f"\nwritten to {RESULTS.relative_to(ROOT)}")
    return int(any(verdict(name, row) == "MISS" for name, row in rows.items()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
