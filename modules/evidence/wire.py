"""Evidence between the state, protobuf and genesis' JSON."""

from google.protobuf.any_pb2 import Any
from google.protobuf.timestamp_pb2 import Timestamp

from chain.pb.cosmos.evidence.v1beta1 import evidence_pb2 as pb
from chain.primitives.ids import ConsensusAddress
from chain.primitives.ints import NANOS
from chain.sdk.module import Json
from chain.sdk.sections import Section
from modules.evidence.state import Equivocation

TYPE_URL = "/cosmos.evidence.v1beta1.Equivocation"
"""Kind of the only evidence there is."""


def equivocation_proto(evidence: Equivocation) -> pb.Equivocation:
    """Return evidence of the wire."""
    return pb.Equivocation(
        height=evidence.height,
        time=Timestamp(seconds=evidence.time // NANOS, nanos=evidence.time % NANOS),
        power=evidence.power,
        consensus_address=str(evidence.consensus_address),
    )


def packed(evidence: Equivocation) -> Any:
    """Return evidence of the wire with its kind."""
    return Any(type_url=TYPE_URL, value=equivocation_proto(evidence).SerializeToString(deterministic=True))


def evidence_json(evidence: Equivocation) -> Json:
    """Return evidence of genesis."""
    return {
        "@type": TYPE_URL,
        "height": str(evidence.height),
        "time": Timestamp(seconds=evidence.time // NANOS, nanos=evidence.time % NANOS).ToJsonString(),
        "power": str(evidence.power),
        "consensus_address": str(evidence.consensus_address),
    }


def read_evidence(row: Section) -> Equivocation:
    """Read and check evidence of genesis. Raises: GenesisError."""
    if row.text("@type") != TYPE_URL:
        raise row.fail("@type", f"is not {TYPE_URL}")
    evidence = Equivocation(
        row.uint("height", bits=63),
        row.parsed("time", _read_time),
        row.uint("power", bits=63),
        row.parsed("consensus_address", ConsensusAddress.parse),
    )
    for name in ("height", "power"):
        if getattr(evidence, name) == 0:
            raise row.fail(name, "must be above 0")
    row.done()
    return evidence


def _read_time(text: str) -> int:
    made = Timestamp()
    made.FromJsonString(text)
    nanos = made.seconds * NANOS + made.nanos
    if not 0 < nanos < 1 << 63:
        raise ValueError("time is not behind 1970 or too far ahead")
    return nanos
