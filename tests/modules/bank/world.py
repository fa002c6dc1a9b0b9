"""Coins over an empty state, for tests that need no transactions."""

from typing import Any

from chain.primitives.coins import Coin, Coins
from chain.sdk.context import Context
from modules.auth.keeper import AuthKeeper
from modules.bank import genesis
from modules.bank.keeper import BankKeeper
from tests.modules.auth import world as accounts

address = accounts.address
AUTHORITY = accounts.AUTHORITY


def lamps(amount: int) -> Coins:
    """Return an amount of ulamp."""
    return (Coin("ulamp", amount),)


def section(balances: dict[int, str], /, **more: Any) -> dict[str, Any]:
    """Return a genesis section with balances such as `5ulamp,7uother` by number of the address."""
    rows = []
    for number, text in balances.items():
        coins = []
        for part in text.split(","):
            digits = len(part) - len(part.lstrip("0123456789"))
            coins.append({"denom": part[digits:], "amount": part[:digits]})
        rows.append({"address": str(address(number)), "coins": coins})
    return genesis.default() | {"balances": rows} | more


def world(balances: dict[int, str], **more: Any) -> tuple[Context, BankKeeper, AuthKeeper]:
    """Return a context after genesis, the keeper of coins and the keeper of accounts."""
    ctx, auth = accounts.world()
    bank = BankKeeper(auth)
    genesis.init(ctx, bank, section(balances, **more))
    return ctx, bank, auth
