"""The charts of a report, each made of a recording."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from html import escape
from itertools import pairwise

from chain.testing_docker.charts import (
    BOTTOM,
    LEFT,
    TOP,
    Band,
    Point,
    TimeChart,
    colour,
    drawing,
    ticks,
    time_axis,
    time_x,
)
from chain.testing_docker.recording import Mark, Recording, percentile

BIN_SECONDS = 2.0
LANE = 24
MIB = 1 << 20
PERCENTS = [*range(0, 90, 2), *range(90, 99), *(99 + step / 10 for step in range(11))]
LETTER_WIDTH = 6.2
"""About the width of a letter of the labels, to see whether one fits."""


def duration(recording: Recording) -> float:
    """Return how long the run was, seconds; of one that still runs, as far as it was seen."""
    seen = [sample.at for sample in recording.heights[-1:]] + [block.at for block in recording.blocks[-1:]]
    return max([recording.ended, *seen, recording.started]) - recording.started


def intervals(recording: Recording) -> list[float]:
    """Return the seconds between the times of consecutive blocks, in order of heights."""
    blocks = sorted(recording.blocks, key=lambda block: block.height)
    return [
        after.time - before.time
        for before, after in pairwise(blocks)
        # The time of the first block is that of genesis.
        if after.height == before.height + 1 and before.height > 1
    ]


def bands(recording: Recording) -> list[Band]:
    """Return the disturbances as stretches of time since the start."""
    end = duration(recording)
    return [
        Band(
            mark.start - recording.started,
            (end if mark.end is None else mark.end - recording.started),
            f"{mark.node} {mark.text}".strip(),
        )
        for mark in recording.marks
    ]


def timeline(recording: Recording) -> str:
    """Return a lane for each node, and one for what concerns all, with a bar for each disturbance."""
    lanes: dict[str, list[Mark]] = {"": [], **{name: [] for name in recording.nodes()}}
    for mark in recording.marks:
        lanes.setdefault(mark.node, []).append(mark)
    if not lanes[""]:
        del lanes[""]
    seconds = max(1.0, duration(recording))
    height = TOP + LANE * max(1, len(lanes)) + BOTTOM
    parts = time_axis(seconds, height)
    for index, (name, marks) in enumerate(lanes.items()):
        y = TOP + LANE * index
        parts.append(f'<text class="lane" x="{LEFT - 8}" y="{y + 16}" text-anchor="end">{escape(name or "all")}</text>')
        marks.sort(key=lambda mark: mark.start)
        following = [time_x(mark.start - recording.started, seconds) for mark in marks[1:]]
        for mark, free in zip(marks, [*following, time_x(seconds, seconds)], strict=False):
            _bar(parts, recording, mark, y, seconds, free)
    return drawing(parts, height, "what was done to which node, and when")


def _bar(parts: list[str], recording: Recording, mark: Mark, y: float, seconds: float, free: float) -> None:
    """Draw a disturbance, with its words where there is room for them before `free`."""
    start = mark.start - recording.started
    end = seconds if mark.end is None else mark.end - recording.started
    x, right = time_x(start, seconds), time_x(end, seconds)
    told = escape(f"{mark.text}, {start:.1f} s to {end:.1f} s")
    parts.append(
        f'<rect x="{x:.1f}" y="{y + 3}" width="{max(3.0, right - x):.1f}" height="{LANE - 6}" rx="3" fill="#fdb022" '
        f'fill-opacity="0.75"><title>{told}</title></rect>'
    )
    if x + 5 + len(mark.text) * LETTER_WIDTH <= free:
        parts.append(f'<text class="barlabel" x="{x + 5:.1f}" y="{y + 16}">{escape(mark.text)}</text>')


def heights(recording: Recording) -> str:
    """Return the chart of all nodes' heights."""
    series = _by_node(recording, [(sample.at, sample.node, _answered(sample.height)) for sample in recording.heights])
    return _lines(recording, series, "block", lambda value: f"{value:,.0f}", stepped=True, least=4)


def lags(recording: Recording) -> str:
    """Return the chart of how far each node is behind the furthest one."""
    best, rows = 0, []
    for sample in recording.heights:
        best = max(best, sample.height)
        rows.append((sample.at, sample.node, None if sample.height < 0 else float(best - sample.height)))
    return _lines(
        recording, _by_node(recording, rows), "blocks", lambda value: f"{value:,.0f}", stepped=True, height=140, least=4
    )


def interval_chart(recording: Recording) -> str:
    """Return the chart of block intervals."""
    blocks = sorted(recording.blocks, key=lambda block: block.height)
    bars = []
    for before, after in pairwise(blocks):
        if before.height > 1 and after.height == before.height + 1:
            took = after.time - before.time
            # As wide as it is high: a halt is seen where it was.
            at = after.time - recording.started
            bars.append((at - took, at, took, f"block {after.height}: {took:.2f} s, {after.txs} transactions"))
    if not bars:
        return ""
    chart = TimeChart(duration(recording), max(bar[2] for bar in bars), unit="seconds", height=160)
    chart.bands(bands(recording))
    chart.bars(bars, colour(0))
    return chart.svg("seconds between blocks over time")


def rates(recording: Recording) -> str:
    """Return the chart of transactions per second."""
    counts: dict[int, int] = defaultdict(int)
    for block in recording.blocks:
        counts[int((max(block.time, recording.started) - recording.started) // BIN_SECONDS)] += block.txs
    if not any(counts.values()):
        return ""
    bars = [
        (index * BIN_SECONDS, (index + 1) * BIN_SECONDS, count / BIN_SECONDS, f"{count / BIN_SECONDS:.1f} a second")
        for index, count in sorted(counts.items())
    ]
    chart = TimeChart(duration(recording), max(bar[2] for bar in bars), unit="per second", height=160)
    chart.bands(bands(recording))
    chart.bars(bars, colour(2))
    return chart.svg("transactions per second over time")


def processors(recording: Recording) -> str:
    """Return the chart of processor time: the share of one processor between two samples."""
    rows: list[tuple[float, str, float | None]] = []
    last: dict[str, tuple[float, float]] = {}
    for sample in recording.loads:
        before = last.get(sample.node)
        # The count begins anew when a container is restarted.
        if before is not None and sample.at > before[0]:
            share = (sample.cpu - before[1]) / (sample.at - before[0])
            rows.append((sample.at, sample.node, share * 100 if share >= 0 else None))
        last[sample.node] = (sample.at, sample.cpu)
    return _lines(recording, _by_node(recording, rows), "", lambda value: f"{value:g} %")


def memory(recording: Recording) -> str:
    """Return the chart of memory."""
    rows = [(sample.at, sample.node, sample.memory / MIB or None) for sample in recording.loads]
    return _lines(recording, _by_node(recording, rows), "", lambda value: f"{value:g} MiB")


def latency_chart(recording: Recording, kinds: Sequence[str]) -> str:
    """Return the curve of latencies by percentile, with the tail drawn wider."""
    values = {kind: recording.latencies([kind]) for kind in kinds}
    highest = max((each[-1] for each in values.values() if each), default=0.0)
    if highest <= 0:
        return ""
    height, shown = 190, ticks(highest)
    room, span = height - TOP - BOTTOM, time_x(1, 1) - LEFT

    def x(percent: float) -> float:
        # Each further nine takes as much room as the one before: 0-90, 90-99, 99-100.
        part = percent / 90 if percent <= 90 else 1 + (percent - 90) / 9 if percent <= 99 else 2 + percent - 99
        return LEFT + span * part / 3

    def y(value: float) -> float:
        return TOP + room * (1 - value / shown[-1])

    right = LEFT + span
    parts = [f'<line class="grid" x1="{LEFT}" x2="{right:.0f}" y1="{y(at):.1f}" y2="{y(at):.1f}"/>' for at in shown]
    parts += [
        f'<text class="tick" x="{LEFT - 8}" y="{y(at) + 4:.1f}" text-anchor="end">{at:g} s</text>' for at in shown
    ]
    for percent in (0, 25, 50, 75, 90, 95, 99, 99.5, 100):
        anchor = "end" if percent == 100 else "middle"
        parts.append(
            f'<line class="grid" x1="{x(percent):.1f}" x2="{x(percent):.1f}" y1="{TOP}" y2="{height - BOTTOM}"/>'
        )
        parts.append(
            f'<text class="tick" x="{x(percent):.1f}" y="{height - 8}" text-anchor="{anchor}">{percent:g} %</text>'
        )
    for index, kind in enumerate(kinds):
        path = " ".join(f"{x(at):.1f},{y(percentile(values[kind], at)):.1f}" for at in PERCENTS)
        parts.append(f'<polyline class="line" points="{path}" stroke="{colour(index)}"/>')
    return drawing(parts, height, "latency by percentile")


def _answered(height: int) -> float | None:
    return None if height < 0 else float(height)


def _by_node(recording: Recording, rows: Sequence[tuple[float, str, float | None]]) -> dict[str, list[Point]]:
    series: dict[str, list[Point]] = {name: [] for name in recording.nodes()}
    for at, node, value in rows:
        series.setdefault(node, []).append((at - recording.started, value))
    return series


def _lines(
    recording: Recording,
    series: Mapping[str, Sequence[Point]],
    unit: str,
    show: Callable[[float], str],
    *,
    stepped: bool = False,
    height: int = 190,
    least: float = 0.0,
) -> str:
    values = [value for points in series.values() for _, value in points if value is not None]
    if not values:
        return ""
    chart = TimeChart(duration(recording), max(least, *values), unit=unit, show=show, height=height)
    chart.bands(bands(recording))
    for index, points in enumerate(series.values()):
        chart.line(points, colour(index), stepped=stepped)
    return chart.svg(f"{unit or 'value'} of each node over time")
