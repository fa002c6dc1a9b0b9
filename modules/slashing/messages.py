"""Messages of the slashing module after their stateless checks."""

from dataclasses import dataclass

from chain.pb.cosmos.slashing.v1beta1 import tx_pb2
from chain.primitives.errors import SdkCode, SdkError
from chain.primitives.ids import Address
from modules.slashing.params import Params
from modules.slashing.wire import params_from_proto


@dataclass(frozen=True, slots=True)
class Unjail:
    """Let the signer's validator be elected again."""

    operator: Address

    @property
    def signers(self) -> tuple[Address, ...]:
        """The operator."""
        return (self.operator,)

    @classmethod
    def from_proto(cls, proto: tx_pb2.MsgUnjail) -> "Unjail":
        """Check and convert. Raises: SdkError(INVALID_ADDRESS)."""
        try:
            return cls(Address.parse_operator(proto.validator_addr))
        except ValueError as error:
            raise SdkError(SdkCode.INVALID_ADDRESS, f"validator input address: {error}") from error


@dataclass(frozen=True, slots=True)
class UpdateParams:
    """Replace all parameters."""

    authority: Address
    params: Params

    @property
    def signers(self) -> tuple[Address, ...]:
        """The authority."""
        return (self.authority,)

    @classmethod
    def from_proto(cls, proto: tx_pb2.MsgUpdateParams) -> "UpdateParams":
        """Check and convert. Raises: SdkError(INVALID_ADDRESS, INVALID_REQUEST)."""
        try:
            authority = Address.parse(proto.authority)
        except ValueError as error:
            raise SdkError(SdkCode.INVALID_ADDRESS, f"invalid authority address: {error}") from error
        return cls(authority, params_from_proto(proto.params))
