"""Which devices are audited: one bit of each block, and a draw of K numbers without a look at the devices.

A proposer can try contents until his block's hash suits him, so a whole hash would let the last proposer choose among
any number of draws. Of one bit he chooses between two (ADR 1300 has the numbers).
"""

from dataclasses import replace
from hashlib import sha256

from chain.primitives.ids import DeviceId
from chain.primitives.ints import MAX_U64, Epoch
from chain.sdk.context import Context
from modules.work.keeper import WorkKeeper
from modules.work.state import AUDITS, BEACON, DEVICES, Audit, Beacon, Outcome, Question

KEPT = 8
"""Epochs for which audits are kept for queries."""
_NOTHING = Beacon(0, 0)
_DOMAIN = b"lamppost/audits"


def roll(ctx: Context) -> Beacon:
    """Take in this block's bit, the lowest of its hash, and return the beacon."""
    before = BEACON.get(ctx) or _NOTHING
    bit = ctx.block.hash[-1] & 1 if ctx.block.hash else 0
    beacon = Beacon((before.bits << 1 | bit) & MAX_U64, before.devices)
    BEACON.set(ctx, beacon)
    return beacon


def draw(ctx: Context, keeper: WorkKeeper, epoch: Epoch, beacon: Beacon) -> None:
    """Draw the audits of an epoch that begins, ask those who have reported, and forget old audits.

    The draw is among the devices that there were when the last epoch began: nobody can shift it by registering devices
    when the bits are nearly known. A device that was retired since takes its place with it.
    """
    seed = seed_of(ctx.chain_id, epoch, beacon.bits)
    present = keeper.registry.active_count(ctx)
    for index in distinct(seed, beacon.devices, keeper.params(ctx).audits_per_epoch):
        if index < present:
            _ask(ctx, keeper.registry.active_at(ctx, index), epoch, seed)
    BEACON.set(ctx, replace(beacon, devices=present))
    if epoch >= KEPT:
        _forget(ctx, Epoch(epoch - KEPT))


def distinct(seed: bytes, among: int, wanted: int) -> list[int]:
    """Return `wanted` distinct numbers below `among`, or all when there are no more; each set of them is as likely.

    Floyd's algorithm: one hash each. Scaling 128 bits to the range favours no number by more than among / 2^128.
    """
    chosen: list[int] = []
    taken: set[int] = set()
    for top in range(max(among - wanted, 0), among):
        number = int.from_bytes(sha256(seed + top.to_bytes(8, "big")).digest()[:16], "big") * (top + 1) >> 128
        pick = top if number in taken else number
        taken.add(pick)
        chosen.append(pick)
    return chosen


def seed_of(chain_id: str, epoch: Epoch, bits: int) -> bytes:
    """Return what the draw of an epoch and its nonces follow from."""
    named = chain_id.encode()
    parts = (_DOMAIN, bytes([len(named)]), named, epoch.to_bytes(8, "big"), bits.to_bytes(8, "big"))
    return sha256(b"".join(parts)).digest()


def _ask(ctx: Context, device: DeviceId, epoch: Epoch, seed: bytes) -> None:
    nonce = int.from_bytes(sha256(seed + device).digest()[:8], "big") or 1
    work = DEVICES.get(ctx, device)
    # Whoever has reported nothing has nothing to show; whoever is being asked already is not asked twice.
    asked = work is not None and work.question is None
    if asked and work is not None:
        question = Question(epoch, nonce, work.root, Epoch(work.next_epoch - 1))
        DEVICES.set(ctx, device, replace(work, question=question))
        ctx.emit("audit_drawn", device=device, epoch=epoch, nonce=nonce)
    AUDITS.set(ctx, (epoch, device), Audit(nonce, Outcome.OPEN if asked else Outcome.SKIPPED))


def _forget(ctx: Context, epoch: Epoch) -> None:
    within = AUDITS.key.encode((epoch, DeviceId(bytes(20))))[:8]
    for key in [key for key, _ in AUDITS.scan(ctx, within)]:
        AUDITS.delete(ctx, key)
