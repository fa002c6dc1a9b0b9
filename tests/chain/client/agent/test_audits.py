"""The agent is audited: it answers from its journal, also after a crash, and on a chain."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from chain.client import Client, ClientError
from chain.client.agent.agent import Agent, Fate, Measure, Outcome
from chain.client.agent.audits import ChainExaminer, answer
from chain.client.agent.clock import EpochClock, read_clock
from chain.client.agent.journal import KEPT_EPOCHS, Journal
from chain.client.agent.submit import to_outcome
from chain.client.agent.telemetry import samples_root
from chain.crypto.audits import answer_fault
from chain.pb.lamppost.work.v1 import query_pb2
from chain.pb.lamppost.work.v1.tx_pb2 import MsgSubmitWork, MsgSubmitWorkResponse
from chain.pb.lamppost.work.v1.types_pb2 import AuditOutcome, Question, Receipt
from chain.testing import CHAIN_ID
from modules.work.errors import WorkCode
from tests.chain.client.agent.devices import AWAY, SECOND, Asks, Hand, Log, clock, make_agent, open_journal
from tests.chain.client.node import NodeInABox
from tests.modules.device_registry.world import device_key
from tests.modules.work.village import PATH, Village


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    made = open_journal(tmp_path)
    yield made
    made.close()


def question(receipt: Receipt, nonce: int = 11, epoch: int = 5) -> Question:
    return Question(epoch=epoch, nonce=nonce, telemetry_root=receipt.telemetry_root, root_epoch=receipt.epoch)


def signed_epoch(journal: Journal, samples: int = 5) -> Receipt:
    """Let an agent sign for epoch 4 and return the receipt."""
    hand = Hand()
    agent = make_agent(journal, hand, Log())
    for number in range(samples):
        agent.add_sample({"units": number}, clock(4), 41 * SECOND)
    agent.step(clock(5), 51 * SECOND)
    return hand.taken[0]


def test_a_question_is_answered_in_the_next_receipt(journal: Journal) -> None:
    first = signed_epoch(journal)
    hand, log, asks = Hand(), Log(), Asks([question(first)])
    agent = make_agent(journal, hand, log, asks=asks)
    agent.add_sample({}, clock(5), 52 * SECOND)
    agent.step(clock(6), 61 * SECOND)
    assert answer_fault(hand.taken[0].audit_answer, 11, first.telemetry_root) == ""
    assert log.events == ["audit_answered", "receipt_signed", "receipt_accepted"]
    agent.add_sample({}, clock(6), 62 * SECOND)
    agent.step(clock(7), 71 * SECOND)
    assert hand.taken[1].audit_answer == b""
    assert asks.asked == [6, 7]


def test_nothing_is_signed_while_nobody_says_what_is_asked(journal: Journal) -> None:
    first = signed_epoch(journal)
    hand, log, asks = Hand(), Log(), Asks([AWAY, question(first)])
    agent = make_agent(journal, hand, log, asks=asks)
    agent.add_sample({}, clock(5), 52 * SECOND)
    agent.step(clock(6), 61 * SECOND)
    assert (hand.taken, log.events) == ([], ["audit_unknown"])
    agent.step(clock(6), 62 * SECOND)
    assert answer_fault(hand.taken[0].audit_answer, 11, first.telemetry_root) == ""


@pytest.mark.parametrize("samples", [0, 1, 2, 64, 65])
def test_every_sample_of_an_epoch_can_be_asked_for(journal: Journal, samples: int) -> None:
    encoded = [json.dumps({"n": number}).encode() for number in range(samples)]
    for sample in encoded:
        assert journal.add_sample(4, sample)
    root = samples_root(journal.state.salt_secret, 4, encoded)
    for nonce in range(1, samples + 2):
        found, fault = answer(journal, Question(epoch=5, nonce=nonce, telemetry_root=root, root_epoch=4))
        assert (fault, answer_fault(found, nonce, root)) == ("", "")


def test_samples_that_come_after_signing_do_not_spoil_the_answer(journal: Journal) -> None:
    first = signed_epoch(journal)
    log = Log()
    agent = make_agent(journal, Hand(), log)
    agent.add_sample({"too": "late"}, clock(4), 42 * SECOND)
    assert log.events == ["sample_late"]
    assert answer(journal, question(first))[1] == ""


def test_an_answer_survives_a_crash_and_a_lost_journal_has_none(tmp_path: Path) -> None:
    journal = open_journal(tmp_path / "kept")
    first = signed_epoch(journal)
    journal.close()
    again, lost = open_journal(tmp_path / "kept"), open_journal(tmp_path / "lost")
    assert answer(again, question(first))[1] == ""
    hand, log = Hand(), Log()
    agent = make_agent(lost, hand, log, asks=Asks([question(first)]))
    agent.add_sample({}, clock(5), 52 * SECOND)
    agent.step(clock(6), 61 * SECOND)
    assert hand.taken[0].audit_answer == b"", "a wrong answer would show a sample for nothing"
    assert log.events[0] == "audit_unanswerable"
    again.close()
    lost.close()


def test_the_samples_of_the_last_accepted_receipt_are_kept_however_old(journal: Journal) -> None:
    first = signed_epoch(journal)
    refused = Hand([Outcome(Fate.REJECTED, "device is paused")] * (KEPT_EPOCHS + 3))
    agent = make_agent(journal, refused, Log())
    for epoch in range(5, KEPT_EPOCHS + 8):
        agent.add_sample({}, clock(epoch), (10 * epoch + 1) * SECOND)
        agent.step(clock(epoch + 1), (10 * epoch + 11) * SECOND)
    assert journal.samples(5) == []
    assert answer(journal, question(first))[1] == ""


@dataclass
class DirectHand:
    """Hands receipts to a village's chain."""

    village: Village

    def submit(self, receipt: Receipt) -> Outcome:
        chain = self.village.chain
        message = MsgSubmitWork(submitter=str(chain.address("gateway")), receipts=[receipt])
        response = chain.ok(message, signer="gateway", response=MsgSubmitWorkResponse)
        return to_outcome(response.results[0])


class Scene:
    """Devices `a` and `b` of a village with an audit of everybody in every epoch; `a` has an agent that answers."""

    def __init__(self, village: Village, node: NodeInABox, folder: Path) -> None:
        self.village = village
        self.client = Client(node.url, timeout=5)
        self.log = Log()
        self.agents = {
            name: Agent(
                device_key(name),
                1,
                Journal(folder / name, device_key(name).device_id, CHAIN_ID),
                DirectHand(village),
                Measure(),
                self.log if name == "a" else Log(),
                ChainExaminer(self.client) if name == "a" else None,
            )
            for name in ("a", "b")
        }

    def epoch(self) -> None:
        """Take a sample of each device, end the epoch, and let the agents step."""
        known = read_clock(self.client)
        for agent in self.agents.values():
            for number in range(3):
                agent.add_sample({"units": 2 + number}, known, self.village.chain.time)
        self.village.next_epoch()
        known = read_clock(self.client)
        for agent in self.agents.values():
            agent.step(known, self.village.chain.time)

    def audits(self, epoch: int) -> dict[str, str]:
        """Return the outcomes of an epoch's audits by device."""
        names = {str(self.village.id(name)): name for name in ("a", "b", "c")}
        request = query_pb2.QueryAuditsRequest(epoch=epoch)
        found = self.village.chain.query(f"{PATH}/Audits", request, query_pb2.QueryAuditsResponse).audits
        return {
            names[audit.device_id]: AuditOutcome.Name(audit.outcome).removeprefix("AUDIT_OUTCOME_") for audit in found
        }

    def standing(self, name: str) -> query_pb2.QueryDeviceAuditResponse:
        request = query_pb2.QueryDeviceAuditRequest(device_id=str(self.village.id(name)))
        return self.village.chain.query(f"{PATH}/DeviceAudit", request, query_pb2.QueryDeviceAuditResponse)

    def close(self) -> None:
        for agent in self.agents.values():
            agent.journal.close()
        self.client.close()


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    work = {"audits_per_epoch": 1_024, "max_strikes": 2, "suspension_epochs": 2, "forfeit_bp": 5_000}
    with Village(work) as village, NodeInABox(village.chain) as node:
        made = Scene(village, node, tmp_path)
        yield made
        made.close()


def test_on_a_chain_who_answers_earns_and_who_does_not_is_struck_out_and_comes_back(scene: Scene) -> None:
    """Given audits of all devices in all epochs, 2 strikes and 2 epochs out: a answers all, b none."""
    for _ in range(3):
        scene.epoch()
    # Drawn at the start of 2, b let the receipt of epoch 2 go without an answer; the draw of 3 found it still open.
    assert scene.audits(2) == {"a": "ANSWERED", "b": "MISSED", "c": "SKIPPED"}
    assert scene.audits(3) == {"a": "ANSWERED", "b": "SKIPPED", "c": "SKIPPED"}
    assert (scene.standing("a").strikes, scene.standing("b").strikes) == (0, 1)
    scene.epoch()
    assert scene.standing("b").question.epoch == 4
    scene.epoch()
    assert scene.audits(4)["b"] == "MISSED"
    assert scene.standing("b").strikes == 0
    assert scene.log.events.count("audit_answered") == 4
    assert 0 < scene.village.earnings("b").drip.locked < scene.village.earnings("a").drip.locked // 2

    late = scene.village.receipt("b", sequence=99)
    assert (scene.village.epoch(), scene.village.submit(late)) == (5, [WorkCode.DEVICE_NOT_USABLE])
    for _ in range(2):
        scene.village.next_epoch()
    assert scene.village.submit(scene.village.receipt("b", sequence=99)) == [0]
    exported = scene.village.chain.export()
    scene.village.chain.restart()
    assert scene.village.chain.export() == exported


def test_a_node_that_lags_is_not_believed(scene: Scene) -> None:
    examiner = ChainExaminer(scene.client)
    known = read_clock(scene.client)
    assert examiner.question(device_key("a").device_id, known) is None
    ahead = EpochClock(known.epoch + 1, known.start, known.length)
    with pytest.raises(ClientError, match="the node is in epoch 0, 1 has begun elsewhere"):
        examiner.question(device_key("a").device_id, ahead)
