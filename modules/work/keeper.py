"""The verbs of work: the epoch clock, and what other files of the module share."""

from chain.primitives.ids import DeviceId
from chain.primitives.ints import NANOS, Epoch, UnixNano
from chain.sdk.context import Context
from modules.work.params import Params
from modules.work.ports import Accounts, Ledger, Registry, WorkDevice
from modules.work.state import CLOCK, DEVICES, PARAMS, Clock, DeviceWork

_NO_WORK = DeviceWork(0, Epoch(0), b"")


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
        """Close the running epoch, start the next, and return its clock.

        Whole epochs in which the chain stood still are skipped: nobody could work in them, so nothing is emitted. What
        was done before the stop is handed in during the next epoch, so that one ends a boundary later than usual and
        leaves a whole epoch of time, however close to a boundary the chain went on.
        """
        self.ledger.close_epoch(ctx, clock.epoch)
        seconds = self.params(ctx).epoch_seconds
        missed = (ctx.time - clock.end) // (seconds * NANOS)
        start = clock.end + missed * seconds * NANOS
        following = Clock(Epoch(clock.epoch + 1), UnixNano(start), 2 * seconds if missed else seconds)
        CLOCK.set(ctx, following)
        return following
