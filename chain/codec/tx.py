"""Transactions as bytes: decoded as the Cosmos SDK does, and what their signers sign.

The rules are the SDK's: a TxRaw has exactly one encoding (ADR-027); bodies and auth infos may have any valid one, since
signatures cover the very bytes received; nowhere may be a field that this program does not know, but for the numbers
that a TxBody reserves for what may be ignored (bit 11 of the number set).
"""

from collections.abc import Iterator
from typing import TypeVar

from google.protobuf.message import DecodeError
from google.protobuf.message import Message as ProtoMessage
from google.protobuf.unknown_fields import UnknownFieldSet

from chain.pb.cosmos.tx.v1beta1.tx_pb2 import AuthInfo, SignDoc, TxBody, TxRaw

M = TypeVar("M", bound=ProtoMessage)

_NON_CRITICAL = 1 << 10
"""The bit of a field number by which the Cosmos SDK tells what may be ignored."""
_MAX_IGNORED = 65_536
"""Most bytes of fields to be ignored: looking at them is not paid for."""
_MAX_WALK = 10_000
"""Most parts and unknown fields looked at in a body that has some to be ignored, for the same reason."""


class TxDecodeError(ValueError):
    """Bytes that are no transaction; the text says why."""


def decode_tx(raw: bytes) -> tuple[TxRaw, TxBody, AuthInfo]:
    """Return the envelope, the body and the auth info of a transaction.

    Messages inside the body stay packed: call `check_unknown_fields` on each after parsing it. Raises: TxDecodeError.
    """
    envelope = TxRaw()
    _parse(envelope, raw)
    envelope.DiscardUnknownFields()
    if envelope.SerializeToString() != raw:
        _reject_unknown_fields(TxRaw.FromString(raw), False)
        raise TxDecodeError("the envelope (TxRaw) is not in its canonical encoding (ADR-027)")
    body = TxBody()
    _parse(body, envelope.body_bytes)
    check_unknown_fields(body, envelope.body_bytes, allow_non_critical=True)
    auth = AuthInfo()
    _parse(auth, envelope.auth_info_bytes)
    check_unknown_fields(auth, envelope.auth_info_bytes)
    return envelope, body, auth


def check_unknown_fields(message: ProtoMessage, received: bytes, allow_non_critical: bool = False) -> None:
    """Refuse fields that the message's type does not have, at any depth, and drop those that may be ignored.

    `message` was parsed from `received`. Contents of an Any are bytes here and not looked into. Raises: TxDecodeError.
    """
    # Equal bytes prove that nothing was dropped. Unequal ones may be another order of fields, which is legal here.
    message.DiscardUnknownFields()
    if message.SerializeToString(deterministic=True) != received:
        _reject_unknown_fields(type(message).FromString(received), allow_non_critical)


def sign_bytes(body_bytes: bytes, auth_info_bytes: bytes, chain_id: str, account_number: int) -> bytes:
    """Return what SIGN_MODE_DIRECT signs: the SignDoc of the very bytes of body and auth info."""
    document = SignDoc(
        body_bytes=body_bytes, auth_info_bytes=auth_info_bytes, chain_id=chain_id, account_number=account_number
    )
    return document.SerializeToString(deterministic=True)


def _parse(message: ProtoMessage, data: bytes) -> None:
    try:
        message.ParseFromString(data)
    except DecodeError as error:
        raise TxDecodeError(f"{message.DESCRIPTOR.full_name}: {error}") from error


def _reject_unknown_fields(message: ProtoMessage, allow_non_critical: bool) -> None:
    # The size tells in one call whether there are any; the walk in Python is for those who send some.
    size = message.ByteSize()
    known = type(message)()
    known.CopyFrom(message)
    known.DiscardUnknownFields()
    unknown = size - known.ByteSize()
    if unknown == 0:
        return
    if unknown > _MAX_IGNORED:
        raise TxDecodeError(f"{unknown} bytes of unknown fields in {message.DESCRIPTOR.full_name}")
    for owner, number in _unknown_fields(message):
        if not (allow_non_critical and number & _NON_CRITICAL):
            known_number = number in owner.DESCRIPTOR.fields_by_number
            what = "wrong wire type of field" if known_number else "unknown field"
            raise TxDecodeError(f"{what} {number} in {owner.DESCRIPTOR.full_name}")
    if not allow_non_critical:
        raise TxDecodeError(f"unknown field inside {message.DESCRIPTOR.full_name}")


def _unknown_fields(message: ProtoMessage) -> Iterator[tuple[ProtoMessage, int]]:
    """Yield the unknown fields at all depths, except inside maps: the message that holds it, and its number."""
    left, seen = [message], 0
    while left:
        owner = left.pop()
        fields = UnknownFieldSet(owner)
        seen += 1 + len(fields)
        if seen > _MAX_WALK:
            raise TxDecodeError(f"more than {_MAX_WALK} parts and unknown fields in {message.DESCRIPTOR.full_name}")
        for index in range(len(fields)):
            yield owner, fields[index].field_number
        for descriptor, value in owner.ListFields():
            if isinstance(value, ProtoMessage):
                left.append(value)
            elif descriptor.message_type is not None and not descriptor.message_type.GetOptions().map_entry:
                left.extend(value)
