"""Receipts: each rejected for its own reason, and what stands counts what the formula says."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.crypto.audits import MAX_ANSWER
from chain.crypto.keys import Algorithm
from chain.primitives.errors import SdkCode, SdkError
from chain.sdk.gas import VERIFY_ED25519
from modules.work.errors import WorkCode
from modules.work.messages import SubmitWork
from modules.work.receipts import OVERCLAIM, Receipt, effective_units
from modules.work.state import DEVICES, DeviceWork
from tests.modules.work.fleet import CHAIN_ID, SUBMITTER, DeviceKey, Fleet, Registered

Make = Callable[[Fleet, DeviceKey], Receipt]

STRANGER = DeviceKey(99)

REJECTIONS: list[tuple[WorkCode, Make]] = [
    (WorkCode.MALFORMED_RECEIPT, lambda fleet, key: fleet.receipt(key, device=bytes(19))),
    (WorkCode.MALFORMED_RECEIPT, lambda fleet, key: fleet.receipt(key, device=b"")),
    (WorkCode.MALFORMED_RECEIPT, lambda fleet, key: fleet.receipt(key, telemetry_root=bytes(31))),
    (WorkCode.MALFORMED_RECEIPT, lambda fleet, key: fleet.receipt(key, audit_answer=b"nobody asked")),
    (WorkCode.MALFORMED_RECEIPT, lambda fleet, key: fleet.receipt(key, audit_answer=bytes(MAX_ANSWER + 1))),
    (WorkCode.MALFORMED_RECEIPT, lambda fleet, key: replace(fleet.receipt(key), signature=bytes(63))),
    (WorkCode.UPTIME_OUT_OF_RANGE, lambda fleet, key: fleet.receipt(key, uptime_bp=10_001)),
    (WorkCode.EPOCH_OUTSIDE_WINDOW, lambda fleet, key: fleet.receipt(key, epoch=fleet.epoch + 1)),
    (WorkCode.EPOCH_OUTSIDE_WINDOW, lambda fleet, key: fleet.receipt(key, epoch=fleet.epoch - 2)),
    (WorkCode.UNKNOWN_DEVICE, lambda fleet, key: fleet.receipt(STRANGER)),
    (WorkCode.WRONG_NETWORK, lambda fleet, key: fleet.receipt(key, network=2)),
    (WorkCode.UNITS_OVER_MAXIMUM, lambda fleet, key: fleet.receipt(key, units=1_000 * OVERCLAIM + 1)),
    (WorkCode.UNITS_OVER_MAXIMUM, lambda fleet, key: fleet.receipt(key, units=2**64 - 1)),
    (WorkCode.SEQUENCE_NOT_ABOVE_LAST, lambda fleet, key: fleet.receipt(key, sequence=0)),
    (WorkCode.INVALID_SIGNATURE, lambda fleet, key: fleet.receipt(key, chain_id="lamppost-2")),
    (WorkCode.INVALID_SIGNATURE, lambda fleet, key: replace(fleet.receipt(key), units=101)),
    (WorkCode.INVALID_SIGNATURE, lambda fleet, key: replace(fleet.receipt(key), signature=bytes(64))),
    (WorkCode.INVALID_SIGNATURE, lambda fleet, key: replace(fleet.receipt(STRANGER), device=key.id)),
]


def at_epoch_three() -> Fleet:
    fleet = Fleet()
    for epoch in (1, 2, 3):
        fleet.block(100 * epoch)
    return fleet


@pytest.mark.parametrize(("code", "make"), REJECTIONS)
def test_a_bad_receipt_is_rejected_by_itself_and_the_others_stand(code: WorkCode, make: Make) -> None:
    fleet = at_epoch_three()
    bad, first, last = fleet.add(1), fleet.add(2), fleet.add(3)

    codes = fleet.codes(fleet.receipt(first), make(fleet, bad), fleet.receipt(last))

    assert codes == [0, int(code), 0]
    assert DEVICES.get(fleet.ctx, bad.id) is None
    assert DEVICES.get(fleet.ctx, last.id) == DeviceWork(4, 4, bytes(32))  # type: ignore[arg-type]
    rejected = [event for event in fleet.ctx.events if event.type == "receipt_rejected"]
    assert [dict(event.attributes)["code"] for event in rejected] == [str(int(code))]
    assert dict(rejected[0].attributes)["index"] == "1"


@pytest.mark.parametrize("reason", ["device is paused", "network is closed", "model is suspended"])
def test_a_device_that_is_not_usable_is_rejected_with_the_reason(reason: str) -> None:
    fleet = Fleet()
    key = fleet.add(1, usable=False, reason=reason)
    assert fleet.codes(fleet.receipt(key)) == [WorkCode.DEVICE_NOT_USABLE]
    event = next(event for event in fleet.ctx.events if event.type == "receipt_rejected")
    assert reason in dict(event.attributes)["reason"]


def test_the_same_receipt_twice_in_one_message_counts_once() -> None:
    fleet = Fleet()
    receipt = fleet.receipt(fleet.add(1))
    assert fleet.submit(receipt, receipt) == [(0, 100), (WorkCode.SEQUENCE_NOT_ABOVE_LAST, 0)]
    assert fleet.codes(receipt) == [WorkCode.SEQUENCE_NOT_ABOVE_LAST], "nor in a later one"


def test_two_receipts_for_one_epoch_count_once() -> None:
    fleet = Fleet()
    key = fleet.add(1)
    first, second = fleet.receipt(key, sequence=5), fleet.receipt(key, sequence=6)
    assert fleet.codes(first, second) == [0, WorkCode.EPOCH_ALREADY_REPORTED]
    assert fleet.codes(second) == [WorkCode.EPOCH_ALREADY_REPORTED]


def test_a_forged_receipt_does_not_spoil_the_genuine_one_behind_it() -> None:
    fleet = Fleet()
    key = fleet.add(1)
    forged = replace(fleet.receipt(key, sequence=9), signature=bytes(64))
    assert fleet.codes(forged, fleet.receipt(key)) == [WorkCode.INVALID_SIGNATURE, 0]


def test_the_last_epoch_and_the_running_one_can_come_in_one_message() -> None:
    fleet = at_epoch_three()
    key = fleet.add(1)
    late, current = fleet.receipt(key, epoch=2, sequence=1), fleet.receipt(key, epoch=3, sequence=2)
    assert fleet.codes(late, current) == [0, 0]
    assert DEVICES.get(fleet.ctx, key.id) == DeviceWork(2, 4, bytes(32))  # type: ignore[arg-type]
    fleet.world.epoch = 3
    fleet.world.check()


def test_an_epoch_before_one_already_reported_is_refused() -> None:
    fleet = at_epoch_three()
    key = fleet.add(1)
    late, current = fleet.receipt(key, epoch=2, sequence=2), fleet.receipt(key, epoch=3, sequence=1)
    assert fleet.codes(current, late) == [0, WorkCode.EPOCH_ALREADY_REPORTED]


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_every_scheme_of_device_keys_signs_receipts(algorithm: Algorithm) -> None:
    fleet = Fleet()
    key, other = fleet.add(1, algorithm), fleet.add(2, algorithm)
    forged = replace(fleet.receipt(other), signature=key.sign(fleet.receipt(other).sign_bytes(CHAIN_ID) + b"x"))
    assert fleet.codes(fleet.receipt(key), forged) == [0, WorkCode.INVALID_SIGNATURE]


def test_units_are_cut_off_at_the_maximum_and_weighted() -> None:
    fleet = Fleet()
    key = fleet.add(1, max_units=1_000, hardware_bp=15_000, level_bp=8_000)
    assert fleet.submit(fleet.receipt(key, units=1_200, uptime_bp=9_500)) == [(0, 1_140)]


def test_ten_times_the_maximum_is_still_cut_off_and_not_rejected() -> None:
    fleet = Fleet()
    assert fleet.submit(fleet.receipt(fleet.add(1), units=1_000 * OVERCLAIM)) == [(0, 1_000)]


def test_a_receipt_that_counts_nothing_stands_and_opens_no_book() -> None:
    fleet = Fleet()
    key = fleet.add(1)
    assert fleet.submit(fleet.receipt(key, uptime_bp=0)) == [(0, 0)]
    assert DEVICES.get(fleet.ctx, key.id) is not None
    assert [slot.units for slot in fleet.world.keeper.account(fleet.ctx, key.id).slots()] == [0]


@given(
    st.integers(0, 2**64 - 1),
    st.integers(0, 10**15),
    st.integers(0, 10_000),
    st.integers(0, 10**5),
    st.integers(0, 10**5),
)
def test_effective_units_are_the_floor_of_the_fraction(
    units: int, maximum: int, uptime: int, hardware: int, level: int
) -> None:
    receipt = Receipt(1, bytes(20), 0, 1, units, uptime, bytes(32), b"", bytes(64))
    device = Registered(1, 2, b"", True, "", maximum, hardware, level)
    exact = min(units, maximum) * Fraction(uptime, 10_000) * Fraction(hardware, 10_000) * Fraction(level, 10_000)
    assert effective_units(receipt, device) == floor(exact)


def test_gas_for_signatures_is_used_before_any_is_verified() -> None:
    fleet = Fleet()
    forged = [replace(fleet.receipt(fleet.add(n)), signature=bytes(64)) for n in range(10)]
    gas = fleet.with_gas()
    fleet.submit(*forged)
    all_used = gas.used
    assert all_used > 10 * VERIFY_ED25519

    fleet.with_gas(all_used - 1)
    with pytest.raises(SdkError) as caught:
        fleet.submit(*forged)
    assert caught.value.code == SdkCode.OUT_OF_GAS
    assert "receipt signature" in caught.value.detail


def test_a_message_of_bad_receipts_succeeds_and_writes_nothing() -> None:
    fleet = Fleet()
    before = fleet.world.state.changes()
    fleet.submit(fleet.receipt(STRANGER), fleet.receipt(STRANGER))
    assert fleet.world.state.changes() == before


def test_the_result_is_the_same_in_one_message_and_in_many() -> None:
    def run(messages: Callable[[list[Receipt]], list[list[Receipt]]]) -> object:
        fleet = Fleet()
        receipts = [fleet.receipt(fleet.add(n), units=n * 7) for n in range(1, 20)]
        for message in messages(receipts):
            fleet.submit(*message)
        return fleet.world.state.changes()

    together = run(lambda receipts: [receipts])
    assert run(lambda receipts: [[receipt] for receipt in receipts]) == together
    assert run(lambda receipts: [receipts[::-1]]) == together


def test_a_submitted_message_says_what_became_of_its_receipts() -> None:
    fleet = Fleet()
    good, bad = fleet.receipt(fleet.add(1), units=30), fleet.receipt(STRANGER)
    fleet.submit(good, bad)
    event = fleet.ctx.events[-1]
    assert event.type == "work_submitted"
    assert dict(event.attributes) == {
        "submitter": str(SUBMITTER),
        "accepted": "1",
        "rejected": "1",
        "effective_units": "30",
    }


def test_receipts_go_over_the_wire_and_back() -> None:
    receipt = Fleet().receipt(DeviceKey(1), units=2**64 - 1)
    assert Receipt.from_proto(receipt.to_proto()) == receipt
    assert SubmitWork(SUBMITTER, (receipt,)).signers == (SUBMITTER,)


def test_the_signed_bytes_are_the_prefix_and_the_body_with_the_chain_id() -> None:
    receipt = Receipt(1, b"\xaa" * 20, 3, 4, 5, 6, b"\xbb" * 32, b"", b"\xcc" * 64)
    assert receipt.sign_bytes("c") == (
        b"lamppost/receipt\n"
        b"\x0a\x01c" + b"\x10\x01" + b"\x1a\x14" + b"\xaa" * 20 + b"\x20\x03\x28\x04\x30\x05\x38\x06"
        b"\x42\x20" + b"\xbb" * 32
    )
