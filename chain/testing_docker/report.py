"""The report of a run: one HTML file that needs nothing else, to be read when a test failed or ran for long."""

from datetime import UTC, datetime
from html import escape
from pathlib import Path

from chain.testing_docker import panels
from chain.testing_docker.charts import legend
from chain.testing_docker.recording import Recording, percentile

STYLE = Path(__file__).with_name("report.css")
"""Its style, which becomes a part of the file."""


def write_report(recording: Recording, path: Path) -> Path:
    """Write the report of a recording and return its path."""
    path.write_text(render(recording), encoding="utf-8")
    return path


def render(recording: Recording) -> str:
    """Return the report as HTML."""
    failed = bool(recording.failure)
    began = datetime.fromtimestamp(recording.started, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    seconds = panels.duration(recording)
    body = [
        f'<h1>{escape(recording.name)}</h1><span class="pill {"failed" if failed else "passed"}">'
        f"{'failed' if failed else 'passed'}</span>",
        f'<p class="sub">began {began}, ran {seconds:.0f} s, {len(recording.nodes())} nodes</p>',
        _failure(recording),
        _tiles(recording),
        _section(
            "What was done", "Each bar is a disturbance; it is shaded in the charts below.", panels.timeline(recording)
        ),
        _charts(recording),
        _latencies(recording),
        _facts(recording),
        _logs(recording),
    ]
    head = f'<meta charset="utf-8"><title>{escape(recording.name)}</title><style>{STYLE.read_text()}</style>'
    view = '<meta name="viewport" content="width=device-width, initial-scale=1">'
    return f'<!doctype html><html lang="en"><head>{head}{view}</head><body><main>{"".join(body)}</main></body></html>\n'


def _section(title: str, note: str, content: str, kind: str = "") -> str:
    return f'<section class="{kind}"><h2>{escape(title)}</h2><p class="note">{escape(note)}</p>{content}</section>'


def _failure(recording: Recording) -> str:
    if not recording.failure:
        return ""
    return _section("Why it failed", "", f"<pre>{escape(recording.failure)}</pre>", "failure")


def _tiles(recording: Recording) -> str:
    intervals = sorted(panels.intervals(recording))
    latencies = recording.latencies()
    included = sum(1 for tx in recording.txs if tx.included)
    highest = max((block.height for block in recording.blocks), default=0)
    seconds = max(1.0, panels.duration(recording))
    tiles = [(f"{highest:,}", "blocks")]
    if intervals:
        tiles.append((f"{percentile(intervals, 50):.2f} s", "median block interval"))
        tiles.append((f"{intervals[-1]:.1f} s", "longest interval"))
    if latencies:
        tiles.append((f"{included:,}", f"transactions in blocks, {included / seconds:.1f} a second"))
        tiles.append((f"{percentile(latencies, 50):.2f} s", "median latency"))
        tiles.append((f"{percentile(latencies, 99):.2f} s", "latency, 99th percentile"))
    shown = "".join(f'<div class="tile"><b>{big}</b><span>{small}</span></div>' for big, small in tiles)
    return f'<div class="tiles">{shown}</div>'


def _charts(recording: Recording) -> str:
    key = legend(recording.nodes())
    shown = [
        (
            "Height",
            "The newest block whose state each node has; a gap means no answer.",
            key + panels.heights(recording),
        ),
        ("Blocks behind", "How far each node is behind the one that is furthest.", key + panels.lags(recording)),
        (
            "Block intervals",
            "Seconds from the time of the block before; each bar covers the time that it tells of.",
            panels.interval_chart(recording),
        ),
        ("Transactions per second", "In blocks, in bins of two seconds.", panels.rates(recording)),
        (
            "Processor",
            "Per node, of one processor; application and CometBFT together.",
            key + panels.processors(recording),
        ),
        ("Memory", "Per node, without files that the kernel may drop.", key + panels.memory(recording)),
    ]
    return "".join(_section(*each) for each in shown if each[2])


def _latencies(recording: Recording) -> str:
    kinds = list(dict.fromkeys(tx.kind for tx in recording.txs if tx.included))
    if not kinds:
        return ""
    rows = []
    for kind in [*kinds, *(["all"] if len(kinds) > 1 else [])]:
        values = recording.latencies([kind] if kind != "all" else [])
        numbers = [percentile(values, percent) for percent in (50, 75, 90, 95, 99, 99.9)] + [values[-1]]
        cells = "".join(f'<td class="n">{number:.2f}</td>' for number in numbers)
        rows.append(f'<tr><td>{escape(kind)}</td><td class="n">{len(values):,}</td>{cells}</tr>')
    heads = "".join(
        f'<th class="n">{head}</th>' for head in ("count", "50 %", "75 %", "90 %", "95 %", "99 %", "99.9 %", "longest")
    )
    table = f"<table><tr><th>kind</th>{heads}</tr>{''.join(rows)}</table>"
    note = "Seconds from the first try to hand a transaction in until its block was seen, disturbances included."
    return _section("Latency", note, legend(kinds) + panels.latency_chart(recording, kinds) + table)


def _facts(recording: Recording) -> str:
    if not recording.facts:
        return ""
    rows = "".join(
        f"<tr><td>{escape(name)}</td><td>{escape(value)}</td></tr>" for name, value in recording.facts.items()
    )
    return _section("Checked and counted", "", f"<table>{rows}</table>")


def _logs(recording: Recording) -> str:
    if not recording.logs:
        return ""
    parts = [
        f"<details><summary>{escape(name)}</summary><pre>{escape(text)}</pre></details>"
        for name, text in recording.logs.items()
    ]
    return _section("Logs", "Their last lines; the whole logs lie beside this file.", "".join(parts))
