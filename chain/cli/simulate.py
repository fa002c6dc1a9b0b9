"""`lampd simulate`: years ahead in seconds, for founders who choose a network's and the chain's parameters."""

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from chain.cli.options import output_option
from chain.cli.output import show_table
from chain.sdk.cli import Column

_FILE = click.Path(exists=True, dir_okay=False)


@click.group()
def simulate() -> None:
    """See what parameters do, years ahead, without a chain."""


def _per_network(name: str, text: str) -> Callable[[Any], Any]:
    return click.option(f"--{name}", name, multiple=True, metavar="[NETWORK=]VALUE", help=text)


@simulate.command(
    epilog="Example: lampd simulate emission --network localnet/networks/weather.toml --years 10 --devices 2000 "
    "--growth 40 --burn 50000 --out charts"
)
@click.option("--network", "networks", multiple=True, type=_FILE, help="Network file; repeat it for several networks.")
@click.option(
    "--compare", nargs=2, type=_FILE, metavar="A.toml B.toml", help="Draw two scenarios or networks together."
)
@click.option("--years", type=click.IntRange(1, 100), default=10, show_default=True, help="Years of 365 days.")
@click.option("--epoch-hours", type=click.IntRange(1, 8760), default=24, show_default=True, help="Length of an epoch.")
@_per_network("devices", "Devices at the start.  [default: 1000]")
@_per_network("growth", "How their number grows, in percent per year; may be negative.  [default: 0]")
@_per_network("units", "What each measures in an epoch, in the network's unit.  [default: the model's maximum]")
@_per_network("uptime", "Percent of the time for which each is up.  [default: 100]")
@_per_network("model", "Name of their model.  [default: the file's first]")
@_per_network("level", "How well they are attested, 0 to 3.  [default: the model's]")
@_per_network("crowd", "How they stand in a PRN, D[,C8[,C7]]: see below.  [default: 1]")
@click.option("--burn", default="0", show_default=True, metavar="LAMP", help="Burned by customers per epoch.")
@click.option("--burn-growth", default="0", show_default=True, metavar="PERCENT", help="How that grows, per year.")
@click.option("--supply", default="400000000", show_default=True, metavar="LAMP", help="Circulating at genesis.")
@click.option("--cap", default="1000000000", show_default=True, metavar="LAMP", help="Most that can ever exist.")
@click.option("--param", "params", multiple=True, metavar="NAME=VALUE", help="Parameter of module reward-emission.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("simulation"),
    show_default=True,
    help="Folder for the charts (PNG, SVG) and the CSV; what it holds under their names is replaced.",
)
@click.option("--no-charts", is_flag=True, help="Numbers only.")
@output_option
def emission(compare: tuple[str, str] | None, out: Path, no_charts: bool, output: str, **said: Any) -> None:
    """Simulate supply, emission and rewards with the chain's own arithmetic.

    Values per network are repeatable: --devices 1000 --devices weather=5000 gives weather 5,000 and all others 1,000.
    A network's part of the emission is the [emission] weight_bp of its file beside those of the others.

    --crowd says how the devices of a PRN share cells, and so what its caps do: D devices in each H3 cell of resolution
    8, C8 such cells (1 to 7) in one of resolution 7, C7 of those in one of resolution 6. The default of 1 lets
    no device stand near another.

    What customers burn bounds what usage pays, and is emitted again over the epochs that follow.

    --compare takes network files, each simulated beside those of --network, or scenario files: TOML with any of the
    options above as keys (networks, years, burn, ...; devices and the like as a value or a table by network; a table
    params).

    Parameters of the chain are the defaults of module reward-emission but for those given by --param; `lampd query
    reward-emission params` shows a running chain's.
    """
    from chain.simulation.scenario import Options, ScenarioError, load_scenario, make_scenario

    pairs = [text.partition("=") for text in said.pop("params")]
    if any(not equals for _, equals, _ in pairs):
        raise click.UsageError("--param takes NAME=VALUE")
    options = Options(params=tuple((name, value) for name, _, value in pairs), **said)
    try:
        scenarios = [load_scenario(path, options) for path in compare] if compare else [make_scenario(options)]
    except ScenarioError as error:
        raise click.UsageError(str(error)) from error
    _run(scenarios, out, not no_charts, output)


def _run(scenarios: Sequence[Any], out: Path, charts: bool, output: str) -> None:
    from chain.simulation.emission import simulate as run
    from chain.simulation.report import write_csv, yearly

    done = []
    for scenario in scenarios:
        label = f"{scenario.name}: {scenario.epochs:,} epochs"
        with _bar(scenario.epochs, label) as bar:
            done.append(run(scenario, bar.update))
    out.mkdir(parents=True, exist_ok=True)
    files = []
    for number, series in enumerate(done):
        files.append(out / ("emission.csv" if len(done) == 1 else f"emission_{'ab'[number]}.csv"))
        write_csv(series, files[-1])
    if charts:
        files += _draw(done, out)
    if output == "json":
        rows = [{"name": series.scenario.name, "years": yearly(series)} for series in done]
        click.echo(json.dumps({"simulations": rows, "files": [str(file) for file in files]}, indent=2))
        return
    for series in done:
        _show(series, len(done) > 1)
    click.echo(f"{len(files)} files in {out}: {', '.join(sorted({file.name for file in files}))}")


def _bar(length: int, label: str) -> Any:
    return click.progressbar(length=length, label=label, file=sys.stderr)


def _draw(done: Sequence[Any], out: Path) -> list[Path]:
    try:
        from chain.simulation.charts import CHARTS, draw
    except ModuleNotFoundError as error:
        raise click.ClickException(
            f"charts need {error.name}: pip install 'lamppost[simulation]', or say --no-charts"
        ) from error
    with _bar(len(CHARTS), "charts") as bar:
        return draw(done, out, lambda name: bar.update(1))


def _show(series: Any, named: bool) -> None:
    """Print a year a line, in LAMP, and below it what a device earns."""
    from chain.simulation.report import yearly
    from chain.simulation.scenario import LAMP

    if named:
        click.secho(series.scenario.name, bold=True)
    amounts = ("supply", "reserve", "emitted", "burned", "reemitted", "usage_paid", "availability", "treasury")
    titles = ("supply", "reserve", "emitted", "burned", "again", "usage paid", "to devices", "treasury")
    years = yearly(series)
    rows = [{"year": str(row["year"]), **{key: f"{row[key] // LAMP:,}" for key in amounts}} for row in years]
    columns = [Column("year", "year"), *(Column(key, title) for key, title in zip(amounts, titles, strict=True))]
    show_table(rows, columns)
    click.echo("LAMP; supply and reserve at the year's end, the others summed over the year.\n")
    names = [network.name for network in series.networks]
    rewards = [
        {
            "year": str(row["year"]),
            **{name: f"{row['networks'][name]['reward_per_device'] / LAMP:,.3f}" for name in names},
            **{f"{name}_devices": f"{row['networks'][name]['devices']:,}" for name in names},
        }
        for row in years
    ]
    show_table(
        rewards,
        [Column("year", "year")]
        + [column for name in names for column in (Column(f"{name}_devices", "devices"), Column(name, name))],
    )
    click.echo("Devices at the year's end, and what one of them earned in the year, in LAMP.\n")
    short = next((epoch for epoch, burned in enumerate(series.burned) if burned < series.scenario.burn_at(epoch)), None)
    if short is not None:
        click.echo(f"From epoch {short} on customers would burn more than the supply: all of it is burned.", err=True)
