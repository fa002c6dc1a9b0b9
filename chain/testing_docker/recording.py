"""What a testnet records while it runs: heights, processors and memory of nodes, blocks, transactions, disturbances."""

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class HeightSample:
    """A node's height at a time; -1 when it did not answer."""

    at: float
    node: str
    height: int


@dataclass(frozen=True, slots=True)
class LoadSample:
    """A container's processor time since it started, in seconds, and its memory in bytes."""

    at: float
    node: str
    cpu: float
    memory: int


@dataclass(frozen=True, slots=True)
class BlockSeen:
    """A block when it was first seen anywhere: its transactions, and its own time (unix seconds)."""

    at: float
    height: int
    txs: int
    time: float


@dataclass(slots=True)
class Mark:
    """Something that was done to the network; `end` is None as long as it lasts, or equal to `start` for a moment."""

    start: float
    text: str
    node: str = ""
    end: float | None = None


@dataclass(slots=True)
class SentTx:
    """The life of one transaction of the load; times are unix seconds, 0 is not yet."""

    kind: str
    tx_hash: str
    sender: str
    node: str
    sent: float
    accepted: float = 0.0
    """When a node's check first let it in."""
    accepted_by: str = ""
    included: float = 0.0
    """When its block was first seen."""
    height: int = 0
    code: int = -1
    """Its result in the block."""
    tries: int = 1


@dataclass(slots=True)
class Recording:
    """Everything a report shows. Safe to append to from several threads."""

    name: str
    started: float = field(default_factory=time.time)
    ended: float = 0.0
    heights: list[HeightSample] = field(default_factory=list)
    loads: list[LoadSample] = field(default_factory=list)
    blocks: list[BlockSeen] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    txs: list[SentTx] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)
    """What tests want to have in the report: name and value."""
    logs: dict[str, str] = field(default_factory=dict)
    """Last lines of each node's log."""
    failure: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def mark(self, text: str, node: str = "") -> Mark:
        """Note something that happens at this moment."""
        now = time.time()
        made = Mark(now, text, node, now)
        with self._lock:
            self.marks.append(made)
        return made

    def begin(self, text: str, node: str = "") -> Mark:
        """Note something that lasts until `finish`."""
        made = Mark(time.time(), text, node)
        with self._lock:
            self.marks.append(made)
        return made

    def finish(self, text: str, node: str = "") -> None:
        """Note the end of what `begin` noted with these words; nothing when there is none."""
        with self._lock:
            for mark in self.marks:
                if mark.end is None and (mark.text, mark.node) == (text, node):
                    mark.end = time.time()

    @contextmanager
    def during(self, text: str, node: str = "") -> Iterator[None]:
        """Note something that lasts as long as the block of code."""
        mark = self.begin(text, node)
        try:
            yield
        finally:
            mark.end = time.time()

    def nodes(self) -> list[str]:
        """Return the nodes that were seen, in order."""
        return list(dict.fromkeys(sample.node for sample in self.heights))

    def latencies(self, kinds: Iterable[str] = ()) -> list[float]:
        """Return how long transactions took from being sent to their block, seconds, in ascending order."""
        chosen = set(kinds)
        return sorted(tx.included - tx.sent for tx in self.txs if tx.included and (not chosen or tx.kind in chosen))


def percentile(ascending: list[float], percent: float) -> float:
    """Return the value below or at which so many percent lie (nearest rank); 0 of nothing."""
    if not ascending:
        return 0.0
    rank = -(-len(ascending) * percent // 100)
    return ascending[min(len(ascending), max(1, int(rank))) - 1]
