"""Why messages about rewards are rejected."""

from enum import IntEnum

from chain.primitives.errors import ModuleError


class EmissionCode(IntEnum):
    """Codes of codespace `reward_emission`; never renumbered, never reused."""

    NOT_AUTHORITY = 2
    INVALID_PARAMS = 3
    NO_DEVICES = 4
    TOO_MANY_DEVICES = 5
    INVALID_DEVICE_ID = 6
    DUPLICATE_DEVICE = 7
    UNKNOWN_DEVICE = 8
    NOT_OWNER = 9
    INVALID_AMOUNT = 10
    TREASURY_TOO_SMALL = 11


class EmissionError(ModuleError):
    """A rejection by the rules of reward emission."""

    codespace = "reward_emission"
