"""Why a count is refused."""

from enum import IntEnum

from chain.primitives.errors import ModuleError


class CounterCode(IntEnum):
    """Codes of codespace `counter`; never renumbered, never reused."""

    ZERO_AMOUNT = 2
    TOO_HIGH = 3


class CounterError(ModuleError):
    """A rejection by the rules of the counter."""

    codespace = "counter"
