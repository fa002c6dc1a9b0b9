"""ECDSA over secp256k1 through libsecp256k1, which `coincurve` carries.

Its functions are called without coincurve's classes: those take DER signatures and parse the key at each call, which
costs more than a tenth of a verification. Calls release the GIL.
"""

from functools import lru_cache
from hashlib import sha256
from typing import Any

from coincurve._libsecp256k1 import ffi, lib  # type: ignore[import-not-found]  # a compiled module without stubs
from coincurve.context import GLOBAL_CONTEXT

_CONTEXT: Any = GLOBAL_CONTEXT.ctx
_COMPRESSED = lib.SECP256K1_EC_COMPRESSED
_new = ffi.new
_parse_signature = lib.secp256k1_ecdsa_signature_parse_compact
_verify = lib.secp256k1_ecdsa_verify


@lru_cache(maxsize=32_768)
def parse_public_key(public_key: bytes) -> Any:
    """Return libsecp256k1's form of a compressed key, or None when it is none."""
    if len(public_key) != 33:
        return None
    parsed = _new("secp256k1_pubkey *")
    return parsed if lib.secp256k1_ec_pubkey_parse(_CONTEXT, parsed, public_key, 33) == 1 else None


def verify(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether the signature, 64 bytes with a low s, is good for sha256(message)."""
    if len(signature) != 64:
        return False
    key = parse_public_key(public_key)
    if key is None:
        return False
    parsed = _new("secp256k1_ecdsa_signature *")
    if _parse_signature(_CONTEXT, parsed, signature) != 1:
        return False
    # The library itself refuses a high s.
    return bool(_verify(_CONTEXT, parsed, sha256(message).digest(), key) == 1)


def public_key_of(private_key: bytes) -> bytes:
    """Return the compressed public key. Raises: ValueError for what is no private key."""
    _require_private_key(private_key)
    parsed = _new("secp256k1_pubkey *")
    lib.secp256k1_ec_pubkey_create(_CONTEXT, parsed, private_key)
    output, size = _new("unsigned char[33]"), _new("size_t *", 33)
    lib.secp256k1_ec_pubkey_serialize(_CONTEXT, output, size, parsed, _COMPRESSED)
    return bytes(ffi.buffer(output, 33))


def sign(private_key: bytes, message: bytes) -> bytes:
    """Return r and s over sha256(message), RFC 6979, low s. Raises: ValueError for what is no private key."""
    _require_private_key(private_key)
    signature = _new("secp256k1_ecdsa_signature *")
    lib.secp256k1_ecdsa_sign(_CONTEXT, signature, sha256(message).digest(), private_key, ffi.NULL, ffi.NULL)
    output = _new("unsigned char[64]")
    lib.secp256k1_ecdsa_signature_serialize_compact(_CONTEXT, output, signature)
    return bytes(ffi.buffer(output, 64))


def _require_private_key(private_key: bytes) -> None:
    if len(private_key) != 32 or lib.secp256k1_ec_seckey_verify(_CONTEXT, private_key) != 1:
        raise ValueError("a secp256k1 private key is 32 bytes, above zero and below the order of the group")
