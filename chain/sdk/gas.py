"""Gas: what a transaction may cost, and the price table that says what things cost.

Prices of state access and of signatures are the Cosmos SDK's defaults, because its clients estimate with them.
"""

from chain.crypto.algorithms import Algorithm
from chain.primitives.errors import SdkCode, SdkError

READ_FLAT = 1_000
"""Reading a key."""
READ_BYTE = 3
"""Each byte of key and value read."""
WRITE_FLAT = 2_000
"""Writing a key; covers a path of 40 levels in the state tree."""
WRITE_BYTE = 30
"""Each byte of key and value written."""
DELETE_FLAT = 1_000
"""Deleting a key."""
ITERATE_FLAT = 30
"""Each step of an iteration, beside the bytes read."""
TX_FLAT = 15_000
"""Admitting a transaction: accounts and balances of signers and fee payer, read and written. A flat price makes the
estimate of a simulation, which pays no fee yet, the same as what is used."""
VERIFY_SECP256K1 = 1_000
"""Verifying a secp256k1 signature (auth parameter's default)."""
VERIFY_ED25519 = 590
"""Verifying an ed25519 signature (auth parameter's default)."""
VERIFY_P256 = 1_000
"""Verifying a P-256 signature."""
VERIFY = {
    Algorithm.SECP256K1: VERIFY_SECP256K1,
    Algorithm.ED25519: VERIFY_ED25519,
    Algorithm.P256: VERIFY_P256,
}
"""Verifying a signature of a device, by scheme."""
RECEIPT = 1_000
"""Judging a receipt beside its signature and the state it reads: its verdict and its event outlast it."""

UNLIMITED = 2**63 - 1
"""Limit of a meter that only counts."""


class GasMeter:
    """Counts gas up to a limit."""

    __slots__ = ("limit", "used")

    def __init__(self, limit: int = UNLIMITED) -> None:
        self.limit = limit
        self.used = 0

    def consume(self, amount: int, location: str) -> None:
        """Use gas at a location. Raises: SdkError(OUT_OF_GAS) above the limit."""
        self.used += amount
        if self.used > self.limit:
            raise out_of_gas(location, self.limit, self.used)


def out_of_gas(location: str, wanted: int, used: int) -> SdkError:
    """Return the rejection in the form that Cosmos clients parse."""
    return SdkError(SdkCode.OUT_OF_GAS, f"out of gas in location: {location}; gasWanted: {wanted}, gasUsed: {used}")
