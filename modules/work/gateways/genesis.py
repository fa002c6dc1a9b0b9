"""Gateways in the genesis section of work."""

from collections.abc import Sequence

from chain.primitives.ids import Address
from chain.primitives.ints import Epoch
from chain.sdk.context import Context
from chain.sdk.module import GenesisError, Json
from chain.sdk.sections import Section
from modules.work.gateways import verbs
from modules.work.params import MAX_QUOTA
from modules.work.state import GATEWAYS, SPENT, Gateway, Spent

Entry = tuple[int, Address, Gateway]
"""Network, account and what is kept of it."""


def read(section: Section) -> list[Entry]:
    """Read the list `gateways`. Raises: GenesisError."""
    entries = [_read_one(item) for item in section.objects("gateways")]
    for index in range(1, len(entries)):
        if entries[index][:2] <= entries[index - 1][:2]:
            raise GenesisError(section.at(f"gateways[{index}]"), "gateways must be in order of network and address")
    return entries


def init(ctx: Context, entries: Sequence[Entry]) -> None:
    """Write gateways, and the sums of their quotas."""
    for network, address, gateway in entries:
        verbs.save(ctx, network, address, gateway)


def read_spent(section: Section) -> list[tuple[int, Spent]]:
    """Read the list `spent_quotas`. Raises: GenesisError."""
    entries: list[tuple[int, Spent]] = []
    for index, item in enumerate(section.objects("spent_quotas")):
        network, spent = item.uint("network"), Spent(item.uint("used"), Epoch(item.uint("epoch")))
        item.done()
        if entries and network <= entries[-1][0]:
            raise GenesisError(section.at(f"spent_quotas[{index}]"), "networks must be in order, each once")
        entries.append((network, spent))
    return entries


def init_spent(ctx: Context, entries: Sequence[tuple[int, Spent]]) -> None:
    """Write what networks have used of their quotas."""
    for network, spent in entries:
        SPENT.set(ctx, network, spent)


def export_spent(ctx: Context) -> list[Json]:
    """Return the list `spent_quotas`."""
    return [
        {"network": str(network), "used": str(spent.used), "epoch": str(spent.epoch)}
        for network, spent in SPENT.scan(ctx)
    ]


def export(ctx: Context) -> list[Json]:
    """Return the list that makes these gateways again."""
    return [
        {
            "network": str(network),
            "address": str(address),
            "quota": str(gateway.quota),
            "used": str(gateway.used),
            "epoch": str(gateway.epoch),
        }
        for (network, address), gateway in GATEWAYS.scan(ctx)
    ]


def _read_one(section: Section) -> Entry:
    network, address = section.uint("network"), section.address("address")
    gateway = Gateway(section.uint("quota"), section.uint("used", 0), Epoch(section.uint("epoch", 0)))
    section.done()
    if not 1 <= gateway.quota <= MAX_QUOTA:
        raise section.fail("quota", f"{gateway.quota} is not in 1..{MAX_QUOTA} receipts")
    return network, address, gateway
