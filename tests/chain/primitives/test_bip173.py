"""The vectors of BIP-173: what is bech32 and what is not."""

import json
from pathlib import Path
from typing import Any

import pytest

from chain.primitives.ids import from_bech32

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "independent" / "bip173.json").read_text())


def packed(words: list[int]) -> bytes | None:
    """Return the bytes of 5-bit words, or None where what is left over is a word or not zero."""
    bits = "".join(f"{word:05b}" for word in words)
    whole = len(bits) // 8 * 8
    rest = bits[whole:]
    if len(rest) >= 5 or "1" in rest:
        return None
    return bytes(int(bits[at : at + 8], 2) for at in range(0, whole, 8))


@pytest.mark.parametrize("vector", VECTORS["valid"], ids=lambda vector: vector["text"][:12])
def test_a_valid_text_gives_its_bytes(vector: dict[str, Any]) -> None:
    data = packed(vector["words"])
    if data is None:
        with pytest.raises(ValueError, match="padding"):
            from_bech32(vector["prefix"], vector["text"])
    else:
        assert from_bech32(vector["prefix"], vector["text"]) == data


@pytest.mark.parametrize("vector", VECTORS["invalid"], ids=lambda vector: vector["why"])
def test_an_invalid_text_is_refused(vector: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="decoding bech32 failed"):
        from_bech32(vector["text"].rpartition("1")[0], vector["text"])
