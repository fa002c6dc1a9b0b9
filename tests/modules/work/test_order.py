"""The books of an epoch do not depend on the order of receipts, nor on how they are spread over messages."""

import random
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from chain.crypto.audits import make_answer
from chain.crypto.merkle import counted_root, leaf_hash, root
from chain.primitives.ints import Epoch
from modules.work.params import Params
from modules.work.receipts import Receipt
from modules.work.state import AUDITS, DEVICES, Audit, Outcome, Question
from tests.modules.work.fleet import EPOCH_SECONDS, Fleet

LEAVES = [leaf_hash(bytes(16) + b"sample")]
ROOT = counted_root(root(LEAVES), 1)
CELLS = (0x88283082A3FFFFF, 0x88283082A7FFFFF)
"""Two neighbours of resolution 8."""

DEVICE = st.fixed_dictionaries(
    {
        "units": st.integers(0, 12_000),
        "uptime_bp": st.integers(0, 10_100),
        "cell": st.sampled_from((0, *CELLS)),
        "weightless": st.booleans(),
        "audit": st.sampled_from(("none", "right", "wrong", "missing")),
        "forged": st.booleans(),
        "again": st.booleans(),
    }
)


def scene(devices: list[dict[str, Any]]) -> tuple[Fleet, list[list[Receipt]]]:
    """Return a fleet in epoch 1 and the receipts of each device, in the order in which it signed them."""
    fleet = Fleet(Params(epoch_seconds=EPOCH_SECONDS, audits_per_epoch=0, max_strikes=1))
    keys = []
    for number, facts in enumerate(devices):
        caps = (900, 1_500, 2_000) if facts["cell"] else ()
        keys.append(fleet.add(number, cell=facts["cell"], caps=caps, weightless=facts["weightless"]))
        assert fleet.codes(fleet.receipt(keys[-1], telemetry_root=ROOT)) == [0]
    fleet.block(100)
    fleet.world.epoch = 1
    return fleet, [_signed(fleet, key, facts) for key, facts in zip(keys, devices, strict=True)]


def _signed(fleet: Fleet, key: Any, facts: dict[str, Any]) -> list[Receipt]:
    answer = b""
    if facts["audit"] != "none":
        work = fleet.keeper.device_work(fleet.ctx, key.id)
        DEVICES.set(fleet.ctx, key.id, replace(work, question=Question(Epoch(1), 7, ROOT, Epoch(0))))
        AUDITS.set(fleet.ctx, (Epoch(1), key.id), Audit(7, Outcome.OPEN))
        right = make_answer(7, LEAVES, lambda _: (bytes(16), b"sample"))
        answer = {"right": right, "wrong": right[:-1], "missing": b""}[facts["audit"]]
    receipt = fleet.receipt(key, units=facts["units"], uptime_bp=facts["uptime_bp"], audit_answer=answer)
    forged = [replace(receipt, signature=bytes(64))] if facts["forged"] else []
    return [*forged, receipt, *([receipt] if facts["again"] else [])]


@given(st.lists(DEVICE, min_size=1, max_size=6), st.integers(0, 2**32))
@settings(max_examples=60)
def test_the_books_are_the_same_whatever_the_order_of_devices_and_the_size_of_messages(
    devices: list[dict[str, Any]], seed: int
) -> None:
    books = []
    for dice in (None, random.Random(seed)):
        fleet, signed = scene(devices)
        if dice is None:
            fleet.submit(*(receipt for receipts in signed for receipt in receipts))
        else:
            _spread(fleet, signed, dice)
        fleet.world.check()
        books.append(fleet.world.state.changes())
    assert books[0] == books[1]


def _spread(fleet: Fleet, signed: list[list[Receipt]], dice: random.Random) -> None:
    """Hand receipts in at random, each device's own in their order, in messages of random sizes."""
    left = [list(receipts) for receipts in signed]
    message: list[Receipt] = []
    while any(left):
        message.append(dice.choice([receipts for receipts in left if receipts]).pop(0))
        if dice.random() < 0.4:
            fleet.submit(*message)
            message = []
    if message:
        fleet.submit(*message)
