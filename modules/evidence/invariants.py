"""What always holds of evidence."""

from chain.sdk.context import Context
from modules.evidence.keeper import EvidenceKeeper, evidence_hash
from modules.evidence.state import EVIDENCE


def evidence_is_under_its_hash(ctx: Context, keeper: EvidenceKeeper) -> str | None:
    """Every piece of evidence is kept under its own hash."""
    for key, evidence in EVIDENCE.scan(ctx):
        if evidence_hash(evidence) != key:
            return f"evidence against {evidence.consensus_address} is kept under {key.hex()}"
    return None


def the_named_are_tombstoned(ctx: Context, keeper: EvidenceKeeper) -> str | None:
    """Whoever is named by evidence was punished for it for good."""
    for _, evidence in EVIDENCE.scan(ctx):
        if not keeper.is_punished(ctx, evidence.consensus_address):
            return f"{evidence.consensus_address} signed twice and is not tombstoned"
    return None
