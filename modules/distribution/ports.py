"""What distribution needs of other modules; `chain/app.py` hands it in."""

from typing import Protocol

from chain.primitives.coins import Coins
from chain.primitives.ids import Address
from chain.sdk.context import Context


class Commission(Protocol):
    """What an operator keeps, read only."""

    @property
    def rate(self) -> int:
        """The part of all rewards, a decimal of 18 places."""
        ...


class Validator(Protocol):
    """A validator, read only."""

    @property
    def operator(self) -> Address:
        """The account that runs it."""
        ...

    @property
    def shares(self) -> int:
        """All shares of it, a decimal of 18 places."""
        ...

    @property
    def commission(self) -> Commission:
        """What its operator keeps."""
        ...


class Staking(Protocol):
    """The keeper of validators and delegations."""

    def validator(self, ctx: Context, operator: Address) -> Validator | None:
        """Return an operator's validator, or None."""
        ...

    def validator_by_consensus(self, ctx: Context, address: bytes) -> Validator | None:
        """Return the validator of an address in votes, or None."""
        ...

    def delegation(self, ctx: Context, delegator: Address, operator: Address) -> int:
        """Return a delegation's shares, a decimal of 18 places; 0 without one."""
        ...

    def last_total_power(self, ctx: Context) -> int:
        """Return the power of all elected validators."""
        ...


class Bank(Protocol):
    """The keeper of coins."""

    def balances(self, ctx: Context, address: Address) -> Coins:
        """Return all that an account has."""
        ...

    def send_to_module(self, ctx: Context, sender: Address, module: str, amount: Coins) -> None:
        """Move coins to a module account. Raises: SdkError(INSUFFICIENT_FUNDS)."""
        ...

    def send_from_module(self, ctx: Context, module: str, recipient: Address, amount: Coins) -> None:
        """Pay from a module account. Raises: SdkError(INSUFFICIENT_FUNDS, UNAUTHORIZED)."""
        ...

    def send_between_modules(self, ctx: Context, source: str, target: str, amount: Coins) -> None:
        """Move coins from one module account to another. Raises: SdkError(INSUFFICIENT_FUNDS)."""
        ...

    def require_receiver(self, address: Address) -> None:
        """Refuse module accounts. Raises: SdkError(UNAUTHORIZED)."""
        ...
