"""The dense index of living devices: all that are not retired, at the positions 1 to n without gaps.

Audits draw from it without iterating. Paused and suspended devices stay in it, or a pause of one block would dodge a
draw; so it changes only when a device joins and when one retires.
"""

from dataclasses import replace

from chain.primitives.ids import DeviceId
from chain.sdk.context import Context
from modules.device_registry import state
from modules.device_registry.types import Counts


def living_count(ctx: Context) -> int:
    """Return how many devices are not retired: one read."""
    totals = state.totals.get(ctx) or Counts()
    return totals.active + totals.paused


def living_at(ctx: Context, index: int) -> DeviceId:
    """Return the device at an index from 0 upward: one read. Raises: LookupError beyond the last."""
    found = state.living.get(ctx, index + 1)
    if found is None:
        raise LookupError(f"no device has index {index}")
    return found


def leave(ctx: Context, position: int) -> None:
    """Take out the device at a position, while it is still counted; the last one moves into the gap."""
    last = living_count(ctx)
    if position != last:
        moved = living_at(ctx, last - 1)
        device = state.devices.get(ctx, moved)
        if device is None:
            raise LookupError(f"the dense index names {moved}, which is no device")
        state.devices.set(ctx, moved, replace(device, position=position))
        state.living.set(ctx, position, moved)
    state.living.delete(ctx, last)
