"""What always holds of accounts."""

from chain.sdk.context import Context
from modules.auth.keeper import AuthKeeper
from modules.auth.state import ACCOUNTS, BY_NUMBER, NEXT_NUMBER


def numbers_are_unique(ctx: Context, keeper: AuthKeeper) -> str | None:
    """Each account is found by its number, nothing else is, and all numbers are below the next one."""
    following = NEXT_NUMBER.get(ctx) or 0
    count = 0
    for address, account in ACCOUNTS.scan(ctx):
        count += 1
        if account.address != address:
            return f"account {account.address} is kept at {address}"
        if account.number >= following:
            return f"account {address} has number {account.number}, the next one is {following}"
        if BY_NUMBER.get(ctx, account.number) != address:
            return f"account {address} is not found by its number {account.number}"
    indexed = sum(1 for _ in BY_NUMBER.scan(ctx))
    return None if indexed == count else f"{indexed} numbers point to {count} accounts"
