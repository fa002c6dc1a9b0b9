"""A context over memory alone, for tests of the kit."""

from collections.abc import Iterator

from chain.primitives.ids import Address
from chain.primitives.ints import Height, UnixNano
from chain.sdk.context import BlockInfo, Context
from chain.sdk.gas import UNLIMITED, GasMeter
from chain.store.overlay import BlockState


class Nothing:
    """A base without keys."""

    def get(self, name: str, key: bytes) -> bytes | None:
        return None

    def iterate(
        self, name: str, start: bytes, end: bytes | None, reverse: bool = False
    ) -> Iterator[tuple[bytes, bytes]]:
        return iter(())


def context(limit: int = UNLIMITED) -> Context:
    """Return a context on an empty state."""
    block = BlockInfo("chain-1", Height(7), UnixNano(9))
    return Context(BlockState(Nothing()), block, GasMeter(limit), Address(b"a" * 20))
