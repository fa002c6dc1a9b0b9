"""Signatures of the three schemes: one form per signature, one verdict on every node.

| scheme    | public key           | signature                                   |
|-----------|----------------------|---------------------------------------------|
| secp256k1 | compressed, 33 bytes | r and s, 64 bytes, low s, over sha256       |
| ed25519   | 32 bytes (RFC 8032)  | 64 bytes                                    |
| P-256     | compressed, 33 bytes | r and s, 64 bytes, low s, over sha256       |

The libraries behind them load on first use: whoever only needs a name of a scheme pays nothing.
"""

from collections.abc import Callable

from chain.crypto.algorithms import Algorithm

__all__ = ["Algorithm", "secp256k1_public_key", "secp256k1_sign", "valid_public_key", "verify"]

_Verify = Callable[[bytes, bytes, bytes], bool]
_verifiers: dict[int, _Verify] = {}


def verify(algorithm: Algorithm, public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether a signature is good; malformed keys and signatures, and unknown schemes, are not."""
    check = _verifiers.get(algorithm) or _load(algorithm)
    return check(public_key, message, signature)


def valid_public_key(algorithm: Algorithm, public_key: bytes) -> bool:
    """Tell whether a public key is well formed and is a point of its curve."""
    if algorithm == Algorithm.SECP256K1:
        from chain.crypto import secp256k1

        return secp256k1.parse_public_key(public_key) is not None
    if algorithm == Algorithm.ED25519:
        from chain.crypto import ed25519

        return ed25519.parse_public_key(public_key) is not None
    if algorithm == Algorithm.P256:
        from chain.crypto import p256

        return p256.parse_public_key(public_key) is not None
    return False


def secp256k1_public_key(private_key: bytes) -> bytes:
    """Return the compressed key, 33 bytes. Raises: ValueError for 32 bytes that are no private key, or other sizes."""
    from chain.crypto import secp256k1

    return secp256k1.public_key_of(private_key)


def secp256k1_sign(private_key: bytes, message: bytes) -> bytes:
    """Return the low-s signature over sha256(message), deterministic by RFC 6979. Raises: ValueError as above."""
    from chain.crypto import secp256k1

    return secp256k1.sign(private_key, message)


def _load(algorithm: int) -> _Verify:
    if algorithm == Algorithm.SECP256K1:
        from chain.crypto.secp256k1 import verify as check
    elif algorithm == Algorithm.ED25519:
        from chain.crypto.ed25519 import verify as check
    elif algorithm == Algorithm.P256:
        from chain.crypto.p256 import verify as check
    else:
        return _never
    _verifiers[algorithm] = check
    return check


def _never(public_key: bytes, message: bytes, signature: bytes) -> bool:
    return False
