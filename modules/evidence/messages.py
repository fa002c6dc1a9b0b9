"""Messages of the evidence module after their stateless checks."""

from dataclasses import dataclass

from chain.pb.cosmos.evidence.v1beta1 import tx_pb2
from chain.primitives.errors import SdkCode, SdkError
from chain.primitives.ids import Address
from modules.evidence.errors import EvidenceCode, EvidenceError


@dataclass(frozen=True, slots=True)
class SubmitEvidence:
    """Bring evidence by transaction."""

    submitter: Address
    kind: str

    @property
    def signers(self) -> tuple[Address, ...]:
        """The submitter."""
        return (self.submitter,)

    @classmethod
    def from_proto(cls, proto: tx_pb2.MsgSubmitEvidence) -> "SubmitEvidence":
        """Check and convert. Raises: SdkError(INVALID_ADDRESS), EvidenceError(INVALID_EVIDENCE)."""
        try:
            submitter = Address.parse(proto.submitter)
        except ValueError as error:
            raise SdkError(SdkCode.INVALID_ADDRESS, f"invalid submitter address: {error}") from error
        if not proto.evidence.type_url:
            raise EvidenceError(EvidenceCode.INVALID_EVIDENCE, "missing evidence")
        return cls(submitter, proto.evidence.type_url[:200])
