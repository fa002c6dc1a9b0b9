"""Accounts over an empty state, for tests that need no transactions."""

from collections.abc import Iterator
from typing import Any

from chain.crypto.addresses import module_address
from chain.primitives.ids import Address
from chain.primitives.ints import Height, UnixNano
from chain.sdk.context import BlockInfo, Context
from chain.sdk.gas import GasMeter
from chain.store.overlay import BlockState
from modules.auth import genesis
from modules.auth.keeper import AuthKeeper

PERMISSIONS = {"fee_collector": (), "gov": (), "reserve": ("minter", "burner")}
"""Module accounts of the tests."""
AUTHORITY = module_address("gov")
"""Who may change parameters."""


class Nothing:
    """A base without keys."""

    def get(self, name: str, key: bytes) -> bytes | None:
        """Return None."""
        return None

    def iterate(
        self, name: str, start: bytes, end: bytes | None, reverse: bool = False
    ) -> Iterator[tuple[bytes, bytes]]:
        """Yield nothing."""
        return iter(())


def address(number: int) -> Address:
    """Return an address that belongs to a number."""
    return Address(number.to_bytes(20, "big"))


def context() -> Context:
    """Return a context on an empty state."""
    block = BlockInfo("lamppost-test-1", Height(1), UnixNano(0))
    return Context(BlockState(Nothing()), block, GasMeter(), AUTHORITY)


def world(section: dict[str, Any] | None = None) -> tuple[Context, AuthKeeper]:
    """Return a context after genesis and the keeper of its accounts."""
    ctx, keeper = context(), AuthKeeper(PERMISSIONS)
    genesis.init(ctx, keeper, section or genesis.default())
    return ctx, keeper
