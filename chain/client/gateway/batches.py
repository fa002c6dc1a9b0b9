"""From the queue to the chain: batches of receipts, one transaction each."""

import threading
from collections.abc import Callable
from typing import Any

from chain.client.agent.agent import Fate, Outcome
from chain.client.agent.submit import fate_of, receipt_results
from chain.client.client import Client
from chain.client.errors import ClientError, QueryFailed, TxFailed
from chain.client.gateway.queue import ReceiptQueue
from chain.pb.lamppost.work.v1.tx_pb2 import MsgSubmitWork
from chain.pb.lamppost.work.v1.types_pb2 import Receipt
from chain.primitives.errors import SdkCode

BATCH = 256
"""Most receipts in one MsgSubmitWork (the chain's default limit)."""
GAS_ADJUSTMENT = 1.5
"""Gas asked for over gas simulated: when an epoch closes in between, receipts cost a little more."""

_BAD_CONTENT = {("sdk", SdkCode.TX_DECODE), ("sdk", SdkCode.INVALID_REQUEST), ("sdk", SdkCode.TX_TOO_LARGE)}
"""Refusals that come from what a transaction holds, not from who sends it or when."""


class BatchSubmitter:
    """Submits what waits in a queue until told to stop; what failed to commit waits again."""

    def __init__(
        self,
        client: Client,
        signer: str,
        queue: ReceiptQueue,
        log: Callable[..., None],
        interval: float = 2.0,
        **options: Any,
    ) -> None:
        self._client = client
        self._signer = client.signer(signer)
        self._queue = queue
        self._log = log
        self._interval = interval
        self._options = {"gas_adjustment": GAS_ADJUSTMENT, **options}
        self._stopping = threading.Event()

    def stop(self) -> None:
        """End `run` after the batch under way."""
        self._stopping.set()

    def run(self) -> None:
        """Submit batches until `stop`; between two batches receipts gather for `interval` seconds."""
        while not self._stopping.wait(self._interval):
            while batch := self._queue.take(BATCH, timeout=self._interval):
                if not self.submit(batch) or self._stopping.is_set():
                    break

    def submit(self, batch: list[Receipt]) -> bool:
        """Submit one batch and record the outcomes; False when its transaction was not committed.

        A transaction that is refused for what is in it is tried again in halves, so that one receipt that the chain
        cannot read does not keep the others back.
        """
        message = MsgSubmitWork(submitter=str(self._signer.address), receipts=batch)
        try:
            result = self._client.send_messages([message], self._signer, **self._options)
            outcomes = [
                fate_of(self._client, receipt, verdict)
                for receipt, verdict in zip(batch, receipt_results(result), strict=True)
            ]
        except (TxFailed, QueryFailed) as error:
            return self._refused(batch, error)
        except ClientError as error:
            self._queue.give_back(batch)
            self._log("node_away", receipts=len(batch), error=str(error))
            return False
        for receipt, outcome in zip(batch, outcomes, strict=True):
            self._queue.finish(receipt, outcome)
        rejected = sum(1 for outcome in outcomes if outcome.fate is Fate.REJECTED)
        self._log("batch_committed", height=result.height, receipts=len(batch), rejected=rejected, tx=result.tx_hash)
        return True

    def _refused(self, batch: list[Receipt], error: TxFailed | QueryFailed) -> bool:
        self._log("batch_refused", receipts=len(batch), error=str(error))
        if (error.codespace, error.code) not in _BAD_CONTENT and error.codespace != "work":
            self._queue.give_back(batch)
            return False
        if len(batch) == 1:
            self._queue.finish(batch[0], Outcome(Fate.REJECTED, str(error)))
            return True
        half = len(batch) // 2
        first = self.submit(batch[:half])
        return self.submit(batch[half:]) and first
