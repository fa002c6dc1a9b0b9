"""Verbs of the auth module: accounts, their numbers and sequences, module accounts, parameters."""

from collections.abc import Mapping

from chain.crypto.addresses import module_address
from chain.primitives.ids import Address
from chain.sdk.context import Context
from modules.auth.params import PARAMS, Params
from modules.auth.state import ACCOUNTS, BY_NUMBER, NEXT_NUMBER, PARAMETERS, Account


class AuthKeeper:
    """Accounts. `permissions` names the module accounts there are, each with what it may do."""

    def __init__(self, permissions: Mapping[str, tuple[str, ...]]) -> None:
        self._permissions = {name: tuple(permissions[name]) for name in sorted(permissions)}
        self._addresses = {name: module_address(name) for name in self._permissions}
        self._names = {address: name for name, address in self._addresses.items()}
        # Decoding is a function of the bytes alone, so the last result serves all states that hold the same bytes.
        self._decoded: tuple[bytes, Params] = (b"", Params())

    def account(self, ctx: Context, address: Address) -> Account | None:
        """Return an account, or None."""
        return ACCOUNTS.get(ctx, address)

    def set_account(self, ctx: Context, account: Account) -> None:
        """Write an account that exists already. Raises: ValueError when a field is out of range."""
        ACCOUNTS.set(ctx, account.address, account)

    def ensure_account(self, ctx: Context, address: Address) -> Account:
        """Return an account; make it with the next number when there is none."""
        return ACCOUNTS.get(ctx, address) or self._create(ctx, address)

    def touch(self, ctx: Context, address: Address) -> None:
        """Make an account unless it is there; what a receiver of coins needs, without decoding."""
        if not ACCOUNTS.has(ctx, address):
            self._create(ctx, address)

    def module_names(self) -> tuple[str, ...]:
        """Return the names of all module accounts, in order."""
        return tuple(self._permissions)

    def module_address(self, name: str) -> Address:
        """Return a module account's address. Raises: LookupError for an unknown name."""
        address = self._addresses.get(name)
        if address is None:
            raise LookupError(f"no module account is named {name}")
        return address

    def module_account(self, ctx: Context, name: str) -> Account:
        """Return a module account; make it when there is none. Raises: LookupError for an unknown name."""
        return self.ensure_account(ctx, self.module_address(name))

    def module_permissions(self, name: str) -> tuple[str, ...]:
        """Return what a module account may do. Raises: LookupError for an unknown name."""
        self.module_address(name)
        return self._permissions[name]

    def is_module(self, address: Address) -> bool:
        """Tell whether an address is a module account's."""
        return address in self._names

    def tx_params(self, ctx: Context) -> Params:
        """Return the parameters of transactions. Raises: LookupError before genesis."""
        raw = PARAMETERS.raw(ctx)
        if raw is None:
            raise LookupError("auth parameters are not set")
        known, params = self._decoded
        if raw != known:
            params = PARAMS.read(raw, 0)[0]
            self._decoded = (raw, params)
        return params

    def set_params(self, ctx: Context, params: Params) -> None:
        """Replace the parameters; the caller has checked their bounds."""
        PARAMETERS.set(ctx, params)

    def _create(self, ctx: Context, address: Address) -> Account:
        number = NEXT_NUMBER.get(ctx) or 0
        name = self._names.get(address, "")
        account = Account(address, b"", number, 0, name, self._permissions.get(name, ()))
        NEXT_NUMBER.set(ctx, number + 1)
        BY_NUMBER.set(ctx, number, address)
        ACCOUNTS.set(ctx, address, account)
        return account
