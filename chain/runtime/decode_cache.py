"""Decoded transactions, remembered between check, proposal and execution."""

from chain.primitives.errors import ModuleError
from chain.runtime.router import Router
from chain.runtime.tx import Tx, decode

MAX_ENTRIES = 8_192
"""Transactions of one generation; two are kept."""
MAX_BYTES = 16 << 20
"""Bytes of raw transactions of one generation."""


class DecodeCache:
    """Decodes each transaction once.

    Two generations of entries replace an exact order of use: what is found in the older moves to the younger, and
    a full younger one takes the older's place. Several threads may use it at once; the worst that a race does is to
    decode something twice.
    """

    __slots__ = ("_bytes", "_old", "_router", "_young")

    def __init__(self, router: Router) -> None:
        self._router = router
        self._young: dict[bytes, Tx | ModuleError] = {}
        self._old: dict[bytes, Tx | ModuleError] = {}
        self._bytes = 0

    def decode(self, raw: bytes) -> Tx:
        """Return the decoded transaction. Raises: ModuleError as `chain.runtime.tx.decode`."""
        entry = self._young.get(raw)
        if entry is None:
            entry = self._old.get(raw)
            if entry is None:
                try:
                    entry = decode(raw, self._router)
                except ModuleError as error:
                    # A traceback would keep the frames, and all they hold, alive.
                    entry = error.with_traceback(None)
                    entry.__cause__ = entry.__context__ = None
            self._remember(raw, entry)
        if isinstance(entry, ModuleError):
            raise type(entry)(entry.code, entry.detail)
        return entry

    def forget(self, raw: bytes) -> None:
        """Drop a transaction that nobody will ask for again soon; decoded, it may take fifty times its bytes."""
        if self._young.pop(raw, None) is not None:
            self._bytes -= len(raw)
        self._old.pop(raw, None)

    def clear(self) -> None:
        """Forget everything."""
        self._young, self._old, self._bytes = {}, {}, 0

    def _remember(self, raw: bytes, entry: Tx | ModuleError) -> None:
        if len(self._young) >= MAX_ENTRIES or self._bytes > MAX_BYTES:
            self._old = self._young
            self._young = {}
            self._bytes = 0
        self._young[raw] = entry
        self._bytes += len(raw)
