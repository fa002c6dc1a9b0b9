"""The message about parameters after its stateless checks; those about objects are in the objects' folders."""

from dataclasses import dataclass

from chain.pb.lamppost.device_registry.v1 import tx_pb2 as pb
from chain.primitives.ids import Address
from modules.device_registry import checks
from modules.device_registry.params import Params, params_from_proto


@dataclass(frozen=True, slots=True)
class UpdateParams:
    """Replace all parameters."""

    signer: Address
    params: Params

    @property
    def signers(self) -> tuple[Address, ...]:
        """The account that must sign."""
        return (self.signer,)

    @classmethod
    def from_proto(cls, message: pb.MsgUpdateParams) -> "UpdateParams":
        """Check the message. Raises: RegistryError(INVALID_PARAMS), SdkError(INVALID_ADDRESS)."""
        return cls(checks.address(message.authority, "authority"), params_from_proto(message.params))
