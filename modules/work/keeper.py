"""The verbs of work: the epoch clock, judging receipts, recording what stands."""

from collections.abc import Sequence

from chain.primitives.ids import DeviceId
from chain.primitives.ints import NANOS, Epoch, UnixNano
from chain.sdk.context import Context
from modules.work.params import Params
from modules.work.ports import Accounts, Ledger, Registry, WorkDevice
from modules.work.receipts import Accepted
from modules.work.state import CLOCK, DEVICES, PARAMS, Clock, DeviceWork

CATCH_UP = 4
"""Most epochs that are made up for, one per block, after the chain stood still; the rest of a longer stop is skipped.

Nobody could work in it, so nothing is emitted for it, and it does not eat the time in which open slots are settled.
"""

_NO_WORK = DeviceWork(0, Epoch(0))


class WorkKeeper:
    """Access to the state of work and to the ports it was given."""

    def __init__(self, registry: Registry, ledger: Ledger, accounts: Accounts) -> None:
        self.registry = registry
        self.ledger = ledger
        self.accounts = accounts

    def params(self, ctx: Context) -> Params:
        """Return the parameters."""
        return PARAMS.require(ctx)

    def set_params(self, ctx: Context, params: Params) -> None:
        """Replace the parameters."""
        PARAMS.set(ctx, params)

    def clock(self, ctx: Context) -> Clock:
        """Return the running epoch."""
        return CLOCK.require(ctx)

    def device(self, ctx: Context, device: DeviceId, epoch: Epoch) -> WorkDevice | None:
        """Return what a device's receipts of an epoch are judged by, or None for an unknown device."""
        return self.registry.work_device(ctx, device, epoch)

    def device_work(self, ctx: Context, device: DeviceId) -> DeviceWork:
        """Return how far a device's receipts have come."""
        return DEVICES.get(ctx, device) or _NO_WORK

    def advance(self, ctx: Context, clock: Clock) -> Clock:
        """Close the running epoch, start the next, and return its clock."""
        self.ledger.close_epoch(ctx, clock.epoch)
        seconds = self.params(ctx).epoch_seconds
        missed = (ctx.time - clock.end) // (seconds * NANOS)
        start = clock.end + max(missed - CATCH_UP, 0) * seconds * NANOS
        following = Clock(Epoch(clock.epoch + 1), UnixNano(start), seconds)
        CLOCK.set(ctx, following)
        return following

    def record(self, ctx: Context, accepted: Sequence[Accepted]) -> None:
        """Remember accepted receipts and have their units counted; the later of a device's two comes last."""
        last = {item.counted.device: item for item in accepted}
        for device, item in last.items():
            DEVICES.set(ctx, device, DeviceWork(item.sequence, Epoch(item.counted.epoch + 1)))
        if accepted:
            self.ledger.record_units(ctx, [item.counted for item in accepted])
