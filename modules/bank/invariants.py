"""What always holds of coins."""

from chain.sdk.context import Context
from modules.bank.keeper import BankKeeper
from modules.bank.state import BALANCES, OWNERS, SUPPLY


def supply_is_the_sum_of_balances(ctx: Context, keeper: BankKeeper) -> str | None:
    """The supply of each denomination is the sum of all balances of it; none is zero or negative."""
    total: dict[str, int] = {}
    for (address, denom), amount in BALANCES.scan(ctx):
        if amount <= 0:
            return f"{address} has {amount}{denom}"
        total[denom] = total.get(denom, 0) + amount
    stated = dict(SUPPLY.scan(ctx))
    if stated == total:
        return None
    wrong = next(denom for denom in sorted({**total, **stated}) if total.get(denom) != stated.get(denom))
    return f"supply of {wrong} is {stated.get(wrong, 0)}, balances add up to {total.get(wrong, 0)}"


def owners_have_balances(ctx: Context, keeper: BankKeeper) -> str | None:
    """The index of owners names exactly those with a balance."""
    count = 0
    for denom, address in OWNERS.scan(ctx):
        count += 1
        if not BALANCES.has(ctx, (address, denom)):
            return f"{address} is listed as an owner of {denom} and has none"
    balances = sum(1 for _ in BALANCES.scan(ctx))
    return None if balances == count else f"{balances} balances, {count} entries of owners"
