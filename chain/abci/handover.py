"""What a node that comes back may find of the one before it: nothing that was not committed.

A node that is killed and started again opens new connections and asks Info, possibly while the application still
executes the last call of the dead one. The height and hash of that Info must be those after this call, and what was not
committed must be gone.
"""

import threading
from collections.abc import Callable
from typing import Protocol

from chain.abci.dispatch import RefusalError


class Peer(Protocol):
    """A connection, as far as it matters here."""

    def gone(self) -> bool:
        """Say whether the client hung up, even while its last request is still being served."""
        ...

    def wait_ended(self) -> None:
        """Block until nothing of this connection is being served."""
        ...


class Handover:
    """Knows which connection drives consensus; only one may."""

    def __init__(self, reset: Callable[[], None] | None) -> None:
        self._reset = reset
        self._lock = threading.Lock()
        self._owner: Peer | None = None

    def claim(self, peer: Peer) -> None:
        """Make a connection the one that drives consensus. Raises: RefusalError while another one does."""
        if self._owner is peer:
            return
        with self._lock:
            if self._owner is not None:
                if not self._owner.gone():
                    raise RefusalError(
                        "another connection drives consensus: is a second node running on this application?"
                    )
                self._owner.wait_ended()
            self._owner = peer

    def greet(self, peer: Peer) -> None:
        """Before Info is answered: if the node that drove consensus went away, drop what it left uncommitted."""
        owner = self._owner
        if owner is None or owner is peer:
            return
        with self._lock:
            if self._owner is not owner or not owner.gone():
                return
            owner.wait_ended()
            self._owner = None
            if self._reset is not None:
                self._reset()
