"""The parameters of work and their bounds, which no vote can pass."""

from dataclasses import dataclass, fields

from chain.pb.lamppost.work.v1 import types_pb2 as pb
from chain.primitives.ints import FULL_BP
from modules.work.errors import WorkCode, WorkError

MAX_EPOCH_SECONDS = 31_536_000
"""Longest epoch, in seconds: a year."""
MAX_RECEIPTS = 1_024
"""Most receipts in one message, whatever the parameters say."""
MAX_AUDITS = 1_024
"""Most devices drawn per epoch: the draw is done within one block."""
MAX_QUOTA = 1_000_000_000
"""Most fee-free receipts per epoch of a network."""

_BOUNDS = {
    "epoch_seconds": (1, MAX_EPOCH_SECONDS, " seconds"),
    "max_receipts": (1, MAX_RECEIPTS, ""),
    "audits_per_epoch": (0, MAX_AUDITS, ""),
    "max_strikes": (1, 100, ""),
    "suspension_epochs": (1, 10_000, " epochs"),
    "forfeit_bp": (0, FULL_BP, " bp"),
    "max_network_quota": (0, MAX_QUOTA, " receipts"),
}


@dataclass(frozen=True, slots=True)
class Params:
    """What the authority may change."""

    epoch_seconds: int = 86_400
    """Length of an epoch in seconds, 1 to MAX_EPOCH_SECONDS; a change holds from the next epoch on."""
    max_receipts: int = 256
    """Most receipts in one message, 1 to MAX_RECEIPTS."""
    audits_per_epoch: int = 16
    """Devices drawn for an audit at the start of each epoch, 0 (no audits) to MAX_AUDITS."""
    max_strikes: int = 3
    """Strikes that suspend a device, 1 to 100."""
    suspension_epochs: int = 10
    """Epochs that such a suspension lasts, 1 to 10,000."""
    forfeit_bp: int = 5_000
    """Share of what is locked that it forfeits, in basis points."""
    max_network_quota: int = 100_000
    """Most fee-free receipts per epoch of all gateways of one network together, 0 to MAX_QUOTA."""

    @classmethod
    def from_proto(cls, message: pb.Params) -> "Params":
        """Read and check the wire form. Raises: WorkError(INVALID_PARAMS)."""
        params = cls(*(getattr(message, field.name) for field in fields(cls)))
        fault = params.fault()
        if fault:
            raise WorkError(WorkCode.INVALID_PARAMS, ": ".join(fault))
        return params

    def to_proto(self) -> pb.Params:
        """Return the wire form."""
        return pb.Params(**{field.name: getattr(self, field.name) for field in fields(self)})

    def fault(self) -> tuple[str, str] | None:
        """Return the first field that is out of bounds and what is wrong with it, or None."""
        for name, (least, most, unit) in _BOUNDS.items():
            value = getattr(self, name)
            if not least <= value <= most:
                return name, f"{value} is not in {least}..{most}{unit}"
        return None
