"""libsecp256k1 against a second opinion in pure Python: both must accept exactly the same signatures."""

from hashlib import sha256

import pytest
from ecdsa import BadSignatureError, SECP256k1, VerifyingKey
from ecdsa.keys import MalformedPointError
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chain.crypto.algorithms import Algorithm
from chain.crypto.keys import secp256k1_public_key, secp256k1_sign, valid_public_key, verify

N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
P = 2**256 - 2**32 - 977


def second_opinion(public_key: bytes, message: bytes, signature: bytes) -> bool:
    if len(public_key) != 33 or public_key[0] not in (2, 3) or len(signature) != 64:
        return False
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if not (0 < r < N and 0 < s <= N // 2):
        return False
    try:
        key = VerifyingKey.from_string(public_key, curve=SECP256k1)
        return bool(key.verify_digest(signature, sha256(message).digest()))
    except (BadSignatureError, MalformedPointError):
        return False


def accepted(public_key: bytes, message: bytes, signature: bytes) -> bool:
    first = verify(Algorithm.SECP256K1, public_key, message, signature)
    assert first == second_opinion(public_key, message, signature)
    return first


keys = st.integers(1, N - 1).map(lambda secret: secret.to_bytes(32, "big"))


@settings(max_examples=25)
@given(keys, st.binary(max_size=100))
def test_what_is_signed_is_accepted_by_both(secret, message):
    assert accepted(secp256k1_public_key(secret), message, secp256k1_sign(secret, message))


@settings(max_examples=15)
@given(keys, st.binary(max_size=100))
def test_the_other_form_of_a_signature_is_refused_by_both(secret, message):
    signature = secp256k1_sign(secret, message)
    high = N - int.from_bytes(signature[32:], "big")
    assert not accepted(secp256k1_public_key(secret), message, signature[:32] + high.to_bytes(32, "big"))


@settings(max_examples=40)
@given(keys, st.binary(max_size=40), st.integers(0, 33 + 64 + 40 - 1), st.integers(1, 255))
def test_a_changed_byte_is_refused_by_both(secret, message, place, change):
    parts = bytearray(secp256k1_public_key(secret) + secp256k1_sign(secret, message) + message)
    parts[place % len(parts)] ^= change
    assert not accepted(bytes(parts[:33]), bytes(parts[97:]), bytes(parts[33:97]))


edges = st.sampled_from([0, 1, 2, N // 2, N // 2 + 1, N - 1, N, N + 1, P - 1, P, 2**256 - 1])


@settings(max_examples=40)
@given(edges, edges)
@example(0, 0)
@example(1, 1)
@example(N, 1)
@example(1, N)
def test_numbers_at_the_edges_are_judged_alike_by_both(r, s):
    public_key = secp256k1_public_key(bytes(31) + b"\x01")
    accepted(public_key, b"message", r.to_bytes(32, "big") + s.to_bytes(32, "big"))


@settings(max_examples=40)
@given(st.binary(max_size=70), st.binary(max_size=70))
def test_garbage_is_refused_by_both(public_key, signature):
    assert not accepted(public_key, b"message", signature)


@pytest.mark.parametrize("size", [0, 32, 63, 65, 128])
def test_a_signature_of_another_size_is_refused(size):
    signature = secp256k1_sign(b"\x01" * 32, b"message")
    assert not accepted(secp256k1_public_key(b"\x01" * 32), b"message", (signature * 2)[:size])


@pytest.mark.parametrize(
    "public_key",
    [b"", b"\x02" * 32, b"\x04" + b"\x01" * 64, b"\x05" + b"\x01" * 32, b"\x02" + P.to_bytes(32, "big")],
    ids=["empty", "short", "uncompressed", "unknown form", "x out of range"],
)
def test_what_is_no_compressed_key_is_no_key(public_key):
    assert not valid_public_key(Algorithm.SECP256K1, public_key)
    assert not verify(Algorithm.SECP256K1, public_key, b"message", b"\x01" * 64)


@pytest.mark.parametrize("secret", [b"", bytes(32), N.to_bytes(32, "big"), b"\x01" * 31, b"\x01" * 33])
def test_what_is_no_private_key_neither_signs_nor_has_a_public_key(secret):
    with pytest.raises(ValueError, match="private key"):
        secp256k1_public_key(secret)
    with pytest.raises(ValueError, match="private key"):
        secp256k1_sign(secret, b"message")
