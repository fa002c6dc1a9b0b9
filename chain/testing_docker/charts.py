"""Charts over time as plain SVG: axes, lines that may have gaps, bars, bands for what was done to the network."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, LEFT, RIGHT, TOP, BOTTOM = 1080, 64, 12, 10, 26
PALETTE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#6b4e16", "#555555")
"""Colours that people with any kind of sight tell apart (Okabe and Ito)."""
Point = tuple[float, float | None]


def colour(index: int) -> str:
    """Return the colour of the index-th thing of a kind."""
    return PALETTE[index % len(PALETTE)]


def ticks(highest: float, count: int = 4) -> list[float]:
    """Return round values from 0 that cover `highest`; about `count` steps."""
    if highest <= 0:
        return [0.0, 1.0]
    rough = highest / count
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough * 0.999)
    return [step * index for index in range(math.ceil(highest / step - 1e-9) + 1)]


def clock(seconds: float) -> str:
    """Return seconds since the start as people write them."""
    whole = round(seconds)
    return f"{whole} s" if whole < 60 else f"{whole // 60}:{whole % 60:02d}"


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of time that is shaded in every chart."""

    start: float
    end: float
    text: str


class TimeChart:
    """One chart; time runs from 0 to `seconds`, values from `low` to at least `high`."""

    def __init__(
        self,
        seconds: float,
        high: float,
        *,
        low: float = 0.0,
        height: int = 190,
        unit: str = "",
        show: Callable[[float], str] = "{:g}".format,
    ) -> None:
        self._seconds = max(seconds, 1.0)
        steps = [low + step for step in ticks(high - low)]
        self._low, self._high = low, steps[-1]
        self._height = height
        self._parts: list[str] = []
        self._marks: list[str] = []
        for value in steps:
            y = self.y(value)
            self._parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
            self._parts.append(
                f'<text class="tick" x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{show(value)}</text>'
            )
        if unit:
            middle = (TOP + height - BOTTOM) / 2
            turned = f'transform="rotate(-90 14 {middle:.0f})"'
            self._parts.append(
                f'<text class="tick" x="14" y="{middle:.0f}" text-anchor="middle" {turned}>{unit}</text>'
            )
        self._parts += time_axis(self._seconds, height)

    def x(self, at: float) -> float:
        """Return where a time lies."""
        return time_x(at, self._seconds)

    def y(self, value: float) -> float:
        """Return where a value lies."""
        room = self._height - TOP - BOTTOM
        return TOP + room * (1 - (value - self._low) / (self._high - self._low))

    def bands(self, bands: Iterable[Band]) -> None:
        """Shade stretches of time; moments become thin lines."""
        bottom = self._height - BOTTOM
        for band in bands:
            x, width = self.x(band.start), max(1.0, self.x(band.end) - self.x(band.start))
            self._parts.insert(
                0,
                f'<rect class="band" x="{x:.1f}" y="{TOP}" width="{width:.1f}" height="{bottom - TOP}">'
                f"<title>{escape(band.text)}</title></rect>",
            )

    def line(self, points: Sequence[Point], stroke: str, *, stepped: bool = False) -> None:
        """Draw a line; a None breaks it."""
        for piece in pieces(points):
            path, before = "", 0.0
            for at, value in piece:
                x, y = self.x(at), self.y(value)
                if path and stepped:
                    path += f"L{x:.1f},{before:.1f}"
                path += f"{'L' if path else 'M'}{x:.1f},{y:.1f}"
                before = y
            self._marks.append(f'<path class="line" d="{path}" stroke="{stroke}"/>')

    def bars(self, bars: Iterable[tuple[float, float, float, str]], fill: str) -> None:
        """Draw bars of (from, to, value, title)."""
        bottom = self.y(self._low)
        for start, end, value, title in bars:
            x, width, y = self.x(start), max(0.8, self.x(end) - self.x(start) - 0.6), self.y(value)
            self._marks.append(
                f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{max(0.0, bottom - y):.1f}" fill="{fill}">'
                f"<title>{escape(title)}</title></rect>"
            )

    def svg(self, label: str) -> str:
        """Return the drawing; `label` is for those who cannot see it."""
        return drawing(self._parts + self._marks, self._height, label)


def time_x(at: float, seconds: float) -> float:
    """Return where a time lies in a drawing of so many seconds."""
    return LEFT + (WIDTH - LEFT - RIGHT) * min(max(at, 0.0), seconds) / seconds


def time_axis(seconds: float, height: int) -> list[str]:
    """Return the marks of the axis of time."""
    found = []
    for at in time_steps(seconds):
        x = time_x(at, seconds)
        found.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{height - BOTTOM}"/>')
        found.append(f'<text class="tick" x="{x:.1f}" y="{height - 8}" text-anchor="middle">{clock(at)}</text>')
    return found


def time_steps(seconds: float) -> list[float]:
    """Return round times from 0 on, eight to sixteen of them for anything from 10 s to some hours."""
    step = next((step for step in (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800) if seconds / step <= 16), 3600)
    return [float(at) for at in range(0, int(seconds) + 1, step)]


def pieces(points: Sequence[Point]) -> list[list[tuple[float, float]]]:
    """Return the stretches between gaps; one point alone becomes a short dash by being there twice."""
    found: list[list[tuple[float, float]]] = [[]]
    for at, value in points:
        if value is None:
            found.append([])
        else:
            found[-1].append((at, value))
    return [piece if len(piece) > 1 else [*piece, *piece] for piece in found if piece]


def drawing(parts: Iterable[str], height: int, label: str) -> str:
    """Return SVG elements as one drawing."""
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(label)}" '
        f'xmlns="http://www.w3.org/2000/svg">{"".join(parts)}</svg>'
    )


def legend(names: Sequence[str]) -> str:
    """Return the key to the colours of some names."""
    entries = [
        f'<span><i style="background:{colour(index)}"></i>{escape(name)}</span>' for index, name in enumerate(names)
    ]
    return f'<p class="legend">{"".join(entries)}</p>'
