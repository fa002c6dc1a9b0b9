"""What receipts say to audits: right, wrong, early, late, and what a strike costs."""

from dataclasses import replace
from typing import Any

import pytest

from chain.crypto.audits import make_answer
from chain.crypto.merkle import counted_root, leaf_hash, root
from chain.primitives.ints import Epoch
from modules.work import handlers, invariants
from modules.work.audits.draw import KEPT
from modules.work.messages import SubmitWork
from modules.work.params import Params
from modules.work.receipts import Receipt
from modules.work.state import AUDITS, DEVICES, Audit, DeviceWork, Outcome, Question
from tests.modules.work.fleet import EPOCH_SECONDS, REJECTED, SUBMITTER, Fleet

SAMPLES = [b"one", b"two", b"three"]
LEAVES = [leaf_hash(bytes(16) + sample) for sample in SAMPLES]
ROOT = counted_root(root(LEAVES), 3)
NEXT = b"\x0b" * 32
"""The root of the receipts that follow."""


class Court(Fleet):
    """A fleet in epoch 3 whose device 1 is asked, at the start of 3, about its receipt of epoch 1."""

    def __init__(self, **params: int) -> None:
        super().__init__(Params(epoch_seconds=EPOCH_SECONDS, audits_per_epoch=0, **params))
        self.key = self.add(1)
        self.block(100)
        assert self.submit(self.receipt(self.key, telemetry_root=ROOT)) == [(0, 100)]
        self.block(200)
        self.keeper.set_params(self.ctx, replace(self.keeper.params(self.ctx), audits_per_epoch=1))
        self.block(300)
        self.keeper.set_params(self.ctx, replace(self.keeper.params(self.ctx), audits_per_epoch=0))
        assert self.question.root == ROOT

    @property
    def work(self) -> DeviceWork:
        return self.keeper.device_work(self.ctx, self.key.id)

    @property
    def question(self) -> Question:
        question = self.work.question
        assert question is not None
        return question

    @property
    def outcome(self) -> Outcome:
        audit = AUDITS.get(self.ctx, (Epoch(3), self.key.id))
        assert audit is not None
        return audit.outcome

    def answer(self) -> bytes:
        return make_answer(self.question.nonce, LEAVES, lambda index: (bytes(16), SAMPLES[index]))

    def report(self, epoch: int = 3, answer: bytes = b"", **fields: Any) -> Receipt:
        return self.receipt(
            self.key, epoch=epoch, sequence=epoch + 1, telemetry_root=NEXT, audit_answer=answer, **fields
        )

    def events(self, kind: str) -> list[dict[str, str]]:
        return [dict(event.attributes) for event in self.ctx.events if event.type == kind]

    def why(self, *receipts: Receipt) -> list[int]:
        response = handlers.submit_work(self.ctx, self.keeper, SubmitWork(SUBMITTER, receipts))
        return [result.why for result in response.results]


def test_a_right_answer_counts_as_usual_and_closes_the_audit() -> None:
    court = Court()
    receipt = court.report(answer=court.answer())
    assert court.submit(receipt) == [(0, 100)]
    assert court.work == DeviceWork(4, Epoch(4), NEXT)
    assert court.outcome is Outcome.ANSWERED
    assert court.events("audit_answered") == [{"device": str(court.key.id), "epoch": "3"}]


ANSWERS = {
    "no answer": lambda court: b"",
    "the answer is no AuditAnswer": lambda court: b"\xff",
    "the answer is to another nonce": lambda court: make_answer(
        court.question.nonce ^ 1 or 2, LEAVES, lambda index: (bytes(16), SAMPLES[index])
    ),
    "the sample is not in the tree": lambda court: make_answer(
        court.question.nonce, LEAVES, lambda index: (bytes(16), b"invented")
    ),
}


@pytest.mark.parametrize("reason", ANSWERS)
def test_a_missed_audit_lets_the_receipt_stand_with_nothing_and_adds_a_strike(reason: str) -> None:
    court = Court()
    receipt = court.report(answer=ANSWERS[reason](court))
    assert court.submit(receipt) == [(0, 0)]
    assert court.work == DeviceWork(4, Epoch(4), NEXT, strikes=1)
    assert court.outcome is Outcome.MISSED
    assert court.events("audit_missed") == [
        {"device": str(court.key.id), "epoch": "3", "reason": reason, "strikes": "1"}
    ]
    slots = court.world.keeper.account(court.ctx, court.key.id).slots()
    assert [(slot.epoch, slot.units, slot.why) for slot in slots] == [(1, 100, 0), (3, 0, 1)]
    court.world.epoch = 3
    court.world.check()


def test_the_result_says_why_nothing_counts() -> None:
    court = Court()
    moved = court.add(2, weightless=True)
    assert court.why(court.report(), court.receipt(moved), court.receipt(court.add(3))) == [1, 2, 0]


def test_a_receipt_of_an_epoch_before_the_draw_need_not_answer() -> None:
    """Given a receipt that was signed before the draw, when it comes after it, then it counts all the same."""
    court = Court()
    asked = court.question
    assert court.submit(court.report(epoch=2)) == [(0, 100)]
    assert (court.question, court.outcome) == (asked, Outcome.OPEN)
    assert court.submit(court.report(answer=court.answer())) == [(0, 100)], "the root is that of before the draw"
    assert (court.work.question, court.outcome) == (None, Outcome.ANSWERED)


@pytest.mark.parametrize(("right", "units"), [(True, 100), (False, 0)])
def test_a_receipt_of_an_epoch_before_the_draw_may_answer_and_is_judged_by_it(right: bool, units: int) -> None:
    court = Court()
    answer = court.answer() if right else court.answer()[:-1]
    assert court.submit(court.report(epoch=2, answer=answer)) == [(0, units)]
    assert court.outcome is (Outcome.ANSWERED if right else Outcome.MISSED)


def test_an_audit_is_answered_once() -> None:
    """Given an answer in one receipt, when the next one of the message or a later one has one, too, it is refused."""
    court = Court()
    answer = court.answer()
    first, second = court.report(epoch=2, answer=answer), court.report(answer=answer)
    assert court.codes(first, second) == [0, REJECTED["MALFORMED_RECEIPT"]]
    assert court.codes(second) == [REJECTED["MALFORMED_RECEIPT"]]
    assert court.codes(first) == [REJECTED["SEQUENCE_NOT_ABOVE_LAST"]], "handed in again: it was taken"


def test_a_forged_receipt_answers_nothing_and_misses_nothing() -> None:
    court = Court()
    asked = court.question
    forged = replace(court.report(), signature=bytes(64))
    assert court.codes(forged, court.report(epoch=2, chain_id="lamppost-2")) == [REJECTED["INVALID_SIGNATURE"]] * 2
    assert (court.question, court.work.strikes) == (asked, 0)


def test_a_question_waits_while_a_device_is_away_however_long() -> None:
    """Given a device that is paused when it is drawn, when it comes back much later, then it must answer."""
    court = Court()
    facts = court.registry.devices[court.key.id]
    court.registry.devices[court.key.id] = replace(facts, usable=False, reason="device is paused")
    answer = court.answer()
    for epoch in range(4, KEPT + 6):
        court.block(100 * epoch)
    assert AUDITS.get(court.ctx, (Epoch(3), court.key.id)) is None
    court.registry.devices[court.key.id] = facts
    assert court.submit(court.report(epoch=court.epoch)) == [(0, 0)]
    assert court.work.strikes == 1
    assert AUDITS.get(court.ctx, (Epoch(3), court.key.id)) is None
    assert answer_is_refused(court, answer)


def answer_is_refused(court: Court, answer: bytes) -> bool:
    court.block(100 * (court.epoch + 1))
    return court.codes(court.report(epoch=court.epoch, answer=answer)) == [REJECTED["MALFORMED_RECEIPT"]]


def ask(court: Court) -> None:
    """Ask the device again, about its last receipt, as a draw of the running epoch does."""
    work, epoch = court.work, Epoch(court.epoch)
    question = Question(epoch, 7, work.root, Epoch(work.next_epoch - 1))
    DEVICES.set(court.ctx, court.key.id, replace(work, question=question))
    AUDITS.set(court.ctx, (epoch, court.key.id), Audit(7, Outcome.OPEN))


def test_the_third_strike_suspends_forfeits_and_begins_anew() -> None:
    """Given three audits that are missed, when the third is, then half of what is locked burns."""
    court = Court(forfeit_bp=5_000)
    assert court.submit(court.report()) == [(0, 0)]
    for epoch in (4, 5):
        court.block(100 * epoch)
        court.world.epoch = epoch
        ask(court)
        assert court.submit(court.report(epoch=epoch)) == [(0, 0)]
        assert invariants.open_audits_are_questions(court.ctx, court.keeper) is None
    struck = court.events("device_struck_out")
    assert [(item["device"], item["until_epoch"]) for item in struck] == [(str(court.key.id), "15")]
    assert court.work.strikes == 0
    assert court.registry.devices[court.key.id].reason == "suspended until 15"
    burned = [int(item["amount"]) for item in court.events("rewards_forfeited")]
    assert [int(item["forfeited"]) for item in struck] == burned
    assert burned[0] > 0
    court.world.check()


def test_a_device_that_a_message_suspends_has_nothing_more_in_that_message() -> None:
    court = Court(max_strikes=1)
    early = court.report(epoch=2, answer=b"\xff")
    assert court.codes(early, court.report()) == [0, REJECTED["DEVICE_NOT_USABLE"]]
    assert court.work.next_epoch == 3


def test_an_empty_tree_is_asked_for_and_answered() -> None:
    court = Court()
    empty = counted_root(root([]), 0)
    DEVICES.set(court.ctx, court.key.id, replace(court.work, question=replace(court.question, root=empty)))
    nothing = make_answer(court.question.nonce, [], lambda index: (b"", b""))
    assert court.submit(court.report(answer=nothing)) == [(0, 100)]


def test_whose_receipt_misses_does_not_matter_for_others_of_the_message() -> None:
    """Given the same receipts in two orders, when one of them misses its audit, then the books are the same."""
    books = []
    for backwards in (False, True):
        court = Court()
        receipts = [court.report(), *(court.receipt(court.add(number)) for number in (2, 3))]
        court.submit(*(receipts[::-1] if backwards else receipts))
        books.append(court.world.state.changes())
    assert books[0] == books[1]
