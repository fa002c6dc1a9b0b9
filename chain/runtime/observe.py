"""What the runtime tells of itself; metrics and logs attach here."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from chain.pb.tendermint.abci.types_pb2 import ExecTxResult


class Observer(Protocol):
    """Is told what happened, on the thread where it happened; it must be quick and must not raise."""

    def checked(self, codespace: str, code: int, recheck: bool) -> None:
        """A transaction was checked for the mempool."""
        ...

    def finalized(self, height: int, results: Sequence[ExecTxResult]) -> None:
        """A block was executed."""
        ...

    def committed(self, height: int, app_hash: bytes, roots: Mapping[str, bytes]) -> None:
        """A block is on disk."""
        ...


class Silence:
    """An observer that does nothing."""

    def checked(self, codespace: str, code: int, recheck: bool) -> None:
        """Do nothing."""

    def finalized(self, height: int, results: Sequence[ExecTxResult]) -> None:
        """Do nothing."""

    def committed(self, height: int, app_hash: bytes, roots: Mapping[str, bytes]) -> None:
        """Do nothing."""
