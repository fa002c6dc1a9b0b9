"""What a message, a block hook or a query sees of the chain: state, block, gas, events."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from chain.primitives.events import Event
from chain.primitives.ids import Address
from chain.primitives.ints import Height, UnixNano
from chain.sdk.gas import (
    DELETE_FLAT,
    ITERATE_FLAT,
    READ_BYTE,
    READ_FLAT,
    WRITE_BYTE,
    WRITE_FLAT,
    GasMeter,
    out_of_gas,
)


class State(Protocol):
    """Named stores of keys and values; raw access, used through a Context."""

    def get(self, name: str, key: bytes) -> bytes | None:
        """Return the value of a key, or None."""
        ...

    def set(self, name: str, key: bytes, value: bytes) -> None:
        """Write a key."""
        ...

    def delete(self, name: str, key: bytes) -> None:
        """Remove a key, if it is there."""
        ...

    def iterate(
        self, name: str, start: bytes, end: bytes | None, reverse: bool = False
    ) -> Iterator[tuple[bytes, bytes]]:
        """Yield keys and values in [start, end) in order of keys, or backwards."""
        ...


@dataclass(frozen=True, slots=True)
class Vote:
    """One validator's part in the last commit."""

    address: bytes
    power: int
    signed: bool


@dataclass(frozen=True, slots=True)
class Misbehavior:
    """Proven misbehaviour of a validator, which may have left long ago.

    `kind` is CometBFT's number: 1 two votes that exclude each other, 2 an attack on light clients. `height` and
    `time` are those of the deed, `power` is what the validator had then.
    """

    kind: int
    address: bytes
    power: int
    height: int
    time: UnixNano
    total_power: int


@dataclass(frozen=True, slots=True)
class BlockInfo:
    """The block in which something happens."""

    chain_id: str
    height: Height
    time: UnixNano
    hash: bytes = b""
    proposer: bytes = b""
    last_commit: tuple[Vote, ...] = field(default=())
    misbehavior: tuple[Misbehavior, ...] = field(default=())
    next_validators_hash: bytes = b""
    app_hash: bytes = b""
    """That of the state before this block, as in its header."""


class Context:
    """Everything that code of a module may know and touch.

    State access costs gas by the table in `chain.sdk.gas`; events are kept in order.
    """

    __slots__ = ("authority", "block", "events", "gas", "state")

    def __init__(self, state: State, block: BlockInfo, gas: GasMeter, authority: Address) -> None:
        self.state = state
        self.block = block
        self.gas = gas
        self.authority = authority
        self.events: list[Event] = []

    @property
    def height(self) -> Height:
        """Height of the block."""
        return self.block.height

    @property
    def time(self) -> UnixNano:
        """Time of the block."""
        return self.block.time

    @property
    def chain_id(self) -> str:
        """Name of the chain."""
        return self.block.chain_id

    def emit(self, event: str, /, **attributes: object) -> None:
        """Record an event; ids and numbers become text, truth values `true` and `false`."""
        self.events.append(
            Event(
                event,
                tuple((key, value if type(value) is str else _text(value)) for key, value in attributes.items()),
            )
        )

    def get(self, store: str, key: bytes) -> bytes | None:
        """Return a key's value or None. Raises: SdkError(OUT_OF_GAS)."""
        value = self.state.get(store, key)
        gas = self.gas
        gas.used += READ_FLAT + READ_BYTE * (len(key) if value is None else len(key) + len(value))
        if gas.used > gas.limit:
            raise out_of_gas("ReadFlat", gas.limit, gas.used)
        return value

    def set(self, store: str, key: bytes, value: bytes) -> None:
        """Write a key. Raises: SdkError(OUT_OF_GAS), ValueError for an empty or oversized key or value."""
        gas = self.gas
        gas.used += WRITE_FLAT + WRITE_BYTE * (len(key) + len(value))
        if gas.used > gas.limit:
            raise out_of_gas("WriteFlat", gas.limit, gas.used)
        self.state.set(store, key, value)

    def delete(self, store: str, key: bytes) -> None:
        """Remove a key, if it is there. Raises: SdkError(OUT_OF_GAS)."""
        self.gas.consume(DELETE_FLAT, "Delete")
        self.state.delete(store, key)

    def iterate(
        self, store: str, start: bytes, end: bytes | None, reverse: bool = False
    ) -> Iterator[tuple[bytes, bytes]]:
        """Yield keys and values in [start, end); the caller bounds how many. Raises: SdkError(OUT_OF_GAS)."""
        gas = self.gas
        for key, value in self.state.iterate(store, start, end, reverse):
            gas.consume(ITERATE_FLAT + READ_BYTE * (len(key) + len(value)), "IterNextFlat")
            yield key, value


def _text(value: object) -> str:
    if value is True or value is False:
        return "true" if value else "false"
    return str(value)
