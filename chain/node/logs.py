"""One log for the application and its CometBFT: text on a terminal, JSON otherwise.

The program logs through the standard library; structlog renders. What CometBFT writes is read line by line and told
again under loggers named `comet.<module>`.
"""

import json
import logging
import sys
import threading
from collections import deque
from collections.abc import Callable
from typing import IO, Any, TextIO

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
_COMET_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "error": logging.ERROR, "none": logging.INFO}
_STANDSTILL = "CONSENSUS FAILURE"
"""What CometBFT says when a panic ended its consensus, though not its process."""
_TITLES = {"service start", "service stop", "serve", "signal trapped"}
_COMET_OWN = {"_msg", "level", "module", "ts"}
_RECORD_NAMES = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "event", "timestamp", "logger"}
_ORDERLY = ("Stopped accept routine", "Error serving server")
"""What CometBFT calls errors though it happens at each orderly end."""
_REPEATS = "chain.store"
"""Logger that tells of each commit what the runtime tells too."""
KEPT_LINES = 40
"""Lines of CometBFT that are kept to tell why it ended."""


def configure_logs(level: str = "info", form: str = "auto", stream: TextIO | None = None) -> None:
    """Send every log line to the stream (standard error by default) as text or JSON."""
    import structlog

    target = stream or sys.stderr
    on_terminal = target.isatty()
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if form == "json" or (form == "auto" and not on_terminal):
        renderers: list[Any] = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(default=str)]
    else:
        renderers = [structlog.dev.ConsoleRenderer(colors=on_terminal, pad_event_to=40)]
    handler = logging.StreamHandler(target)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderers],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(LEVELS[level])
    logging.getLogger(_REPEATS).setLevel(LEVELS[level] if level != "info" else logging.WARNING)


class CometLog:
    """Reads the output of a CometBFT process and logs it; remembers the newest lines.

    `alarm` is told when consensus has failed: CometBFT then stands still for ever instead of ending.
    """

    def __init__(self, stream: IO[str], alarm: Callable[[str], None] | None = None) -> None:
        self._stream = stream
        self._alarm = alarm
        self._lines: deque[str] = deque(maxlen=KEPT_LINES)
        self._errors: deque[str] = deque(maxlen=5)
        self._thread = threading.Thread(target=self._read, name="comet-log", daemon=True)
        self._thread.start()

    def _read(self) -> None:
        for line in self._stream:
            self._tell(line.rstrip())

    def _tell(self, line: str) -> None:
        level, name, text, fields = parse_comet_line(line)
        self._lines.append(text)
        logging.getLogger(name).log(level, "%s", text, extra=fields)
        if level >= logging.ERROR:
            detail = fields.get("err") or fields.get("error")
            told = f"{text}: {detail}" if detail else text
            self._errors.append(told)
            if text.startswith(_STANDSTILL) and self._alarm is not None:
                self._alarm(told)

    def why(self, seconds: float = 2.0) -> str:
        """Return the most telling of the newest lines, once the stream has ended."""
        self._thread.join(seconds)
        if self._errors:
            return self._errors[-1]
        telling = [line for line in self._lines if line.strip()]
        plain = [line for line in telling if line.lower().startswith(("error", "panic", "failed"))]
        return (plain or telling or ["it said nothing"])[-1]


def parse_comet_line(line: str) -> tuple[int, str, str, dict[str, Any]]:
    """Return level, logger, text and fields of a line; one that is not JSON is a text."""
    try:
        content = json.loads(line)
        # Services begin and end under one title each; what they say themselves is in `msg`.
        text = str(content.pop("msg") if content["_msg"] in _TITLES and "msg" in content else content["_msg"])
    except (ValueError, KeyError, TypeError):
        return logging.INFO, "comet", line, {}
    level = _COMET_LEVELS.get(str(content.get("level")), logging.INFO)
    if text.startswith(_ORDERLY):
        level = min(level, logging.INFO)
    fields = {
        (f"comet_{name}" if name in _RECORD_NAMES else name): value
        for name, value in content.items()
        if name not in _COMET_OWN
    }
    return level, f"comet.{content.get('module', 'main')}", text, fields
