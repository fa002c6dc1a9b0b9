"""Audits in the genesis section of work: the beacon, devices' questions, and what became of the last audits."""

from collections.abc import Sequence

from chain.primitives.ids import DeviceId
from chain.primitives.ints import Epoch
from chain.sdk.context import Context
from chain.sdk.module import GenesisError, Json
from chain.sdk.sections import Section
from modules.work.state import AUDITS, BEACON, Audit, Beacon, Outcome, Question

Entry = tuple[Epoch, DeviceId, Audit]
"""Epoch, device and what became of its audit."""

_OUTCOMES = {outcome.name.lower(): outcome for outcome in Outcome}


def read_beacon(section: Section) -> Beacon:
    """Read the object `beacon`. Raises: GenesisError."""
    beacon = Beacon(section.uint("bits"), section.uint("devices"))
    section.done()
    return beacon


def read(section: Section) -> list[Entry]:
    """Read the list `audits`. Raises: GenesisError."""
    entries = [_read_one(item) for item in section.objects("audits")]
    for index in range(1, len(entries)):
        if entries[index][:2] <= entries[index - 1][:2]:
            raise GenesisError(section.at(f"audits[{index}]"), "audits must be in order of epoch and device")
    return entries


def read_question(section: Section) -> Question:
    """Read a device's `question`. Raises: GenesisError."""
    question = Question(
        Epoch(section.uint("epoch")),
        section.uint("nonce"),
        section.parsed("telemetry_root", read_root),
        Epoch(section.uint("root_epoch")),
    )
    section.done()
    if not question.nonce:
        raise section.fail("nonce", "must be above 0")
    return question


def read_root(text: str) -> bytes:
    """Return the 32 bytes of a root in hex. Raises: ValueError."""
    root = bytes.fromhex(text)
    if len(root) != 32:
        raise ValueError(f"has {len(root)} bytes instead of 32")
    return root


def init(ctx: Context, beacon: Beacon, entries: Sequence[Entry]) -> None:
    """Write the beacon and the audits."""
    BEACON.set(ctx, beacon)
    for epoch, device, audit in entries:
        AUDITS.set(ctx, (epoch, device), audit)


def export_beacon(ctx: Context) -> Json:
    """Return the object `beacon`."""
    beacon = BEACON.require(ctx)
    return {"bits": str(beacon.bits), "devices": str(beacon.devices)}


def export(ctx: Context) -> list[Json]:
    """Return the list that makes these audits again."""
    return [
        {
            "epoch": str(epoch),
            "device_id": str(device),
            "nonce": str(audit.nonce),
            "outcome": audit.outcome.name.lower(),
        }
        for (epoch, device), audit in AUDITS.scan(ctx)
    ]


def write_question(question: Question | None) -> Json | None:
    """Return a device's `question`."""
    if question is None:
        return None
    return {
        "epoch": str(question.epoch),
        "nonce": str(question.nonce),
        "telemetry_root": question.root.hex(),
        "root_epoch": str(question.root_epoch),
    }


def _read_one(section: Section) -> Entry:
    epoch, device = Epoch(section.uint("epoch")), section.parsed("device_id", DeviceId.parse)
    nonce, name = section.uint("nonce"), section.text("outcome")
    section.done()
    if name not in _OUTCOMES:
        raise section.fail("outcome", f"is none of {', '.join(_OUTCOMES)}")
    return epoch, device, Audit(nonce, _OUTCOMES[name])
