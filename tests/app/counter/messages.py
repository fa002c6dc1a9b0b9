"""Messages after their stateless checks."""

from dataclasses import dataclass

from chain.primitives.ids import Address
from chain.sdk.parsing import parse_address
from tests.app.counter import counter_pb2 as pb
from tests.app.counter.errors import CounterCode, CounterError


@dataclass(frozen=True, slots=True)
class Add:
    """Add to the sender's counter."""

    sender: Address
    amount: int

    @property
    def signers(self) -> tuple[Address, ...]:
        """The sender."""
        return (self.sender,)

    @classmethod
    def from_proto(cls, proto: pb.MsgAdd) -> "Add":
        """Check the message. Raises: CounterError(ZERO_AMOUNT), SdkError(INVALID_ADDRESS)."""
        if not proto.amount:
            raise CounterError(CounterCode.ZERO_AMOUNT)
        return cls(parse_address(proto.sender, "sender"), proto.amount)
