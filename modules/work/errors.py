"""Why work is rejected.

The reason of a rejected receipt is part of the message's response, which CometBFT hashes into the next header: not
only the codes but these texts, too, change with an upgrade of the chain only.
"""

from enum import IntEnum

from chain.primitives.errors import ModuleError


class WorkCode(IntEnum):
    """Codes of codespace `work`; never renumbered, never reused."""

    NOT_AUTHORITY = 2
    INVALID_PARAMS = 3
    NO_RECEIPTS = 4
    TOO_MANY_RECEIPTS = 5
    MALFORMED_RECEIPT = 6
    UNKNOWN_DEVICE = 7
    WRONG_NETWORK = 8
    DEVICE_NOT_USABLE = 9
    EPOCH_OUTSIDE_WINDOW = 10
    SEQUENCE_NOT_ABOVE_LAST = 11
    EPOCH_ALREADY_REPORTED = 12
    UPTIME_OUT_OF_RANGE = 13
    UNITS_OVER_MAXIMUM = 14
    INVALID_SIGNATURE = 15
    NOT_NETWORK_ADMIN = 16
    GATEWAY_EXISTS = 17
    UNKNOWN_GATEWAY = 18
    INVALID_QUOTA = 19


class WorkError(ModuleError):
    """A rejection by the rules of work."""

    codespace = "work"
