"""Bech32 (BIP-173) of twenty bytes, several times as fast as the general library.

Every transaction names accounts as text, and most blocks name ones that no cache remembers. The checksum is a remainder
over GF(2), so two characters, ten bits, can be taken in one step by a table of 1,024 entries.
"""

from functools import lru_cache

_CHARSET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
"""Multiples of the code's generator polynomial, from BIP-173."""

_CHARACTERS = 38
"""Characters behind the separator: 32 of twenty bytes and 6 of the checksum."""
_LOW = (1 << 20) - 1


def _step(state: int, value: int) -> int:
    top = state >> 25
    state = (state & 0x1FFFFFF) << 5 ^ value
    for bit, generator in enumerate(_GENERATOR):
        if top >> bit & 1:
            state ^= generator
    return state


_TWO_STEPS = tuple(_step(_step(top << 20, 0), 0) for top in range(1024))
_PAIRS = tuple(high + low for high in _CHARSET for low in _CHARSET)
_VALUES = {pair: value for value, pair in enumerate(_PAIRS)}


@lru_cache(maxsize=16)
def _start(prefix: str) -> int:
    state = 1
    for value in (*(ord(letter) >> 5 for letter in prefix), 0, *(ord(letter) & 31 for letter in prefix)):
        state = _step(state, value)
    return state


def encode(prefix: str, data: bytes) -> str:
    """Return the text of twenty bytes under a lower-case prefix."""
    number = int.from_bytes(data, "big")
    state = _start(prefix)
    parts = [prefix, "1"]
    for shift in range(150, -1, -10):
        value = number >> shift & 1023
        parts.append(_PAIRS[value])
        state = (state & _LOW) << 10 ^ value ^ _TWO_STEPS[state >> 20]
    for _ in range(3):
        state = (state & _LOW) << 10 ^ _TWO_STEPS[state >> 20]
    state ^= 1
    parts += (_PAIRS[state >> 20], _PAIRS[state >> 10 & 1023], _PAIRS[state & 1023])
    return "".join(parts)


def decode(prefix: str, text: str) -> bytes | None:
    """Return the twenty bytes of a lower-case text with this prefix, or None for whatever else, right or wrong."""
    first = len(prefix) + 1
    if len(text) != first + _CHARACTERS or not text.startswith(prefix) or text[first - 1] != "1":
        return None
    state = _start(prefix)
    number = 0
    for at in range(first, first + _CHARACTERS, 2):
        value = _VALUES.get(text[at : at + 2])
        if value is None:
            return None
        number = number << 10 | value
        state = (state & _LOW) << 10 ^ value ^ _TWO_STEPS[state >> 20]
    return (number >> 30).to_bytes(20, "big") if state == 1 else None
