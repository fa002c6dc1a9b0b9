"""The report: one file that needs no other, is well-formed, and shows what was recorded."""

import re
from html.parser import HTMLParser
from pathlib import Path

from chain.testing_docker import Recording, SentTx, write_report
from chain.testing_docker.charts import TimeChart, pieces, ticks
from chain.testing_docker.panels import intervals, timeline
from chain.testing_docker.recording import BlockSeen, HeightSample, LoadSample, Mark
from chain.testing_docker.report import render

START = 1_700_000_000.0
EMPTY_TAGS = {"meta"}


def recording(seconds: int = 60, failure: str = "") -> Recording:
    """Return what two nodes did in a minute, of which one was away for a while."""
    book = Recording("two nodes", START, START + seconds, failure=failure)
    for second in range(seconds):
        at = START + second
        book.heights.append(HeightSample(at, "node0", second))
        book.heights.append(HeightSample(at, "node1", -1 if 20 <= second < 30 else second))
        book.loads.append(LoadSample(at, "node0", second * 0.25, 64 << 20))
        book.blocks.append(BlockSeen(at, second + 1, 5, at))
        tx = SentTx(
            "send", f"{second:064X}", "alice", "node0", at, at + 0.1, "node0", at + 0.5 + second / 60, second, 0
        )
        book.txs.append(tx)
    book.marks.append(Mark(START + 20, "down", "node1", START + 30))
    book.marks.append(Mark(START + 40, "killed <& it>", "node0", START + 40))
    book.facts["lost"] = "0"
    book.logs["node0"] = "<script>alert(1)</script>"
    return book


class Checker(HTMLParser):
    """Raises when elements are not closed in the order they were opened."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in EMPTY_TAGS:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_report_is_well_formed_and_asks_for_nothing_from_outside(tmp_path: Path) -> None:
    text = write_report(recording(), tmp_path / "report.html").read_text()
    checker = Checker()
    checker.feed(text)
    assert checker.open == []
    # The name of SVG's vocabulary is no address that anything is fetched from.
    assert set(re.findall(r'https?://[^"\s<]+', text)) == {"http://www.w3.org/2000/svg"}
    assert "<script" not in text
    assert text.count("<svg") == 8


def test_it_shows_the_disturbances_the_facts_and_why_it_failed() -> None:
    text = render(recording(failure="WaitTimeout: waited <long>"))
    for expected in (
        "node1 down",
        "killed &lt;&amp; it&gt;",
        "waited &lt;long&gt;",
        'class="pill failed"',
        "<td>lost</td>",
    ):
        assert expected in text
    assert 'class="pill passed"' in render(recording())


def test_a_run_that_failed_before_anything_was_seen_has_a_report_too() -> None:
    text = render(Recording("nothing", START, START + 1, failure="EngineError: no image"))
    assert "no image" in text
    assert "NaN" not in text


def test_nodes_that_nothing_was_done_to_have_a_lane_too() -> None:
    book = recording()
    book.heights.append(HeightSample(START + 59, "full0", 59))
    assert ">full0</text>" in timeline(book)


def test_words_are_left_out_where_the_next_bar_begins() -> None:
    book = recording()
    assert timeline(book).count(">down</text>") == 1
    book.marks = [Mark(START + at, "down", "node1", START + at + 0.5) for at in (20, 21, 50)]
    assert timeline(book).count(">down</text>") == 2


def test_lines_break_where_a_node_did_not_answer() -> None:
    assert pieces([(0, 1.0), (1, None), (2, 2.0), (3, 3.0)]) == [[(0, 1.0), (0, 1.0)], [(2, 2.0), (3, 3.0)]]
    assert pieces([(0, None)]) == []


def test_axes_have_round_numbers_that_cover_the_values() -> None:
    assert ticks(97) == [0, 25, 50, 75, 100]
    assert ticks(0.7) == [0, 0.2, 0.4, 0.6000000000000001, 0.8]
    assert ticks(0) == [0, 1]
    chart = TimeChart(60, 97)
    assert chart.x(0) < chart.x(30) < chart.x(60)
    assert chart.y(0) > chart.y(100)


def test_the_time_of_genesis_makes_no_interval() -> None:
    book = Recording("r", START, START + 9)
    book.blocks = [BlockSeen(START, height, 0, at) for height, at in ((1, START - 3600), (2, START), (3, START + 2))]
    assert intervals(book) == [2.0]
