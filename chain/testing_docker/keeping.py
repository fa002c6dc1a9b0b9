"""Keep what tells about a run: the log and metrics of every node, figures, and the report."""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from chain.testing_docker.node import Node
from chain.testing_docker.recording import Recording
from chain.testing_docker.report import write_report

TAIL = 40
"""Lines of each log that the report shows."""


def keep(recording: Recording, nodes: Sequence[Node], folder: Path) -> Path:
    """Write logs, metrics, recording and report into a folder; return the report's path."""
    folder.mkdir(parents=True, exist_ok=True)
    for node in nodes:
        # What can be had is kept: a node that is down has a log and no metrics, one that was never made has neither.
        with suppress(Exception):
            text = node.log()
            (folder / f"{node.name}.log").write_text(text)
            recording.logs[node.name] = "\n".join(text.splitlines()[-TAIL:])
        with suppress(Exception):
            if node.status() != "running":  # an address without a host costs seconds until it fails
                continue
            (folder / f"{node.name}.metrics").write_text(node.metrics())
    shown = {name: value for name, value in vars_of(recording).items() if name != "logs"}
    (folder / "recording.json").write_text(json.dumps(shown))
    return write_report(recording, folder / "report.html")


def vars_of(recording: Recording) -> dict[str, object]:
    """Return a recording as plain values."""
    return {
        "name": recording.name,
        "started": recording.started,
        "ended": recording.ended,
        "failure": recording.failure,
        "facts": recording.facts,
        "logs": recording.logs,
        **{
            kind: [asdict(entry) for entry in getattr(recording, kind)]
            for kind in ("heights", "loads", "blocks", "marks", "txs")
        },
    }
