"""What the agent's journal keeps, and whose it is."""

import json
import stat
from pathlib import Path

import pytest

from chain.client.agent.journal import KEPT_EPOCHS, Journal, JournalError
from chain.client.devices import DeviceKey
from chain.pb.lamppost.work.v1.types_pb2 import Receipt
from tests.chain.client.agent.devices import CHAIN_ID, KEY, open_journal


def reopen(journal: Journal) -> Journal:
    journal.close()
    return open_journal(journal.folder)


def test_signed_receipts_survive_a_restart_in_order(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    receipts = [Receipt(epoch=epoch, sequence=epoch, units=epoch) for epoch in (1, 2, 3)]
    for receipt in receipts:
        journal.record_signed(receipt)
    secret = journal.state.salt_secret
    journal = reopen(journal)
    assert journal.pending() == receipts
    assert (journal.state.last_epoch, journal.state.sequence, journal.state.salt_secret) == (3, 3, secret)
    journal.settle(receipts[1])
    journal = reopen(journal)
    assert journal.pending() == [receipts[0], receipts[2]]
    journal.close()


def test_a_second_agent_cannot_use_a_journal_that_is_in_use(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    with pytest.raises(JournalError, match="another agent uses"):
        open_journal(tmp_path)
    reopen(journal).close()


def test_a_journal_belongs_to_one_device_on_one_chain(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    journal.save()
    journal.close()
    with pytest.raises(JournalError, match="is the journal of"):
        Journal(tmp_path, KEY.device_id, "another-chain")
    with pytest.raises(JournalError, match="is the journal of"):
        Journal(tmp_path, DeviceKey.generate().device_id, CHAIN_ID)
    open_journal(tmp_path).close()  # and a refusal leaves no lock behind


@pytest.mark.parametrize("content", ["", "{", "[]", '{"device": 1}', '{"device": "x", "chain_id": "y"}'])
def test_a_damaged_journal_is_not_started_over(tmp_path: Path, content: str) -> None:
    (tmp_path / "state.json").write_text(content)
    with pytest.raises(JournalError, match="is damaged"):
        open_journal(tmp_path)


def test_a_sample_cut_off_by_a_crash_does_not_spoil_the_next_one(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    journal.add_sample(7, b'{"a":1}')
    journal.close()
    with (tmp_path / "7.jsonl").open("ab") as file:
        file.write(b'{"a":')
    journal = open_journal(tmp_path)
    journal.add_sample(7, b'{"a":2}')
    assert journal.samples(7) == [b'{"a":1}', b'{"a":2}']
    journal.close()


def test_a_journal_that_was_lost_takes_over_what_the_chain_knows_and_never_goes_back(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    journal.catch_up(sequence=9, last_epoch=40)
    journal.catch_up(sequence=3, last_epoch=-1)
    journal = reopen(journal)
    assert (journal.state.sequence, journal.state.last_epoch) == (9, 40)
    journal.add_sample(40, b"{}")
    journal.add_sample(41, b"{}")
    assert journal.open_epochs(before=42) == [41]
    journal.close()


def test_samples_of_old_epochs_are_forgotten(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    journal.add_sample(0, b"{}")
    journal.add_sample(1, b"{}")
    journal.record_signed(Receipt(epoch=KEPT_EPOCHS + 1, sequence=1))
    assert (journal.samples(0), journal.samples(1)) == ([], [b"{}"])
    journal.close()


def test_only_the_owner_may_read_a_journal_and_no_private_key_is_in_it(tmp_path: Path) -> None:
    journal = open_journal(tmp_path / "new")
    journal.record_signed(Receipt(epoch=1))
    file = journal.folder / "state.json"
    assert stat.S_IMODE(journal.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert KEY.private_key.hex() not in file.read_text()
    assert sorted(json.loads(file.read_text())) == [
        "accepted_epoch",
        "chain_id",
        "device",
        "last_epoch",
        "pending",
        "salt_secret",
        "sequence",
    ]
    journal.close()
