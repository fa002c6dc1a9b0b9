"""Lines that a long-running command prints: for people on a terminal, JSON otherwise."""

import json
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime

_lock = threading.Lock()


def event_log(**always: object) -> Callable[..., None]:
    """Return a function `log(event, **fields)` that prints to standard error; `always` is part of every line."""

    def log(event: str, **fields: object) -> None:
        now = datetime.now(UTC)
        told = {**always, **fields}
        if sys.stderr.isatty():
            words = "  ".join(f"{key}={value}" for key, value in told.items())
            line = f"{now:%H:%M:%S} {event.replace('_', ' '):20} {words}"
        else:
            line = json.dumps({"time": now.isoformat(timespec="milliseconds"), "event": event, **told}, default=str)
        with _lock:
            print(line, file=sys.stderr, flush=True)

    return log
