"""Wait for conditions, never for a fixed time; a wait that ends in vain says what it waited for and what it saw."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

T = TypeVar("T")

POLL_SECONDS = 0.25
"""How often a condition is looked at."""


class WaitTimeout(Exception):
    """A condition did not come true in time."""


def wait_until(
    condition: Callable[[], T], what: str, seconds: float, detail: Callable[[], str] = str, poll: float = POLL_SECONDS
) -> T:
    """Return what `condition` gives once it is true. Raises: WaitTimeout with `what` and `detail()` after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        if found := condition():
            return found
        if time.monotonic() > deadline:
            raise WaitTimeout(f"waited {seconds:g} s for {what}\n{detail()}".rstrip())
        time.sleep(poll)


def unix_seconds(text: str) -> float:
    """Return a time as nodes and docker write it, such as 2026-01-02T03:04:05.678901234Z."""
    head, _, fraction = text.rstrip("Z").partition(".")
    return datetime.fromisoformat(f"{head}+00:00").timestamp() + float(f"0.{fraction or 0}")
