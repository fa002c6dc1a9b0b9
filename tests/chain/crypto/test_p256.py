"""OpenSSL against a second opinion in pure Python, as for secp256k1."""

from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from ecdsa import BadSignatureError, NIST256p, VerifyingKey
from ecdsa.keys import MalformedPointError
from hypothesis import given, settings
from hypothesis import strategies as st

from chain.crypto.algorithms import Algorithm
from chain.crypto.keys import valid_public_key, verify
from chain.crypto.p256 import ORDER
from tests.vectors import load

VECTORS = load("independent/signatures.json")["p256"]


def second_opinion(public_key: bytes, message: bytes, signature: bytes) -> bool:
    if len(public_key) != 33 or public_key[0] not in (2, 3) or len(signature) != 64:
        return False
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if not (0 < r < ORDER and 0 < s <= ORDER // 2):
        return False
    try:
        key = VerifyingKey.from_string(public_key, curve=NIST256p)
        return bool(key.verify_digest(signature, sha256(message).digest()))
    except (BadSignatureError, MalformedPointError):
        return False


def accepted(public_key: bytes, message: bytes, signature: bytes) -> bool:
    first = verify(Algorithm.P256, public_key, message, signature)
    assert first == second_opinion(public_key, message, signature)
    return first


def signed(secret: int, message: bytes) -> tuple[bytes, int, int]:
    key = ec.derive_private_key(secret, ec.SECP256R1())
    r, s = decode_dss_signature(key.sign(message, ec.ECDSA(SHA256(), deterministic_signing=True)))
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint), r, min(s, ORDER - s)


def packed(r: int, s: int) -> bytes:
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["message"])
def test_the_rfcs_signatures_are_good_in_their_low_form_only(vector):
    r, s, x = (int(vector[name], 16) for name in ("r", "s", "x"))
    public_key = bytes((2 + int(vector["y"], 16) % 2,)) + x.to_bytes(32, "big")
    message = vector["message"].encode()
    low, high = sorted((s, ORDER - s))
    assert accepted(public_key, message, packed(r, low))
    assert not accepted(public_key, message, packed(r, high))


secrets = st.integers(1, ORDER - 1)


@settings(max_examples=20)
@given(secrets, st.binary(max_size=100))
def test_what_is_signed_is_accepted_by_both_and_its_other_form_by_none(secret, message):
    public_key, r, s = signed(secret, message)
    assert accepted(public_key, message, packed(r, s))
    assert not accepted(public_key, message, packed(r, ORDER - s))


@settings(max_examples=30)
@given(secrets, st.binary(max_size=40), st.integers(0, 33 + 64 + 40 - 1), st.integers(1, 255))
def test_a_changed_byte_is_refused_by_both(secret, message, place, change):
    public_key, r, s = signed(secret, message)
    parts = bytearray(public_key + packed(r, s) + message)
    parts[place % len(parts)] ^= change
    assert not accepted(bytes(parts[:33]), bytes(parts[97:]), bytes(parts[33:97]))


@pytest.mark.parametrize("r", [0, 1, ORDER - 1, ORDER, 2**256 - 1])
@pytest.mark.parametrize("s", [0, 1, ORDER // 2, ORDER // 2 + 1, ORDER, 2**256 - 1])
def test_numbers_at_the_edges_are_judged_alike_by_both(r, s):
    public_key, _, _ = signed(1, b"")
    accepted(public_key, b"message", packed(r, s))


@settings(max_examples=30)
@given(st.binary(max_size=70), st.binary(max_size=70))
def test_garbage_is_refused_by_both(public_key, signature):
    assert not accepted(public_key, b"message", signature)


@pytest.mark.parametrize(
    "public_key",
    [b"", b"\x02" * 32, b"\x04" + b"\x01" * 64, b"\x00" * 33, b"\x02" + b"\xff" * 32],
    ids=["empty", "short", "uncompressed", "infinity", "x out of range"],
)
def test_what_is_no_compressed_key_is_no_key(public_key):
    assert not valid_public_key(Algorithm.P256, public_key)
    assert not verify(Algorithm.P256, public_key, b"message", packed(1, 1))
