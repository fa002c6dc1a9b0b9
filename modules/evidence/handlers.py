"""What the evidence module's messages do."""

from typing import NoReturn

from chain.sdk.context import Context
from modules.evidence.errors import EvidenceCode, EvidenceError
from modules.evidence.keeper import EvidenceKeeper
from modules.evidence.messages import SubmitEvidence


def submit_evidence(ctx: Context, keeper: EvidenceKeeper, msg: SubmitEvidence) -> NoReturn:
    """Reject evidence of every kind: an equivocation is proved to CometBFT, with the two votes, and to nobody else.

    Raises: EvidenceError(NO_HANDLER).
    """
    raise EvidenceError(EvidenceCode.NO_HANDLER, msg.kind)
