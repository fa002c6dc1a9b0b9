"""The queries of work."""

from chain.pb.lamppost.work.v1 import query_pb2
from chain.primitives.errors import SdkCode, SdkError
from chain.primitives.ids import DeviceId
from chain.sdk.context import Context
from modules.work.keeper import WorkKeeper
from modules.work.ports import WorkDevice

SERVICE = "/lamppost.work.v1.Query/"
"""What the paths of all queries begin with."""


def params(ctx: Context, keeper: WorkKeeper, request: query_pb2.QueryParamsRequest) -> query_pb2.QueryParamsResponse:
    """Return the parameters."""
    return query_pb2.QueryParamsResponse(params=keeper.params(ctx).to_proto())


def epoch(ctx: Context, keeper: WorkKeeper, request: query_pb2.QueryEpochRequest) -> query_pb2.QueryEpochResponse:
    """Return the running epoch: its number, its bounds in unix nanoseconds, the earliest epoch to report on."""
    clock = keeper.clock(ctx)
    return query_pb2.QueryEpochResponse(
        epoch=clock.epoch, start=clock.start, end=clock.end, seconds=clock.seconds, earliest=clock.earliest
    )


def device_work(
    ctx: Context, keeper: WorkKeeper, request: query_pb2.QueryDeviceWorkRequest
) -> query_pb2.QueryDeviceWorkResponse:
    """Return how far a device's receipts have come and whether it may submit now.

    Raises: SdkError(INVALID_REQUEST, KEY_NOT_FOUND).
    """
    device_id, device = registered(ctx, keeper, request.device_id)
    work = keeper.device_work(ctx, device_id)
    return query_pb2.QueryDeviceWorkResponse(
        sequence=work.sequence,
        has_worked=work.next_epoch > 0,
        last_epoch=max(work.next_epoch - 1, 0),
        usable=device.usable,
        reason=device.reason,
        telemetry_root=work.root,
    )


def registered(ctx: Context, keeper: WorkKeeper, text: str) -> tuple[DeviceId, WorkDevice]:
    """Return a registered device by its text. Raises: SdkError(INVALID_REQUEST, KEY_NOT_FOUND)."""
    try:
        device_id = DeviceId.parse(text)
    except ValueError as error:
        raise SdkError(SdkCode.INVALID_REQUEST, f"invalid device id: {error}") from error
    device = keeper.device(ctx, device_id, keeper.clock(ctx).epoch)
    if device is None:
        raise SdkError(SdkCode.KEY_NOT_FOUND, f"device {device_id} is not registered")
    return device_id, device
