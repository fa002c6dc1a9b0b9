"""Answers of the evidence module."""

from chain.pb.cosmos.evidence.v1beta1 import query_pb2 as pb
from chain.primitives.errors import SdkCode, SdkError
from chain.sdk.context import Context
from chain.sdk.pagination import page
from modules.evidence.keeper import EvidenceKeeper
from modules.evidence.state import EVIDENCE
from modules.evidence.wire import packed

_HASH = 32
"""Bytes of a hash."""


def evidence(ctx: Context, keeper: EvidenceKeeper, request: pb.QueryEvidenceRequest) -> pb.QueryEvidenceResponse:
    """Return evidence by its hash. Raises: SdkError(INVALID_REQUEST, KEY_NOT_FOUND)."""
    if not request.hash and not request.evidence_hash:
        raise SdkError(SdkCode.INVALID_REQUEST, "invalid request; hash is empty")
    try:
        wanted = bytes.fromhex(request.hash) if request.hash else request.evidence_hash
    except ValueError as error:
        raise SdkError(SdkCode.INVALID_REQUEST, f"invalid evidence hash: {error}") from error
    found = EVIDENCE.get(ctx, wanted) if len(wanted) == _HASH else None
    if found is None:
        raise SdkError(SdkCode.KEY_NOT_FOUND, f"evidence {wanted.hex().upper()[:128]} not found")
    return pb.QueryEvidenceResponse(evidence=packed(found))


def all_evidence(
    ctx: Context, keeper: EvidenceKeeper, request: pb.QueryAllEvidenceRequest
) -> pb.QueryAllEvidenceResponse:
    """Return a page of all evidence, in order of hashes."""
    rows, after = page(ctx, EVIDENCE, request.pagination)
    return pb.QueryAllEvidenceResponse(evidence=[packed(found) for _, found in rows], pagination=after)
