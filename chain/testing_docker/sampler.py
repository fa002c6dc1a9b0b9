"""Look at every node once a second while a test runs, and write down what is seen."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from chain.client.errors import ClientError
from chain.client.rpc import RpcClient
from chain.testing_docker.node import Node
from chain.testing_docker.recording import BlockSeen, HeightSample, LoadSample, Recording
from chain.testing_docker.waiting import unix_seconds

SECONDS = 1.0
NANOS = 1e9


class Sampler:
    """A thread that fills a recording with heights, blocks and loads of the nodes that there are."""

    def __init__(self, recording: Recording, nodes: Callable[[], Sequence[Node]]) -> None:
        self._recording = recording
        self._nodes = nodes
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sampler", daemon=True)
        self._rpc: dict[str, RpcClient] = {}
        self._newest = 0

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, and wait for the end."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join()
        for rpc in self._rpc.values():
            rpc.close()

    def _run(self) -> None:
        with ThreadPoolExecutor(16, "sampler") as pool:
            loads: list[Future[None]] = []
            while not self._ending.wait(SECONDS):
                nodes = list(self._nodes())
                for node in nodes:
                    self._rpc.setdefault(node.name, RpcClient(node.url, timeout=2.0))
                heights = dict(zip([node.name for node in nodes], pool.map(self._height, nodes), strict=True))
                now = time.time()
                self._recording.heights += [HeightSample(now, name, height) for name, height in heights.items()]
                # Docker takes a second or two for its figures, which nothing else waits for.
                if all(load.done() for load in loads):
                    loads = [pool.submit(self._load, node) for node in nodes]
                self._blocks(heights)

    def _height(self, node: Node) -> int:
        # The address of a container that is down costs seconds until it fails, and so does a frozen one.
        with suppress(Exception):
            if node.status() == "running":
                return int(self._rpc[node.name].call("abci_info")["response"].get("last_block_height", 0))
        return -1

    def _load(self, node: Node) -> None:
        with suppress(Exception):  # a container that is gone or restarts has no figures
            stats = node.container.stats(stream=False, one_shot=True)
            sample = load_of(stats)
            if sample is not None:
                self._recording.loads.append(LoadSample(time.time(), node.name, *sample))

    def _blocks(self, heights: dict[str, int]) -> None:
        """Note the blocks that are new anywhere."""
        best = max(heights, key=lambda name: heights[name], default="")
        if not best or heights[best] <= self._newest:
            return
        now = time.time()
        with suppress(ClientError):
            lower = max(self._newest + 1, heights[best] - 19)
            metas = self._rpc[best].call("blockchain", minHeight=str(lower), maxHeight=str(heights[best]))
            for meta in reversed(metas["block_metas"]):
                height = int(meta["header"]["height"])
                seen = BlockSeen(now, height, int(meta["num_txs"]), unix_seconds(meta["header"]["time"]))
                self._recording.blocks.append(seen)
                self._newest = max(self._newest, height)


def load_of(stats: dict[str, Any]) -> tuple[float, int] | None:
    """Return processor seconds and bytes of memory from docker's figures of a container, None when it has none.

    Files in the page cache that the kernel may drop are no memory that the node needs; `docker stats` leaves them out,
    too.
    """
    cpu = (stats.get("cpu_stats") or {}).get("cpu_usage") or {}
    memory = stats.get("memory_stats") or {}
    if "total_usage" not in cpu or "usage" not in memory:
        return None
    idle = (memory.get("stats") or {}).get("inactive_file", 0)
    return cpu["total_usage"] / NANOS, max(0, memory["usage"] - idle)
