"""What reward emission needs from other modules; `chain/app.py` hands it in."""

from collections.abc import Sequence
from typing import Protocol

from chain.primitives.coins import Coins
from chain.primitives.ids import Address, DeviceId
from chain.primitives.ints import Epoch
from chain.sdk.context import Context

Counted = tuple[DeviceId, int, Epoch, int, int, tuple[int, ...], int, int, int, int, int, int]
"""One accepted receipt: device, network, epoch, effective units, H3 cell, caps at resolutions 8, 7 and 6, and how the
units came about: claimed units, the model's maximum, uptime, hardware and level weight in bp, why they are 0."""


class Networks(Protocol):
    """Knows the networks and who is paid for a device."""

    def emission_weights(self, ctx: Context) -> Sequence[tuple[int, int]]:
        """Return (network id, weight in bp) of the active networks with a weight above 0, in order of ids."""
        ...

    def payees(self, ctx: Context, device: DeviceId) -> tuple[Address, Address] | None:
        """Return a device's owner and payout address, or None for an unknown device."""
        ...


class Bank(Protocol):
    """Holds the coins."""

    def balance(self, ctx: Context, address: Address, denom: str) -> int:
        """Return an account's balance of a denomination."""
        ...

    def supply(self, ctx: Context, denom: str) -> int:
        """Return how much of a denomination exists."""
        ...

    def mint(self, ctx: Context, module: str, coins: Coins) -> None:
        """Make coins in a module account."""
        ...

    def burn(self, ctx: Context, module: str, coins: Coins) -> None:
        """Destroy coins of a module account. Raises: SdkError(INSUFFICIENT_FUNDS)."""
        ...

    def send_from_module(self, ctx: Context, module: str, recipient: Address, coins: Coins) -> None:
        """Pay from a module account. Raises: SdkError(INSUFFICIENT_FUNDS)."""
        ...

    def send_between_modules(self, ctx: Context, source: str, target: str, coins: Coins) -> None:
        """Move coins from one module account to another. Raises: SdkError(INSUFFICIENT_FUNDS)."""
        ...


class Taker(Protocol):
    """Shares out a bucket: that of the stakers, of the attesters, or of the operators' delegators."""

    def take_bucket(self, ctx: Context, source: str, amount: int) -> bool:
        """Take ulamp out of a module account for those it is meant for; False, and nothing taken, without any."""
        ...


class Nobody:
    """A taker for nobody: the bucket goes to the treasury."""

    def take_bucket(self, ctx: Context, source: str, amount: int) -> bool:
        """Take nothing."""
        return False
