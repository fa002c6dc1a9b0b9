"""What the messages of work do: check, apply, emit."""

from dataclasses import asdict

from chain.pb.lamppost.work.v1 import tx_pb2
from chain.sdk.context import Context
from modules.work.errors import WorkCode, WorkError
from modules.work.judging import Verdict, judge
from modules.work.keeper import WorkKeeper
from modules.work.messages import SubmitWork, UpdateParams
from modules.work.receipts import Accepted
from modules.work.recording import record


def submit_work(ctx: Context, keeper: WorkKeeper, msg: SubmitWork) -> tx_pb2.MsgSubmitWorkResponse:
    """Judge each receipt by itself and record those that stand; the message succeeds even when none does.

    Raises: WorkError(TOO_MANY_RECEIPTS). In the results: WorkError(MALFORMED_RECEIPT, UNKNOWN_DEVICE, WRONG_NETWORK,
    DEVICE_NOT_USABLE, EPOCH_OUTSIDE_WINDOW, SEQUENCE_NOT_ABOVE_LAST, EPOCH_ALREADY_REPORTED, UPTIME_OUT_OF_RANGE,
    UNITS_OVER_MAXIMUM, INVALID_SIGNATURE).
    """
    verdicts = judge_message(ctx, keeper, msg)
    accepted = [verdict for verdict in verdicts if isinstance(verdict, Accepted)]

    record(ctx, keeper, accepted)

    for index, verdict in enumerate(verdicts):
        if isinstance(verdict, WorkError):
            _emit_rejected(ctx, index, msg.receipts[index].device, verdict)
    ctx.emit(
        "work_submitted",
        submitter=msg.submitter,
        accepted=len(accepted),
        rejected=len(verdicts) - len(accepted),
        effective_units=sum(item.counted.units for item in accepted),
    )
    return _response(verdicts)


def judge_message(ctx: Context, keeper: WorkKeeper, msg: SubmitWork) -> list[Verdict]:
    """Return a verdict for each receipt of a message. Raises: WorkError(TOO_MANY_RECEIPTS), SdkError(OUT_OF_GAS)."""
    limit = keeper.params(ctx).max_receipts
    if len(msg.receipts) > limit:
        raise WorkError(WorkCode.TOO_MANY_RECEIPTS, f"{len(msg.receipts)} receipts, at most {limit} are taken")
    return judge(ctx, keeper, msg.receipts)


def update_params(ctx: Context, keeper: WorkKeeper, msg: UpdateParams) -> tx_pb2.MsgUpdateParamsResponse:
    """Replace the parameters; a new epoch length holds from the next epoch on. Raises: WorkError(NOT_AUTHORITY)."""
    if msg.authority != ctx.authority:
        raise WorkError(WorkCode.NOT_AUTHORITY, f"expected {ctx.authority}, got {msg.authority}")

    keeper.set_params(ctx, msg.params)

    ctx.emit("work_params_updated", **asdict(msg.params))
    return tx_pb2.MsgUpdateParamsResponse()


def _emit_rejected(ctx: Context, index: int, device: bytes, error: WorkError) -> None:
    # The device id may be malformed, so it is shown as it came, cut to the length of a real one.
    ctx.emit("receipt_rejected", index=index, device=device[:20].hex(), code=int(error.code), reason=error.log)


def _response(verdicts: list[Verdict]) -> tx_pb2.MsgSubmitWorkResponse:
    response = tx_pb2.MsgSubmitWorkResponse()
    add = response.results.add
    for verdict in verdicts:
        if isinstance(verdict, Accepted):
            add(effective_units=verdict.counted.units, why=verdict.counted.why)
        else:
            add(code=int(verdict.code), reason=verdict.log)
    return response
