"""How receipts are judged: each by itself, the cheap checks first, all signatures in one batch."""

from collections.abc import Sequence

from chain.crypto.keys import Algorithm
from chain.crypto.verified import verify_once
from chain.primitives.ids import DeviceId
from chain.primitives.ints import FULL_BP, Epoch
from chain.sdk.context import Context
from chain.sdk.gas import RECEIPT, VERIFY
from modules.work.errors import WorkCode, WorkError
from modules.work.keeper import WorkKeeper
from modules.work.ports import WorkDevice
from modules.work.receipts import OVERCLAIM, Accepted, Receipt, count
from modules.work.state import Clock, DeviceWork

Verdict = Accepted | WorkError
"""What became of a receipt."""
Key = tuple[bytes, int]
"""Device and epoch."""


def judge(ctx: Context, keeper: WorkKeeper, receipts: Sequence[Receipt]) -> list[Verdict]:
    """Return a verdict for each receipt, in order; nothing is written.

    Gas for each is used before it is looked at, and for the signatures before any is verified.
    Raises: SdkError(OUT_OF_GAS).
    """
    clock = keeper.clock(ctx)
    found: dict[Key, WorkDevice] = {}
    last: dict[bytes, DeviceWork] = {}
    verdicts: list[Verdict | None] = []
    for receipt in receipts:
        ctx.gas.consume(RECEIPT, "receipt")
        verdicts.append(_check(ctx, keeper, clock, receipt, found, last))
    pending = [index for index, verdict in enumerate(verdicts) if verdict is None]
    valid = _verify(ctx, [receipts[index] for index in pending], found)
    for index, genuine in zip(pending, valid, strict=True):
        verdicts[index] = _decide(receipts[index], genuine, found, last)
    return [verdict for verdict in verdicts if verdict is not None]


def _check(
    ctx: Context,
    keeper: WorkKeeper,
    clock: Clock,
    receipt: Receipt,
    found: dict[Key, WorkDevice],
    last: dict[bytes, DeviceWork],
) -> WorkError | None:
    """Return why a receipt is rejected before its signature is looked at; notes its device and what it did last."""
    malformed = receipt.malformed()
    if malformed:
        return WorkError(WorkCode.MALFORMED_RECEIPT, malformed)
    if receipt.uptime_bp > FULL_BP:
        return WorkError(WorkCode.UPTIME_OUT_OF_RANGE, f"uptime of {receipt.uptime_bp} bp is above {FULL_BP}")
    if not clock.earliest <= receipt.epoch <= clock.epoch:
        return WorkError(
            WorkCode.EPOCH_OUTSIDE_WINDOW, f"epoch {receipt.epoch} is not in {clock.earliest}..{clock.epoch}"
        )
    # Terms, place and weight may differ between the two epochs of the window.
    device = found.get((receipt.device, receipt.epoch))
    if device is None:
        device_id = DeviceId(receipt.device)
        device = keeper.device(ctx, device_id, Epoch(receipt.epoch))
        if device is None:
            return WorkError(WorkCode.UNKNOWN_DEVICE, f"device {device_id} is not registered")
        found[receipt.device, receipt.epoch] = device
        if receipt.device not in last:
            last[receipt.device] = keeper.device_work(ctx, device_id)
    return _check_device(receipt, device, clock) or _check_order(receipt, last[receipt.device])


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
    return None


def _verify(ctx: Context, receipts: Sequence[Receipt], found: dict[Key, WorkDevice]) -> list[bool]:
    items = []
    for receipt in receipts:
        device = found[receipt.device, receipt.epoch]
        algorithm = Algorithm(device.algorithm)
        ctx.gas.consume(VERIFY[algorithm], "receipt signature")
        items.append((algorithm, device.public_key, receipt.sign_bytes(ctx.chain_id), receipt.signature))
    return verify_once(items)


def _decide(receipt: Receipt, genuine: bool, found: dict[Key, WorkDevice], last: dict[bytes, DeviceWork]) -> Verdict:
    """Judge the rest in order: only a genuine receipt moves its device's sequence on."""
    if not genuine:
        return WorkError(WorkCode.INVALID_SIGNATURE, "the device key did not sign this receipt for this chain")
    again = _check_order(receipt, last[receipt.device])
    if again is not None:
        return again
    last[receipt.device] = DeviceWork(receipt.sequence, Epoch(receipt.epoch + 1))
    return Accepted(count(receipt, found[receipt.device, receipt.epoch]), receipt.sequence)
