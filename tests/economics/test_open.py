"""Strategies against which the mechanism has no proof: what each brings is measured here, and bounded where it can be.

A test that fails because a gain has shrunk is good news: put the new figure in.
"""

from functools import cache

from chain.crypto.audits import make_answer
from chain.crypto.merkle import counted_root, leaf_hash, root
from tests.economics.arena import COVERAGE, LAMP, NOWHERE, STORAGE, Arena, play, show

BOND = 1 * LAMP
"""What a device without a manufacturer costs for the week after its end."""


def at_home(arena: Arena) -> None:
    arena.join("mallory", "mallory", COVERAGE)


def one_disk(arena: Arena) -> None:
    arena.join("mallory", "mallory", STORAGE)


def honestly(arena: Arena) -> None:
    arena.work("mallory")


@cache
def honest_antenna() -> int:
    return play(honestly, before=at_home)


@cache
def honest_disk() -> int:
    return play(honestly, before=one_disk)


def test_a_false_place_earns_like_a_true_one_far_from_all_others() -> None:
    def at_sea(arena: Arena) -> None:
        arena.join("mallory", "mallory", COVERAGE, NOWHERE[0])

    gain = play(honestly, before=at_sea)
    show("an antenna that says it stands in the sea", gain, honest_antenna())
    # The city's cell is full with two devices and shared by five; the sea is paid in full: 1/3 instead of 1/5.
    assert abs(gain * 3 - honest_antenna() * 5) < 3 * LAMP


def phantoms(number: int, network: int) -> int:
    names = [f"phantom {place}" for place in range(number)]

    def join_all(arena: Arena) -> None:
        for place, name in enumerate(names):
            arena.join(name, "mallory", network, NOWHERE[place] if network == COVERAGE else 0)

    return play(lambda arena: arena.work(*names), before=join_all)


def test_phantom_devices_earn_what_their_number_outweighs() -> None:
    disks, places = phantoms(12, STORAGE), phantoms(12, COVERAGE)
    show("twelve phantom disks", disks, honest_disk())
    show("twelve phantom antennas over twelve cells", places, honest_antenna())
    # 12 of 16 devices instead of 1 of 5; 12 cells of 24 beside the city's 48 instead of a fifth of it.
    assert abs(disks * 16 - honest_disk() * 5 * 12) < 100 * LAMP
    assert abs(places * 14 - honest_antenna() * 5 * 12) < 100 * LAMP
    assert disks > 1_000 * 12 * BOND, "in six days more than a thousand times the bonds"


def test_who_lies_about_a_place_joins_anew_instead_of_moving() -> None:
    def hop(arena: Arena) -> None:
        name = f"hop {arena.epoch}"
        if arena.epoch:
            arena.retire(f"hop {arena.epoch - 1}")
        arena.join(name, "mallory", COVERAGE, NOWHERE[arena.epoch])
        arena.work(name)

    def stay(arena: Arena) -> None:
        arena.join("mallory", "mallory", COVERAGE, NOWHERE[0])

    gain, honest = play(hop), play(honestly, before=stay)
    show("a new device at a new place every day", gain, honest)
    # Retired devices' last slots pay out as they drip; nothing is lost but the wait for bonds.
    assert gain == honest


def test_a_device_that_joins_at_the_end_of_an_epoch_claims_all_of_it() -> None:
    def late(arena: Arena) -> None:
        if arena.epoch == 5:
            arena.wait()
            arena.join("mallory", "mallory", STORAGE)
            arena.work("mallory")

    gain = play(late)
    show("ten seconds before the end of an epoch", gain, 0)
    assert abs(gain * 6 - honest_disk()) < honest_disk() // 100


def test_samples_that_nobody_measured_pass_every_audit() -> None:
    leaf = leaf_hash(bytes(16) + b"made up")
    invented = counted_root(root([leaf]), 1)

    def invent(arena: Arena) -> None:
        question = arena.question("mallory")
        answer = b""
        if question is not None and arena.epoch >= question.epoch:
            answer = make_answer(question.nonce, [leaf], lambda index: (bytes(16), b"made up"))
        receipt = arena.receipt("mallory", telemetry_root=invented, audit_answer=answer)
        assert arena.submit(receipt) == [0]

    gain = play(invent, before=one_disk, audits=50)
    show("one invented sample for ever", gain, honest_disk())
    assert gain == honest_disk()


def test_strikes_are_shed_with_the_device() -> None:
    def shed(arena: Arena) -> None:
        name = f"liar {arena.epoch}"
        if arena.epoch:
            arena.retire(f"liar {arena.epoch - 1}")
        arena.join(name, "mallory", STORAGE)
        receipt = arena.receipt(name, telemetry_root=bytes([7] * 32), audit_answer=b"")
        assert arena.submit(receipt) == [0]

    gain = play(shed, audits=50)
    honest = honest_disk()
    show("no samples, and a new device every day, before any audit can ask it", gain, honest)
    # All are audited, but who has reported nothing yet is not asked. It costs a bond for a week each day.
    assert gain == honest


def test_the_only_gateway_that_withholds_takes_what_the_withheld_would_have_earned() -> None:
    gain = play(honestly, before=one_disk, honest=())
    show("the only gateway withholds all others", gain, honest_disk())
    assert abs(gain - honest_disk() * 5) < 10 * LAMP, "the pool instead of a fifth of it"


def test_who_crowds_a_cell_takes_from_its_neighbours() -> None:
    names = [f"crowd {number}" for number in range(8)]

    def join_all(arena: Arena) -> None:
        for name in names:
            arena.join(name, "mallory", COVERAGE)

    gain = play(lambda arena: arena.work(*names), before=join_all)
    show("eight antennas more in a full cell", gain, honest_antenna())
    # The cell is worth no more than before: eight of its twelve devices take two thirds of it instead of a fifth.
    assert abs(gain * 3 - honest_antenna() * 5 * 2) < 100 * LAMP


def test_one_unit_takes_the_pool_of_an_empty_network() -> None:
    gain = play(lambda arena: arena.work("mallory", units=1), before=one_disk, crowd=False, honest=())
    full = play(honestly, before=one_disk, crowd=False, honest=())
    show("one unit where nobody else works", gain, full)
    assert gain == full
