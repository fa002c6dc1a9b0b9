"""A module that stands in for credits: it burns what customers pay and tells reward emission for which provider."""

from typing import Any

from chain.app import Wiring, wire
from chain.primitives.coins import BASE_DENOM, Coin
from chain.primitives.ids import Address
from chain.sdk.context import Context
from chain.sdk.module import Genesis, Module
from chain.sdk.schema import Schema

BURNER = "device_registry"
"""An account of the chain that may burn."""


class Demand:
    """Payments that the next block makes: (customer, provider, ulamp)."""

    def __init__(self, bank: Any, emission: Any) -> None:
        self.bank = bank
        self.emission = emission
        self.orders: list[tuple[Address, Address, int]] = []


def begin_block(ctx: Context, demand: Demand) -> None:
    for customer, provider, amount in demand.orders:
        demand.bank.send_to_module(ctx, customer, BURNER, (Coin(BASE_DENOM, amount),))
        demand.emission.burn(ctx, BURNER, amount)
        demand.emission.record_burn_value(ctx, provider, amount)
    demand.orders = []


def wired() -> tuple[Wiring, Demand]:
    """Return the chain's wiring with the stand-in, and the stand-in's keeper."""
    wiring = wire()
    keepers = {module.name: module.keeper for module in wiring.modules}
    demand = Demand(keepers["bank"], keepers["reward_emission"])
    module = Module(
        name="demand",
        keeper=demand,
        schema=Schema("demand"),
        genesis=Genesis(dict, lambda section: None, lambda ctx, keeper, section: None, lambda ctx, keeper: {}),
        begin_block=begin_block,
    )
    return wiring.with_modules(module), demand
