"""One log: the application's lines and CometBFT's, as JSON or as text."""

import io
import json
import logging
import os
from collections.abc import Callable

import pytest

from chain.node.logs import CometLog, configure_logs, parse_comet_line


@pytest.fixture(autouse=True)
def restore_logging() -> object:
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    yield
    root.handlers[:], root.level = before[0], before[1]


def test_a_line_of_comet_gives_level_module_text_and_fields() -> None:
    line = '{"_msg":"committed","level":"info","module":"state","ts":"now","height":5,"msg":"x"}'
    assert parse_comet_line(line) == (logging.INFO, "comet.state", "committed", {"height": 5, "comet_msg": "x"})


def test_a_line_with_a_title_shows_what_it_says() -> None:
    line = '{"_msg":"service start","level":"info","module":"main","msg":"Starting Node service","impl":"Node"}'
    assert parse_comet_line(line) == (logging.INFO, "comet.main", "Starting Node service", {"impl": "Node"})


@pytest.mark.parametrize("line", ["panic: no such thing", "[1]", '"text"', '{"level":"info"}', ""])
def test_a_line_that_is_not_structured_is_a_text(line: str) -> None:
    assert parse_comet_line(line) == (logging.INFO, "comet", line, {})


def test_what_happens_at_each_orderly_end_is_no_error() -> None:
    level, *_ = parse_comet_line('{"_msg":"Stopped accept routine, as transport is closed","level":"error"}')
    assert level == logging.INFO


def test_json_lines_hold_the_fields() -> None:
    stream = io.StringIO()
    configure_logs("info", "auto", stream)
    logging.getLogger("lamppost.test").info("height %d", 7, extra={"app_hash": "AB"})
    logging.getLogger("lamppost.test").debug("not this")
    (line,) = stream.getvalue().splitlines()
    content = json.loads(line)
    assert (content["event"], content["app_hash"], content["level"]) == ("height 7", "AB", "info")
    assert content["logger"] == "lamppost.test"


def test_text_lines_are_for_people() -> None:
    stream = io.StringIO()
    configure_logs("debug", "text", stream)
    logging.getLogger("lamppost.test").warning("port taken", extra={"port": 1})
    assert "port taken" in stream.getvalue()
    assert "port=1" in stream.getvalue()


def test_the_reason_of_an_end_is_the_last_error_else_the_last_line() -> None:
    configure_logs("error", "json", io.StringIO())
    assert (
        _why('{"_msg":"a","level":"info"}\nERROR: cannot start: it is broken\n') == "ERROR: cannot start: it is broken"
    )
    assert _why('{"_msg":"dial failed","level":"error","err":"refused"}\nbye\n') == "dial failed: refused"
    assert _why("") == "it said nothing"


def _why(text: str, alarm: Callable[[str], None] | None = None) -> str:
    read, write = os.pipe()
    with os.fdopen(write, "w") as file:
        file.write(text)
    with os.fdopen(read) as stream:
        return CometLog(stream, alarm).why()


def test_a_consensus_that_failed_raises_the_alarm() -> None:
    configure_logs("error", "json", io.StringIO())
    told: list[str] = []
    line = '{"_msg":"CONSENSUS FAILURE!!!","level":"error","module":"consensus","err":"no space left on device"}\n'
    assert _why(line, told.append) == "CONSENSUS FAILURE!!!: no space left on device"
    assert told == ["CONSENSUS FAILURE!!!: no space left on device"]
