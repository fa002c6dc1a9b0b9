"""The contract of a module: what it declares, and nothing that runs by itself.

Only two kinds of behaviour exist: what a message does, and what a block does.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Protocol

from google.protobuf.message import Message as ProtoMessage

from chain.primitives.ids import Address
from chain.sdk.cli import Command
from chain.sdk.context import Context
from chain.sdk.schema import Schema

Json = dict[str, Any]
"""A JSON object."""


class ParsedMessage(Protocol):
    """A message after its stateless checks: a frozen dataclass that knows who must sign it."""

    @property
    def signers(self) -> tuple[Address, ...]:
        """The accounts that must sign, the fee payer's candidate first."""
        ...


@dataclass(frozen=True, slots=True)
class Message:
    """One kind of message.

    `parse` turns the wire message into the dataclass and does every check that needs no state (raises ModuleError);
    `handle(ctx, keeper, parsed)` runs it and returns the response message.
    """

    proto: type[ProtoMessage]
    parse: Callable[[Any], ParsedMessage]
    handle: Callable[[Context, Any, Any], ProtoMessage]
    command: Command | None = None

    @property
    def type_url(self) -> str:
        """The name on the wire, such as `/cosmos.bank.v1beta1.MsgSend`."""
        return f"/{self.proto.DESCRIPTOR.full_name}"


@dataclass(frozen=True, slots=True)
class Query:
    """One kind of query: its gRPC path, its messages, and `handle(ctx, keeper, request)` that answers it."""

    path: str
    request: type[ProtoMessage]
    response: type[ProtoMessage]
    handle: Callable[[Context, Any, Any], ProtoMessage]
    command: Command | None = None


class GenesisError(ValueError):
    """A bad genesis section; `path` names the field, as in `bank.balances[3].address`."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Genesis:
    """A module's section of `app_state`.

    `default()` makes an empty one, `validate(section)` raises GenesisError, `init(ctx, keeper, section)` writes it
    into an empty state, `export(ctx, keeper)` reads it back; export after init equals the validated section.
    """

    default: Callable[[], Json]
    validate: Callable[[Json], None]
    init: Callable[[Context, Any, Json], None]
    export: Callable[[Context, Any], Json]


@dataclass(frozen=True, slots=True)
class Invariant:
    """A statement about the whole state; `check(ctx, keeper)` returns what is wrong, or None. It may be slow."""

    name: str
    check: Callable[[Context, Any], str | None]


@dataclass(frozen=True, slots=True)
class ValidatorPower:
    """What CometBFT is told of a validator: its ed25519 key and its power from the block after the next; 0 removes."""

    public_key: bytes
    power: int


@dataclass(frozen=True, slots=True)
class Module:
    """Everything the runtime, the CLI and the tests know of a module."""

    name: str
    keeper: Any
    schema: Schema
    genesis: Genesis
    errors: type[IntEnum] | None = None
    messages: tuple[Message, ...] = ()
    queries: tuple[Query, ...] = ()
    begin_block: Callable[[Context, Any], None] | None = None
    end_block: Callable[[Context, Any], None] | None = None
    validator_updates: Callable[[Context, Any], Sequence[ValidatorPower]] | None = None
    """What changed in the validator set: asked after genesis (the whole set) and behind the hooks of each block."""
    invariants: tuple[Invariant, ...] = ()
    accounts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Module accounts by name, with their permissions (`minter`, `burner`)."""
    events: tuple[str, ...] = ()
    """Types of the events that the module's README documents."""
