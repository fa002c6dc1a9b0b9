"""How receipts are judged: each by itself, the cheap checks first, all signatures in one batch."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from chain.crypto.audits import answer_fault
from chain.crypto.keys import Algorithm
from chain.crypto.verified import verify_once
from chain.primitives.ids import DeviceId
from chain.primitives.ints import FULL_BP, Epoch
from chain.sdk.context import Context
from chain.sdk.gas import RECEIPT, VERIFY
from modules.work.errors import WorkCode, WorkError
from modules.work.keeper import WorkKeeper
from modules.work.ports import WorkDevice
from modules.work.receipts import OVERCLAIM, Accepted, Audited, Receipt, count
from modules.work.state import Clock, DeviceWork

Verdict = Accepted | WorkError
"""What became of a receipt."""


@dataclass(slots=True)
class _Bench:
    """What is known while receipts are judged: each device and what it did last, receipts of this message included."""

    clock: Clock
    devices: dict[tuple[bytes, int], WorkDevice] = field(default_factory=dict)
    """By device and epoch: terms, place and weight may differ between the two epochs of the window."""
    works: dict[bytes, DeviceWork] = field(default_factory=dict)
    struck_out: set[bytes] = field(default_factory=set)
    """Devices that a receipt of this message suspends."""


def judge(ctx: Context, keeper: WorkKeeper, receipts: Sequence[Receipt]) -> list[Verdict]:
    """Return a verdict for each receipt, in order; nothing is written.

    Gas for each is used before it is looked at, and for the signatures before any is verified.
    Raises: SdkError(OUT_OF_GAS).
    """
    bench = _Bench(keeper.clock(ctx))
    verdicts: list[Verdict | None] = []
    for receipt in receipts:
        ctx.gas.consume(RECEIPT, "receipt")
        verdicts.append(_check(ctx, keeper, receipt, bench))
    pending = [index for index, verdict in enumerate(verdicts) if verdict is None]
    valid = _verify(ctx, [receipts[index] for index in pending], bench)
    for index, genuine in zip(pending, valid, strict=True):
        verdicts[index] = _decide(ctx, keeper, receipts[index], genuine, bench)
    return [verdict for verdict in verdicts if verdict is not None]


def _check(ctx: Context, keeper: WorkKeeper, receipt: Receipt, bench: _Bench) -> WorkError | None:
    """Return why a receipt is rejected before its signature is looked at; notes its device and what it did last."""
    malformed = receipt.malformed()
    if malformed:
        return WorkError(WorkCode.MALFORMED_RECEIPT, malformed)
    if receipt.uptime_bp > FULL_BP:
        return WorkError(WorkCode.UPTIME_OUT_OF_RANGE, f"uptime of {receipt.uptime_bp} bp is above {FULL_BP}")
    clock = bench.clock
    if not clock.earliest <= receipt.epoch <= clock.epoch:
        return WorkError(
            WorkCode.EPOCH_OUTSIDE_WINDOW, f"epoch {receipt.epoch} is not in {clock.earliest}..{clock.epoch}"
        )
    device = bench.devices.get((receipt.device, receipt.epoch))
    if device is None:
        device_id = DeviceId(receipt.device)
        device = keeper.device(ctx, device_id, Epoch(receipt.epoch))
        if device is None:
            return WorkError(WorkCode.UNKNOWN_DEVICE, f"device {device_id} is not registered")
        bench.devices[receipt.device, receipt.epoch] = device
        if receipt.device not in bench.works:
            bench.works[receipt.device] = keeper.device_work(ctx, device_id)
    return _check_device(receipt, device, clock) or _check_order(receipt, bench.works[receipt.device])


def _check_device(receipt: Receipt, device: WorkDevice, clock: Clock) -> WorkError | None:
    if receipt.network != device.network:
        return WorkError(
            WorkCode.WRONG_NETWORK, f"receipt is for network {receipt.network}, the device is in {device.network}"
        )
    if not device.usable:
        return WorkError(WorkCode.DEVICE_NOT_USABLE, device.reason)
    if receipt.epoch < clock.epoch and device.registered_at >= clock.start:
        return WorkError(
            WorkCode.EPOCH_OUTSIDE_WINDOW, f"the device was registered after epoch {receipt.epoch} had ended"
        )
    if receipt.units > device.max_units * OVERCLAIM:
        return WorkError(
            WorkCode.UNITS_OVER_MAXIMUM,
            f"{receipt.units} units are more than {OVERCLAIM} times the model's maximum of {device.max_units}",
        )
    return None


def _check_order(receipt: Receipt, last: DeviceWork) -> WorkError | None:
    if receipt.sequence <= last.sequence:
        return WorkError(
            WorkCode.SEQUENCE_NOT_ABOVE_LAST, f"sequence {receipt.sequence} is not above the last, {last.sequence}"
        )
    if receipt.epoch < last.next_epoch:
        return WorkError(
            WorkCode.EPOCH_ALREADY_REPORTED, f"the device has already reported on epoch {last.next_epoch - 1}"
        )
    # Behind the two above: an answer that comes a second time is told that the receipt was taken.
    if receipt.audit_answer and last.question is None:
        return WorkError(WorkCode.MALFORMED_RECEIPT, "audit answer without an audit")
    return None


def _verify(ctx: Context, receipts: Sequence[Receipt], bench: _Bench) -> list[bool]:
    items = []
    for receipt in receipts:
        device = bench.devices[receipt.device, receipt.epoch]
        algorithm = Algorithm(device.algorithm)
        ctx.gas.consume(VERIFY[algorithm], "receipt signature")
        items.append((algorithm, device.public_key, receipt.sign_bytes(ctx.chain_id), receipt.signature))
    return verify_once(items)


def _decide(ctx: Context, keeper: WorkKeeper, receipt: Receipt, genuine: bool, bench: _Bench) -> Verdict:
    """Judge the rest in order: only a genuine receipt moves its device's record on."""
    if not genuine:
        return WorkError(WorkCode.INVALID_SIGNATURE, "the device key did not sign this receipt for this chain")
    last = bench.works[receipt.device]
    again = _check_order(receipt, last)
    if again is not None:
        return again
    if receipt.device in bench.struck_out:
        return WorkError(WorkCode.DEVICE_NOT_USABLE, "device is suspended")
    audit = _audit(ctx, keeper, receipt, last)
    work = DeviceWork(
        receipt.sequence,
        Epoch(receipt.epoch + 1),
        receipt.telemetry_root,
        last.strikes if audit is None else 0 if audit.last_strike else audit.strikes,
        last.question if audit is None else None,
    )
    bench.works[receipt.device] = work
    if audit is not None and audit.last_strike:
        bench.struck_out.add(receipt.device)
    missed = audit is not None and audit.fault != ""
    return Accepted(count(receipt, bench.devices[receipt.device, receipt.epoch], missed), work, audit)


def _audit(ctx: Context, keeper: WorkKeeper, receipt: Receipt, last: DeviceWork) -> Audited | None:
    """Return what a receipt says to its device's question; None when it is not asked, or need not answer yet."""
    question = last.question
    # A receipt of an epoch before the draw may have been signed when nobody could know the question.
    if question is None or (receipt.epoch < question.epoch and not receipt.audit_answer):
        return None
    fault = answer_fault(receipt.audit_answer, question.nonce, question.root)
    if not fault:
        return Audited(question.epoch, "", last.strikes)
    strikes = last.strikes + 1
    return Audited(question.epoch, fault, strikes, strikes >= keeper.params(ctx).max_strikes)
