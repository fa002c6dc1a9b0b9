"""ECDSA over NIST P-256 (FIPS 186-5) through OpenSSL; calls release the GIL."""

from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Number of points of the curve."""
_HALF_ORDER = ORDER // 2
_SCHEME = ec.ECDSA(SHA256())


@lru_cache(maxsize=32_768)
def parse_public_key(public_key: bytes) -> ec.EllipticCurvePublicKey | None:
    """Return a compressed key's usable form, or None when it is none."""
    if len(public_key) != 33 or public_key[0] not in (2, 3):
        return None
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public_key)
    except ValueError:
        return None


def verify(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether the signature, 64 bytes with a low s, is good for sha256(message)."""
    key = parse_public_key(public_key)
    if key is None or len(signature) != 64:
        return False
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    # (r, s) and (r, order - s) are good for the same message: taking one only leaves a signature no second form.
    if not (0 < r < ORDER and 0 < s <= _HALF_ORDER):
        return False
    try:
        key.verify(encode_dss_signature(r, s), message, _SCHEME)
    except InvalidSignature:
        return False
    return True
