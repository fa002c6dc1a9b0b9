"""Times and durations between unix nanoseconds, protobuf and JSON."""

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from chain.primitives.ints import NANOS

MAX_TIME = 253_402_300_799 * NANOS
"""Last second of the year 9999, unix nanoseconds: the end of protobuf's times."""


def timestamp(nanos: int) -> Timestamp:
    """Return a time of the wire."""
    return Timestamp(seconds=nanos // NANOS, nanos=nanos % NANOS)


def duration(nanos: int) -> Duration:
    """Return a duration of the wire."""
    return Duration(seconds=nanos // NANOS, nanos=nanos % NANOS)


def show_time(nanos: int) -> str:
    """Return a time's text (RFC 3339, UTC)."""
    return timestamp(nanos).ToJsonString()


def parse_time(text: str) -> int:
    """Return the unix nanoseconds of a text. Raises: ValueError, also for times before 1970."""
    found = Timestamp()
    found.FromJsonString(text)
    nanos = found.seconds * NANOS + found.nanos
    if not 0 <= nanos <= MAX_TIME:
        raise ValueError(f"{text[:40]!r} is not between 1970 and 9999")
    return nanos


def show_duration(nanos: int) -> str:
    """Return a duration's text, such as `1814400s`."""
    return duration(nanos).ToJsonString()


def parse_duration(text: str) -> int:
    """Return the nanoseconds of a duration's text such as `60s`. Raises: ValueError, also for negative ones."""
    found = Duration()
    found.FromJsonString(text)
    nanos = found.seconds * NANOS + found.nanos
    if nanos < 0:
        raise ValueError("duration is negative")
    return nanos
