"""Names of the signature schemes."""

from enum import IntEnum


class Algorithm(IntEnum):
    """A signature scheme; the numbers are in the state and in messages, never renumbered."""

    SECP256K1 = 1
    ED25519 = 2
    P256 = 3
