"""What a module says about its commands; `lampd` builds the command tree from it.

A command fills the fields of one protobuf message. The kind of a field follows from its descriptor unless the
argument says otherwise.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from google.protobuf.message import Message as ProtoMessage


class Kind(Enum):
    """How the text of an argument becomes the value of a field."""

    AUTO = "auto"
    """By the field's type: text, integer, truth value, enum member by name, bytes as hex or base64, nested JSON."""
    ADDRESS = "address"
    """An account address, or the name of a key in the keyring."""
    COIN = "coin"
    """One amount, such as `1.5lamp` or `1500000ulamp`."""
    COINS = "coins"
    """Several amounts, separated by commas."""
    AMOUNT = "amount"
    """An amount of the base denomination; the field holds ulamp as an integer or as text."""
    CELL = "cell"
    """An H3 cell in hexadecimal, as everybody writes them."""
    TIME = "time"
    """A time in UTC such as `2027-01-31` or `2027-01-31T12:00:00`, or one from now on such as `+30d`, `+12h`, `+90s`;
    the field holds unix nanoseconds."""
    FILE = "file"
    """A file's path; the field takes its text, a `build` function gets the path, so that its errors can name it."""
    JSON = "json"
    """JSON text of the field's message."""


@dataclass(frozen=True, slots=True)
class Arg:
    """One argument or option; `field` is the message's field, or a name that `build` reads."""

    field: str
    help: str
    kind: Kind = Kind.AUTO
    metavar: str = ""
    default: str | None = None
    required: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table that shows a repeated field of a query's response.

    `show` is how to print it: text, number, amount (ulamp), time (unix nanoseconds), seconds, bp, or hex.
    """

    field: str
    title: str
    show: str = "text"


@dataclass(frozen=True, slots=True)
class Command:
    """One command: name, help of one imperative line, and an example that works on a localnet.

    `signer` is the field that takes the address of `--from`. `build` makes the message from the raw values
    (by argument name, the signer's address included) where filling fields is not enough; addresses are resolved and
    COINS are Coins by then. Under `ask` it finds a function that asks the node: (path, request, response type).
    """

    name: str
    help: str
    example: str
    args: tuple[Arg, ...] = ()
    options: tuple[Arg, ...] = ()
    signer: str = ""
    build: Callable[[Mapping[str, Any]], ProtoMessage] | None = None
    rows: str = ""
    """Repeated field of a query's response to show as a table."""
    columns: tuple[Column, ...] = ()
    shows: Mapping[str, str] = field(default_factory=dict)
    """How to print the fields of a query's response outside the table, by field name, as `Column.show` says it;
    fields named `..._bp` and `..._at` are basis points and times by themselves."""
    signer_first: bool = False
    """Whether the signer's key may also be given as the first argument, as `simd` has it, instead of `--from`."""
