"""The parameters of work and their bounds, which no vote can pass."""

from dataclasses import dataclass

from chain.pb.lamppost.work.v1 import types_pb2 as pb
from modules.work.errors import WorkCode, WorkError

MAX_EPOCH_SECONDS = 31_536_000
"""Longest epoch, in seconds: a year."""
MAX_RECEIPTS = 1_024
"""Most receipts in one message, whatever the parameters say."""


@dataclass(frozen=True, slots=True)
class Params:
    """What the authority may change."""

    epoch_seconds: int = 86_400
    """Length of an epoch in seconds, 1 to MAX_EPOCH_SECONDS; a change holds from the next epoch on."""
    max_receipts: int = 256
    """Most receipts in one message, 1 to MAX_RECEIPTS."""

    @classmethod
    def from_proto(cls, message: pb.Params) -> "Params":
        """Read and check the wire form. Raises: WorkError(INVALID_PARAMS)."""
        params = cls(message.epoch_seconds, message.max_receipts)
        fault = params.fault()
        if fault:
            raise WorkError(WorkCode.INVALID_PARAMS, ": ".join(fault))
        return params

    def to_proto(self) -> pb.Params:
        """Return the wire form."""
        return pb.Params(epoch_seconds=self.epoch_seconds, max_receipts=self.max_receipts)

    def fault(self) -> tuple[str, str] | None:
        """Return the first field that is out of bounds and what is wrong with it, or None."""
        if not 1 <= self.epoch_seconds <= MAX_EPOCH_SECONDS:
            return "epoch_seconds", f"{self.epoch_seconds} is not in 1..{MAX_EPOCH_SECONDS} seconds"
        if not 1 <= self.max_receipts <= MAX_RECEIPTS:
            return "max_receipts", f"{self.max_receipts} is not in 1..{MAX_RECEIPTS}"
        return None
