"""Who is listened to, and for how long not."""

from typing import cast

import pytest

from chain.primitives.errors import SdkCode, SdkError
from chain.primitives.ids import Address
from chain.runtime.tx import Tx
from chain.runtime.waiting import MAX_CREDIT, MAX_JUNK, MAX_MUTED, Waiting


def heard(waiting: Waiting, payer: Address) -> bool:
    try:
        waiting.require_heard(payer)
    except SdkError as error:
        assert error.code is SdkCode.MEMPOOL_FULL
        return False
    return True


def test_who_goes_on_sending_junk_is_not_heard_for_twice_as_long_each_time() -> None:
    waiting, payer = Waiting(), Address(bytes(20))
    pauses = []
    for _ in range(9):
        waiting.mute(payer)
        waiting.mute(payer)
        blocks = 0
        while not heard(waiting, payer):
            waiting.next_block()
            blocks += 1
        pauses.append(blocks)
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 64, 64]


def test_who_keeps_still_for_as_long_again_is_forgiven() -> None:
    waiting, payer = Waiting(), Address(bytes(20))
    waiting.mute(payer)
    waiting.next_block()
    waiting.mute(payer)
    for _ in range(2 + 2):
        waiting.next_block()
        assert len(waiting._muted) == 1
    waiting.next_block()
    assert len(waiting._muted) == 0
    waiting.mute(payer)
    waiting.next_block()
    assert heard(waiting, payer)


def test_no_more_than_some_accounts_are_remembered_as_not_heard() -> None:
    waiting = Waiting()
    for number in range(MAX_MUTED + 1):
        waiting.mute(Address(number.to_bytes(20, "big")))
    with pytest.raises(SdkError):
        waiting.require_heard(Address(bytes(20)))
    waiting.require_heard(Address(MAX_MUTED.to_bytes(20, "big")))


class Sent:
    """As much of a transaction as junk is remembered by."""

    def __init__(self, payer: Address) -> None:
        self.payer = payer


def crowd(waiting: Waiting) -> None:
    """Let so many strangers send junk that nobody is heard but for credit."""
    waiting.next_block()
    for number in range(MAX_JUNK):
        waiting.note_junk(cast(Tx, Sent(Address((1_000 + number).to_bytes(20, "big")))))


def test_credit_is_used_up_by_junk_one_for_one() -> None:
    waiting, payer = Waiting(), Address(bytes(20))
    for _ in range(MAX_CREDIT + 3):
        waiting.give_credit(payer)
    for left in range(MAX_CREDIT, 0, -1):
        crowd(waiting)
        while payer in waiting._muted and waiting._blocks < waiting._muted[payer].until:
            crowd(waiting)
        assert heard(waiting, payer), left
        waiting.note_junk(cast(Tx, Sent(payer)))
    for _ in range(100):
        crowd(waiting)
    assert not heard(waiting, payer)
    waiting.next_block()
    assert heard(waiting, payer)


def test_no_more_than_some_accounts_have_credit_and_the_first_lose_it() -> None:
    waiting = Waiting()
    for number in range(MAX_MUTED + 1):
        waiting.give_credit(Address(number.to_bytes(20, "big")))
    crowd(waiting)
    assert not heard(waiting, Address(bytes(20)))
    assert heard(waiting, Address((MAX_MUTED).to_bytes(20, "big")))
