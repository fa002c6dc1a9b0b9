"""What `make bench` says of its figures, and that none is forgotten."""

import importlib
import json
from pathlib import Path

import pytest

from tests.bench import __main__ as bench

FIGURES = {
    "send_over_verify": (9, 5),
    "check_over_verify": (3, 2),
    "tree_100k_over_verify": (2.2, 1.2),
    "tree_1m_over_verify": (4.5, 2.5),
    "reopen_1m_s": (2, 0.5),
    "block_100k_over_1k": (1.1, 1.0),
    "receipts_over_verify": (4, 2.5),
    "dense_receipts_over_verify": (3, None),
    "settle_and_claim_500_ms": (60, None),
    "epoch_close_1m_ms": (50, None),
    "block_1m_over_1k": (1.1, None),
    "echo_per_s": (100_000, 200_000),
    "parse_over_protobuf": (1.5, 1.1),
    "rss_1m_mb": (700, 400),
    "hooks_1m_over_1k_delegations": (1.1, None),
    "hooks_10k_over_100_validators": (1.2, None),
    "delegate_over_send": (3.0, None),
    "slash_100k_over_10_delegators": (1.1, None),
    "batch_build_1m_s": (60, 30),
    "batch_build_1m_mb": (300, 200),
    "batch_proof_us": (1_000, 200),
    "simulate_10_years_5_networks_s": (5, 2.5),
    "batch_device_over_plain": (2.0, 1.5),
    "sends_over_kvstore": (0.45, 0.75),
    "sends4_over_kvstore4": (0.4, 0.7),
}
"""What each figure must reach, and what it aims at."""


@pytest.mark.parametrize("name", FIGURES)
def test_a_bench_module_measures_each_figure(name: str) -> None:
    sources = [path.read_text() for path in Path(bench.__file__).parent.glob("bench_*.py")]
    assert any(f'"{name}"' in text for text in sources)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("reopen_1m_s", 0.4, "aim"),
        ("reopen_1m_s", 1.9, "pass"),
        ("reopen_1m_s", 2.1, "MISS"),
        ("echo_per_s", 250_000, "aim"),
        ("echo_per_s", 100_000, "pass"),
        ("echo_per_s", 99_999, "MISS"),
    ],
)
def test_a_figure_is_compared_in_its_own_direction(name: str, value: float, expected: str) -> None:
    must, aim = FIGURES[name]
    assert bench.verdict(name, {"value": value, "must": must, "aim": aim}) == expected


def test_a_figure_of_which_nothing_is_asked_has_no_verdict() -> None:
    assert bench.verdict("blocks", {"value": 5}) == ""


def test_figures_of_a_part_do_not_remove_those_of_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "RESULTS", tmp_path / "build" / "bench.json")
    bench.save({"a": {"value": 1, "must": 2, "aim": 1}})
    bench.save({"b": {"value": 3, "must": None, "aim": None}})
    assert json.loads(bench.RESULTS.read_text()) == {
        "a": {"value": 1, "must": 2, "aim": 1},
        "b": {"value": 3, "must": None, "aim": None},
    }


def test_modules_are_chosen_by_a_part_of_their_name_and_those_of_real_networks_apart() -> None:
    assert bench.chosen_modules(["store"]) == ["bench_store"]
    assert bench.chosen_modules([]) and all("localnet" not in name for name in bench.chosen_modules([]))
    assert all("localnet" in name for name in bench.chosen_modules(["--localnet"]))


def test_every_bench_has_rows() -> None:
    for module in [*bench.chosen_modules([]), *bench.chosen_modules(["--localnet"])]:
        assert callable(importlib.import_module(f"tests.bench.{module}").rows)


@pytest.mark.parametrize(("option", "code"), [("--help", 0), ("-h", 0), ("--fast", 2)])
def test_an_option_that_chooses_nothing_shows_how_to_call_it(
    option: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bench.main([option]) == code
    assert "usage: python -m tests.bench" in capsys.readouterr().out
