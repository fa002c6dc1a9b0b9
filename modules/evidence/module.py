"""What the evidence module declares."""

from chain.pb.cosmos.evidence.v1beta1 import query_pb2, tx_pb2
from chain.sdk.module import Genesis, Invariant, Message, Module, Query
from modules.evidence import blocks, commands, genesis, handlers, invariants, queries
from modules.evidence.errors import EvidenceCode
from modules.evidence.keeper import EvidenceKeeper
from modules.evidence.messages import SubmitEvidence
from modules.evidence.state import SCHEMA, STORE

_SERVICE = "/cosmos.evidence.v1beta1.Query/"


def module(keeper: EvidenceKeeper) -> Module:
    """Return the module of a keeper."""
    return Module(
        name=STORE,
        keeper=keeper,
        schema=SCHEMA,
        genesis=Genesis(genesis.default, genesis.validate, genesis.init, genesis.export),
        errors=EvidenceCode,
        messages=(
            Message(tx_pb2.MsgSubmitEvidence, SubmitEvidence.from_proto, handlers.submit_evidence, commands.SUBMIT),
        ),
        queries=(
            Query(
                _SERVICE + "Evidence",
                query_pb2.QueryEvidenceRequest,
                query_pb2.QueryEvidenceResponse,
                queries.evidence,
                commands.EVIDENCE,
            ),
            Query(
                _SERVICE + "AllEvidence",
                query_pb2.QueryAllEvidenceRequest,
                query_pb2.QueryAllEvidenceResponse,
                queries.all_evidence,
                commands.ALL_EVIDENCE,
            ),
        ),
        begin_block=blocks.begin_block,
        invariants=(
            Invariant("evidence-is-under-its-hash", invariants.evidence_is_under_its_hash),
            Invariant("the-named-are-tombstoned", invariants.the_named_are_tombstoned),
        ),
    )
