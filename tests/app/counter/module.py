"""What the counter declares."""

from chain.primitives.ids import Address
from chain.sdk.cli import Arg, Command, Kind
from chain.sdk.context import Context
from chain.sdk.module import Genesis, Json, Message, Module, Query
from chain.sdk.sections import Section
from tests.app.counter import counter_pb2 as pb
from tests.app.counter.errors import CounterCode
from tests.app.counter.handlers import add, count_of
from tests.app.counter.messages import Add
from tests.app.counter.state import COUNTS, SCHEMA

ADD = Command(
    "add", "Add to your counter.", "lampd tx counter add 5 --from alice", (Arg("amount", "How much."),), signer="sender"
)
COUNT = Command(
    "count", "Show a counter.", "lampd query counter count alice", (Arg("account", "Whose.", Kind.ADDRESS),)
)


def validate(section: Json) -> None:
    """Check a section: counts by account. Raises: GenesisError."""
    for account in section:
        checked = Section("counter", {"account": account, "count": section[account]})
        checked.address("account")
        checked.uint("count")


def init(ctx: Context, keeper: None, section: Json) -> None:
    """Write the counts."""
    for account, count in section.items():
        COUNTS.set(ctx, Address.parse(account), int(count))


def export(ctx: Context, keeper: None) -> Json:
    """Read the counts back."""
    return {str(account): str(count) for account, count in COUNTS.scan(ctx)}


MODULE = Module(
    name="counter",
    keeper=None,
    schema=SCHEMA,
    genesis=Genesis(dict, validate, init, export),
    errors=CounterCode,
    messages=(Message(pb.MsgAdd, Add.from_proto, add, ADD),),
    queries=(Query("/example.counter.v1.Query/Count", pb.QueryCountRequest, pb.QueryCountResponse, count_of, COUNT),),
    events=("counted",),
)
