"""Ed25519 (RFC 8032) through OpenSSL; calls release the GIL."""

from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_P = 2**255 - 19
_Y_OF_ORDER_8 = 2707385501144840649318225287225658788936804267575313519463743609750303402022
_SMALL_ORDER = frozenset((0, 1, _P - 1, _Y_OF_ORDER_8, _P - _Y_OF_ORDER_8))
"""y of the points of order 1, 2, 4 and 8: under such a key one signature is good for many messages."""


@lru_cache(maxsize=32_768)
def parse_public_key(public_key: bytes) -> Ed25519PublicKey | None:
    """Return a key's usable form, or None: 32 bytes, canonical, not of small order.

    Whether the bytes are a point of the curve shows only when a signature is verified.
    """
    if len(public_key) != 32:
        return None
    y = int.from_bytes(public_key, "little") & (2**255 - 1)
    if y >= _P or y in _SMALL_ORDER:
        return None
    return Ed25519PublicKey.from_public_bytes(public_key)


def verify(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether the signature, 64 bytes, is good for the message."""
    key = parse_public_key(public_key)
    if key is None or len(signature) != 64:
        return False
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True
