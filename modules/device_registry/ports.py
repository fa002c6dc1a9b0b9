"""What the registry needs of other modules."""

from typing import Protocol

from chain.primitives.coins import Coins
from chain.primitives.ids import Address, DeviceId
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

    def send(self, ctx: Context, sender: Address, recipient: Address, coins: Coins) -> None:
        """Move coins between accounts. Raises: SdkError(INSUFFICIENT_FUNDS)."""
        ...


class Rewards(Protocol):
    """Counts epochs, pays devices and burns."""

    def epochs_closed(self, ctx: Context) -> int:
        """Return how many epochs were closed: the number of the running one."""
        ...

    def pay_out(self, ctx: Context, device: DeviceId, payout: Address) -> int:
        """Settle what is final of a device's work and pay all that it has accrued; return the ulamp paid."""
        ...

    def burn(self, ctx: Context, module: str, amount: int) -> None:
        """Burn ulamp of a module account. Raises: SdkError(INSUFFICIENT_FUNDS)."""
        ...


class NoRewards:
    """Nothing is earned and no epoch ends; what is to be burned stays in the module's account."""

    def epochs_closed(self, ctx: Context) -> int:
        """Return the first epoch."""
        return 0

    def pay_out(self, ctx: Context, device: DeviceId, payout: Address) -> int:
        """Pay nothing."""
        return 0

    def burn(self, ctx: Context, module: str, amount: int) -> None:
        """Keep everything."""
