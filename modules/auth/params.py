"""What a transaction may hold and what checking it costs; changed by the authority only."""

from dataclasses import dataclass, fields
from typing import NamedTuple

from chain.codec.values import U64, Record


class Bound(NamedTuple):
    """The smallest and the largest value of a parameter, and its unit."""

    low: int
    high: int
    unit: str


@dataclass(frozen=True, slots=True)
class Params:
    """Parameters of transactions; the defaults are the Cosmos SDK's, because its clients estimate with them."""

    max_memo_characters: int = 256
    """Longest memo, in bytes of UTF-8."""
    tx_sig_limit: int = 7
    """Most signatures of one transaction."""
    tx_size_cost_per_byte: int = 10
    """Gas for each byte of a transaction."""
    sig_verify_cost_ed25519: int = 590
    """Gas for verifying an ed25519 signature."""
    sig_verify_cost_secp256k1: int = 1_000
    """Gas for verifying a secp256k1 signature."""


BOUNDS = {
    "max_memo_characters": Bound(1, 65_536, "bytes"),
    "tx_sig_limit": Bound(1, 100, "signatures"),
    "tx_size_cost_per_byte": Bound(1, 1_000_000, "gas a byte"),
    "sig_verify_cost_ed25519": Bound(1, 1_000_000_000, "gas"),
    "sig_verify_cost_secp256k1": Bound(1, 1_000_000_000, "gas"),
}
"""Bounds by parameter. None may be 0, as in the Cosmos SDK; the upper ones keep a slip from locking everybody out."""

PARAMS = Record(Params, **{field.name: U64 for field in fields(Params)})
"""Codec of the parameters."""


def check_params(params: Params) -> tuple[str, str] | None:
    """Return the first parameter that is out of bounds with the reason, or None."""
    for name, bound in BOUNDS.items():
        value = getattr(params, name)
        if not bound.low <= value <= bound.high:
            return name, f"must be {bound.low} to {bound.high} {bound.unit}, not {value}"
    return None
