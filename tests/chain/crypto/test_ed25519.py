import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.crypto.algorithms import Algorithm
from chain.crypto.ed25519 import _P, _SMALL_ORDER
from chain.crypto.keys import valid_public_key, verify
from tests.vectors import load

VECTORS = [
    tuple(bytes.fromhex(vector[name]) for name in ("public_key", "message", "signature"))
    for vector in load("independent/signatures.json")["ed25519"]
]
L = 2**252 + 27742317777372353535851937790883648493
"""Order of the base point (RFC 8032)."""


@pytest.mark.parametrize("vector", VECTORS, ids=["test 1", "test 2", "test 3"])
def test_the_rfcs_signatures_are_good(vector):
    assert verify(Algorithm.ED25519, *vector)


@given(st.sampled_from(VECTORS), st.integers(0, 32 + 64 - 1), st.integers(1, 255))
def test_a_changed_byte_makes_a_signature_bad(vector, place, change):
    public_key, message, signature = vector
    parts = bytearray(public_key + signature)
    parts[place] ^= change
    assert not verify(Algorithm.ED25519, bytes(parts[:32]), message, bytes(parts[32:]))


@pytest.mark.parametrize("vector", VECTORS, ids=["test 1", "test 2", "test 3"])
def test_the_second_form_of_a_signature_is_refused(vector):
    public_key, message, signature = vector
    s = int.from_bytes(signature[32:], "little") + L
    assert not verify(Algorithm.ED25519, public_key, message, signature[:32] + s.to_bytes(32, "little"))


@given(st.binary(max_size=40), st.binary(max_size=70))
def test_garbage_is_refused(public_key, signature):
    assert not verify(Algorithm.ED25519, public_key, b"message", signature)


def test_the_list_of_small_orders_is_complete():
    """On -x^2 + y^2 = 1 + d*x^2*y^2: eight points of order 1, 2, 4 and 8, which have five different y."""
    d = -121665 * pow(121666, -1, _P) % _P

    def double(y: int) -> int:
        x2 = (y * y - 1) * pow(d * y * y + 1, -1, _P) % _P
        return (y * y + x2) * pow(1 - d * x2 * y * y, -1, _P) % _P

    assert {double(double(double(y))) for y in _SMALL_ORDER} == {1}
    assert len(_SMALL_ORDER) == 5


@pytest.mark.parametrize("sign", [0, 1 << 255])
@pytest.mark.parametrize("y", sorted(_SMALL_ORDER))
def test_a_key_of_small_order_is_no_key(y, sign):
    public_key = (y | sign).to_bytes(32, "little")
    assert not valid_public_key(Algorithm.ED25519, public_key)
    # Under the identity as a key, R = identity and s = 0 would be good for every message.
    assert not verify(Algorithm.ED25519, public_key, b"message", (1).to_bytes(32, "little") + bytes(32))


@pytest.mark.parametrize("y", [_P, _P + 1, 2**255 - 1])
def test_a_key_in_a_second_form_is_no_key(y):
    assert not valid_public_key(Algorithm.ED25519, y.to_bytes(32, "little"))
