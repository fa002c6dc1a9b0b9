"""What must hold of work's state after every block."""

from chain.sdk.context import Context
from modules.work.keeper import WorkKeeper
from modules.work.state import AUDITS, DEVICES, GATEWAYS, QUOTAS, SPENT, Outcome


def clock_and_books_agree(ctx: Context, keeper: WorkKeeper) -> str | None:
    """Every epoch before the running one was closed in the ledger, and no other."""
    running, closed = keeper.clock(ctx).epoch, keeper.ledger.epochs_closed(ctx)
    return None if running == closed else f"epoch {running} is running, but {closed} epochs were closed"


def nobody_is_ahead(ctx: Context, keeper: WorkKeeper) -> str | None:
    """No device has reported on an epoch that is still to come, and each that reported has a sequence."""
    running = keeper.clock(ctx).epoch
    for device, work in DEVICES.scan(ctx):
        if work.next_epoch > running + 1:
            return f"device {device} has reported on epoch {work.next_epoch - 1}, but {running} is running"
        if work.sequence == 0 or work.next_epoch == 0:
            return f"device {device} has a record without a receipt"
    return None


def quotas_are_those_of_gateways(ctx: Context, keeper: WorkKeeper) -> str | None:
    """The sum that is kept for a network is that of its gateways' quotas, and no gateway used one in the future."""
    running = keeper.clock(ctx).epoch
    sums: dict[int, int] = {}
    for (network, address), gateway in GATEWAYS.scan(ctx):
        sums[network] = sums.get(network, 0) + gateway.quota
        if gateway.epoch > running:
            return f"gateway {address} of network {network} used its quota of epoch {gateway.epoch}"
    for network, spent in SPENT.scan(ctx):
        if spent.epoch > running:
            return f"network {network} used its quota of epoch {spent.epoch}"
    kept = dict(QUOTAS.scan(ctx))
    return None if kept == sums else f"quotas by network are {sums}, kept is {kept}"


def open_audits_are_questions(ctx: Context, keeper: WorkKeeper) -> str | None:
    """Each open audit that is kept is its device's question, and no question is of an epoch that is still to come."""
    for (epoch, device), audit in AUDITS.scan(ctx):
        if audit.outcome is Outcome.OPEN:
            question = keeper.device_work(ctx, device).question
            if question is None or (question.epoch, question.nonce) != (epoch, audit.nonce):
                return f"the audit of device {device} in epoch {epoch} is open, but its question is {question}"
    running = keeper.clock(ctx).epoch
    for device, work in DEVICES.scan(ctx):
        if work.question is not None and work.question.epoch > running:
            return f"device {device} is asked in epoch {work.question.epoch}, but {running} is running"
    return None
