"""`lampd simulate emission`: numbers, charts and errors."""

import csv
import re
from pathlib import Path

import pytest

from tests.chain.cli.shell import Shell

NETWORKS = Path(__file__).parents[3] / "localnet" / "networks"
WEATHER, HOTSPOTS = ("--network", str(NETWORKS / "weather.toml")), ("--network", str(NETWORKS / "hotspots.toml"))
CHARTS = ("supply", "reserve", "emission", "burn", "reward")


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path / "home")


def test_it_draws_charts_and_writes_every_epoch(shell: Shell, tmp_path: Path) -> None:
    out = tmp_path / "charts"
    said = shell.ok("simulate", "emission", *WEATHER, *HOTSPOTS, "--years", "2", "--burn", "1000", "--out", str(out))
    assert {file.name for file in out.iterdir()} == {
        "emission.csv",
        *(f"{name}.{kind}" for name in CHARTS for kind in ("png", "svg")),
    }
    for name in CHARTS:
        assert (out / f"{name}.png").read_bytes().startswith(b"\x89PNG")
        assert "<svg" in (out / f"{name}.svg").read_text()
    rows = list(csv.DictReader((out / "emission.csv").open()))
    assert len(rows) == 730
    assert all(re.fullmatch(r"\d+\.\d{6}", rows[-1][key]) for key in ("supply", "bucket_usage", "weather_reward"))
    total = sum(round(float(rows[-1][key]) * 10**6) for key in ("supply", "reserve", "burned_pool"))
    assert abs(total - 10**15) < 4, "supply, reserve and burned pool are the cap"
    assert "SUPPLY" in said.out
    assert "HOTSPOTS" in said.out
    assert "730 epochs" in said.err


def test_the_same_simulation_makes_the_same_files(shell: Shell, tmp_path: Path) -> None:
    for name in ("a", "b"):
        shell.ok("simulate", "emission", *WEATHER, "--years", "1", "--out", str(tmp_path / name))
    for file in (tmp_path / "a").iterdir():
        assert file.read_bytes() == (tmp_path / "b" / file.name).read_bytes(), file.name


def test_two_scenarios_are_drawn_together(shell: Shell, tmp_path: Path) -> None:
    dry, wet = tmp_path / "dry.toml", tmp_path / "wet.toml"
    dry.write_text(f'networks = ["{WEATHER[1]}"]\nburn = 0\n')
    wet.write_text(f'networks = ["{WEATHER[1]}"]\nburn = 90000\n')
    out = tmp_path / "out"
    shell.ok("simulate", "emission", "--compare", str(dry), str(wet), "--years", "1", "--out", str(out))
    assert {file.suffix for file in out.iterdir()} == {".png", ".svg", ".csv"}
    assert {file.name for file in out.glob("*.csv")} == {"emission_a.csv", "emission_b.csv"}


def test_programs_get_whole_ulamp(shell: Shell, tmp_path: Path) -> None:
    out = tmp_path / "out"
    said = shell.json("simulate", "emission", *WEATHER, "--years", "3", "--no-charts", "--out", str(out))
    (simulation,) = said["simulations"]
    first = simulation["years"][0]
    assert simulation["name"] == "weather"
    assert [row["year"] for row in simulation["years"]] == [1, 2, 3]
    assert first["supply"] + first["reserve"] + first["burned_pool"] == 10**15
    assert first["networks"]["weather"]["devices"] == 1_000
    assert said["files"] == [str(out / "emission.csv")]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ((), "nothing to simulate"),
        ((*WEATHER, "--devices", "hail=5"), "there is no network 'hail'"),
        ((*WEATHER, "--burn", "lots"), "burn is 'lots', must be a number"),
        ((*WEATHER, "--param", "usage_bp"), "--param takes NAME=VALUE"),
        ((*WEATHER, "--param", "usage_bp=99999"), "is not in 0..10000"),
        ((*WEATHER, "--years", "0"), "0 is not in the range"),
        (("--network", "/nowhere.toml"), "does not exist"),
    ],
)
def test_wrong_usage_is_explained(shell: Shell, arguments: tuple[str, ...], reason: str) -> None:
    assert reason in shell.fails("simulate", "emission", *arguments, code=2)


def test_a_file_that_is_no_network_is_named(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "none.toml"
    file.write_text("[network]\nname = 5\n")
    assert str(file) in shell.fails("simulate", "emission", "--network", str(file))


def test_who_would_burn_more_than_there_is_is_told(shell: Shell, tmp_path: Path) -> None:
    arguments = ("--years", "1", "--burn", "900000000", "--no-charts", "--out", str(tmp_path))
    assert (
        "From epoch 0 on customers would burn more than the supply"
        in shell.ok("simulate", "emission", *WEATHER, *arguments).err
    )
