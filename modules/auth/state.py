"""State of the auth module.

| prefix | key | value |
| --- | --- | --- |
| 00 | | parameters |
| 01 | address | account |
| 02 | | number of the next new account |
| 03 | account number | address |
"""

from dataclasses import dataclass
from struct import Struct
from struct import error as StructError  # noqa: N812  # an exception's name
from typing import Self

from chain.codec.keys import U64_KEY, FixedKey
from chain.codec.values import TEXT, U64, Fixed, Many
from chain.primitives.ids import Address
from chain.sdk.schema import Item, Map, Schema
from modules.auth.params import PARAMS

_BASE, _MODULE = 0, 1
_HEAD = Struct(">B20sQQB")
_PERMISSIONS = Many(TEXT, 16)


@dataclass(frozen=True, slots=True)
class Account:
    """Who can pay and sign; a module account has a name and cannot sign.

    `public_key` is a compressed secp256k1 key of 33 bytes, or empty before the account's first transaction.
    """

    address: Address
    public_key: bytes
    number: int
    sequence: int
    name: str = ""
    permissions: tuple[str, ...] = ()

    def with_sequence(self, sequence: int) -> Self:
        """Return the account with another sequence."""
        return type(self)(self.address, self.public_key, self.number, sequence, self.name, self.permissions)

    def with_public_key(self, public_key: bytes) -> Self:
        """Return the account with another public key."""
        return type(self)(self.address, public_key, self.number, self.sequence, self.name, self.permissions)


class AccountCodec:
    """Kind, address, number, sequence, and the public key with its length; then a module's name and permissions.

    Fixed widths, because each transaction reads and writes accounts and one `struct` call does it.
    """

    __slots__ = ()

    def write(self, value: Account, out: bytearray) -> None:
        """Append the account. Raises: ValueError for a number or a key out of range."""
        kind = _MODULE if value.name else _BASE
        key = value.public_key
        try:
            out += _HEAD.pack(kind, value.address, value.number, value.sequence, len(key))
        except StructError as error:
            raise ValueError("account number, sequence or public key out of range") from error
        out += key
        if kind:
            TEXT.write(value.name, out)
            _PERMISSIONS.write(value.permissions, out)

    def read(self, data: bytes, at: int) -> tuple[Account, int]:
        """Return the account. Raises: ValueError on malformed data."""
        try:
            kind, address, number, sequence, size = _HEAD.unpack_from(data, at)
        except StructError as error:
            raise ValueError("account is cut off") from error
        at += _HEAD.size
        end = at + size
        if kind > _MODULE or end > len(data):
            raise ValueError("malformed account")
        if not kind:
            return Account(Address(address), data[at:end], number, sequence), end
        key = data[at:end]
        name, at = TEXT.read(data, end)
        permissions, at = _PERMISSIONS.read(data, at)
        return Account(Address(address), key, number, sequence, name, permissions), at


SCHEMA = Schema("auth")
"""The module's store."""
ADDRESS_KEY = FixedKey(Address, 20)
"""An address in a key."""
PARAMETERS = Item(SCHEMA, 0x00, "params", PARAMS)
"""Parameters."""
ACCOUNTS = Map(SCHEMA, 0x01, "accounts", ADDRESS_KEY, AccountCodec())
"""Accounts by address."""
NEXT_NUMBER = Item(SCHEMA, 0x02, "next_number", U64)
"""Number that the next new account gets."""
BY_NUMBER = Map(SCHEMA, 0x03, "by_number", U64_KEY, Fixed(Address, 20))
"""Addresses by account number."""
