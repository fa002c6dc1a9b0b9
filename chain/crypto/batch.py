"""Many signatures at once, on all processors: the libraries release the GIL while they compute."""

import os
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

from chain.crypto.algorithms import Algorithm
from chain.crypto.keys import verify

Item = tuple[Algorithm, bytes, bytes, bytes]
"""What `verify` takes: scheme, public key, message, signature."""

CHUNK = 32
"""Signatures that a thread takes at a time: one to two milliseconds of work."""
SMALL = 64
"""Up to so many are verified where they are: waking other threads would cost more than it saves."""


def verify_batch(items: Sequence[Item]) -> list[bool]:
    """Return the verdict of `verify` on each item, in order; safe to call from any thread."""
    helpers = _helpers()
    if len(items) <= SMALL or helpers is None:
        return [verify(*item) for item in items]
    results = [False] * len(items)
    starts = deque(range(0, len(items), CHUNK))

    def work() -> None:
        while True:
            try:
                start = starts.popleft()
            except IndexError:
                return
            for index in range(start, min(start + CHUNK, len(items))):
                results[index] = verify(*items[index])

    # The calling thread works too: a helper that is busy with another caller's batch delays nobody.
    try:
        started = [helpers.submit(work) for _ in range(min(_spare_processors(), len(starts) - 1))]
    except RuntimeError:
        # No more threads, or the process is ending. A verdict must not depend on that, so nobody else's is waited for.
        return [verify(*item) for item in items]
    work()
    for future in started:
        if not future.cancel():
            future.result()
    return results


def _spare_processors() -> int:
    return min((os.cpu_count() or 1) - 1, 15)


@lru_cache(maxsize=1)
def _helpers() -> ThreadPoolExecutor | None:
    count = _spare_processors()
    return ThreadPoolExecutor(count, "verify-batch") if count else None
