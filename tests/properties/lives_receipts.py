"""Receipts of every kind: honest, late, lazy, dodging an audit, forged, replayed, and junk."""

from typing import Any

from chain.client.agent.telemetry import sample_leaves, sample_salt, samples_root
from chain.crypto.audits import make_answer
from chain.testing import CHAIN_ID
from modules.work.receipts import Receipt
from modules.work.state import DEVICES
from tests.properties.lives_things import Made, Unit
from tests.properties.lives_world import Life, device_key

SECRET = b"salt of a life"
KINDS = (
    *("honest",) * 8,
    *("late",) * 3,
    "dodging",
    "dodging",
    "wrong answer",
    "early answer",
    "forged",
    "other chain",
    "replay",
    "other network",
    "overclaim",
    "uptime",
    "cut root",
    "stranger",
    "unasked answer",
    "future",
    "past",
)
"""What a receipt may be, by how often."""


def make(life: Life, unit: Unit, kind: str, units: int, uptime: int, samples: int, ahead: int = 0) -> Made:
    """Return a device's receipt of a kind; `ahead` is how many of its receipts come before it in the message."""
    late = kind in ("late", "early answer")
    epoch = max(life.model.epoch - late + {"future": 1, "past": -2}.get(kind, 0), 0)
    fields: dict[str, Any] = {
        "network": unit.network,
        "device": bytes(unit.id),
        "epoch": epoch,
        "sequence": unit.sequence + 1 + ahead,
        "units": units,
        "uptime_bp": uptime,
        "telemetry_root": root(epoch, samples),
        "audit_answer": b"",
    }
    right, wrong = _answers(life, unit)
    answer, key, chain_id, known = "", unit.key, CHAIN_ID, True
    if kind in ("honest", "late", "early answer", "replay", "other network", "overclaim", "forged", "other chain"):
        wants = unit.asked is not None and (epoch >= unit.asked or kind == "early answer")
        answer, fields["audit_answer"] = ("right", right) if wants else ("", b"")
    if kind == "wrong answer" and unit.asked is not None:
        answer, fields["audit_answer"] = "wrong", wrong
    if kind == "unasked answer" and unit.asked is None:
        answer, fields["audit_answer"] = "wrong", b"junk"
    fields |= {
        "replay": {"sequence": unit.sequence},
        "other network": {"network": unit.network % 3 + 1},
        "overclaim": {"units": 241 + units},
        "uptime": {"uptime_bp": 10_001},
        "cut root": {"telemetry_root": bytes(31)},
        "stranger": {"device": bytes(device_key("nobody").device_id)},
    }.get(kind, {})
    if kind == "forged":
        key = device_key("forger", unit.key.algorithm.name.lower())
    if kind == "other chain":
        chain_id = "lamppost-test-2"
    if kind == "stranger":
        known = False
    body = Receipt(**fields, signature=b"")
    signature = key.sign(body.sign_bytes(chain_id))
    genuine = kind not in ("forged", "other chain")
    return Made(Receipt(**fields, signature=signature), unit if known else None, genuine, answer)


def root(epoch: int, samples: int) -> bytes:
    """Return the telemetry root over an epoch's samples."""
    return samples_root(SECRET, epoch, _samples(epoch, samples))


def _samples(epoch: int, count: int) -> list[bytes]:
    return [b"%d of %d" % (index, epoch) for index in range(count)]


def _answers(life: Life, unit: Unit) -> tuple[bytes, bytes]:
    """Return the right answer and a wrong one to what a device is asked."""
    work = DEVICES.get(life.chain.ctx(), unit.id)
    if work is None or work.question is None:
        return b"", b""
    question, then = work.question, work.question.root_epoch
    samples = _samples(then, unit.samples[then])
    leaves = sample_leaves(SECRET, then, samples)

    def show(index: int) -> tuple[bytes, bytes]:
        return sample_salt(SECRET, then, index), samples[index]

    right = make_answer(question.nonce, leaves, show)
    return right, make_answer(question.nonce + 1, leaves, show)
