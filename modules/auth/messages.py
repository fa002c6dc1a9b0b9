"""Messages of the auth module after their stateless checks."""

from dataclasses import dataclass, fields

from chain.pb.cosmos.auth.v1beta1 import auth_pb2, tx_pb2
from chain.primitives.errors import SdkCode, SdkError
from chain.primitives.ids import Address
from chain.sdk.parsing import parse_address
from modules.auth.params import Params, check_params


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
        authority = parse_address(proto.authority, "authority address")
        params = params_from_proto(proto.params)
        wrong = check_params(params)
        if wrong is not None:
            raise SdkError(SdkCode.INVALID_REQUEST, f"{wrong[0]} {wrong[1]}")
        return cls(authority, params)


def params_from_proto(proto: auth_pb2.Params) -> Params:
    """Return parameters as the module holds them, bounds unchecked."""
    return Params(*(getattr(proto, field.name) for field in fields(Params)))


def params_to_proto(params: Params) -> auth_pb2.Params:
    """Return parameters as the wire has them."""
    return auth_pb2.Params(**{field.name: getattr(params, field.name) for field in fields(Params)})
