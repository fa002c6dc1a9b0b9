"""The agent of one device: a step at a time, so that one process can run one device or a whole fleet."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

from chain.client.agent.audits import Examiner, answer
from chain.client.agent.clock import EpochClock
from chain.client.agent.journal import Journal
from chain.client.agent.telemetry import canonical_sample, samples_root
from chain.client.devices import DeviceKey, receipt_sign_bytes
from chain.client.errors import ClientError
from chain.crypto.audits import MAX_SAMPLE
from chain.pb.lamppost.work.v1.types_pb2 import Question, Receipt
from chain.primitives.ints import FULL_BP

MAX_UNITS = 2**32 - 1
"""Most units of one sample; far above what a chain counts for an epoch."""


class Fate(Enum):
    """What became of a receipt that was handed in."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A receipt's fate, with the reason if it was rejected and the units that counted if it was not."""

    fate: Fate
    reason: str = ""
    effective_units: int = 0


class Submitter(Protocol):
    """Where an agent hands in its receipts: a gateway or the chain itself."""

    def submit(self, receipt: Receipt) -> Outcome:
        """Hand in a receipt, again and again until its fate is known. Raises: ClientError when nobody answers."""
        ...


@dataclass(frozen=True, slots=True)
class Measure:
    """How samples become units and uptime.

    A sample counts its field `units`, or `units_per_sample`. With `interval` (seconds expected between samples)
    uptime is the share of samples that came; without, one sample makes a whole epoch.
    """

    units_per_sample: int = 1
    interval: float = 0.0

    def units(self, samples: list[dict[str, Any]]) -> int:
        """Return the units of an epoch's samples."""
        return sum(sample.get("units", self.units_per_sample) for sample in samples)

    def uptime_bp(self, samples: int, epoch_nanos: int) -> int:
        """Return the uptime in basis points."""
        if not self.interval:
            return FULL_BP if samples else 0
        expected = max(1, round(epoch_nanos / (self.interval * 1e9)))
        return min(FULL_BP, samples * FULL_BP // expected)


class Agent:
    """One device's agent. `log(event, **fields)` hears what happens.

    Without an examiner no audit is ever answered, and each one that is missed costs an epoch and a strike.
    """

    def __init__(
        self,
        key: DeviceKey,
        network: int,
        journal: Journal,
        submitter: Submitter,
        measure: Measure,
        log: Callable[..., None],
        examiner: Examiner | None = None,
    ) -> None:
        self.key = key
        self.network = network
        self.journal = journal
        self._submitter = submitter
        self._measure = measure
        self._log = log
        self._examiner = examiner

    def add_sample(self, sample: Any, clock: EpochClock, now: int) -> None:
        """Keep a sample (a JSON object) taken at `now`. Raises: ValueError when it is none, or too long."""
        if not isinstance(sample, dict):
            raise ValueError("a sample is a JSON object")
        units = sample.get("units", 0)
        if type(units) is not int or not 0 <= units <= MAX_UNITS:
            raise ValueError(f"`units` of a sample is a whole number from 0 to {MAX_UNITS}")
        encoded = canonical_sample(sample)
        if len(encoded) > MAX_SAMPLE:
            raise ValueError(f"a sample is at most {MAX_SAMPLE} bytes, this one has {len(encoded)}")
        epoch = clock.epoch_at(now)
        if not self.journal.add_sample(epoch, encoded):
            self._log("sample_late", epoch=epoch, reason="the receipt of this epoch is signed")

    def step(self, clock: EpochClock, now: int) -> None:
        """Sign for epochs that have ended, and hand in what is pending. Never raises for a node that is away.

        Only the chain knows when an epoch is over, so nothing is signed before `clock` says so: a chain that stood
        still goes on where it was. It takes receipts of its running epoch and of the one before.
        """
        for epoch in self.journal.forget_samples(after=clock.epoch_at(now)):
            self._log("samples_dropped", epoch=epoch, reason="the chain stood still; this epoch has not begun")
        for epoch in self.journal.open_epochs(before=clock.epoch):
            if epoch >= clock.epoch - 1:
                if not self._report(epoch, clock):
                    break
            else:
                self._log("epoch_missed", epoch=epoch, reason="the chain takes no receipts for it any more")
                self.journal.give_up(epoch)
        for receipt in self.journal.pending():
            if receipt.epoch < clock.epoch - 1:
                self._log("receipt_too_late", epoch=receipt.epoch)
                self.journal.settle(receipt)
            else:
                self._hand_in(receipt)

    def _report(self, epoch: int, clock: EpochClock) -> bool:
        """Sign for an epoch; False while nobody says whether an audit is to be answered."""
        question = None
        if self._examiner is not None:
            try:
                # By now an earlier receipt has met its fate: the chain takes none for the epoch before this one.
                question = self._examiner.question(self.key.device_id, clock)
            except ClientError as error:
                self._log("audit_unknown", epoch=epoch, error=str(error))
                return False
        self._sign(epoch, clock, b"" if question is None else self._answer(question))
        return True

    def _answer(self, question: Question) -> bytes:
        encoded, fault = answer(self.journal, question)
        if fault:
            self._log("audit_unanswerable", epoch=question.epoch, reason=fault)
        else:
            self._log("audit_answered", epoch=question.epoch, root_epoch=question.root_epoch)
        return encoded

    def _sign(self, epoch: int, clock: EpochClock, audit_answer: bytes) -> None:
        encoded = self.journal.samples(epoch)
        samples = [json.loads(sample) for sample in encoded]
        state = self.journal.state
        receipt = Receipt(
            network=self.network,
            device=bytes(self.key.device_id),
            epoch=epoch,
            sequence=state.sequence + 1,
            units=self._measure.units(samples),
            uptime_bp=self._measure.uptime_bp(len(samples), clock.length),
            telemetry_root=samples_root(state.salt_secret, epoch, encoded),
            audit_answer=audit_answer,
        )
        receipt.signature = self.key.sign(receipt_sign_bytes(state.chain_id, receipt))
        self.journal.record_signed(receipt)
        self._log("receipt_signed", epoch=epoch, units=receipt.units, uptime_bp=receipt.uptime_bp, samples=len(samples))

    def _hand_in(self, receipt: Receipt) -> None:
        try:
            outcome = self._submitter.submit(receipt)
        except ClientError as error:
            self._log("submit_failed", epoch=receipt.epoch, error=str(error))
            return
        if outcome.fate is Fate.WAITING:
            return
        self.journal.settle(receipt, accepted=outcome.fate is Fate.ACCEPTED)
        if outcome.fate is Fate.ACCEPTED:
            why = {"reason": outcome.reason} if outcome.reason else {}
            self._log("receipt_accepted", epoch=receipt.epoch, effective_units=outcome.effective_units, **why)
        else:
            self._log("receipt_rejected", epoch=receipt.epoch, reason=outcome.reason)
