"""Receipts: what a device signs for an epoch, and what it counts."""

from dataclasses import dataclass

from chain.codec.devices import receipt_bytes
from chain.crypto.audits import MAX_ANSWER
from chain.pb.lamppost.work.v1 import types_pb2 as pb
from chain.primitives.ids import DeviceId
from chain.primitives.ints import FULL_BP, MAX_U64, Epoch, mul_div_floor
from modules.work.ports import Counted, WorkDevice
from modules.work.state import DeviceWork

DEVICE_BYTES = 20
"""Length of a device id."""
SIGNATURE_BYTES = 64
"""Length of a signature in all three schemes."""
ROOT_BYTES = 32
"""Length of a telemetry root."""
MIN_BYTES = 64
"""Fewest bytes on the wire that receipts have on average, about half of what a well-formed one takes."""
OVERCLAIM = 10
"""Units up to so many times the model's maximum are cut off at the maximum; a receipt that claims more is no
measurement and is rejected."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A device's signed summary of one epoch, as it came in: shapes and ranges are judged later, one by one."""

    network: int
    device: bytes
    epoch: int
    sequence: int
    units: int
    uptime_bp: int
    telemetry_root: bytes
    audit_answer: bytes
    signature: bytes

    @classmethod
    def from_proto(cls, message: pb.Receipt) -> "Receipt":
        """Read the wire form; nothing is checked."""
        return cls(
            message.network,
            message.device,
            message.epoch,
            message.sequence,
            message.units,
            message.uptime_bp,
            message.telemetry_root,
            message.audit_answer,
            message.signature,
        )

    def to_proto(self) -> pb.Receipt:
        """Return the wire form."""
        return pb.Receipt(
            network=self.network,
            device=self.device,
            epoch=self.epoch,
            sequence=self.sequence,
            units=self.units,
            uptime_bp=self.uptime_bp,
            telemetry_root=self.telemetry_root,
            audit_answer=self.audit_answer,
            signature=self.signature,
        )

    def sign_bytes(self, chain_id: str) -> bytes:
        """Return what the device key signs."""
        body = pb.ReceiptBody(
            chain_id=chain_id,
            network=self.network,
            device=self.device,
            epoch=self.epoch,
            sequence=self.sequence,
            units=self.units,
            uptime_bp=self.uptime_bp,
            telemetry_root=self.telemetry_root,
            audit_answer=self.audit_answer,
        )
        return receipt_bytes(body)

    def malformed(self) -> str:
        """Return what is wrong with the shape, or the empty text."""
        if len(self.device) != DEVICE_BYTES:
            return f"device id is {len(self.device)} bytes instead of {DEVICE_BYTES}"
        if len(self.telemetry_root) != ROOT_BYTES:
            return f"telemetry root is {len(self.telemetry_root)} bytes instead of {ROOT_BYTES}"
        if len(self.signature) != SIGNATURE_BYTES:
            return f"signature is {len(self.signature)} bytes instead of {SIGNATURE_BYTES}"
        if len(self.audit_answer) > MAX_ANSWER:
            return f"audit answer is {len(self.audit_answer)} bytes, at most {MAX_ANSWER} are possible"
        return ""


@dataclass(frozen=True, slots=True)
class Audited:
    """What a receipt said to an audit."""

    epoch: Epoch
    """The epoch in which it was drawn."""
    fault: str
    """Why it is missed; empty when it is answered."""
    strikes: int = 0
    """The device's strikes, this one included."""
    last_strike: bool = False
    """Whether it suspends the device."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A receipt that stands."""

    counted: Counted
    work: DeviceWork
    """The device's record behind it."""
    audit: Audited | None = None


def count(receipt: Receipt, device: WorkDevice, missed: bool = False) -> Counted:
    """Return what a genuine receipt counts for, with or without the audit that it missed."""
    why = 1 if missed else 2 if device.weightless else 0
    return Counted(
        device=DeviceId(receipt.device),
        network=receipt.network,
        epoch=Epoch(receipt.epoch),
        units=0 if why else effective_units(receipt, device),
        cell=device.cell,
        caps=device.caps,
        claimed=receipt.units,
        max_units=device.max_units,
        uptime_bp=receipt.uptime_bp,
        hardware_bp=device.hardware_bp,
        level_bp=device.level_bp,
        why=why,
    )


def effective_units(receipt: Receipt, device: WorkDevice) -> int:
    """Return what a receipt counts, by its device's model and level."""
    return weigh(receipt.units, device.max_units, receipt.uptime_bp, device.hardware_bp, device.level_bp)


def weigh(units: int, max_units: int, uptime_bp: int, hardware_bp: int, level_bp: int) -> int:
    """Return effective units: min(units, max_units) * uptime * hardware * level, the last three in bp.

    At most 2^64 - 1, whatever the weights are. The part of a unit that rounding down leaves counts for nobody.
    """
    return min(mul_div_floor(min(units, max_units), uptime_bp * hardware_bp * level_bp, FULL_BP**3), MAX_U64)
