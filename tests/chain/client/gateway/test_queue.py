"""The gateway's queue, step by step."""

import pytest

from chain.client.agent.agent import Fate, Outcome
from chain.client.gateway.queue import QueueFull, ReceiptQueue
from chain.pb.lamppost.work.v1.types_pb2 import Receipt


def receipt(number: int, epoch: int = 1, units: int = 1) -> Receipt:
    return Receipt(device=bytes([number]) * 20, epoch=epoch, units=units)


def test_receipts_come_out_in_order_and_once() -> None:
    queue = ReceiptQueue()
    for number in range(5):
        queue.put(receipt(number))
    assert queue.take(3, timeout=0) == [receipt(0), receipt(1), receipt(2)]
    assert queue.take(3, timeout=0) == [receipt(3), receipt(4)]
    assert queue.take(3, timeout=0) == []
    assert queue.waiting == 5


def test_what_is_given_back_comes_out_again_before_what_came_later() -> None:
    queue = ReceiptQueue()
    queue.put(receipt(0))
    taken = queue.take(1, timeout=0)
    queue.put(receipt(1))
    queue.give_back(taken)
    assert queue.take(9, timeout=0) == [receipt(0), receipt(1)]


def test_a_rejected_receipt_may_be_replaced_by_another_one() -> None:
    queue = ReceiptQueue()
    queue.put(receipt(0))
    queue.finish(receipt(0), Outcome(Fate.REJECTED, "paused"))
    assert queue.put(receipt(0)) == Outcome(Fate.REJECTED, "paused")
    assert queue.put(receipt(0, units=2)) == Outcome(Fate.WAITING)
    assert queue.take(1, timeout=0) == [receipt(0, units=2)]


def test_finished_receipts_are_forgotten_oldest_first_and_waiting_ones_never() -> None:
    queue = ReceiptQueue(limit=2)
    for number in range(10):
        queue.put(receipt(number))
        if number:
            queue.finish(receipt(number), Outcome(Fate.ACCEPTED))
    assert queue.waiting == 1
    assert queue.find(receipt(0).device, 1) == Outcome(Fate.WAITING)
    assert queue.find(receipt(1).device, 1) is None
    assert queue.find(receipt(9).device, 1) == Outcome(Fate.ACCEPTED)


def test_a_full_queue_says_so() -> None:
    queue = ReceiptQueue(limit=1)
    queue.put(receipt(0))
    with pytest.raises(QueueFull, match="1 receipts are waiting"):
        queue.put(receipt(1))
    assert queue.put(receipt(0)) == Outcome(Fate.WAITING)
