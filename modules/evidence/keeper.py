"""Verbs of evidence: judge what CometBFT found, and remember what was punished."""

from hashlib import sha256

from chain.primitives.ids import ConsensusAddress
from chain.sdk.context import Context, Misbehavior
from modules.evidence.ports import Ages, Slashing, Staking
from modules.evidence.state import EVIDENCE, Equivocation
from modules.evidence.wire import equivocation_proto

UNBONDED = 1
"""Status of a validator whose stake nobody can slash any more."""


class EvidenceKeeper:
    """Evidence of misbehaviour."""

    def __init__(self, staking: Staking, slashing: Slashing, ages: Ages) -> None:
        self._staking = staking
        self._slashing = slashing
        self._ages = ages

    def judge(self, ctx: Context, found: Misbehavior) -> bool:
        """Punish whom CometBFT names; False where there is nobody or nothing to punish.

        That is: evidence older than both of the largest ages, a validator that is unknown, unbonded or was never
        elected here, and one that is tombstoned already. None of this is an error, since CometBFT may name anybody
        within the ages. Both kinds, two votes and an attack on light clients, are punished alike.
        """
        blocks, nanos = self._ages(ctx)
        if ctx.height - found.height > blocks and ctx.time - found.time > nanos:
            return False
        validator = self._staking.validator_by_consensus(ctx, found.address)
        if validator is None or validator.status == UNBONDED:
            return False
        address = validator.consensus_address
        if not self._slashing.is_watched(ctx, address) or self._slashing.is_tombstoned(ctx, address):
            return False
        self._slashing.punish_double_sign(ctx, validator, found.height, found.power)
        self.remember(ctx, Equivocation(found.height, found.time, found.power, address))
        return True

    def is_punished(self, ctx: Context, address: ConsensusAddress) -> bool:
        """Tell whether a validator is tombstoned."""
        return self._slashing.is_tombstoned(ctx, address)

    def remember(self, ctx: Context, evidence: Equivocation) -> None:
        """Keep evidence under its hash."""
        EVIDENCE.set(ctx, evidence_hash(evidence), evidence)


def evidence_hash(evidence: Equivocation) -> bytes:
    """Return SHA-256 of the evidence's protobuf."""
    return sha256(equivocation_proto(evidence).SerializeToString(deterministic=True)).digest()
