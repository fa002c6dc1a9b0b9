"""What the runtime needs of the modules that keep accounts and coins."""

from collections.abc import Sequence
from typing import Any, Protocol, Self

from chain.primitives.coins import Coins
from chain.primitives.ids import Address
from chain.sdk.context import Context


class Account(Protocol):
    """An account as the admission of transactions sees it; immutable."""

    @property
    def address(self) -> Address:
        """Where it is kept."""
        ...

    @property
    def public_key(self) -> bytes:
        """The compressed secp256k1 key, or nothing before the first transaction."""
        ...

    @property
    def number(self) -> int:
        """Number of the account, part of what is signed."""
        ...

    @property
    def sequence(self) -> int:
        """Number of transactions so far, part of what is signed."""
        ...

    def with_sequence(self, sequence: int) -> Self:
        """Return the account with another sequence."""
        ...

    def with_public_key(self, public_key: bytes) -> Self:
        """Return the account with a public key."""
        ...


class TxParams(Protocol):
    """Limits and prices of transactions, parameters of the auth module."""

    @property
    def max_memo_characters(self) -> int:
        """Longest memo in bytes."""
        ...

    @property
    def tx_sig_limit(self) -> int:
        """Most signatures of a transaction."""
        ...

    @property
    def tx_size_cost_per_byte(self) -> int:
        """Gas per byte of a transaction."""
        ...

    @property
    def sig_verify_cost_secp256k1(self) -> int:
        """Gas per signature."""
        ...


class Accounts(Protocol):
    """The keeper of accounts."""

    def account(self, ctx: Context, address: Address) -> Account | None:
        """Return an account, or None."""
        ...

    def set_account(self, ctx: Context, account: Any) -> None:
        """Write an account that this keeper returned."""
        ...

    def tx_params(self, ctx: Context) -> TxParams:
        """Return the parameters of transactions."""
        ...


class Fees(Protocol):
    """The keeper of coins."""

    def deduct_fee(self, ctx: Context, payer: Address, fee: Coins) -> None:
        """Move a fee to the fee collector. Raises: SdkError(INSUFFICIENT_FUNDS)."""
        ...


class FreeLane(Protocol):
    """Whose transactions need no fee, and how many: a keeper's rules, the same in checks and in blocks."""

    def covers(self, messages: Sequence[object]) -> bool:
        """Tell whether all messages are of a kind that may be free; looks at no state."""
        ...

    def waive(self, ctx: Context, payer: Address, messages: Sequence[object]) -> bool:
        """Use up the payer's quota for covered messages; False, and nothing written, when fees are due as usual.

        Asked before any signature is verified, so it looks at counts, not at contents; the runtime undoes the writes
        of a transaction that is not admitted.
        """
        ...

    def screen(self, ctx: Context, messages: Sequence[object]) -> None:
        """Run waived messages on the check state, as a block would.

        Raises: ModuleError of the first part that a block would reject.
        """
        ...
