"""What an agent is asked in an audit, and how it answers from its journal."""

from typing import Protocol

from chain.client.agent.clock import EpochClock
from chain.client.agent.journal import Journal
from chain.client.agent.telemetry import sample_leaves, sample_salt
from chain.client.client import Client
from chain.client.errors import ClientError
from chain.crypto.audits import answer_fault, make_answer
from chain.pb.lamppost.work.v1 import query_pb2
from chain.pb.lamppost.work.v1.types_pb2 import Question
from chain.primitives.ids import DeviceId


class Examiner(Protocol):
    """Who knows whether a device is being audited."""

    def question(self, device: DeviceId, clock: EpochClock) -> Question | None:
        """Return what the device must answer as of the clock's epoch, or None. Raises: ClientError."""
        ...


class ChainExaminer:
    """Asks a node."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def question(self, device: DeviceId, clock: EpochClock) -> Question | None:
        """Return what the device must answer, or None. Raises: ClientError, also when the node is behind."""
        request = query_pb2.QueryDeviceAuditRequest(device_id=str(device))
        found = self._client.query("/lamppost.work.v1.Query/DeviceAudit", request, query_pb2.QueryDeviceAuditResponse)
        if found.epoch < clock.epoch:
            raise ClientError(f"the node is in epoch {found.epoch}, {clock.epoch} has begun elsewhere")
        return found.question if found.HasField("question") else None


def answer(journal: Journal, question: Question) -> tuple[bytes, str]:
    """Return the answer to a question and the empty text, or nothing and why there is none."""
    epoch, secret = question.root_epoch, journal.state.salt_secret
    samples = journal.samples(epoch)
    encoded = make_answer(
        question.nonce,
        sample_leaves(secret, epoch, samples),
        lambda index: (sample_salt(secret, epoch, index), samples[index]),
    )
    fault = answer_fault(encoded, question.nonce, question.telemetry_root)
    if fault:
        # A wrong answer counts as none, and would show a sample to everybody.
        return b"", f"the samples of epoch {epoch} in this journal are not those that were signed for"
    return encoded, ""
