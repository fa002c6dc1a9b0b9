import hashlib

import pytest

from chain.crypto.addresses import address_of, device_id, module_address
from chain.crypto.algorithms import Algorithm
from chain.primitives.ids import to_bech32
from tests.vectors import load

PUBLIC_KEY = bytes.fromhex(load("independent/sign_mode_direct.json")[0]["publicKey"])


def test_an_address_is_the_one_that_cosmos_wallets_derive():
    assert to_bech32("cosmos", bytes(address_of(PUBLIC_KEY))) == "cosmos19rl4cm2hmr8afy4kldpxz3fka4jguq0auqdal4"
    assert str(address_of(PUBLIC_KEY)) == "lamp19rl4cm2hmr8afy4kldpxz3fka4jguq0a9763t6"


@pytest.mark.parametrize("size", [0, 32, 34, 65])
def test_only_compressed_keys_have_addresses(size):
    with pytest.raises(ValueError, match="33 bytes"):
        address_of(bytes(size))


def test_a_module_address_is_the_cosmos_sdks():
    assert to_bech32("cosmos", bytes(module_address("gov"))) == "cosmos10d07y265gmmuvt4z0w9aw880jnsr700j6zn9kn"
    assert (
        to_bech32("cosmos", bytes(module_address("fee_collector"))) == "cosmos17xpfvakm2amg962yls6f84z3kell8c5lserqta"
    )


def test_a_device_id_depends_on_key_and_scheme():
    ids = {device_id(algorithm, key) for algorithm in Algorithm for key in (b"a" * 32, b"b" * 32)}
    assert len(ids) == 6
    expected = hashlib.sha256(b"lamppost/device\x02" + b"a" * 32).digest()[:20]
    assert bytes(device_id(Algorithm.ED25519, b"a" * 32)) == expected
