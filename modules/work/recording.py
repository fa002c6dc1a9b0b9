"""What accepted receipts change: the devices' records, the ledger's books, and what becomes of audits."""

from collections.abc import Sequence
from dataclasses import replace

from chain.primitives.ints import Epoch
from chain.sdk.context import Context
from modules.work.keeper import WorkKeeper
from modules.work.receipts import Accepted
from modules.work.state import AUDITS, DEVICES, Outcome


def record(ctx: Context, keeper: WorkKeeper, accepted: Sequence[Accepted]) -> None:
    """Remember accepted receipts and have them counted; the later of a device's two comes last."""
    last = {item.counted.device: item.work for item in accepted}
    for device, work in last.items():
        DEVICES.set(ctx, device, work)
    if accepted:
        keeper.ledger.record_units(ctx, [item.counted for item in accepted])
    for item in accepted:
        if item.audit is not None:
            _close_audit(ctx, keeper, item)


def _close_audit(ctx: Context, keeper: WorkKeeper, item: Accepted) -> None:
    device, audit = item.counted.device, item.audit
    if audit is None:
        return
    kept = AUDITS.get(ctx, (audit.epoch, device))
    if kept is not None:
        outcome = Outcome.MISSED if audit.fault else Outcome.ANSWERED
        AUDITS.set(ctx, (audit.epoch, device), replace(kept, outcome=outcome))
    if not audit.fault:
        ctx.emit("audit_answered", device=device, epoch=audit.epoch)
        return
    ctx.emit("audit_missed", device=device, epoch=audit.epoch, reason=audit.fault, strikes=audit.strikes)
    if audit.last_strike:
        params = keeper.params(ctx)
        forfeited = keeper.ledger.forfeit(ctx, device, params.forfeit_bp)
        until = Epoch(keeper.clock(ctx).epoch + params.suspension_epochs)
        keeper.registry.suspend(ctx, device, until)
        ctx.emit("device_struck_out", device=device, until_epoch=until, forfeited=forfeited)
