"""Strategies that the mechanism rules out: none brings more than honest play with the same devices and coins."""

from functools import cache

import pytest

from chain.pb.lamppost.device_registry.v1 import places_pb2, tx_pb2
from modules.work.errors import WorkCode
from modules.work.receipts import Receipt
from tests.economics.arena import (
    ANTENNAS,
    COVERAGE,
    DISKS,
    EPOCH_SECONDS,
    LAMP,
    NOWHERE,
    STORAGE,
    UNITS,
    Arena,
    lamp,
    play,
    show,
)

AUDIT_ALL = 50
"""Audits per epoch, more than there are devices: everybody is asked."""


def one_disk(arena: Arena) -> None:
    arena.join("mallory", "mallory", STORAGE)


def one_antenna(arena: Arena) -> None:
    arena.join("mallory", "mallory", COVERAGE)


def antenna_alone(arena: Arena) -> None:
    arena.join("mallory", "mallory", COVERAGE, NOWHERE[0])


def honestly(arena: Arena) -> None:
    arena.work("mallory")


@cache
def honest_disk(audits: int = 0) -> int:
    return play(honestly, before=one_disk, audits=audits)


def test_replayed_receipts_of_his_own_and_of_others_bring_nothing() -> None:
    def replay(arena: Arena) -> None:
        arena.work("mallory")
        codes = arena.submit(*arena.submitted[-100:], by="mallory")
        assert 0 not in codes

    gain = play(replay, before=one_disk)
    show("replay", gain, honest_disk())
    assert gain == honest_disk()


def test_a_key_in_two_machines_reports_once() -> None:
    def clone(arena: Arena) -> None:
        twin = arena.receipt("mallory", sequence=2 * arena.epoch + 2)
        first = arena.receipt("mallory", sequence=2 * arena.epoch + 1)
        assert arena.submit(first, twin) == [0, WorkCode.EPOCH_ALREADY_REPORTED]

    gain = play(clone, before=one_disk)
    show("one key, two machines", gain, honest_disk())
    assert gain == honest_disk()


def test_work_split_over_many_devices_is_the_same_work() -> None:
    names = [f"part {number}" for number in range(6)]

    def join_all(arena: Arena) -> None:
        for name in names:
            arena.join(name, "mallory", STORAGE)

    gain = play(lambda arena: arena.work(*names, units=UNITS // 6), before=join_all)
    show("one disk split into six", gain, honest_disk())
    assert honest_disk() - 6 * 6 <= gain <= honest_disk(), "each slot may lose a ulamp of dust"


def test_more_devices_in_a_cell_that_is_full_by_itself_bring_nothing() -> None:
    def crowd(number: int) -> int:
        names = [f"mast {place}" for place in range(number)]

        def join_all(arena: Arena) -> None:
            for name in names:
                arena.join(name, "mallory", COVERAGE, NOWHERE[0])

        return play(lambda arena: arena.work(*names), before=join_all)

    two, eight = crowd(2), crowd(8)
    show("eight antennas where two fill the cell", eight, two)
    assert two - 8 * 6 <= eight <= two


def test_receipts_held_back_to_the_end_of_their_epoch_earn_what_early_ones_do() -> None:
    def late(arena: Arena) -> None:
        arena.wait()
        arena.work("mallory")

    gain = play(late, before=one_disk)
    show("receipts at the end of the epoch", gain, honest_disk())
    assert gain == honest_disk()


def test_receipts_held_back_to_the_end_of_the_window_earn_what_early_ones_do() -> None:
    def late(arena: Arena) -> None:
        # What was held back of the last epoch goes in when the others' receipts are all on the chain.
        if arena.epoch:
            arena.wait()
            assert arena.submit(arena.receipt("mallory", epoch=arena.epoch - 1)) == [0]

    gain = play(late, before=one_disk, after=late)
    show("receipts at the end of the window", gain, honest_disk())
    assert gain == honest_disk()


def test_the_order_of_a_gateways_batch_and_junk_around_it_change_nothing() -> None:
    def reorder(arena: Arena) -> None:
        names = ("mallory", *reversed((*ANTENNAS, *DISKS)))
        receipts = [arena.receipt(name) for name in names]
        junk = [arena.receipt(name, key="mallory", sequence=99) for name in (*ANTENNAS, *DISKS)]
        codes = arena.submit(*(part for pair in zip(junk, receipts, strict=False) for part in pair), receipts[-1])
        assert codes.count(0) == len(names)

    gain = play(reorder, before=one_disk, honest=())
    show("a gateway that reorders and adds junk", gain, honest_disk())
    assert gain == honest_disk()


def test_a_gateway_that_withholds_receipts_gains_nothing_where_another_one_takes_them() -> None:
    held: list[Receipt] = []

    def hand_in(arena: Arena) -> None:
        # The honest ones hear of nothing and go to another gateway in the next epoch: the window has two.
        if held:
            assert arena.submit(*held, by="honest") == [0] * len(held)

    def withhold(arena: Arena) -> None:
        arena.work("mallory")
        hand_in(arena)
        held[:] = [arena.receipt(name) for name in (*ANTENNAS, *DISKS)]

    gain = play(withhold, before=one_disk, after=hand_in, honest=())
    show("a gateway that withholds for an epoch", gain, honest_disk())
    assert gain == honest_disk()


def test_settling_other_peoples_devices_brings_nothing_and_takes_nothing() -> None:
    def victims(grief: bool) -> tuple[int, int]:
        with Arena() as arena:
            one_disk(arena)
            before = arena.wealth("mallory")
            for _ in range(12):
                arena.work("mallory", *ANTENNAS, *DISKS)
                for _ in range(3 if grief else 0):
                    arena.settle(*ANTENNAS, *DISKS, by="mallory")
                arena.close()
            for _ in range(3):
                arena.close()
                if grief:
                    arena.settle(*ANTENNAS, *DISKS, by="mallory")
            arena.settle("mallory", *ANTENNAS, *DISKS)
            return arena.wealth("mallory") - before, sum(arena.earned(name) for name in (*ANTENNAS, *DISKS))

    attack, honest = victims(True), victims(False)
    show("settling others at every turn", attack[0], honest[0])
    assert attack == honest


def test_tiny_receipts_earn_by_the_unit() -> None:
    gain = play(lambda arena: arena.work("mallory", units=1), before=one_disk)
    show("receipts of one unit", gain, honest_disk())
    # One of 97 units instead of 24 of 120.
    assert gain * 97 * 24 <= honest_disk() * 120 * 1 * 1.001


def test_a_slot_that_nobody_settles_is_lost_to_its_owner_and_can_be_settled_by_anybody() -> None:
    def left(rescue: bool) -> int:
        with Arena() as arena:
            one_disk(arena)
            arena.work("mallory", *DISKS)
            for number in range(10):
                arena.close()
                if rescue and number == 3:
                    arena.settle("mallory", by="honest")
            arena.settle("mallory")
            return arena.earned("mallory")

    show("letting a slot expire", left(False), left(True))
    assert left(False) == 0 < left(True)


def test_who_keeps_no_samples_loses_what_audits_find() -> None:
    def bluff(arena: Arena) -> None:
        code = arena.submit(arena.receipt("mallory", telemetry_root=bytes([7] * 32), audit_answer=b""))
        # Asked at the start of epoch 2 for the first time, it misses three times and is suspended.
        assert code == [0 if arena.epoch < 5 else WorkCode.DEVICE_NOT_USABLE]

    gain = play(bluff, before=one_disk, audits=AUDIT_ALL, epochs=8)
    honest = play(honestly, before=one_disk, audits=AUDIT_ALL, epochs=8)
    show("a root over nothing", gain, honest)
    # Two epochs of eight before it is asked at all, and half of what they locked is forfeited.
    assert gain < honest // 4


def test_pausing_or_waiting_out_an_audit_does_not_make_it_go_away() -> None:
    def dodge(arena: Arena) -> None:
        owner, device = str(arena.chain.address("mallory")), str(arena.units["mallory"].id)
        if arena.question("mallory") is None:
            arena.submit(arena.receipt("mallory", telemetry_root=bytes([7] * 32)))
            return
        arena.chain.ok(tx_pb2.MsgPauseDevice(signer=owner, device_id=device), signer="mallory")
        arena.chain.ok(tx_pb2.MsgResumeDevice(signer=owner, device_id=device), signer="mallory")
        assert arena.question("mallory") is not None

    gain = play(dodge, before=one_disk, audits=AUDIT_ALL)
    show("pausing when drawn", gain, honest_disk(AUDIT_ALL))
    assert gain < honest_disk(AUDIT_ALL) // 2


def test_moving_about_earns_less_than_staying() -> None:
    def wander(arena: Arena) -> None:
        message = places_pb2.MsgAssertLocation(
            owner=str(arena.chain.address("mallory")),
            device_id=str(arena.units["mallory"].id),
            cell=NOWHERE[arena.epoch + 1],
            max_price=10**9,
        )
        arena.chain.ok(message, signer="mallory")
        arena.work("mallory")

    staying = play(honestly, before=antenna_alone)
    gain = play(wander, before=antenna_alone)
    show("a new cell every day", gain, staying)
    assert gain < 0 < staying


def test_claims_far_above_the_maximum_are_no_receipts() -> None:
    def boast(arena: Arena) -> None:
        assert arena.submit(arena.receipt("mallory", units=10 * UNITS + 1)) == [WorkCode.UNITS_OVER_MAXIMUM]

    gain = play(boast, before=one_disk)
    show("eleven times the maximum", gain, honest_disk())
    assert gain == 0


def test_being_his_own_customer_costs_a_small_holder_what_kappa_leaves() -> None:
    burn = 10_000 * 10**6

    def pump(arena: Arena) -> None:
        arena.work("mallory")
        arena.spend("mallory", burn)

    gain = play(pump, before=one_disk, epochs=12)
    honest = play(honestly, before=one_disk, epochs=12)
    show(f"burning {lamp(burn)} a day for himself, a fifth of the disks", gain, honest)
    # Kappa is one half: the rest is gone, but for a fifth of what re-enters through half of the availability bucket.
    assert -12 * burn * 50 // 100 < gain - honest < -12 * burn * 45 // 100


def everything(arena: Arena) -> int:
    """Return what mallory has if all devices, stake, attesters and delegators are his."""
    others = sum(item.buckets.stakers + item.buckets.attesters + item.buckets.delegators for _, item in arena.closes())
    return arena.wealth("mallory") + others


def burned_for_himself(parts: dict[str, int], amount: int) -> int:
    """Return what an owner of everything has after 40 epochs, in the first four of which he is his own customer."""
    with Arena(crowd=False, emission=parts) as arena:
        one_disk(arena)
        arena.join("mast", "mallory", COVERAGE)
        before = everything(arena)
        for epoch in range(40):
            arena.work("mallory", "mast")
            if epoch < 4 and amount:
                arena.spend("mallory", amount // 4)
            arena.close()
        arena.close()
        arena.settle("mallory", "mast")
        return everything(arena) - before


@pytest.mark.parametrize(
    "parts",
    [
        {"usage_kappa_bp": 5_000},
        {"usage_kappa_bp": 9_000, "availability_bp": 1_000, "stakers_bp": 0, "attesters_bp": 0, "delegators_bp": 0},
        {"usage_kappa_bp": 1_000, "usage_bp": 500, "availability_bp": 6_000, "stakers_bp": 2_000},
    ],
    ids=["a kappa of one half", "the highest kappa", "a low kappa"],
)
def test_being_his_own_customer_is_a_loss_even_for_who_has_everything(parts: dict[str, int]) -> None:
    """Kappa and the shares of all buckets that are paid without a burn sum to the whole at most: no more comes back."""
    burn = 200_000 * LAMP
    gain, honest = burned_for_himself(parts, burn), burned_for_himself(parts, 0)
    show(f"burning {lamp(burn)} for himself, owner of everything", gain, honest)
    assert gain < honest


def awake_after_a_halt(days: int) -> int:
    """Return what mallory gains who is the first to be awake when a chain that stood still goes on."""
    with Arena() as arena:
        one_disk(arena)
        had = arena.wealth("mallory")
        arena.work("mallory", *ANTENNAS, *DISKS)
        arena.close()
        late = [arena.receipt(name) for name in (*ANTENNAS, *DISKS)]
        arena.work("mallory")
        arena.chain.advance(days * EPOCH_SECONDS)
        # Blocks come one after the other, and he is there in each of them.
        for _ in range(8):
            arena.submit(arena.receipt("mallory"))
        # The others need most of a day; what they did before the halt is still taken.
        arena.chain.advance(EPOCH_SECONDS * 9 // 10)
        assert arena.submit(*late) == [0] * len(late)
        arena.work(*ANTENNAS, *DISKS)
        for _ in range(3):
            arena.close()
        arena.settle(*arena.units)
        return arena.wealth("mallory") - had


def test_being_the_first_who_is_awake_after_a_halt_brings_nothing() -> None:
    honest = play(honestly, before=one_disk, epochs=3)
    for days in (2, 5, 9):
        gain = awake_after_a_halt(days)
        show(f"first to be awake after a halt of {days} days", gain, honest)
        assert gain == honest
