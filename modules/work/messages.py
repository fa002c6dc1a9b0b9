"""The messages of work, parsed: every check that needs no state."""

from dataclasses import dataclass

from chain.pb.lamppost.work.v1 import tx_pb2
from chain.primitives.ids import Address
from chain.sdk.parsing import parse_address
from modules.work.errors import WorkCode, WorkError
from modules.work.params import MAX_RECEIPTS, Params
from modules.work.receipts import MIN_BYTES, Receipt


@dataclass(frozen=True, slots=True)
class SubmitWork:
    """Receipts of any devices, handed in by anyone."""

    submitter: Address
    receipts: tuple[Receipt, ...]

    @property
    def signers(self) -> tuple[Address, ...]:
        """The submitter."""
        return (self.submitter,)

    @classmethod
    def from_proto(cls, message: tx_pb2.MsgSubmitWork) -> "SubmitWork":
        """Parse. Raises: WorkError(NO_RECEIPTS, TOO_MANY_RECEIPTS, MALFORMED_RECEIPT), SdkError(INVALID_ADDRESS)."""
        submitter = parse_address(message.submitter, "submitter address")
        if not message.receipts:
            raise WorkError(WorkCode.NO_RECEIPTS, "a message needs at least one receipt")
        if len(message.receipts) > MAX_RECEIPTS:
            raise WorkError(
                WorkCode.TOO_MANY_RECEIPTS, f"{len(message.receipts)} receipts, at most {MAX_RECEIPTS} are possible"
            )
        # Whoever fills a message with next to nothing would have every node unpack fifty times its bytes for free.
        if message.ByteSize() < len(message.receipts) * MIN_BYTES:
            raise WorkError(WorkCode.MALFORMED_RECEIPT, f"receipts have fewer than {MIN_BYTES} bytes on average")
        return cls(submitter, tuple(map(Receipt.from_proto, message.receipts)))


@dataclass(frozen=True, slots=True)
class UpdateParams:
    """New parameters, from the chain's authority."""

    authority: Address
    params: Params

    @property
    def signers(self) -> tuple[Address, ...]:
        """The authority."""
        return (self.authority,)

    @classmethod
    def from_proto(cls, message: tx_pb2.MsgUpdateParams) -> "UpdateParams":
        """Parse. Raises: WorkError(INVALID_PARAMS), SdkError(INVALID_ADDRESS)."""
        return cls(parse_address(message.authority, "authority address"), Params.from_proto(message.params))
