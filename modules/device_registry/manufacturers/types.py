"""Manufacturers and batches as the state holds them."""

from dataclasses import dataclass
from enum import IntEnum

from chain.primitives.ids import Address
from chain.primitives.ints import UnixNano

STRIKES = 3
"""Strikes that suspend a manufacturer."""
MAX_KEYS = 1 << 32
"""Device keys in one batch, at most: paths of 32 hashes."""


class ManufacturerStatus(IntEnum):
    """Whether a manufacturer's devices may earn; RETIRED and REVOKED are final."""

    ACTIVE = 1
    SUSPENDED = 2
    RETIRED = 3
    REVOKED = 4


class BatchStatus(IntEnum):
    """Whether a batch takes claims and its devices may earn; REVOKED is final."""

    ACTIVE = 1
    CLOSED = 2
    REVOKED = 3


@dataclass(frozen=True, slots=True)
class Manufacturer:
    """Who vouches for devices; `algorithm` and `public_key` are the key that signs batches.

    `signatures` counts what that key has signed, `bond_due_at` is when a retired one's bond may go back, else 0.
    """

    id: int
    name: str
    owner: Address
    algorithm: int
    public_key: bytes
    bond: int
    status: ManufacturerStatus
    strikes: int
    signatures: int
    open_batches: int
    registered_at: UnixNano
    bond_due_at: UnixNano


@dataclass(frozen=True, slots=True)
class Batch:
    """Device keys of one model, by the root of the Merkle tree over them."""

    id: int
    model: int
    root: bytes
    count: int
    status: BatchStatus
    issued_at: UnixNano
