"""Metrics and health, read over HTTP as Prometheus does."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from chain.node.errors import NodeError
from chain.node.metrics import Metrics, MetricsServer
from chain.pb.tendermint.abci.types_pb2 import Event, EventAttribute, ExecTxResult


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def server(metrics: Metrics) -> Iterator[MetricsServer]:
    server = MetricsServer(metrics, "127.0.0.1:0")
    yield server
    server.stop()


def read(server: MetricsServer, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://{server.address}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def work(accepted: int, rejected: int) -> ExecTxResult:
    attributes = [
        EventAttribute(key="accepted", value=str(accepted)),
        EventAttribute(key="rejected", value=str(rejected)),
    ]
    return ExecTxResult(events=[Event(type="work_submitted", attributes=attributes)])


def test_blocks_transactions_receipts_and_calls_are_counted(metrics: Metrics, server: MetricsServer) -> None:
    metrics.finalized(3, [ExecTxResult(), ExecTxResult(code=5, codespace="sdk"), work(7, 2)])
    metrics.committed(3, b"\x01", {})
    metrics.checked("", 0, False)
    metrics.checked("sdk", 32, True)
    metrics.called("commit", 0.004)
    metrics.called("commit", 9.0)
    status, text = read(server, "/metrics")
    assert status == 200
    for line in (
        "lamppost_block_height 3.0",
        "lamppost_blocks_total 1.0",
        'lamppost_txs_total{code="0",codespace=""} 2.0',
        'lamppost_txs_total{code="5",codespace="sdk"} 1.0',
        'lamppost_checks_total{code="32",codespace="sdk",kind="recheck"} 1.0',
        'lamppost_receipts_total{verdict="accepted"} 7.0',
        'lamppost_receipts_total{verdict="rejected"} 2.0',
        'lamppost_abci_seconds_bucket{le="0.005",method="commit"} 1.0',
        'lamppost_abci_seconds_bucket{le="+Inf",method="commit"} 2.0',
        'lamppost_abci_seconds_count{method="commit"} 2.0',
    ):
        assert line in text.splitlines(), line


def test_a_block_that_is_executed_twice_counts_once(metrics: Metrics, server: MetricsServer) -> None:
    for _ in range(2):
        metrics.finalized(1, [ExecTxResult()])
    metrics.committed(1, b"", {})
    assert 'lamppost_txs_total{code="0",codespace=""} 1.0' in read(server, "/metrics")[1]


def test_sources_are_read_when_somebody_asks(metrics: Metrics, server: MetricsServer) -> None:
    metrics.add_source(lambda: {"devices_active": 60, "store_cache_hits_total": 5})
    text = read(server, "/metrics")[1]
    assert "lamppost_devices_active 60.0" in text
    assert "lamppost_store_cache_hits_total 5.0" in text


def test_health_tells_whether_blocks_come(metrics: Metrics, server: MetricsServer) -> None:
    status, text = read(server, "/health")
    assert (status, json.loads(text)["status"]) == (200, "starting")
    metrics.committed(9, b"\xab", {})
    status, text = read(server, "/health")
    assert status == 200
    assert json.loads(text) | {"seconds_since_block": 0} == {
        "status": "ok",
        "height": 9,
        "app_hash": "AB",
        "seconds_since_block": 0,
    }
    metrics.committed_at -= 1_000
    assert json.loads(read(server, "/health")[1])["status"] == "stalled"
    assert read(server, "/health")[0] == 503


def test_an_unknown_path_is_404(server: MetricsServer) -> None:
    assert read(server, "/other")[0] == 404


def test_a_taken_port_is_a_clear_error(metrics: Metrics, server: MetricsServer) -> None:
    with pytest.raises(NodeError, match="choose another with --metrics-address"):
        MetricsServer(metrics, server.address)


def test_commits_are_told_on(metrics: Metrics) -> None:
    heights: list[int] = []
    metrics.on_commit(heights.append)
    metrics.committed(4, b"", {})
    assert heights == [4]
