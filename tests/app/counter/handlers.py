"""What messages and queries do; a keeper is not needed for so little."""

from chain.primitives.ints import MAX_U64
from chain.sdk.context import Context
from chain.sdk.parsing import parse_address
from tests.app.counter import counter_pb2 as pb
from tests.app.counter.errors import CounterCode, CounterError
from tests.app.counter.messages import Add
from tests.app.counter.state import COUNTS


def add(ctx: Context, keeper: None, msg: Add) -> pb.MsgAddResponse:
    """Add to a counter. Raises: CounterError(TOO_HIGH)."""
    count = (COUNTS.get(ctx, msg.sender) or 0) + msg.amount
    if count > MAX_U64:
        raise CounterError(CounterCode.TOO_HIGH)

    COUNTS.set(ctx, msg.sender, count)

    ctx.emit("counted", account=msg.sender, count=count)
    return pb.MsgAddResponse(count=count)


def count_of(ctx: Context, keeper: None, request: pb.QueryCountRequest) -> pb.QueryCountResponse:
    """Tell an account's count; 0 when it never counted."""
    return pb.QueryCountResponse(count=COUNTS.get(ctx, parse_address(request.account)) or 0)
