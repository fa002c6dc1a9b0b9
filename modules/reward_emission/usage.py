"""Usage: what providers earn for the values that their customers burned.

Nothing loops over providers: the close of an epoch knows the sum of the values alone, and each provider comes for
what is his while the epoch's book is kept.
"""

from chain.primitives.ids import Address
from chain.sdk.context import Context
from modules.reward_emission.params import Params
from modules.reward_emission.rings import kept
from modules.reward_emission.schedule import usage_payable, usage_share
from modules.reward_emission.state import PROVIDERS, RING, SPENT, USAGE, Provider, Spent, Usage

_NOTHING = Usage()
_NOBODY = Provider()
_NEVER = Spent()


def provider_of(ctx: Context, address: Address) -> Provider:
    """Return what a provider's customers burned; nothing for one who has none."""
    return PROVIDERS.get(ctx, address) or _NOBODY


def record(ctx: Context, epoch: int, address: Address, value: int) -> None:
    """Count a burned value for a provider in the running epoch."""
    usage, provider, spent = USAGE.get(ctx, epoch) or _NOTHING, provider_of(ctx, address), SPENT.get(ctx) or _NEVER
    values = dict(provider.values)
    values[epoch] = values.get(epoch, 0) + value
    USAGE.set(ctx, epoch, Usage(usage.burned + value, usage.bucket, usage.kappa_bp, usage.paid))
    PROVIDERS.set(ctx, address, Provider(provider.burned + value, provider.paid, kept(values, epoch - RING)))
    SPENT.set(ctx, Spent(spent.burned + value, spent.paid))


def close(ctx: Context, epoch: int, bucket: int, params: Params) -> int:
    """Open an epoch's usage for its providers and return how much of the bucket they can claim."""
    usage = USAGE.get(ctx, epoch)
    if usage is None:
        return 0
    USAGE.set(ctx, epoch, Usage(usage.burned, bucket, params.usage_kappa_bp, 0))
    return usage_payable(bucket, params.usage_kappa_bp, usage.burned)


def expire(ctx: Context, epoch: int) -> int:
    """Delete an epoch's usage and return what nobody claimed, the dust with it."""
    usage = USAGE.get(ctx, epoch) if epoch >= 0 else None
    if usage is None:
        return 0
    USAGE.delete(ctx, epoch)
    return payable(usage) - usage.paid


def payable(usage: Usage) -> int:
    """Return what all providers of an epoch can claim together; 0 before it ends."""
    return usage_payable(usage.bucket, usage.kappa_bp, usage.burned)


def shares(ctx: Context, provider: Provider, running: int) -> list[tuple[int, int, int]]:
    """Return (epoch, value burned, share) for each closed epoch whose usage is kept, in order."""
    found = []
    for epoch, value in provider.values:
        usage = USAGE.get(ctx, epoch) if epoch < running else None
        if usage is not None:
            found.append((epoch, value, usage_share(usage.bucket, usage.kappa_bp, usage.burned, value)))
    return found


def take(ctx: Context, address: Address, running: int) -> list[tuple[int, int, int]]:
    """Take a provider's shares of all closed epochs out of the books and return them as `shares` does.

    Only what belongs to the running epoch stays, so that taking again takes nothing.
    """
    provider = provider_of(ctx, address)
    found = shares(ctx, provider, running)
    for epoch, _, amount in found:
        usage = USAGE.get(ctx, epoch) or _NOTHING
        USAGE.set(ctx, epoch, Usage(usage.burned, usage.bucket, usage.kappa_bp, usage.paid + amount))
    total = sum(amount for _, _, amount in found)
    rest = tuple((epoch, value) for epoch, value in provider.values if epoch >= running)
    if rest != provider.values:
        PROVIDERS.set(ctx, address, Provider(provider.burned, provider.paid + total, rest))
    if total:
        spent = SPENT.get(ctx) or _NEVER
        SPENT.set(ctx, Spent(spent.burned, spent.paid + total))
    return found
