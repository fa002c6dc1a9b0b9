"""Sends through real CometBFT, and what it commits with its own Go kvstore: same client, same machine, same run.

Both sides run with the configuration of `lampd init` (recheck on, timeout_commit 1 s), but for a larger mempool and no
index of transactions: writing it is a service to clients, and costs a node more for a send's events than all the rest
of a kvstore's transaction. Told beside the ratios: blocks, latencies, processor time per transaction.
"""

import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.localnet.load import Load, kvstore_txs, lanes, sign_sends
from tests.localnet.testnets import Kvstore, Ours, make, rpc_url

Rows = dict[str, dict[str, float]]

ACCOUNTS = 2_000
ROUNDS = 28
"""Sends of each account: more than are committed in the time."""
KVSTORE_TXS = 140_000
"""Transactions for the kvstore: the same."""
SECONDS = float(os.environ.get("LAMPPOST_BENCH_SECONDS", "15"))
"""How long each load lasts."""
CONNECTIONS = int(os.environ.get("LAMPPOST_BENCH_CONNECTIONS", "8"))
INDEXER = os.environ.get("LAMPPOST_BENCH_INDEXER", "null")
TIMEOUT_COMMIT = os.environ.get("LAMPPOST_BENCH_TIMEOUT_COMMIT", "1s")
WINDOW = {1: 6_000, 4: 4_000}
"""Most transactions that wait for a block, by the number of validators; the mempool holds more."""
SETTINGS = {"mempool.size": 40_000, "mempool.cache_size": 100_000, "tx_index.indexer": INDEXER}


@dataclass(frozen=True, slots=True)
class Figures:
    """What one load showed; seconds, and processor seconds per transaction."""

    per_second: float
    blocks: int
    committed: int
    p50: float
    p95: float
    app_cpu: float
    node_cpu: float

    def rows(self, name: str) -> Rows:
        """Return the figures for the file; nothing is asked of them."""
        shown = {
            "per_s": self.per_second,
            "blocks": self.blocks,
            "p50_s": self.p50,
            "p95_s": self.p95,
            "app_cpu_ms": self.app_cpu * 1e3,
            "node_cpu_ms": self.node_cpu * 1e3,
        }
        return {f"{name}_{key}": {"value": round(value, 3)} for key, value in shown.items()}

    def line(self, name: str) -> str:
        return (
            f"{name:22} {self.per_second:7.0f} tx/s  {self.committed} in {self.blocks} blocks  "
            f"latency p50 {self.p50:.2f} s p95 {self.p95:.2f} s  "
            f"CPU per tx: app {self.app_cpu * 1e3:.3f} ms, node {self.node_cpu * 1e3:.3f} ms"
        )


def measure(side: Ours | Kvstore, by_sender: list[list[bytes]]) -> Figures:
    """Start a network, put it under load, stop it."""
    with side:
        side.start()
        load = Load(
            lanes([rpc_url(home) for home in side.homes], by_sender, CONNECTIONS), WINDOW[len(side.homes)], SECONDS
        )
        app, node = side.cpu()
        load.run()
        app_after, node_after = side.cpu()
        if load.errors:
            raise RuntimeError(f"{side.name}: {load.errors[0]}")
        if load.committed < len(load.sent_at):
            raise RuntimeError(f"{side.name}: {load.committed} of {len(load.sent_at)} sent were committed")
        latencies = load.latencies()
    full = sorted(height for height, count in load.counts.items() if count)
    # From the first loaded block on: until then nothing could be committed, however fast either side is.
    seconds = load.committed_at[full[-1]] - load.committed_at[full[0]]
    count = load.committed
    return Figures(
        per_second=(count - load.counts[full[0]]) / seconds,
        blocks=len(full),
        committed=count,
        p50=latencies[len(latencies) // 2],
        p95=latencies[len(latencies) * 95 // 100],
        app_cpu=(app_after - app) / count,
        node_cpu=(node_after - node) / count,
    )


def compare(validators: int) -> tuple[Figures, Figures]:
    """Measure our network and that of kvstores."""
    with tempfile.TemporaryDirectory(prefix="lamppost-bench-") as folder:
        homes = make(Path(folder) / "ours", validators, ACCOUNTS, SETTINGS, TIMEOUT_COMMIT)
        sends = sign_sends(homes[0].read_genesis(), ACCOUNTS, ROUNDS)
        size = len(sends[0][-1])
        ours = measure(Ours(homes), sends)
        print(ours.line(f"{validators} x lampd"), flush=True)
        homes = make(Path(folder) / "kvstore", validators, ACCOUNTS, SETTINGS, TIMEOUT_COMMIT)
        raw = kvstore_txs(KVSTORE_TXS, size)
        theirs = measure(Kvstore(homes), [raw[at::ACCOUNTS] for at in range(ACCOUNTS)])
        print(theirs.line(f"{validators} x kvstore"), flush=True)
    return ours, theirs


def load_average() -> str:
    """Return how busy the machine is, this bench included."""
    return f"load average {os.getloadavg()[0]:.1f}"


def rows() -> Rows:
    """Return both ratios, and the figures that they come from."""
    begin = time.monotonic()
    print(
        f"timeout_commit {TIMEOUT_COMMIT}, indexer {INDEXER}, {CONNECTIONS} connections; {load_average()}", flush=True
    )
    found: Rows = {}
    for validators, name, must, aim in (
        (1, "sends_over_kvstore", 0.45, 0.75),
        (4, "sends4_over_kvstore4", 0.4, 0.7),
    ):
        ours, theirs = compare(validators)
        found[name] = {"value": round(ours.per_second / theirs.per_second, 3), "must": must, "aim": aim}
        prefix = name.partition("_")[0]
        found |= ours.rows(prefix) | theirs.rows(name.rpartition("_")[2])
    print(f"took {time.monotonic() - begin:.0f} s; {load_average()}", flush=True)
    return found


if __name__ == "__main__":
    for name, row in rows().items():
        sys.stdout.write(f"{name}: {row['value']} (must {row['must']}, aim {row['aim']})\n")
