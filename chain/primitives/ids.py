"""Identifiers, validated when they are made; swapping two kinds of id is an error that mypy finds."""

from functools import lru_cache
from typing import Self

from bech32 import bech32_decode, bech32_encode, convertbits

from chain.primitives import bech32_ids

ADDRESS_PREFIX = "lamp"
"""Human-readable part of account addresses (BIP-173)."""
VALIDATOR_PREFIX = "lampvaloper"
"""Human-readable part of validator operator addresses."""
CONSENSUS_PREFIX = "lampvalcons"
"""Human-readable part of validators' addresses in headers and votes."""
DEVICE_PREFIX = "lampdev"
"""Human-readable part of device ids."""


@lru_cache(maxsize=65_536)
def to_bech32(prefix: str, data: bytes) -> str:
    """Return the BIP-173 text of data."""
    if len(data) == 20:
        return bech32_ids.encode(prefix, data)
    return str(bech32_encode(prefix, convertbits(data, 8, 5) or []))


@lru_cache(maxsize=65_536)
def from_bech32(prefix: str, text: str) -> bytes:
    """Return the bytes of a BIP-173 text with this prefix. Raises: ValueError saying what is wrong."""
    known = bech32_ids.decode(prefix, text)
    if known is not None:
        return known
    found, words = bech32_decode(text)
    if found is None or words is None:
        raise ValueError("decoding bech32 failed: not a bech32 text or a wrong checksum")
    if found != prefix:
        raise ValueError(f"invalid Bech32 prefix; expected {prefix}, got {found}")
    data = convertbits(words, 5, 8, False)
    if data is None:
        raise ValueError("decoding bech32 failed: padding bits are not zero")
    return bytes(data)


class _Id20(bytes):
    """Twenty bytes with a bech32 text form."""

    __slots__ = ()
    PREFIX = ""

    def __new__(cls, data: bytes) -> Self:
        if len(data) != 20:
            raise ValueError(f"{cls.__name__} is 20 bytes, got {len(data)}")
        return super().__new__(cls, data)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the bech32 text form. Raises: ValueError saying what is wrong."""
        if not text:
            raise ValueError("empty address string is not allowed")
        return cls(from_bech32(cls.PREFIX, text))

    def __str__(self) -> str:
        return to_bech32(self.PREFIX, bytes(self))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self})"


class Address(_Id20):
    """An account: ripemd160(sha256(public key)), or the first 20 bytes of sha256(module name)."""

    __slots__ = ()
    PREFIX = ADDRESS_PREFIX

    @classmethod
    def parse_operator(cls, text: str) -> Self:
        """Read the text of a validator's operator, the account with another prefix. Raises: ValueError."""
        if not text:
            raise ValueError("empty address string is not allowed")
        return cls(from_bech32(VALIDATOR_PREFIX, text))

    @property
    def operator(self) -> str:
        """The text of this account as a validator's operator."""
        return to_bech32(VALIDATOR_PREFIX, bytes(self))


class ConsensusAddress(_Id20):
    """A validator in headers and votes: the first 20 bytes of the SHA-256 of its ed25519 key."""

    __slots__ = ()
    PREFIX = CONSENSUS_PREFIX


class DeviceId(_Id20):
    """A device: first 20 bytes of sha256("lamppost/device" + algorithm byte + public key)."""

    __slots__ = ()
    PREFIX = DEVICE_PREFIX
