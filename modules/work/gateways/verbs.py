"""What handlers, queries and the free lane do with gateways."""

from chain.primitives.ids import Address
from chain.primitives.ints import Epoch
from chain.sdk.context import Context
from modules.work.errors import WorkCode, WorkError
from modules.work.keeper import WorkKeeper
from modules.work.state import GATEWAYS, QUOTAS, SPENT, Gateway, Spent


def require_admin(ctx: Context, keeper: WorkKeeper, network: int, signer: Address) -> None:
    """Refuse anybody but the admin of an open network.

    Raises: WorkError(NOT_NETWORK_ADMIN), and the registry's for a network that is unknown or closed.
    """
    found = keeper.registry.open_network(ctx, network)
    if found.admin != signer:
        raise WorkError(WorkCode.NOT_NETWORK_ADMIN, f"{signer} is not the admin of {found.name}")


def find(ctx: Context, network: int, address: Address) -> Gateway:
    """Return a gateway of a network. Raises: WorkError(UNKNOWN_GATEWAY)."""
    gateway = GATEWAYS.get(ctx, (network, address))
    if gateway is None:
        raise WorkError(WorkCode.UNKNOWN_GATEWAY, f"{address} is no gateway of network {network}")
    return gateway


def require_room(ctx: Context, keeper: WorkKeeper, network: int, more: int, instead_of: int = 0) -> None:
    """Refuse a quota that takes the network's sum above the parameter. Raises: WorkError(INVALID_QUOTA)."""
    limit = keeper.params(ctx).max_network_quota
    total = total_quota(ctx, network) - instead_of + more
    if total > limit:
        raise WorkError(
            WorkCode.INVALID_QUOTA, f"the gateways of network {network} would have {total} receipts, at most {limit}"
        )


def total_quota(ctx: Context, network: int) -> int:
    """Return the sum of the quotas of a network's gateways."""
    return QUOTAS.get(ctx, network) or 0


def save(ctx: Context, network: int, address: Address, gateway: Gateway) -> None:
    """Write a gateway, and the network's sum of quotas with it."""
    before = GATEWAYS.get(ctx, (network, address))
    QUOTAS.set(ctx, network, total_quota(ctx, network) - (before.quota if before else 0) + gateway.quota)
    GATEWAYS.set(ctx, (network, address), gateway)


def remove(ctx: Context, network: int, address: Address, gateway: Gateway) -> None:
    """Remove a gateway and its quota."""
    total = total_quota(ctx, network) - gateway.quota
    if total:
        QUOTAS.set(ctx, network, total)
    else:
        QUOTAS.delete(ctx, network)
    GATEWAYS.delete(ctx, (network, address))


def left(ctx: Context, keeper: WorkKeeper, network: int, gateway: Gateway, epoch: Epoch) -> int:
    """Return how many fee-free receipts a gateway has left in the running epoch.

    What a network's gateways used counts for the network, too, or its admin could revoke a gateway that has used its
    quota and register another.
    """
    own = gateway.quota - used_in(gateway, epoch)
    return max(min(own, keeper.params(ctx).max_network_quota - used_in(SPENT.get(ctx, network), epoch)), 0)


def use(ctx: Context, network: int, address: Address, gateway: Gateway, epoch: Epoch, number: int) -> None:
    """Count fee-free receipts of a gateway and its network."""
    GATEWAYS.set(ctx, (network, address), Gateway(gateway.quota, used_in(gateway, epoch) + number, epoch))
    SPENT.set(ctx, network, Spent(used_in(SPENT.get(ctx, network), epoch) + number, epoch))


def used_in(count: Gateway | Spent | None, epoch: Epoch) -> int:
    """Return what was used in the running epoch."""
    # A count of another epoch is an old one: nothing has to be reset when epochs change.
    return count.used if count is not None and count.epoch == epoch else 0
