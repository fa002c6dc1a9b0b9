"""Messages of the distribution module after their stateless checks."""

from dataclasses import dataclass

from chain.pb.cosmos.distribution.v1beta1 import tx_pb2
from chain.primitives.coins import BASE_DENOM, Coins
from chain.primitives.errors import SdkCode, SdkError
from chain.primitives.ids import Address
from modules.distribution.params import Params
from modules.distribution.wire import address, operator, params_from_proto, read_coins


@dataclass(frozen=True, slots=True)
class SetWithdrawAddress:
    """Say where the signer's rewards go."""

    delegator: Address
    recipient: Address

    @property
    def signers(self) -> tuple[Address, ...]:
        """The delegator."""
        return (self.delegator,)

    @classmethod
    def from_proto(cls, proto: tx_pb2.MsgSetWithdrawAddress) -> "SetWithdrawAddress":
        """Check and convert. Raises: SdkError(INVALID_ADDRESS)."""
        return cls(address(proto.delegator_address, "delegator"), address(proto.withdraw_address, "withdraw"))


@dataclass(frozen=True, slots=True)
class WithdrawDelegatorReward:
    """Pay what the signer's delegation to one validator earned."""

    delegator: Address
    operator: Address

    @property
    def signers(self) -> tuple[Address, ...]:
        """The delegator."""
        return (self.delegator,)

    @classmethod
    def from_proto(cls, proto: tx_pb2.MsgWithdrawDelegatorReward) -> "WithdrawDelegatorReward":
        """Check and convert. Raises: SdkError(INVALID_ADDRESS)."""
        return cls(address(proto.delegator_address, "delegator"), operator(proto.validator_address))


@dataclass(frozen=True, slots=True)
class WithdrawValidatorCommission:
    """Pay the commission of the signer's validator."""

    operator: Address

    @property
    def signers(self) -> tuple[Address, ...]:
        """The operator."""
        return (self.operator,)

    @classmethod
    def from_proto(cls, proto: tx_pb2.MsgWithdrawValidatorCommission) -> "WithdrawValidatorCommission":
        """Check and convert. Raises: SdkError(INVALID_ADDRESS)."""
        return cls(operator(proto.validator_address))


@dataclass(frozen=True, slots=True)
class FundCommunityPool:
    """Give the signer's coins to the community pool."""

    depositor: Address
    amount: Coins

    @property
    def signers(self) -> tuple[Address, ...]:
        """The depositor."""
        return (self.depositor,)

    @classmethod
    def from_proto(cls, proto: tx_pb2.MsgFundCommunityPool) -> "FundCommunityPool":
        """Check and convert. Raises: SdkError(INVALID_ADDRESS, INVALID_COINS)."""
        return cls(address(proto.depositor, "depositor"), read_coins(proto.amount))


@dataclass(frozen=True, slots=True)
class CommunityPoolSpend:
    """Pay from the community pool."""

    authority: Address
    recipient: Address
    amount: Coins

    @property
    def signers(self) -> tuple[Address, ...]:
        """The authority."""
        return (self.authority,)

    @classmethod
    def from_proto(cls, proto: tx_pb2.MsgCommunityPoolSpend) -> "CommunityPoolSpend":
        """Check and convert. Raises: SdkError(INVALID_ADDRESS, INVALID_COINS)."""
        authority, recipient = address(proto.authority, "authority"), address(proto.recipient, "recipient")
        return cls(authority, recipient, read_coins(proto.amount))


@dataclass(frozen=True, slots=True)
class DepositValidatorRewardsPool:
    """Give the signer's coins to the delegators of a validator."""

    depositor: Address
    operator: Address
    amount: Coins

    @property
    def signers(self) -> tuple[Address, ...]:
        """The depositor."""
        return (self.depositor,)

    @classmethod
    def from_proto(cls, proto: tx_pb2.MsgDepositValidatorRewardsPool) -> "DepositValidatorRewardsPool":
        """Check and convert. Raises: SdkError(INVALID_ADDRESS, INVALID_COINS), as only ulamp can be shared out."""
        amount = read_coins(proto.amount)
        if any(coin.denom != BASE_DENOM for coin in amount):
            raise SdkError(SdkCode.INVALID_COINS, f"only {BASE_DENOM} can be shared out to delegators")
        return cls(address(proto.depositor, "depositor"), operator(proto.validator_address), amount)


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
        return cls(address(proto.authority, "authority"), params_from_proto(proto.params))
