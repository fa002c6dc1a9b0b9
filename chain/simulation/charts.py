"""Charts of simulations, each as PNG and SVG: one simulation in full lines, a second one beside it in dashes.

What is drawn is thinned to some hundred points a line; the CSV has every epoch.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import FuncFormatter, MaxNLocator

from chain.simulation.scenario import LAMP
from chain.simulation.series import Series

_POINTS = 500
"""Most points of a line."""
_DPI = 150
"""Points of a PNG in an inch."""
_LONGEST_NAMES = 60
"""Letters of the names beside the title."""
_DASHES = ("-", (0, (5, 2)))
"""How the first and the second simulation are drawn."""
_INK, _QUIET, _GRID = "#1f2933", "#616e7c", "#e4e7eb"
_SUPPLY, _RESERVE, _BURNED, _BACK = "#2f6fab", "#7b8794", "#e88b8b", "#3f9142"
_BUCKETS = {
    "usage": "#2f6fab",
    "availability": "#e8a33d",
    "stakers": "#3f9142",
    "attesters": "#8e5ea2",
    "delegators": "#41a6a1",
    "treasury": "#9aa5b1",
}
"""Colour of each bucket, in the order in which they are piled up."""
_NETWORKS = ("#2f6fab", "#e8a33d", "#3f9142", "#d64545", "#8e5ea2", "#41a6a1", "#8a5a35", "#c05299")
_STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 9.5,
    "text.color": _INK,
    "axes.edgecolor": "#9aa5b1",
    "axes.labelcolor": _QUIET,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": _GRID,
    "xtick.color": _QUIET,
    "ytick.color": _QUIET,
    "legend.frameon": False,
    "lines.linewidth": 1.8,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    # The same simulation makes the same bytes.
    "svg.hashsalt": "lamppost",
}


def draw(simulations: Sequence[Series], folder: Path, done: Callable[[str], None] = lambda name: None) -> list[Path]:
    """Draw one simulation or two into a folder and return the files. Raises: OSError."""
    files = []
    for name, (title, painter) in CHARTS.items():
        with _page(title, simulations) as figure:
            painter(figure, simulations)
            files += _save(figure, folder / name)
        done(name)
    return files


@contextmanager
def _page(title: str, simulations: Sequence[Series]) -> Iterator[Figure]:
    with matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=(8.4, 4.9), layout=ConstrainedLayoutEngine(rect=(0.01, 0.01, 0.98, 0.9)))
        figure.text(0.02, 0.955, title, fontsize=14, fontweight="bold", color=_INK, va="center")
        figure.text(0.98, 0.955, _names(simulations), fontsize=9, color=_QUIET, va="center", ha="right")
        yield figure


def _names(simulations: Sequence[Series]) -> str:
    """Return what is simulated, cut where it would run into the title."""
    text = " / ".join(series.scenario.name for series in simulations)
    return text if len(text) <= _LONGEST_NAMES else text[: _LONGEST_NAMES - 1] + "\u2026"


def _save(figure: Figure, stem: Path) -> list[Path]:
    png, svg = stem.with_suffix(".png"), stem.with_suffix(".svg")
    figure.savefig(png, dpi=_DPI, metadata={"Software": None})
    figure.savefig(svg, metadata={"Date": None, "Creator": None})
    return [png, svg]


def _supply(figure: Figure, simulations: Sequence[Series]) -> None:
    axes = _axes(figure, simulations, "LAMP")
    cap = max(series.scenario.cap for series in simulations) / LAMP
    for series, dashes in zip(simulations, _DASHES, strict=False):
        years, values = _line(series, series.supply)
        axes.plot(years, values, color=_SUPPLY, linestyle=dashes, label=_label("supply", series, simulations))
        if len(simulations) == 1:
            axes.fill_between(years, values, color=_SUPPLY, alpha=0.12, linewidth=0)
    axes.axhline(cap, color=_QUIET, linewidth=1, linestyle=":")
    axes.annotate("cap", (0, cap), (4, 3), textcoords="offset points", color=_QUIET)
    axes.set_ylim(0, cap * 1.08)
    _legend(axes, simulations)


def _reserve(figure: Figure, simulations: Sequence[Series]) -> None:
    axes = _axes(figure, simulations, "LAMP")
    for series, dashes in zip(simulations, _DASHES, strict=False):
        for values, color, name in (
            (series.reserve, _RESERVE, "reserve"),
            (series.burned_pool, _BURNED, "burned pool"),
        ):
            years, points = _line(series, values)
            axes.plot(years, points, color=color, linestyle=dashes, label=_label(name, series, simulations))
    axes.set_ylim(bottom=0)
    _legend(axes, simulations, always=True)


def _emission(figure: Figure, simulations: Sequence[Series]) -> None:
    panels = figure.subplots(1, len(simulations), sharey=True, squeeze=False)[0]
    for axes, series in zip(panels, simulations, strict=True):
        _dress(axes, [series], "LAMP per day" if axes is panels[0] else "")
        lines = []
        for name in _BUCKETS:
            years, points = _line(series, [getattr(item, name) for item in series.buckets], daily=True)
            lines.append(points)
        axes.stackplot(years, lines, colors=list(_BUCKETS.values()), labels=list(_BUCKETS), linewidth=0)
        axes.set_ylim(bottom=0)
        if len(simulations) > 1:
            axes.set_title(series.scenario.name, fontsize=10, color=_QUIET)
    handles, labels = panels[-1].get_legend_handles_labels()
    panels[-1].legend(handles[::-1], labels[::-1], loc="upper right")


def _burn(figure: Figure, simulations: Sequence[Series]) -> None:
    axes = _axes(figure, simulations, "LAMP per day")
    for series, dashes in zip(simulations, _DASHES, strict=False):
        rows = (
            (series.burned, _BURNED, "burned"),
            (series.reemitted, _BACK, "emitted again"),
            (series.usage_paid, _BUCKETS["usage"], "paid for usage"),
        )
        for values, color, name in rows:
            years, points = _line(series, values, daily=True)
            # What is emitted again soon covers what was burned: the wider line shows below it.
            width = 4 if values is series.burned else 1.8
            label = _label(name, series, simulations)
            axes.plot(years, points, color=color, linestyle=dashes, linewidth=width, label=label)
    axes.set_ylim(bottom=0)
    _legend(axes, simulations, always=True)


def _reward(figure: Figure, simulations: Sequence[Series]) -> None:
    axes = _axes(figure, simulations, "LAMP per day")
    names = list(dict.fromkeys(network.name for series in simulations for network in series.networks))
    highest, lowest = 0.0, float("inf")
    for series, dashes in zip(simulations, _DASHES, strict=False):
        for alike, (years, points) in _rewards(series).items():
            label = _label(_several(alike), series, simulations)
            color = _NETWORKS[names.index(alike[0]) % len(_NETWORKS)]
            axes.plot(years, points, color=color, linestyle=dashes, label=label)
            highest = max(highest, *points)
            lowest = min([lowest, *(point for point in points if point > 0)])
    if highest > 30 * lowest > 0:
        axes.set_yscale("log")
        axes.set_ylabel("LAMP per day (logarithmic)")
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: _short(value)))
    else:
        axes.set_ylim(bottom=0)
    _legend(axes, simulations, always=True)


def _rewards(series: Series) -> dict[tuple[str, ...], tuple[list[float], list[float]]]:
    """Return the line of each network; those whose lines would cover each other share one."""
    alike: dict[tuple[str, ...], list[str]] = {}
    lines = {}
    for network in series.networks:
        lines[network.name] = _line(series, network.reward, daily=True)
        seen = tuple(f"{point:.3g}" for point in lines[network.name][1])
        alike.setdefault(seen, []).append(network.name)
    return {tuple(names): lines[names[0]] for names in alike.values()}


def _several(names: Sequence[str]) -> str:
    """Return names for a legend: three at most."""
    rest = len(names) - 3
    return ", ".join(names[:3]) + (f" and {rest} more" if rest > 0 else "")


CHARTS: dict[str, tuple[str, Callable[[Figure, Sequence[Series]], None]]] = {
    "supply": ("Supply", _supply),
    "reserve": ("Reserve, and what was burned and waits", _reserve),
    "emission": ("Emission by bucket", _emission),
    "burn": ("Burned, and emitted again", _burn),
    "reward": ("Reward of one device", _reward),
}
"""File name, title and painter of each chart."""


def _axes(figure: Figure, simulations: Sequence[Series], label: str) -> Axes:
    axes = figure.subplots()
    _dress(axes, simulations, label)
    return axes


def _dress(axes: Axes, simulations: Sequence[Series], label: str) -> None:
    axes.set_xlim(0, max(series.scenario.years_at(series.scenario.epochs) for series in simulations))
    axes.set_xlabel("years after genesis")
    axes.set_ylabel(label)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=11))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: _short(value)))


def _line(series: Series, values: Sequence[int], daily: bool = False) -> tuple[list[float], list[float]]:
    """Return years and LAMP of some hundred epochs, the last among them."""
    epochs = series.scenario.epochs
    step = max(1, epochs // _POINTS)
    chosen = [*range(0, epochs - 1, step), epochs - 1]
    divisor = LAMP * (series.scenario.epoch_hours / 24 if daily else 1)
    return [series.scenario.years_at(epoch) for epoch in chosen], [values[epoch] / divisor for epoch in chosen]


def _label(name: str, series: Series, simulations: Sequence[Series]) -> str:
    """Return a line's name; of two simulations, with the one it is of, unless the line is named like that itself."""
    return f"{name}, {series.scenario.name}" if len(simulations) > 1 and name != series.scenario.name else name


def _legend(axes: Axes, simulations: Sequence[Series], always: bool = False) -> None:
    """Put the legend under the chart, where it hides nothing; what is compared stands one above the other."""
    if not always and len(simulations) == 1:
        return
    handles, labels = axes.get_legend_handles_labels()
    kinds = len(labels) // len(simulations)
    pairs = [number + kinds * other for number in range(kinds) for other in range(len(simulations))]
    if len(labels) % len(simulations) == 0:
        handles, labels = [handles[place] for place in pairs], [labels[place] for place in pairs]
    # Long names of several networks need room.
    columns = min(kinds, 5 if max(map(len, labels)) < 24 else 2)
    axes.legend(handles, labels, loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=columns, handlelength=2.6)


def _short(value: float) -> str:
    """Return a number as people read it: 1,000 M, 20 k, 0.05."""
    for size, unit in ((10**6, " M"), (10**3, " k")):
        if abs(value) >= size:
            return f"{value / size:,.6g}{unit}"
    return f"{value:.4g}"
