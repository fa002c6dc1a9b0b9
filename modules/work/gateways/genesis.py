"""Gateways in the genesis section of work."""

from collections.abc import Sequence

from chain.primitives.ids import Address
from chain.primitives.ints import Epoch
from chain.sdk.context import Context
from chain.sdk.module import GenesisError, Json
from chain.sdk.sections import Section
from modules.work.gateways import verbs
from modules.work.params import MAX_QUOTA
from modules.work.state import GATEWAYS, Gateway

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
