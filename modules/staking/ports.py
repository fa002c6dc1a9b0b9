"""What stake needs of others."""

from typing import Protocol

from chain.primitives.coins import Coins
from chain.primitives.ids import Address, ConsensusAddress
from chain.sdk.context import Context


class Bank(Protocol):
    """The keeper of coins."""

    def balance(self, ctx: Context, address: Address, denom: str) -> int:
        """Return how much of a denomination an account has."""
        ...

    def send_to_module(self, ctx: Context, sender: Address, module: str, amount: Coins) -> None:
        """Move coins into a module account. Raises: SdkError(INSUFFICIENT_FUNDS)."""
        ...

    def send_from_module(self, ctx: Context, module: str, recipient: Address, amount: Coins) -> None:
        """Move coins out of a module account. Raises: SdkError(INSUFFICIENT_FUNDS)."""
        ...

    def send_between_modules(self, ctx: Context, source: str, target: str, amount: Coins) -> None:
        """Move coins from one module account to another. Raises: SdkError(INSUFFICIENT_FUNDS)."""
        ...


class Burner(Protocol):
    """Who keeps the books of what is burned."""

    def burn(self, ctx: Context, module: str, amount: int) -> None:
        """Burn ulamp of a module account. Raises: SdkError(INSUFFICIENT_FUNDS)."""
        ...


class Rewards(Protocol):
    """Who owes rewards to delegators by their shares, and so must hear before shares change."""

    def validator_created(self, ctx: Context, operator: Address) -> None:
        """Open a validator's books."""
        ...

    def validator_removed(self, ctx: Context, operator: Address) -> None:
        """Close a validator's books; nobody has shares of it any more."""
        ...

    def before_shares_change(self, ctx: Context, delegator: Address, operator: Address) -> None:
        """Pay out what a delegation has earned so far."""
        ...

    def after_shares_change(self, ctx: Context, delegator: Address, operator: Address, shares: int) -> None:
        """Count from now on with these shares; 0 when the delegation is gone."""
        ...


class Signing(Protocol):
    """Who watches that validators sign."""

    def validator_bonded(self, ctx: Context, address: ConsensusAddress) -> None:
        """Watch a validator that has entered the active set."""
        ...

    def is_tombstoned(self, ctx: Context, address: ConsensusAddress) -> bool:
        """Tell whether a consensus key was caught signing twice."""
        ...


class NoRewards:
    """Nobody pays rewards."""

    def validator_created(self, ctx: Context, operator: Address) -> None:
        """Do nothing."""

    def validator_removed(self, ctx: Context, operator: Address) -> None:
        """Do nothing."""

    def before_shares_change(self, ctx: Context, delegator: Address, operator: Address) -> None:
        """Do nothing."""

    def after_shares_change(self, ctx: Context, delegator: Address, operator: Address, shares: int) -> None:
        """Do nothing."""


class NoSigning:
    """Nobody watches."""

    def validator_bonded(self, ctx: Context, address: ConsensusAddress) -> None:
        """Do nothing."""

    def is_tombstoned(self, ctx: Context, address: ConsensusAddress) -> bool:
        """Say no."""
        return False
