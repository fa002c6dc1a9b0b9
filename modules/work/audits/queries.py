"""Answers about audits."""

from chain.codec.keys import U64_KEY
from chain.pb.lamppost.work.v1 import query_pb2, types_pb2
from chain.primitives.ids import DeviceId
from chain.sdk.context import Context
from chain.sdk.pagination import page
from modules.work.keeper import WorkKeeper
from modules.work.queries import registered
from modules.work.state import AUDITS, Audit, Question


def audits(ctx: Context, keeper: WorkKeeper, request: query_pb2.QueryAuditsRequest) -> query_pb2.QueryAuditsResponse:
    """Return a page of an epoch's audits, in order of devices. Raises: SdkError(INVALID_REQUEST)."""
    rows, after = page(ctx, AUDITS, request.pagination, within=U64_KEY.encode(request.epoch))
    return query_pb2.QueryAuditsResponse(
        audits=[_audit_proto(epoch, device, audit) for (epoch, device), audit in rows], pagination=after
    )


def device_audit(
    ctx: Context, keeper: WorkKeeper, request: query_pb2.QueryDeviceAuditRequest
) -> query_pb2.QueryDeviceAuditResponse:
    """Return what a device must answer, and its strikes. Raises: SdkError(INVALID_REQUEST, KEY_NOT_FOUND)."""
    device_id, _ = registered(ctx, keeper, request.device_id)
    work = keeper.device_work(ctx, device_id)
    answer = query_pb2.QueryDeviceAuditResponse(
        epoch=keeper.clock(ctx).epoch, strikes=work.strikes, max_strikes=keeper.params(ctx).max_strikes
    )
    if work.question is not None:
        answer.question.CopyFrom(_question_proto(work.question))
    return answer


def _audit_proto(epoch: int, device: DeviceId, audit: Audit) -> types_pb2.Audit:
    # The numbers of the wire are those of the state.
    outcome = types_pb2.AuditOutcome.ValueType(audit.outcome)
    return types_pb2.Audit(device_id=str(device), epoch=epoch, nonce=audit.nonce, outcome=outcome)


def _question_proto(question: Question) -> types_pb2.Question:
    return types_pb2.Question(
        epoch=question.epoch,
        nonce=question.nonce,
        telemetry_root=question.root,
        root_epoch=question.root_epoch,
    )
