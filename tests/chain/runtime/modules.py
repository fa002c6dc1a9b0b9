"""A module that misbehaves on demand, for tests of what the runtime makes of it."""

from dataclasses import dataclass
from typing import Any

from chain.codec.keys import TEXT_KEY
from chain.codec.values import U64
from chain.pb.cosmos.base.v1beta1.coin_pb2 import Coin
from chain.pb.lamppost.runtime.v1 import query_pb2 as pb
from chain.primitives.errors import SdkCode, SdkError
from chain.primitives.ids import Address
from chain.sdk.context import Context
from chain.sdk.module import Genesis, Message, Module, Query
from chain.sdk.schema import Map, Schema

SCHEMA = Schema("trouble")
COUNTS = Map(SCHEMA, 0, "counts", TEXT_KEY, U64)


class Plan:
    """What happens in the next message or hook."""

    def __init__(self) -> None:
        self.message: Exception | None = None
        self.parse: Exception | None = None
        self.begin: Exception | None = None
        self.end: Exception | None = None
        self.query: Exception | None = None
        self.blocks: list[Any] = []


@dataclass(frozen=True, slots=True)
class Trouble:
    """The message: `denom` holds the signer, `amount` a name to count."""

    signer: Address
    name: str

    @property
    def signers(self) -> tuple[Address, ...]:
        return (self.signer,)


def module(plan: Plan) -> Module:
    """Return the module; its message is a coin whose denomination is the signer's address."""

    def parse(proto: Coin) -> Trouble:
        if plan.parse is not None:
            raise plan.parse
        return Trouble(Address.parse(proto.denom), proto.amount)

    def handle(ctx: Context, keeper: Plan, msg: Trouble) -> Coin:
        COUNTS.set(ctx, msg.name, (COUNTS.get(ctx, msg.name) or 0) + 1)
        ctx.emit("counted", name=msg.name)
        if keeper.message is not None:
            raise keeper.message
        return Coin(denom="done", amount=msg.name)

    def begin(ctx: Context, keeper: Plan) -> None:
        keeper.blocks.append(ctx.block)
        COUNTS.set(ctx, "begun", (COUNTS.get(ctx, "begun") or 0) + 1)
        ctx.emit("begun", height=ctx.height)
        if keeper.begin is not None:
            raise keeper.begin

    def end(ctx: Context, keeper: Plan) -> None:
        ctx.emit("ended", time=ctx.time)
        if keeper.end is not None:
            raise keeper.end

    def query(ctx: Context, keeper: Plan, request: pb.QueryChainRequest) -> pb.QueryChainResponse:
        if keeper.query is not None:
            raise keeper.query
        for _ in COUNTS.scan(ctx):
            ctx.gas.consume(60_000_000, "query")
        return pb.QueryChainResponse(chain_id=ctx.chain_id, initial_height=ctx.height, genesis_time=ctx.time)

    def init(ctx: Context, keeper: Plan, section: dict[str, Any]) -> None:
        for name, count in section.items():
            COUNTS.set(ctx, name, count)

    return Module(
        name="trouble",
        keeper=plan,
        schema=SCHEMA,
        genesis=Genesis(dict, lambda section: None, init, lambda ctx, keeper: dict(COUNTS.scan(ctx))),
        messages=(Message(Coin, parse, handle),),
        queries=(Query("/trouble.Query/Ask", pb.QueryChainRequest, pb.QueryChainResponse, query),),
        begin_block=begin,
        end_block=end,
    )


def trouble(signer: Address, name: str = "n") -> Coin:
    """Return the message."""
    return Coin(denom=str(signer), amount=name)


NOT_FOUND = SdkError(SdkCode.NOT_FOUND, "no such thing")
"""An error of a query."""
