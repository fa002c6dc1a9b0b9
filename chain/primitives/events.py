"""Events: what happened, for indexers and people; never part of consensus."""

from typing import NamedTuple


class Event(NamedTuple):
    """One event: its type and its (key, value) pairs in order; keys are never empty."""

    type: str
    attributes: tuple[tuple[str, str], ...]
