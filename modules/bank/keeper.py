"""Verbs of the bank: balances, transfers, supply; shared with the modules that hold and move coins."""

from chain.primitives.coins import MAX_AMOUNT, Coin, Coins, coins, show_coins
from chain.primitives.errors import SdkCode, SdkError
from chain.primitives.events import Event
from chain.primitives.ids import Address
from chain.sdk.context import Context
from modules.bank.params import PARAMS, Params
from modules.bank.ports import Accounts
from modules.bank.state import ADDRESS_KEY, BALANCES, MAX_DENOM, OWNERS, PARAMETERS, SEND_ENABLED, SUPPLY

FEE_COLLECTOR = "fee_collector"
"""Module account that transaction fees go to."""
MINTER = "minter"
"""Permission to make coins."""
BURNER = "burner"
"""Permission to destroy coins."""

_STORE = BALANCES.store
_BALANCE = BALANCES.prefix
_OWNER = OWNERS.prefix


class BankKeeper:
    """Coins. Transfers go by raw keys, because every transaction pays a fee and most of them send."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        # Decoding is a function of the bytes alone, so the last result serves all states that hold the same bytes.
        self._decoded: tuple[bytes, Params] = (b"", Params())

    def balance(self, ctx: Context, address: Address, denom: str) -> int:
        """Return how much of a denomination an account has."""
        return (BALANCES.get(ctx, (address, denom)) or 0) if holds(denom) else 0

    def balances(self, ctx: Context, address: Address) -> Coins:
        """Return all that an account has, in order of denomination; for accounts known to have few of them."""
        rows = BALANCES.scan(ctx, within=ADDRESS_KEY.encode(address))
        return tuple(Coin(denom, amount) for (_, denom), amount in rows)

    def supply(self, ctx: Context, denom: str) -> int:
        """Return how much of a denomination there is."""
        return (SUPPLY.get(ctx, denom) or 0) if holds(denom) else 0

    def send(self, ctx: Context, sender: Address, recipient: Address, amount: Coins) -> None:
        """Move coins; makes the recipient's account when there is none. No coins, no event.

        Raises: SdkError(INSUFFICIENT_FUNDS); ValueError for coins that are not valid.
        """
        if not amount:
            return
        self._spend(ctx, sender, amount)
        self._receive(ctx, recipient, amount)
        self._accounts.touch(ctx, recipient)
        source, target, text = str(sender), str(recipient), show_coins(amount)
        ctx.events += (
            Event("coin_spent", (("spender", source), ("amount", text))),
            Event("coin_received", (("receiver", target), ("amount", text))),
            Event("transfer", (("recipient", target), ("sender", source), ("amount", text))),
            Event("message", (("sender", source),)),
        )

    def send_to_many(
        self, ctx: Context, sender: Address, amount: Coins, outputs: tuple[tuple[Address, Coins], ...]
    ) -> None:
        """Move coins to several recipients whose shares add up to the amount (the caller has checked that).

        Raises: SdkError(INSUFFICIENT_FUNDS).
        """
        self._spend(ctx, sender, amount)
        source = str(sender)
        ctx.events.append(Event("coin_spent", (("spender", source), ("amount", show_coins(amount)))))
        ctx.events.append(Event("message", (("sender", source),)))
        for recipient, share in outputs:
            self._receive(ctx, recipient, share)
            self._accounts.touch(ctx, recipient)
            target, text = str(recipient), show_coins(share)
            ctx.events += (
                Event("coin_received", (("receiver", target), ("amount", text))),
                Event("transfer", (("recipient", target), ("sender", source), ("amount", text))),
            )

    def send_to_module(self, ctx: Context, sender: Address, module: str, amount: Coins) -> None:
        """Move coins into a module account. Raises: SdkError(INSUFFICIENT_FUNDS), LookupError for an unknown module."""
        self.send(ctx, sender, self._accounts.module_address(module), amount)

    def send_from_module(self, ctx: Context, module: str, recipient: Address, amount: Coins) -> None:
        """Move coins out of a module account.

        Raises: SdkError(INSUFFICIENT_FUNDS); SdkError(UNAUTHORIZED) when the recipient is a module account; LookupError
        for an unknown module.
        """
        self.require_receiver(recipient)
        self.send(ctx, self._accounts.module_address(module), recipient, amount)

    def send_between_modules(self, ctx: Context, source: str, target: str, amount: Coins) -> None:
        """Move coins from one module account to another. Raises: SdkError(INSUFFICIENT_FUNDS), LookupError."""
        self.send(ctx, self._accounts.module_address(source), self._accounts.module_address(target), amount)

    def deduct_fee(self, ctx: Context, payer: Address, fee: Coins) -> None:
        """Move a transaction's fee to the fee collector. Raises: SdkError(INSUFFICIENT_FUNDS)."""
        self.send(ctx, payer, self._accounts.module_address(FEE_COLLECTOR), fee)

    def mint(self, ctx: Context, module: str, amount: Coins) -> None:
        """Make coins in a module account.

        Raises: SdkError(UNAUTHORIZED) without the permission, SdkError(INVALID_COINS) for a supply above 2^256-1 or a
        denomination that the state cannot hold; LookupError for an unknown module.
        """
        address = self._accounts.module_address(module)
        self._require_permission(module, MINTER)
        if not amount:
            return
        supplies = [(coin.denom, self.supply(ctx, coin.denom) + coin.amount) for coin in coins(amount)]
        for denom, total in supplies:
            if not holds(denom) or total > MAX_AMOUNT:
                raise SdkError(
                    SdkCode.INVALID_COINS, f"{denom} cannot be minted: too long a name or too large a supply"
                )
        for denom, total in supplies:
            SUPPLY.set(ctx, denom, total)
        self._receive(ctx, address, amount)
        self._accounts.touch(ctx, address)
        target, text = str(address), show_coins(amount)
        ctx.events.append(Event("coin_received", (("receiver", target), ("amount", text))))
        ctx.events.append(Event("coinbase", (("minter", target), ("amount", text))))

    def burn(self, ctx: Context, module: str, amount: Coins) -> None:
        """Destroy coins of a module account.

        Raises: SdkError(UNAUTHORIZED) without the permission, SdkError(INSUFFICIENT_FUNDS), LookupError.
        """
        address = self._accounts.module_address(module)
        self._require_permission(module, BURNER)
        if not amount:
            return
        self._spend(ctx, address, amount)
        for coin in amount:
            left = self.supply(ctx, coin.denom) - coin.amount
            if left:
                SUPPLY.set(ctx, coin.denom, left)
            else:
                SUPPLY.delete(ctx, coin.denom)
        source, text = str(address), show_coins(amount)
        ctx.events.append(Event("coin_spent", (("spender", source), ("amount", text))))
        ctx.events.append(Event("burn", (("burner", source), ("amount", text))))

    def params(self, ctx: Context) -> Params:
        """Return the parameters. Raises: LookupError before genesis."""
        raw = PARAMETERS.raw(ctx)
        if raw is None:
            raise LookupError("bank parameters are not set")
        known, params = self._decoded
        if raw != known:
            params = PARAMS.read(raw, 0)[0]
            self._decoded = (raw, params)
        return params

    def send_enabled(self, ctx: Context, denom: str) -> bool:
        """Tell whether a denomination can be sent."""
        entry = SEND_ENABLED.get(ctx, denom) if holds(denom) else None
        return self.params(ctx).default_send_enabled if entry is None else entry

    def require_receiver(self, address: Address) -> None:
        """Refuse module accounts, whose coins only their module moves. Raises: SdkError(UNAUTHORIZED)."""
        if self._accounts.is_module(address):
            raise SdkError(SdkCode.UNAUTHORIZED, f"{address} is not allowed to receive funds")

    def endow(self, ctx: Context, address: Address, amount: Coins) -> None:
        """Give an account coins at genesis; the supply is written apart."""
        self._receive(ctx, address, amount)
        self._accounts.touch(ctx, address)

    def _require_permission(self, module: str, permission: str) -> None:
        if permission not in self._accounts.module_permissions(module):
            verb = "mint" if permission == MINTER else "burn"
            text = f"module account {module} does not have permissions to {verb} tokens"
            raise SdkError(SdkCode.UNAUTHORIZED, text)

    def _spend(self, ctx: Context, address: Address, amount: Coins) -> None:
        if len(amount) > 1:
            coins(amount)
        balances = []
        for coin in amount:
            if coin.amount <= 0:
                raise ValueError(f"{coin} is not a positive amount")
            denom = coin.denom.encode() + b"\0"
            raw = ctx.get(_STORE, _BALANCE + address + denom)
            held = 0 if raw is None else int.from_bytes(raw, "big")
            left = held - coin.amount
            if left < 0:
                raise SdkError(
                    SdkCode.INSUFFICIENT_FUNDS,
                    f"spendable balance {Coin(coin.denom, held)} is smaller than {coin}",
                )
            balances.append((denom, left))
        for denom, left in balances:
            if left:
                ctx.set(_STORE, _BALANCE + address + denom, left.to_bytes((left.bit_length() + 7) >> 3, "big"))
            else:
                ctx.delete(_STORE, _BALANCE + address + denom)
                ctx.delete(_STORE, _OWNER + denom + address)

    def _receive(self, ctx: Context, address: Address, amount: Coins) -> None:
        for coin in amount:
            if coin.amount <= 0:
                raise ValueError(f"{coin} is not a positive amount")
            denom = coin.denom.encode() + b"\0"
            key = _BALANCE + address + denom
            raw = ctx.get(_STORE, key)
            if raw is None:
                OWNERS.add(ctx, (coin.denom, address))
                held = coin.amount
            else:
                held = int.from_bytes(raw, "big") + coin.amount
            ctx.set(_STORE, key, held.to_bytes((held.bit_length() + 7) >> 3, "big"))


def holds(denom: str) -> bool:
    """Tell whether the state can hold a denomination."""
    return len(denom) <= MAX_DENOM
