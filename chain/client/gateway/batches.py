"""From the queue to the chain: batches of receipts, one transaction each, without a fee where the chain allows it."""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from chain.client.agent.agent import Fate, Outcome
from chain.client.agent.clock import read_clock
from chain.client.agent.submit import fate_of, receipt_results
from chain.client.client import Client
from chain.client.errors import ClientError, QueryFailed, TxFailed
from chain.client.gateway.queue import ReceiptQueue
from chain.client.gateway.quota import FREE_BATCH_BYTES, FeeMode, Quota, cut
from chain.client.gateway.trial import Trial, submission, try_out
from chain.client.tx import Fee, SignerData, sign_tx
from chain.pb.lamppost.work.v1.types_pb2 import Receipt
from chain.primitives.errors import SdkCode

BATCH = 256
"""Most receipts in one MsgSubmitWork (the chain's default limit)."""
GAS_ADJUSTMENT = 1.5
"""Gas asked for over gas simulated: when an epoch closes in between, receipts cost a little more."""
LONGEST_PAUSE = 30.0
"""Most seconds between two attempts while the chain takes nothing; each pause is twice the one before."""
PAY_AFTER = 3
"""Refusals in a row because too much waits without a fee, after which a gateway that may pay does."""

_EARLY = 10
"""Code of codespace `work` that a receipt gets before its epoch has begun in a block, or after its window."""
_BAD_CONTENT: set[tuple[str, int]] = {
    ("sdk", SdkCode.TX_DECODE),
    ("sdk", SdkCode.INVALID_REQUEST),
    ("sdk", SdkCode.TX_TOO_LARGE),
    ("sdk", SdkCode.OUT_OF_GAS),
}
"""Refusals that come from what a transaction holds, not from who sends it or when."""


class BatchSubmitter:
    """Submits what waits in a queue until told to stop; what failed to commit waits again.

    Each batch is tried out first, and what the chain would reject is not sent. `options` go to `Client.sign` for
    batches that pay: `gas_price`, `fees`.
    """

    def __init__(
        self,
        client: Client,
        signer: str,
        queue: ReceiptQueue,
        log: Callable[..., None],
        interval: float = 2.0,
        mode: FeeMode = FeeMode.AUTO,
        **options: Any,
    ) -> None:
        self._client = client
        self._signer = client.signer(signer)
        self._queue = queue
        self._log = log
        self._interval = interval
        self._mode = mode
        self._options = options
        self._stopping = threading.Event()
        self._refusals = 0
        self._dry: dict[int, float] = {}
        self.quota = Quota(client, self._signer.address)

    def stop(self) -> None:
        """End `run` after the batch under way."""
        self._stopping.set()

    def run(self) -> None:
        """Submit batches until `stop`; between two batches receipts gather for `interval` seconds."""
        pause = self._interval
        while not self._stopping.wait(pause):
            pause = self._interval if self._submit_waiting() else min(2 * pause, LONGEST_PAUSE)

    def _submit_waiting(self) -> bool:
        while not self._stopping.is_set():
            now = time.monotonic()
            dry = frozenset(network for network, until in self._dry.items() if until > now)
            batch = self._queue.take(BATCH, self._interval, dry)
            if not batch:
                return True
            if not self.submit(batch):
                return False
        return True

    def submit(self, batch: list[Receipt]) -> bool:
        """Submit one batch and record the outcomes; False when something of it waits for another attempt."""
        if self._mode is FeeMode.ALWAYS:
            return self._send(batch, free=False)
        try:
            free, paying = self.quota.split(batch)
        except ClientError as error:
            return self._away(batch, error)
        free, later = cut(free, FREE_BATCH_BYTES)
        self._queue.give_back(later)
        done = not free or self._send(free, free=True)
        if paying and self._mode is FeeMode.NEVER:
            return self._hold(paying) and done
        return (not paying or self._send(paying, free=False)) and done

    def _hold(self, batch: list[Receipt]) -> bool:
        """Let receipts wait for the next epoch, without keeping back those of other networks."""
        self._queue.give_back(batch)
        networks = sorted({receipt.network for receipt in batch})
        self._dry.update(dict.fromkeys(networks, time.monotonic() + LONGEST_PAUSE))
        self._log("quota_used_up", receipts=len(batch), networks=networks)
        return True

    def _send(self, batch: list[Receipt], free: bool) -> bool:
        """Submit receipts in one transaction.

        One that is refused for what is in it is tried again in halves, so that one receipt that the chain cannot read
        does not keep the others back.
        """
        early = 0
        try:
            trial = try_out(self._client, self._signer, batch)
            while any(verdict.code for verdict in trial.verdicts):
                before = len(batch)
                batch, waiting = self._drop_rejected(batch, trial)
                early += waiting
                if not batch or len(batch) == before:
                    return not early
                trial = try_out(self._client, self._signer, batch)
            result = self._client.deliver(self._sign(batch, trial.gas, free))
            outcomes = [
                fate_of(self._client, receipt, verdict)
                for receipt, verdict in zip(batch, receipt_results(result), strict=True)
            ]
        except (TxFailed, QueryFailed) as error:
            return self._refused(batch, free, error)
        except ClientError as error:
            return self._away(batch, error)
        self._refusals = 0
        for receipt, outcome in zip(batch, outcomes, strict=True):
            self._queue.finish(receipt, outcome)
        rejected = sum(1 for outcome in outcomes if outcome.fate is Fate.REJECTED)
        self._log(
            "batch_committed",
            height=result.height,
            receipts=len(batch),
            rejected=rejected,
            free=free,
            tx=result.tx_hash,
        )
        return not early

    def _drop_rejected(self, batch: Sequence[Receipt], trial: Trial) -> tuple[list[Receipt], int]:
        """Finish what the chain would reject; return the rest, and how many wait for their epoch to begin."""
        epoch = read_clock(self._client).epoch
        good: list[Receipt] = []
        early: list[Receipt] = []
        refused = 0
        for receipt, verdict in zip(batch, trial.verdicts, strict=True):
            if not verdict.code:
                good.append(receipt)
            elif verdict.code == _EARLY and receipt.epoch > epoch:
                early.append(receipt)
            else:
                self._queue.finish(receipt, fate_of(self._client, receipt, verdict))
                refused += 1
        self._queue.give_back(early)
        if refused:
            self._log("receipts_dropped", receipts=refused)
        return good, len(early)

    def _sign(self, batch: Sequence[Receipt], gas_used: int, free: bool) -> bytes:
        messages = [submission(self._signer, batch)]
        gas = int(gas_used * GAS_ADJUSTMENT)
        if not free:
            return self._client.sign(messages, self._signer, **{"gas": gas, **self._options})
        account = self._client.account(self._signer.address)
        if account is None:
            raise TxFailed("sdk", SdkCode.UNKNOWN_ADDRESS, f"account {self._signer.address} does not exist")
        data = SignerData(self._client.chain_id, account.account_number, account.sequence)
        return sign_tx(messages, self._signer, data, Fee(gas))

    def _away(self, batch: list[Receipt], error: ClientError) -> bool:
        self._queue.give_back(batch)
        self._log("node_away", receipts=len(batch), error=str(error))
        return False

    def _refused(self, batch: list[Receipt], free: bool, error: TxFailed | QueryFailed) -> bool:
        self._log("batch_refused", receipts=len(batch), free=free, error=str(error))
        reason = _reason(error)
        if free and self._must_pay(reason):
            return self._send(batch, free=False)
        if reason not in _BAD_CONTENT and not (isinstance(error, QueryFailed) and reason[0] == "work"):
            # Codespace work from a check: a receipt is in a transaction that waits, as the next trial will tell.
            self._queue.give_back(batch)
            return False
        if len(batch) == 1:
            self._queue.finish(batch[0], Outcome(Fate.REJECTED, str(error)))
            return True
        half = len(batch) // 2
        first = self._send(batch[:half], free)
        return self._send(batch[half:], free) and first

    def _must_pay(self, reason: tuple[str, int]) -> bool:
        """Tell whether a batch that was refused without a fee is worth one."""
        if reason == ("sdk", SdkCode.MEMPOOL_FULL):
            self._refusals += 1
        pays = self._mode is FeeMode.AUTO and bool(self._options.get("gas_price") or self._options.get("fees"))
        return pays and (reason == ("sdk", SdkCode.INSUFFICIENT_FEE) or self._refusals >= PAY_AFTER)


def _reason(error: TxFailed | QueryFailed) -> tuple[str, int]:
    """Return codespace and code of a refusal; of a simulation that failed, those of its transaction."""
    codespace, _, code = error.info.rpartition("/") if isinstance(error, QueryFailed) else ("", "", "")
    return (codespace, int(code)) if code.isdigit() else (error.codespace, error.code)
