"""Hash functions that the standard library may lack."""

import hashlib
from collections.abc import Callable


def sha256(data: bytes) -> bytes:
    """Return SHA-256 of data."""
    return hashlib.sha256(data).digest()


def _ripemd160_openssl(data: bytes) -> bytes:
    return hashlib.new("ripemd160", data, usedforsecurity=False).digest()


def _ripemd160_library(data: bytes) -> bytes:
    from Crypto.Hash import RIPEMD160

    return RIPEMD160.new(data).digest()


def _choose_ripemd160() -> Callable[[bytes], bytes]:
    # OpenSSL 3.0 before 3.0.7 has RIPEMD-160 in its legacy provider only, which is not loaded by default.
    try:
        _ripemd160_openssl(b"")
    except ValueError:
        return _ripemd160_library
    return _ripemd160_openssl


ripemd160: Callable[[bytes], bytes] = _choose_ripemd160()
"""Return RIPEMD-160 of data."""
