"""Receipts between their arrival and their fate."""

import threading
from collections import OrderedDict
from dataclasses import dataclass

from chain.client.agent.agent import Fate, Outcome
from chain.pb.lamppost.work.v1.types_pb2 import Receipt

Key = tuple[bytes, int]
"""A receipt's device and epoch."""


class QueueFull(RuntimeError):
    """The gateway holds as many receipts as it may."""


@dataclass(slots=True)
class Entry:
    """A receipt and what is known of it."""

    receipt: Receipt
    outcome: Outcome
    taken: bool = False


class ReceiptQueue:
    """Waiting receipts in order of arrival, and the outcomes of finished ones; safe to use from several threads.

    One receipt per device and epoch. At most `limit` wait; finished ones are forgotten, oldest first, above it.
    """

    def __init__(self, limit: int = 100_000) -> None:
        self._limit = limit
        self._entries: OrderedDict[Key, Entry] = OrderedDict()
        self._waiting = 0
        self._changed = threading.Condition()

    def put(self, receipt: Receipt) -> Outcome:
        """Take a receipt, or tell the outcome of the one there is already. Raises: QueueFull."""
        key = (receipt.device, receipt.epoch)
        with self._changed:
            known = self._entries.get(key)
            if known is not None and known.receipt == receipt:
                return known.outcome
            if known is not None and known.outcome.fate is not Fate.REJECTED:
                return Outcome(Fate.REJECTED, "another receipt of this device and epoch was handed in before")
            if self._waiting >= self._limit:
                raise QueueFull(f"{self._limit} receipts are waiting")
            self._forget()
            self._entries[key] = Entry(receipt, Outcome(Fate.WAITING))
            self._waiting += 1
            self._changed.notify()
            return self._entries[key].outcome

    def take(self, count: int, timeout: float, without: frozenset[int] = frozenset()) -> list[Receipt]:
        """Return up to `count` waiting receipts in order of arrival, but for some networks'.

        Waits up to `timeout` seconds for a first one.
        """
        with self._changed:
            if not self._waiting:
                self._changed.wait(timeout)
            batch = []
            for entry in self._entries.values():
                if entry.outcome.fate is Fate.WAITING and not entry.taken and entry.receipt.network not in without:
                    entry.taken = True
                    batch.append(entry.receipt)
                    if len(batch) == count:
                        break
            return batch

    def give_back(self, receipts: list[Receipt]) -> None:
        """Let receipts wait again: their transaction was not committed."""
        with self._changed:
            for receipt in receipts:
                self._entries[receipt.device, receipt.epoch].taken = False

    def finish(self, receipt: Receipt, outcome: Outcome) -> None:
        """Record what became of a taken receipt."""
        with self._changed:
            entry = self._entries[receipt.device, receipt.epoch]
            if entry.outcome.fate is Fate.WAITING:
                self._waiting -= 1
            entry.outcome = outcome

    def find(self, device: bytes, epoch: int) -> Outcome | None:
        """Return a receipt's outcome, or None for an unknown one."""
        with self._changed:
            entry = self._entries.get((device, epoch))
            return entry.outcome if entry else None

    @property
    def waiting(self) -> int:
        """How many receipts wait for a block."""
        return self._waiting

    def _forget(self) -> None:
        while len(self._entries) >= 2 * self._limit:
            oldest = next(key for key, entry in self._entries.items() if entry.outcome.fate is not Fate.WAITING)
            del self._entries[oldest]
