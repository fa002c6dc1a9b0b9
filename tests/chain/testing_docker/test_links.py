"""The slow link in user space: netlink messages as the kernel has them, and packets that keep their order."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.testing_docker.delayer import ACCEPT, PACKET, QUEUE_SUBSYSTEM, Link, attribute, packet_ids, verdict


def packet(number: int) -> bytes:
    """Return what the kernel sends of a packet: a header attribute, behind another attribute."""
    attributes = attribute(5, b"\0\0\0\2") + attribute(1, struct.pack("!IHB", number, 0x0800, 3))
    body = struct.pack("!BBH", 2, 0, 7) + attributes
    return struct.pack("=IHHII", 16 + len(body), QUEUE_SUBSYSTEM | PACKET, 0, 0, 0) + body


def test_ids_are_read_from_all_messages_of_an_answer() -> None:
    assert packet_ids(packet(1) + packet(70_000)) == [1, 70_000]
    assert packet_ids(b"") == []


def test_an_error_of_the_kernel_is_raised_and_an_acknowledgement_is_not() -> None:
    assert packet_ids(struct.pack("=IHHIIi", 36, 2, 0, 0, 0, 0) + bytes(16)) == []
    with pytest.raises(OSError, match="refuses the queue"):
        packet_ids(struct.pack("=IHHIIi", 36, 2, 0, 0, 0, -1) + bytes(16))


def test_a_verdict_names_queue_packet_and_what_becomes_of_it() -> None:
    made = verdict(7, 70_000, ACCEPT)
    assert len(made) == struct.unpack_from("=I", made)[0] == 32
    assert struct.unpack("!II", made[-8:]) == (1, 70_000)


@given(st.lists(st.floats(0, 0.1), min_size=1, max_size=50), st.floats(0, 0.2), st.floats(0, 0.1))
def test_packets_are_late_but_keep_their_order(gaps: list[float], delay: float, jitter: float) -> None:
    link, now, last = Link(delay, jitter, 0.0), 0.0, 0.0
    for gap in gaps:
        now += gap
        leaves = link.leaves(now)
        assert leaves is not None
        assert leaves >= max(last, now)
        last = leaves


def test_the_asked_share_is_lost() -> None:
    link = Link(0.0, 0.0, 0.25)
    lost = sum(1 for second in range(10_000) if link.leaves(float(second)) is None)
    assert 2_300 < lost < 2_700
