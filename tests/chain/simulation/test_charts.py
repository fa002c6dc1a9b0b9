"""What stands beside the lines of charts."""

import re
from pathlib import Path

import matplotlib

from chain.simulation.charts import draw
from chain.simulation.emission import simulate
from chain.simulation.scenario import Options, load_scenario, make_scenario

NETWORKS = Path(__file__).parents[3] / "localnet" / "networks"
WEATHER, HOTSPOTS = str(NETWORKS / "weather.toml"), str(NETWORKS / "hotspots.toml")


def words(svg: Path) -> list[str]:
    """Return the texts of a chart."""
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg.read_text())


def test_the_reward_of_a_network_that_is_compared_is_named_once(tmp_path: Path) -> None:
    found = [simulate(load_scenario(path, Options(years=1))) for path in (WEATHER, HOTSPOTS)]
    with matplotlib.rc_context({"svg.fonttype": "none"}):
        draw(found, tmp_path)
    assert {"weather", "hotspots"} <= set(words(tmp_path / "reward.svg"))
    assert {"supply, weather", "supply, hotspots"} <= set(words(tmp_path / "supply.svg"))
    assert not {"weather, weather", "hotspots, hotspots"} & set(words(tmp_path / "reward.svg"))


def test_what_two_scenarios_share_is_told_apart_by_their_names(tmp_path: Path) -> None:
    found = [
        simulate(make_scenario(Options((WEATHER,), years=1, burn=burn), name))
        for burn, name in (("0", "dry"), ("9000", "wet"))
    ]
    with matplotlib.rc_context({"svg.fonttype": "none"}):
        draw(found, tmp_path)
    assert {"weather, dry", "weather, wet"} <= set(words(tmp_path / "reward.svg"))
