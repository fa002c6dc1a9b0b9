"""Events in the form that CometBFT and its indexers take."""

from collections.abc import Iterable, Sequence
from typing import Any

from chain.primitives.events import Event


def add_events(target: Any, events: Iterable[Event], extra: Sequence[tuple[str, str]] = ()) -> None:
    """Append events to a repeated field of `tendermint.abci.Event`, each with some more attributes.

    Everything is indexed, as in the Cosmos SDK.
    """
    for event in events:
        attributes = target.add(type=event.type).attributes
        for key, value in event.attributes:
            attributes.add(key=key, value=value, index=True)
        for key, value in extra:
            attributes.add(key=key, value=value, index=True)
