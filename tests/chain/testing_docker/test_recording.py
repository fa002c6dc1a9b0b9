"""The book of a run: what is noted, and what is made of it."""

import time

from hypothesis import given
from hypothesis import strategies as st

from chain.testing_docker.recording import Recording, SentTx, percentile
from chain.testing_docker.waiting import unix_seconds


def test_what_begins_is_open_until_it_is_finished_by_its_words() -> None:
    book = Recording("r")
    first, second = book.begin("down", "node1"), book.begin("down", "node2")
    book.finish("down", "node2")
    book.finish("paused", "node1")
    assert first.end is None
    assert second.end is not None
    book.finish("down", "node1")
    assert first.end is not None


def test_a_moment_ends_when_it_begins_and_a_stretch_ends_when_its_code_fails() -> None:
    book = Recording("r")
    assert book.mark("killed").end == book.marks[0].start
    try:
        with book.during("storm"):
            raise ValueError
    except ValueError:
        pass
    assert book.marks[1].end is not None


def test_only_transactions_in_blocks_have_a_latency() -> None:
    book = Recording("r")
    now = time.time()
    book.txs = [
        SentTx("send", "A", "a", "node0", now, included=now + 2),
        SentTx("send", "B", "a", "node0", now),
        SentTx("receipts", "C", "g", "node0", now, included=now + 1),
    ]
    assert [round(each, 3) for each in book.latencies()] == [1.0, 2.0]
    assert [round(each, 3) for each in book.latencies(["send"])] == [2.0]


@given(st.lists(st.floats(0, 100), min_size=1).map(sorted), st.floats(0.1, 100))
def test_a_percentile_is_a_value_with_so_many_at_or_below_it(values: list[float], percent: float) -> None:
    found = percentile(values, percent)
    assert found in values
    assert sum(1 for value in values if value <= found) >= len(values) * percent / 100 - 1e-6


def test_percentiles_of_known_values() -> None:
    hundred = [float(value) for value in range(1, 101)]
    assert [percentile(hundred, at) for at in (0, 50, 99, 99.9, 100)] == [1.0, 50.0, 99.0, 100.0, 100.0]
    assert percentile([], 50) == 0.0


def test_times_of_nodes_and_of_docker_are_read_to_the_microsecond() -> None:
    assert unix_seconds("1970-01-01T00:00:01Z") == 1.0
    assert abs(unix_seconds("1970-01-01T00:01:00.123456789Z") - 60.123456) < 1e-5
