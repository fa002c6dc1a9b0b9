"""Amounts and parameters between the state, protobuf and genesis' JSON."""

from collections.abc import Iterable

from chain.pb.cosmos.base.v1beta1 import coin_pb2
from chain.pb.cosmos.distribution.v1beta1 import distribution_pb2 as pb
from chain.primitives.coins import BASE_DENOM, Coin, Coins, coins
from chain.primitives.decimals import parse_decimal, read_scaled, show_decimal
from chain.primitives.errors import SdkCode, SdkError
from chain.primitives.ids import Address
from chain.sdk.module import Json
from chain.sdk.sections import Section
from modules.distribution.params import Params

_MAX_DIGITS = 78
"""Decimal digits of 2^256-1; Python reads longer texts slowly."""
_OLD = ("base_proposer_reward", "bonus_proposer_reward")


def address(text: str, what: str) -> Address:
    """Read an account of a message. Raises: SdkError(INVALID_ADDRESS)."""
    try:
        return Address.parse(text)
    except ValueError as error:
        raise SdkError(SdkCode.INVALID_ADDRESS, f"invalid {what} address: {error}") from error


def operator(text: str) -> Address:
    """Read a validator's operator of a message. Raises: SdkError(INVALID_ADDRESS)."""
    try:
        return Address.parse_operator(text)
    except ValueError as error:
        raise SdkError(SdkCode.INVALID_ADDRESS, f"invalid validator address: {error}") from error


def read_coins(items: Iterable[coin_pb2.Coin]) -> Coins:
    """Return at least one coin of the wire as Coins. Raises: SdkError(INVALID_COINS)."""
    try:
        found = coins(Coin(item.denom, _amount(item.amount)) for item in items)
    except ValueError as error:
        raise SdkError(SdkCode.INVALID_COINS, str(error)) from error
    if not found:
        raise SdkError(SdkCode.INVALID_COINS, "amount cannot be nil")
    return found


def whole_coins(amount: int) -> list[coin_pb2.Coin]:
    """Return ulamp as coins of the wire; none for 0."""
    return [coin_pb2.Coin(denom=BASE_DENOM, amount=str(amount))] if amount else []


def decimal_coins(amount: int, denom: str = BASE_DENOM) -> list[coin_pb2.DecCoin]:
    """Return a decimal as coins of the wire; none for 0."""
    return [coin_pb2.DecCoin(denom=denom, amount=str(amount))] if amount else []


def params_proto(params: Params) -> pb.Params:
    """Return parameters of the wire."""
    return pb.Params(
        community_tax=str(params.community_tax),
        base_proposer_reward="0",
        bonus_proposer_reward="0",
        withdraw_addr_enabled=params.withdraw_addr_enabled,
    )


def params_from_proto(message: pb.Params) -> Params:
    """Read and check parameters of the wire. Raises: SdkError(INVALID_REQUEST)."""
    try:
        if read_scaled(message.base_proposer_reward) or read_scaled(message.bonus_proposer_reward):
            raise SdkError(
                SdkCode.INVALID_REQUEST,
                "cannot update base or bonus proposer reward because these are deprecated fields",
            )
        params = Params(read_scaled(message.community_tax), message.withdraw_addr_enabled)
    except ValueError as error:
        raise SdkError(SdkCode.INVALID_REQUEST, f"invalid params: {error}") from error
    fault = params.fault()
    if fault:
        raise SdkError(SdkCode.INVALID_REQUEST, fault[1])
    return params


def params_json(params: Params) -> Json:
    """Return parameters of genesis."""
    return {
        "community_tax": show_decimal(params.community_tax),
        "base_proposer_reward": show_decimal(0),
        "bonus_proposer_reward": show_decimal(0),
        "withdraw_addr_enabled": params.withdraw_addr_enabled,
    }


def read_params(section: Section) -> Params:
    """Read and check parameters of genesis; those that are missing take their defaults. Raises: GenesisError."""
    default = Params()
    for name in _OLD:
        if section.has(name) and section.parsed(name, parse_decimal):
            raise section.fail(name, "is no longer supported; it must be 0")
    tax = section.parsed("community_tax", parse_decimal) if section.has("community_tax") else default.community_tax
    params = Params(tax, section.flag("withdraw_addr_enabled", default.withdraw_addr_enabled))
    section.done()
    fault = params.fault()
    if fault:
        raise section.fail(*fault)
    return params


def _amount(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS) or (text[0] == "0" and text != "0"):
        raise ValueError(f"{text[:40]!r} is not a whole number")
    return int(text)
