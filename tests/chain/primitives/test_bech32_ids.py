import pytest
from bech32 import bech32_decode, bech32_encode, convertbits
from hypothesis import given
from hypothesis import strategies as st

from chain.primitives import bech32_ids
from chain.primitives.ids import Address, from_bech32

DATA = st.binary(min_size=20, max_size=20)
PREFIXES = st.sampled_from(["lamp", "lampdev", "lampvaloper", "cosmos", "a"])


def library(prefix: str, data: bytes) -> str:
    return str(bech32_encode(prefix, convertbits(data, 8, 5) or []))


@given(PREFIXES, DATA)
def test_texts_are_those_of_the_general_library(prefix: str, data: bytes) -> None:
    text = bech32_ids.encode(prefix, data)
    assert text == library(prefix, data)
    assert bech32_ids.decode(prefix, text) == data


@given(DATA, st.integers(0, 43), st.sampled_from("qpzry9x8gf2tvdw0s3jn54khce6mua7lbio1AQ é"))
def test_a_changed_character_is_judged_as_the_general_library_does(data: bytes, at: int, letter: str) -> None:
    text = library("lamp", data)
    changed = text[:at] + letter + text[at + 1 :]
    found, words = bech32_decode(changed)
    right = bytes(convertbits(words, 5, 8, False) or []) if found == "lamp" else None
    assert bech32_ids.decode("lamp", changed) == right


@pytest.mark.parametrize(
    "text", ["", "lamp1", "lamp", "cosmos10d07y265gmmuvt4z0w9aw880jnsr700j6zn9kn", "lamp1" + "q" * 38]
)
def test_anything_else_is_left_to_the_general_library(text: str) -> None:
    assert bech32_ids.decode("lamp", text) is None
    with pytest.raises(ValueError, match=r"bech32|empty|Bech32"):
        Address.parse(text)


def test_capital_letters_mean_the_same() -> None:
    text = library("lamp", bytes(range(20)))
    assert bech32_ids.decode("lamp", text.upper()) is None
    assert from_bech32("lamp", text.upper()) == bytes(range(20))
    assert str(Address.parse(text.upper())) == text


def test_a_vector_of_the_cosmos_hub() -> None:
    data = bytes.fromhex("7b5fe22b5446f7c62ea27b8bd71cef94e03f3df2")
    assert bech32_ids.encode("cosmos", data) == "cosmos10d07y265gmmuvt4z0w9aw880jnsr700j6zn9kn"
