import hashlib

import pytest

from chain.crypto import hashing
from tests.vectors import load

VECTORS = load("independent/signatures.json")["ripemd160"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["message"] or "empty")
def test_ripemd160_gives_the_digests_of_its_authors(vector):
    message = vector["message"].encode()
    assert hashing.ripemd160(message).hex() == vector["digest"]
    assert hashing._ripemd160_library(message).hex() == vector["digest"]


def test_ripemd160_comes_from_the_library_where_openssl_has_none(monkeypatch):
    def missing(*_args, **_kwargs):
        raise ValueError("unsupported hash type ripemd160")

    monkeypatch.setattr(hashlib, "new", missing)
    assert hashing._choose_ripemd160() is hashing._ripemd160_library


def test_sha256_of_nothing():
    assert hashing.sha256(b"").hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
