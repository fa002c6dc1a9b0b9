"""Scenarios: what is said is taken, and what can't be simulated is said in one sentence."""

from pathlib import Path
from typing import Any

import pytest

from chain.codec.networks import NetworkFileError
from chain.simulation.scenario import LAMP, Crowd, Options, ScenarioError, load_scenario, make_scenario

NETWORKS = Path(__file__).parents[3] / "localnet" / "networks"
WEATHER, STORAGE = str(NETWORKS / "weather.toml"), str(NETWORKS / "storage.toml")


def test_a_value_is_for_all_networks_and_a_named_one_for_its_own() -> None:
    options = Options((WEATHER, STORAGE), devices=("storage=5", "70"), growth=("-10",), level=("weather=3",))
    weather, storage = make_scenario(options).plans
    assert (weather.devices, storage.devices) == (70, 5)
    assert (weather.growth, storage.growth) == (0.9, 0.9)
    assert (weather.level, storage.level) == (3, 0)


def test_devices_count_by_model_level_and_uptime() -> None:
    options = Options((WEATHER,), model=("roof-station-pro",), level=("2",), uptime=("50",), units=("20",))
    (plan,) = make_scenario(options).plans
    assert plan.effective_units() == 20 * 5_000 * 15_000 * 9_000 // 10**12
    assert plan.caps() == (48, 168, 600)


def test_devices_grow_by_the_year() -> None:
    (plan,) = make_scenario(Options((WEATHER,), devices=("100",), growth=("50",))).plans
    assert [plan.devices_at(year) for year in (0, 0.5, 1, 2)] == [100, 122, 150, 225]


def test_amounts_are_lamp_and_parameters_those_of_the_chain() -> None:
    scenario = make_scenario(Options((WEATHER,), burn="12.5", params=(("usage_bp", "5000"),), epoch_hours=12, years=2))
    assert (scenario.burn, scenario.params.usage_bp, scenario.params.availability_bp) == (12_500_000, 5_000, 2_500)
    assert (scenario.epochs, scenario.cap, scenario.supply) == (1_460, 10**9 * LAMP, 4 * 10**8 * LAMP)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"networks": ()}, "nothing to simulate"),
        ({"networks": (WEATHER, WEATHER)}, "two files name the same network"),
        ({"devices": ("hail=5",)}, "devices: there is no network 'hail' among weather"),
        ({"devices": ("many",)}, "devices is 'many', must be a number"),
        ({"devices": ("1.5",)}, "devices is 1.5, must be a whole number"),
        ({"devices": ("-1",)}, "devices is -1, must be 0 to"),
        ({"growth": ("-100",)}, "growth is -100, must be -99 to 10,000"),
        ({"uptime": ("101",)}, "uptime is 101, must be 0 to 100"),
        ({"units": ("241",)}, "units is 241, must be 0 to 240"),
        ({"level": ("4",)}, "level is 4, must be 0 to 3"),
        ({"model": ("weather=cloud",)}, "has no model 'cloud', only garden-station, roof-station-pro"),
        ({"crowd": ("0",)}, "crowd is '0', must be D"),
        ({"crowd": ("3,8",)}, "crowd is '3,8', must be D"),
        ({"crowd": ("a,b",)}, "crowd is 'a,b', must be D"),
        ({"years": 0}, "years is 0, must be 1 to 100"),
        ({"epoch_hours": 0}, "an epoch of 0 hours"),
        ({"years": 100, "epoch_hours": 1, "burn": "1e4000"}, "burn is 1e4000, must be"),
        ({"burn": "0.0000001"}, "finer than a ulamp"),
        ({"burn": "NaN"}, "burn is NaN, must be"),
        ({"supply": "2000000000"}, "is above the cap"),
        ({"params": (("usage", "1"),)}, "there is no parameter 'usage'; known are decay, usage_bp"),
        ({"params": (("usage_bp", "10001"),)}, "params: usage_bp: 10001 is not in 0..10000"),
    ],
)
def test_what_cannot_be_simulated_is_refused(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        make_scenario(Options(**{"networks": (WEATHER,), **changes}))
    assert reason in str(caught.value)


def test_networks_without_any_weight_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "light.toml"
    file.write_text(Path(WEATHER).read_text().replace("weight_bp = 3000", "weight_bp = 0"))
    with pytest.raises(ScenarioError, match="nothing would be paid"):
        make_scenario(Options((str(file),)))


def test_a_scenario_file_takes_the_place_of_what_the_command_line_says(tmp_path: Path) -> None:
    file = tmp_path / "dry.toml"
    file.write_text(
        f'networks = ["{WEATHER}", "{STORAGE}"]\nyears = 3\nburn = 7\nuptime = 90\n'
        "[devices]\nstorage = 9\n[params]\nusage_bp = 4500\n"
    )
    scenario = load_scenario(str(file), Options(years=8, burn_growth="100"))
    assert (scenario.name, scenario.epochs, scenario.burn, scenario.burn_growth) == ("dry", 1_095, 7 * LAMP, 2.0)
    assert [(plan.devices, plan.uptime_bp) for plan in scenario.plans] == [(1_000, 9_000), (9, 9_000)]
    assert scenario.params.usage_bp == 4_500


def test_a_network_file_joins_the_networks_of_the_command_line() -> None:
    scenario = load_scenario(STORAGE, Options((WEATHER,)))
    assert (scenario.name, [plan.network.name for plan in scenario.plans]) == ("storage", ["weather", "storage"])
    again = load_scenario(WEATHER, Options((WEATHER, STORAGE)))
    assert [plan.network.name for plan in again.plans] == ["storage", "weather"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("years = [", "is no TOML"),
        ("year = 5", "year: unknown key; known are years"),
        ("networks = 'weather.toml'", "networks must be a list"),
        ("years = 'ten'", "years must be a whole number"),
        ("params = 5", "params must be a table"),
        (f"networks = ['{WEATHER}']\nburn = 'much'", "burn is 'much', must be a number"),
    ],
)
def test_a_wrong_scenario_file_is_named(tmp_path: Path, text: str, reason: str) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text(text)
    with pytest.raises(ScenarioError) as caught:
        load_scenario(str(file), Options())
    assert str(file) in str(caught.value)
    assert reason in str(caught.value)


def test_files_that_are_missing_are_named(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="can't be read"):
        load_scenario(str(tmp_path / "none.toml"), Options())
    with pytest.raises(NetworkFileError, match="can't be read"):
        make_scenario(Options((str(tmp_path / "none.toml"),)))


def test_a_crowd_may_name_one_two_or_three_numbers() -> None:
    assert [Crowd.parse(text) for text in ("5", "5,3", "5,3,2")] == [Crowd(5), Crowd(5, 3), Crowd(5, 3, 2)]
