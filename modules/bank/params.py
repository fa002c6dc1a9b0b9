"""Parameters of the bank; changed by the authority only."""

from dataclasses import dataclass

from chain.codec.values import FLAG, Record


@dataclass(frozen=True, slots=True)
class Params:
    """Parameters of the bank."""

    default_send_enabled: bool = True
    """Whether coins without an entry of their own can be sent (no unit; true or false)."""


PARAMS = Record(Params, default_send_enabled=FLAG)
"""Codec of the parameters."""
