"""What the registry needs of other modules."""

from typing import Protocol

from chain.primitives.coins import Coins
from chain.primitives.ids import Address
from chain.sdk.context import Context


class Bank(Protocol):
    """Holds deposits and bonds in the registry's module account."""

    def balance(self, ctx: Context, address: Address, denom: str) -> int:
        """Return what an account has of a denomination."""
        ...

    def send_to_module(self, ctx: Context, sender: Address, module: str, coins: Coins) -> None:
        """Move coins into a module account. Raises: SdkError(INSUFFICIENT_FUNDS)."""
        ...

    def send_from_module(self, ctx: Context, module: str, recipient: Address, coins: Coins) -> None:
        """Move coins out of a module account. Raises: SdkError(INSUFFICIENT_FUNDS)."""
        ...
