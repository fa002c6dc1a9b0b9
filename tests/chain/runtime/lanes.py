"""A free lane for tests: the messages of the module that misbehaves, a few per person."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from chain.app import wire
from chain.primitives.errors import ModuleError
from chain.primitives.ids import Address
from chain.runtime.fees import parse_gas_prices
from chain.sdk.context import Context
from chain.testing import TestChain
from tests.chain.runtime.modules import COUNTS, Plan, Trouble, module
from tests.chain.runtime.transactions import ACCOUNTS


class Lane:
    """Takes messages without a fee up to a quota for each person; `junk` is what a screen finds in the named ones."""

    def __init__(self, quotas: Mapping[Address, int]) -> None:
        self.quotas = quotas
        self.junk: dict[str, ModuleError] = {}
        self.screened: list[str] = []

    def covers(self, messages: Sequence[object]) -> bool:
        return all(isinstance(message, Trouble) for message in messages)

    def waive(self, ctx: Context, payer: Address, messages: Sequence[Any]) -> bool:
        used = used_of(ctx, payer) + len(messages)
        if used > self.quotas.get(payer, 0):
            return False
        COUNTS.set(ctx, _key(payer), used)
        return True

    def screen(self, ctx: Context, messages: Sequence[Any]) -> None:
        for message in messages:
            self.screened.append(message.name)
            ctx.gas.consume(20_000, "screen")
            if message.name in self.junk:
                raise self.junk[message.name]
            COUNTS.set(ctx, f"screened {message.name[:20]}", 1)


def used_of(ctx: Context, payer: Address) -> int:
    """Return how many messages a person had for nothing."""
    return COUNTS.get(ctx, _key(payer)) or 0


def _key(payer: Address) -> str:
    return f"u{payer.hex()[:30]}"


@contextmanager
def lane_chain(quota: int = 4, prices: str = "1ulamp", **options: Any) -> Iterator[tuple[TestChain, Lane, Plan]]:
    """A chain on which alice and carol may send some messages without a fee, and bob may not."""
    plan, lane = Plan(), Lane({})
    wiring = replace(wire().with_modules(module(plan)), free_lane=lane)
    accounts = options.pop("accounts", ACCOUNTS)
    with TestChain(accounts, wiring=wiring, gas_prices=parse_gas_prices(prices), **options) as chain:
        lane.quotas = {chain.address(name): quota for name in ("alice", "carol")}
        yield chain, lane, plan
