"""The agent signs at most one receipt an epoch, whatever happens around it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chain.client.agent.agent import MAX_SAMPLE, MAX_UNITS, Fate, Measure, Outcome
from chain.client.agent.journal import Journal
from chain.client.agent.telemetry import canonical_sample, samples_root
from chain.client.devices import receipt_sign_bytes
from chain.client.errors import ClientError
from chain.crypto.keys import verify
from chain.pb.lamppost.work.v1.types_pb2 import Receipt
from tests.chain.client.agent.devices import (
    AWAY,
    CHAIN_ID,
    EPOCH,
    KEY,
    SECOND,
    Hand,
    Log,
    clock,
    make_agent,
    open_journal,
)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    kept = open_journal(tmp_path / "journal")
    yield kept
    kept.close()


def test_an_epoch_that_has_ended_gets_one_receipt_over_its_samples(journal: Journal) -> None:
    hand, log = Hand(), Log()
    agent = make_agent(journal, hand, log)
    agent.add_sample({"celsius": 20.5, "units": 3}, clock(4), 41 * SECOND)
    agent.add_sample({"celsius": 21}, clock(4), 49 * SECOND)
    agent.step(clock(4), 49 * SECOND)
    assert hand.taken == []
    agent.add_sample({"celsius": 22}, clock(4), 50 * SECOND)
    agent.step(clock(5), 51 * SECOND)
    agent.step(clock(5), 52 * SECOND)
    (receipt,) = hand.taken
    samples = [canonical_sample(sample) for sample in ({"celsius": 20.5, "units": 3}, {"celsius": 21})]
    wanted = Receipt(
        network=1,
        device=bytes(KEY.device_id),
        epoch=4,
        sequence=1,
        units=4,
        uptime_bp=10_000,
        telemetry_root=samples_root(journal.state.salt_secret, 4, samples),
    )
    wanted.signature = receipt.signature
    assert receipt == wanted
    assert verify(KEY.algorithm, KEY.public_key, receipt_sign_bytes(CHAIN_ID, receipt), receipt.signature)
    assert log.events == ["receipt_signed", "receipt_accepted"]


def test_nothing_is_signed_before_the_chain_has_closed_the_epoch(journal: Journal) -> None:
    hand = Hand()
    agent = make_agent(journal, hand, Log())
    agent.add_sample({}, clock(4), 41 * SECOND)
    agent.step(clock(4), 58 * SECOND)  # by the wall clock the epoch is over; the chain has not said so
    assert (hand.taken, journal.pending()) == ([], [])


def test_a_receipt_is_handed_in_again_byte_by_byte_until_its_fate_is_known(journal: Journal) -> None:
    hand = Hand([AWAY, ClientError("busy"), Outcome(Fate.WAITING), Outcome(Fate.ACCEPTED)])
    agent = make_agent(journal, hand, Log())
    agent.add_sample({}, clock(4), 41 * SECOND)
    for second in range(51, 57):
        agent.step(clock(5), second * SECOND)
    assert len(hand.taken) == 4
    assert len({receipt.SerializeToString() for receipt in hand.taken}) == 1
    assert journal.pending() == []


def test_after_a_crash_behind_signing_the_same_receipt_is_handed_in(tmp_path: Path) -> None:
    first, second = Hand([AWAY]), Hand()
    journal = open_journal(tmp_path)
    agent = make_agent(journal, first, Log())
    agent.add_sample({}, clock(4), 41 * SECOND)
    agent.step(clock(5), 51 * SECOND)
    journal.close()  # what a process that ends leaves behind: the files and no lock
    again = open_journal(tmp_path)
    agent = make_agent(again, second, Log())
    agent.add_sample({"late": True}, clock(5), 52 * SECOND)
    agent.step(clock(5), 53 * SECOND)
    assert second.taken == first.taken
    agent.step(clock(6), 61 * SECOND)
    assert [receipt.epoch for receipt in second.taken] == [4, 5]
    assert [receipt.sequence for receipt in second.taken] == [1, 2]
    again.close()


def test_a_crash_between_signing_and_remembering_lets_no_receipt_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand = Hand()
    journal = open_journal(tmp_path)
    agent = make_agent(journal, hand, Log())
    agent.add_sample({}, clock(4), 41 * SECOND)
    with monkeypatch.context() as broken:

        def full(self: Journal) -> None:
            raise OSError(28, "No space left on device")

        broken.setattr(Journal, "save", full)
        with pytest.raises(OSError, match="No space"):
            agent.step(clock(5), 51 * SECOND)
    assert hand.taken == []
    journal.close()
    again = open_journal(tmp_path)
    make_agent(again, hand, Log()).step(clock(5), 52 * SECOND)
    assert [(receipt.epoch, receipt.sequence) for receipt in hand.taken] == [(4, 1)]
    again.close()


def test_samples_of_an_epoch_that_was_signed_for_get_no_second_receipt(journal: Journal) -> None:
    hand = Hand()
    agent = make_agent(journal, hand, Log())
    agent.add_sample({}, clock(4), 41 * SECOND)
    agent.step(clock(5), 51 * SECOND)
    agent.add_sample({"too": "late"}, clock(4), 42 * SECOND)
    agent.step(clock(5), 53 * SECOND)
    assert len(hand.taken) == 1


def test_an_epoch_that_the_chain_takes_no_receipts_for_is_given_up(journal: Journal) -> None:
    hand, log = Hand(), Log()
    agent = make_agent(journal, hand, log)
    agent.add_sample({}, clock(4), 41 * SECOND)
    agent.step(clock(6), 61 * SECOND)
    assert (hand.taken, log.events) == ([], ["epoch_missed"])
    assert journal.open_epochs(before=100) == []
    agent.add_sample({}, clock(6), 62 * SECOND)
    agent.step(clock(7), 71 * SECOND)
    assert [(receipt.epoch, receipt.sequence) for receipt in hand.taken] == [(6, 1)]


def test_a_receipt_that_comes_too_late_is_settled(journal: Journal) -> None:
    hand, log = Hand([AWAY]), Log()
    agent = make_agent(journal, hand, log)
    agent.add_sample({}, clock(4), 41 * SECOND)
    agent.step(clock(5), 51 * SECOND)
    agent.step(clock(6), 61 * SECOND)
    assert log.events == ["receipt_signed", "submit_failed", "receipt_too_late"]
    assert (len(hand.taken), journal.pending()) == (1, [])


def test_a_rejected_receipt_is_not_handed_in_again(journal: Journal) -> None:
    hand, log = Hand([Outcome(Fate.REJECTED, "device is paused")]), Log()
    agent = make_agent(journal, hand, log)
    agent.add_sample({}, clock(4), 41 * SECOND)
    agent.step(clock(5), 51 * SECOND)
    agent.step(clock(5), 52 * SECOND)
    assert len(hand.taken) == 1
    assert log.lines[-1] == ("receipt_rejected", {"epoch": 4, "reason": "device is paused"})


def test_samples_of_epochs_that_never_came_are_dropped_when_a_chain_that_stood_still_goes_on(journal: Journal) -> None:
    hand, log = Hand(), Log()
    agent = make_agent(journal, hand, log)
    agent.add_sample({}, clock(4), 41 * SECOND)
    agent.add_sample({}, clock(4), 95 * SECOND)  # the wall clock says epoch 9; the chain stands in 4
    assert journal.open_epochs(before=100) == [4, 9]
    resumed = clock(5)
    agent.step(type(resumed)(5, 96 * SECOND, EPOCH), 97 * SECOND)
    assert [receipt.epoch for receipt in hand.taken] == [4]
    assert log.events[0] == "samples_dropped"
    assert journal.open_epochs(before=100) == []


def test_a_receipt_without_units_is_signed_too(journal: Journal) -> None:
    hand = Hand()
    agent = make_agent(journal, hand, Log())
    agent.add_sample({"units": 0}, clock(4), 41 * SECOND)
    agent.step(clock(5), 51 * SECOND)
    assert [receipt.units for receipt in hand.taken] == [0]


BAD_SAMPLES: list[tuple[Any, str]] = [
    (1, "JSON object"),
    ([], "JSON object"),
    (None, "JSON object"),
    ({"units": "three"}, "whole number"),
    ({"units": 1.5}, "whole number"),
    ({"units": True}, "whole number"),
    ({"units": -1}, "whole number"),
    ({"units": MAX_UNITS + 1}, "whole number"),
    ({"x": float("nan")}, "JSON"),
    ({"x": "y" * MAX_SAMPLE}, "at most 4096 bytes"),
]


@pytest.mark.parametrize(("sample", "reason"), BAD_SAMPLES, ids=[str(sample)[:20] for sample, _ in BAD_SAMPLES])
def test_a_bad_sample_is_refused_and_leaves_nothing(journal: Journal, sample: Any, reason: str) -> None:
    agent = make_agent(journal, Hand(), Log())
    with pytest.raises(ValueError, match=reason):
        agent.add_sample(sample, clock(4), 41 * SECOND)
    assert journal.open_epochs(before=100) == []


@pytest.mark.parametrize(
    ("interval", "samples", "uptime"),
    [(0.0, 1, 10_000), (0.0, 0, 0), (1.0, 10, 10_000), (1.0, 5, 5_000), (1.0, 30, 10_000), (60.0, 1, 10_000)],
)
def test_uptime_is_the_share_of_samples_that_came(interval: float, samples: int, uptime: int) -> None:
    assert Measure(interval=interval).uptime_bp(samples, EPOCH) == uptime


def test_samples_without_units_count_as_the_agent_was_told() -> None:
    assert Measure(units_per_sample=5).units([{}, {"units": 2}, {"units": 0}]) == 7
