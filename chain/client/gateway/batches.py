"""From the queue to the chain: batches of receipts, one transaction each."""

import threading
from collections.abc import Callable
from typing import Any

from chain.client.agent.submit import receipt_results, to_outcome
from chain.client.client import Client
from chain.client.errors import ClientError, TxFailed
from chain.client.gateway.queue import ReceiptQueue
from chain.pb.lamppost.work.v1.tx_pb2 import MsgSubmitWork
from chain.pb.lamppost.work.v1.types_pb2 import Receipt

BATCH = 256
"""Most receipts in one MsgSubmitWork (the chain's default limit)."""


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
        self._options = options
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
        """Submit one batch and record the outcomes; False when its transaction was not committed."""
        message = MsgSubmitWork(submitter=str(self._signer.address), receipts=batch)
        try:
            result = self._client.send_messages([message], self._signer, **self._options)
        except ClientError as error:
            self._queue.give_back(batch)
            refused = isinstance(error, TxFailed)
            self._log("batch_refused" if refused else "node_away", receipts=len(batch), error=str(error))
            return False
        verdicts = receipt_results(result)
        for receipt, verdict in zip(batch, verdicts, strict=True):
            self._queue.finish(receipt, to_outcome(verdict))
        rejected = sum(1 for verdict in verdicts if verdict.code)
        self._log("batch_committed", height=result.height, receipts=len(batch), rejected=rejected, tx=result.tx_hash)
        return True
