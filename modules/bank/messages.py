"""Messages of the bank module after their stateless checks."""

from collections.abc import Iterable
from dataclasses import dataclass

from chain.pb.cosmos.bank.v1beta1 import tx_pb2
from chain.pb.cosmos.base.v1beta1 import coin_pb2
from chain.primitives.coins import Coin, Coins, coins, valid_denom
from chain.primitives.errors import SdkCode, SdkError
from chain.primitives.ids import Address
from chain.sdk.parsing import parse_address
from modules.bank.errors import BankCode, BankError
from modules.bank.params import Params
from modules.bank.state import MAX_DENOM

_MAX_DIGITS = 78
"""Decimal digits of 2^256-1; Python reads longer texts slowly."""


@dataclass(frozen=True, slots=True)
class Send:
    """Move coins from the signer to one account."""

    sender: Address
    recipient: Address
    amount: Coins

    @property
    def signers(self) -> tuple[Address, ...]:
        """The sender."""
        return (self.sender,)

    @classmethod
    def from_proto(cls, proto: tx_pb2.MsgSend) -> "Send":
        """Check and convert. Raises: SdkError(INVALID_ADDRESS, INVALID_COINS)."""
        return cls(
            parse_address(proto.from_address, "from address"),
            parse_address(proto.to_address, "to address"),
            parse_coins(proto.amount),
        )


@dataclass(frozen=True, slots=True)
class MultiSend:
    """Move coins from the signer to many accounts."""

    sender: Address
    amount: Coins
    outputs: tuple[tuple[Address, Coins], ...]

    @property
    def signers(self) -> tuple[Address, ...]:
        """The sender."""
        return (self.sender,)

    @classmethod
    def from_proto(cls, proto: tx_pb2.MsgMultiSend) -> "MultiSend":
        """Check and convert.

        Raises: BankError(NO_INPUTS, MULTIPLE_SENDERS, NO_OUTPUTS, INPUT_OUTPUT_MISMATCH),
        SdkError(INVALID_ADDRESS, INVALID_COINS).
        """
        if not proto.inputs:
            raise BankError(BankCode.NO_INPUTS)
        if len(proto.inputs) != 1:
            raise BankError(BankCode.MULTIPLE_SENDERS)
        if not proto.outputs:
            raise BankError(BankCode.NO_OUTPUTS)
        source = proto.inputs[0]
        sender, amount = parse_address(source.address, "input address"), parse_coins(source.coins)
        outputs = tuple((parse_address(out.address, "output address"), parse_coins(out.coins)) for out in proto.outputs)
        total: dict[str, int] = {}
        for _, share in outputs:
            for coin in share:
                total[coin.denom] = total.get(coin.denom, 0) + coin.amount
        if total != {coin.denom: coin.amount for coin in amount}:
            raise BankError(BankCode.INPUT_OUTPUT_MISMATCH)
        return cls(sender, amount, outputs)


@dataclass(frozen=True, slots=True)
class SetSendEnabled:
    """Let denominations be sent or not; entries of `use_default_for` are removed."""

    authority: Address
    send_enabled: tuple[tuple[str, bool], ...]
    use_default_for: tuple[str, ...]

    @property
    def signers(self) -> tuple[Address, ...]:
        """The authority."""
        return (self.authority,)

    @classmethod
    def from_proto(cls, proto: tx_pb2.MsgSetSendEnabled) -> "SetSendEnabled":
        """Check and convert. Raises: SdkError(INVALID_ADDRESS, INVALID_REQUEST)."""
        authority = parse_address(proto.authority, "authority address")
        entries: dict[str, bool] = {}
        for entry in proto.send_enabled:
            _require_denom(entry.denom, "SendEnabled")
            if entry.denom in entries:
                text = f'duplicate denom entries found for "{entry.denom}"'
                raise SdkError(SdkCode.INVALID_REQUEST, text)
            entries[entry.denom] = entry.enabled
        for denom in proto.use_default_for:
            _require_denom(denom, "UseDefaultFor")
        return cls(authority, tuple(entries.items()), tuple(proto.use_default_for))


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
        if proto.params.send_enabled:
            raise SdkError(
                SdkCode.INVALID_REQUEST, "use of send_enabled in params is no longer supported; use MsgSetSendEnabled"
            )
        return cls(authority, Params(proto.params.default_send_enabled))


def parse_coins(items: Iterable[coin_pb2.Coin]) -> Coins:
    """Return at least one coin of the wire as Coins. Raises: SdkError(INVALID_COINS) quoting them."""
    try:
        parsed = coins(Coin(item.denom, parse_amount(item.amount)) for item in items)
    except ValueError as error:
        raise SdkError(SdkCode.INVALID_COINS, _quote(items)) from error
    if not parsed:
        raise SdkError(SdkCode.INVALID_COINS)
    return parsed


def parse_amount(text: str) -> int:
    """Return the integer of an amount's text. Raises: ValueError for anything but plain decimal digits."""
    if not (text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS) or (text[0] == "0" and text != "0"):
        raise ValueError("amount is not a whole number")
    return int(text)


def _quote(items: Iterable[coin_pb2.Coin]) -> str:
    text = ",".join(f"{item.amount}{item.denom}" for item in items)
    return text if len(text) <= 200 else f"{text[:200]}..."


def _require_denom(denom: str, where: str) -> None:
    if not valid_denom(denom):
        raise SdkError(SdkCode.INVALID_REQUEST, f'invalid {where} denom "{denom[:140]}"')
    if len(denom) > MAX_DENOM:
        raise SdkError(SdkCode.INVALID_REQUEST, f'{where} denom "{denom}" is longer than {MAX_DENOM} characters')
