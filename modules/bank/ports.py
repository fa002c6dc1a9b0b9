"""What the bank needs of the module that keeps accounts."""

from typing import Protocol

from chain.primitives.ids import Address
from chain.sdk.context import Context


class Accounts(Protocol):
    """The keeper of accounts."""

    def touch(self, ctx: Context, address: Address) -> None:
        """Make an account unless it is there."""
        ...

    def is_module(self, address: Address) -> bool:
        """Tell whether an address is a module account's."""
        ...

    def module_address(self, name: str) -> Address:
        """Return a module account's address. Raises: LookupError for an unknown name."""
        ...

    def module_permissions(self, name: str) -> tuple[str, ...]:
        """Return what a module account may do. Raises: LookupError for an unknown name."""
        ...
