"""Figures of a running node for Prometheus, and a health endpoint.

What is counted on hot paths is kept in plain integers and turned into Prometheus' families when somebody asks.
"""

import json
import threading
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from chain.node.errors import NodeError
from chain.pb.tendermint.abci.types_pb2 import Event, ExecTxResult

BUCKETS = (0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Upper bounds of the histogram of ABCI calls, seconds."""
STALLED_SECONDS = 60
"""A node that committed nothing for so long is not healthy."""

Source = Callable[[], Mapping[str, float]]
"""Figures that are read when somebody asks: name and value, such as `store_cache_hits_total`."""

_TEXTS = {
    "devices_active": "Devices that may work.",
    "devices_paused": "Devices that are paused.",
    "devices_retired": "Devices that have retired.",
    "epoch": "Number of the epoch that runs.",
    "emission_emitted_ulamp": "Reward emitted since genesis, ulamp.",
    "emission_remaining_ulamp": "Reserve that is left to emit, ulamp.",
    "rewards_held_ulamp": "Rewards that wait to be claimed, ulamp.",
    "treasury_ulamp": "Balance of the treasury, ulamp.",
    "supply_ulamp": "All ulamp that exist.",
    "store_cache_hits_total": "Reads that the store answered from memory.",
    "store_cache_misses_total": "Reads that the store answered from disk.",
    "store_bytes": "Size of the state on disk.",
}


class Metrics:
    """Observer of the runtime and of the ABCI server."""

    def __init__(self, sources: Sequence[Source] = ()) -> None:
        self.height = 0
        self.app_hash = b""
        self.committed_at = 0.0
        self.stopping = False
        self._sources = list(sources)
        self._blocks = 0
        self._txs: Counter[tuple[str, int]] = Counter()
        self._checks: Counter[tuple[str, int, bool]] = Counter()
        self._receipts: Counter[str] = Counter()
        self._results: Sequence[ExecTxResult] = ()
        self._calls: dict[str, tuple[list[int], list[float]]] = {}
        self._on_commit: list[Callable[[int], None]] = []

    def on_commit(self, callback: Callable[[int], None]) -> None:
        """Have a callback told of each committed height."""
        self._on_commit.append(callback)

    def add_source(self, source: Source) -> None:
        """Add figures that are read when somebody asks."""
        self._sources.append(source)

    def checked(self, codespace: str, code: int, recheck: bool) -> None:
        """Count a check of the mempool."""
        self._checks[codespace, code, recheck] += 1

    def finalized(self, height: int, results: Sequence[ExecTxResult]) -> None:
        """Remember a block's results; it counts when it is committed, for it may be executed again."""
        self._results = results

    def committed(self, height: int, app_hash: bytes, roots: Mapping[str, bytes]) -> None:
        """Count a block: its transactions by code, and the receipts in them."""
        self._blocks += 1
        for result in self._results:
            self._txs[result.codespace, result.code] += 1
            for event in result.events:
                if event.type == "work_submitted":
                    self._count_receipts(event)
        self._results = ()
        self.height, self.app_hash, self.committed_at = height, app_hash, time.monotonic()
        for callback in self._on_commit:
            callback(height)

    def _count_receipts(self, event: Event) -> None:
        for attribute in event.attributes:
            if attribute.key in ("accepted", "rejected") and attribute.value.isdecimal():
                self._receipts[attribute.key] += int(attribute.value)

    def called(self, method: str, seconds: float) -> None:
        """Count an ABCI call."""
        counts, total = self._calls.setdefault(method, ([0] * (len(BUCKETS) + 1), [0.0]))
        counts[bisect_left(BUCKETS, seconds)] += 1
        total[0] += seconds

    def health(self) -> tuple[bool, dict[str, Any]]:
        """Tell whether blocks are being committed, and the newest."""
        age = time.monotonic() - self.committed_at if self.committed_at else None
        if self.stopping:
            status = "stopping"
        elif age is None:
            status = "starting"
        else:
            status = "ok" if age < STALLED_SECONDS else "stalled"
        seconds = None if age is None else round(age, 1)
        return status in ("ok", "starting"), {
            "status": status,
            "height": self.height,
            "app_hash": self.app_hash.hex().upper(),
            "seconds_since_block": seconds,
        }

    def collect(self) -> Iterator[Any]:
        """Yield Prometheus' metric families."""
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

        yield GaugeMetricFamily("lamppost_block_height", "Height of the newest committed block.", value=self.height)
        yield CounterMetricFamily("lamppost_blocks", "Blocks committed since the start.", value=self._blocks)
        txs = CounterMetricFamily("lamppost_txs", "Transactions in blocks by result.", labels=["codespace", "code"])
        for (codespace, code), count in sorted(self._txs.items()):
            txs.add_metric([codespace, str(code)], count)
        yield txs
        checks = CounterMetricFamily(
            "lamppost_checks", "Checks for the mempool by result.", labels=["codespace", "code", "kind"]
        )
        for (codespace, code, recheck), count in sorted(self._checks.items()):
            checks.add_metric([codespace, str(code), "recheck" if recheck else "new"], count)
        yield checks
        receipts = CounterMetricFamily(
            "lamppost_receipts", "Receipts of work in blocks by verdict.", labels=["verdict"]
        )
        for verdict, count in sorted(self._receipts.items()):
            receipts.add_metric([verdict], count)
        yield receipts
        calls = HistogramMetricFamily("lamppost_abci_seconds", "Duration of ABCI calls.", labels=["method"])
        for method, (counts, total) in sorted(self._calls.items()):
            calls.add_metric([method], buckets=_cumulative(counts), sum_value=total[0])
        yield calls
        for source in self._sources:
            for name, value in source().items():
                kind = CounterMetricFamily if name.endswith("_total") else GaugeMetricFamily
                short = name.removesuffix("_total")
                yield kind(f"lamppost_{short}", _TEXTS.get(name, name.replace("_", " ")), value=value)


def _cumulative(counts: Sequence[int]) -> list[tuple[str, float]]:
    result, total = [], 0
    for bound, count in zip([*map(str, BUCKETS), "+Inf"], counts, strict=True):
        total += count
        result.append((bound, float(total)))
    return result


class MetricsServer:
    """Serves /metrics and /health."""

    def __init__(self, metrics: Metrics, address: str) -> None:
        from prometheus_client import CollectorRegistry, ProcessCollector

        registry = CollectorRegistry()
        registry.register(metrics)
        ProcessCollector(registry=registry)
        host, _, port = address.rpartition(":")
        try:
            self._server = ThreadingHTTPServer((host.strip("[]"), int(port)), _handler(metrics, registry))
        except OSError as error:
            raise NodeError(
                f"metrics.address {address}: {error.strerror or error}; "
                "choose another with --metrics-address, or --no-metrics"
            ) from error
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, name="metrics", daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """Where it is served, with the port that was taken when 0 was asked for."""
        host, port = self._server.server_address[:2]
        return f"{host!s}:{port}"

    def stop(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(metrics: Metrics, registry: Any) -> type[BaseHTTPRequestHandler]:
    from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the name that http.server calls
            if self.path.split("?")[0] == "/metrics":
                self._answer(200, CONTENT_TYPE_LATEST, generate_latest(registry))
            elif self.path.split("?")[0] == "/health":
                healthy, body = metrics.health()
                self._answer(200 if healthy else 503, "application/json", json.dumps(body).encode() + b"\n")
            else:
                self._answer(404, "text/plain", b"there are /metrics and /health\n")

        def _answer(self, code: int, kind: str, body: bytes) -> None:
            self.send_response(code)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler
