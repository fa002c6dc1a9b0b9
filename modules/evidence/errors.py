"""Rejections of codespace `evidence`, with the Cosmos SDK's numbers and texts."""

from enum import IntEnum

from chain.primitives.errors import ModuleError


class EvidenceCode(IntEnum):
    """Codes of codespace `evidence`; 4 and 5 are the Cosmos SDK's for cases that do not arise here."""

    NO_HANDLER = 2
    INVALID_EVIDENCE = 3


_TEXTS = {
    EvidenceCode.NO_HANDLER: "unregistered handler for evidence type",
    EvidenceCode.INVALID_EVIDENCE: "invalid evidence",
}


class EvidenceError(ModuleError):
    """A rejection by the rules of evidence."""

    codespace = "evidence"

    @classmethod
    def describe(cls, code: IntEnum) -> str:
        """Return the Cosmos SDK's own text of a code."""
        return _TEXTS[EvidenceCode(code)]
