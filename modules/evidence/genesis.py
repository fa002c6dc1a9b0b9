"""The evidence module's section of genesis, in the Cosmos SDK's form."""

from chain.sdk.context import Context
from chain.sdk.module import Json
from chain.sdk.sections import Section
from modules.evidence.keeper import EvidenceKeeper, evidence_hash
from modules.evidence.state import EVIDENCE, STORE, Equivocation
from modules.evidence.wire import evidence_json, read_evidence


def default() -> Json:
    """Return a section without evidence."""
    return {"evidence": []}


def validate(section: Json) -> None:
    """Check a section. Raises: GenesisError naming the path of the bad field."""
    _parse(section)


def init(ctx: Context, keeper: EvidenceKeeper, section: Json) -> None:
    """Write the evidence; whom it names was punished before."""
    for evidence in _parse(section):
        keeper.remember(ctx, evidence)


def export(ctx: Context, keeper: EvidenceKeeper) -> Json:
    """Read the section back, in order of hashes."""
    return {"evidence": [evidence_json(evidence) for _, evidence in EVIDENCE.scan(ctx)]}


def _parse(data: Json) -> list[Equivocation]:
    section = Section(STORE, data)
    found: dict[bytes, Equivocation] = {}
    for row in section.objects("evidence"):
        evidence = read_evidence(row)
        key = evidence_hash(evidence)
        if key in found:
            raise row.fail("height", "the same evidence is listed twice")
        found[key] = evidence
    section.done()
    return list(found.values())
