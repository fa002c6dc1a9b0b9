"""Bech32 (BIP-173) of twenty bytes, several times as fast as the general library.

Every transaction names accounts as text, and most blocks name ones that no cache remembers. The checksum is a remainder
over GF(2), so two characters, ten bits, can be taken in one step by a table of 1,024 entries; and as the remainder of a
sum is the sum of remainders, a whole text is checked by one look-up for each byte of the number that it writes.
"""

from functools import lru_cache, reduce
from operator import getitem, xor

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
_DIGITS = bytes(
    b"0123456789abcdefghijklmnopqrstuv"[_CHARSET.index(chr(byte))] if chr(byte) in _CHARSET else ord("!")
    for byte in range(256)
)
"""Translates characters to the digits that `int` reads in base 32, and all others to what it refuses."""
_NUMBER_BYTES = 24
"""Bytes of the number that 38 characters write."""


@lru_cache(maxsize=16)
def _start(prefix: str) -> int:
    state = 1
    for value in (*(ord(letter) >> 5 for letter in prefix), 0, *(ord(letter) & 31 for letter in prefix)):
        state = _step(state, value)
    return state


@lru_cache(maxsize=1)
def _remainders() -> tuple[tuple[int, ...], ...]:
    """Return for each byte of the number, the highest first, the remainder of each of its values."""
    bits = []
    for bit in range(8 * _NUMBER_BYTES):
        state = 1 << bit % 5
        for _ in range(bit // 5):
            state = _step(state, 0)
        bits.append(state)
    tables = []
    for low in range(8 * (_NUMBER_BYTES - 1), -1, -8):
        row = [0]
        for value in range(1, 256):
            lowest = value & -value
            row.append(row[value ^ lowest] ^ bits[low + lowest.bit_length() - 1])
        tables.append(tuple(row))
    return tuple(tables)


@lru_cache(maxsize=16)
def _right(prefix: str) -> int:
    """Return the remainder of the number behind a prefix when the checksum is right."""
    state = _start(prefix)
    for _ in range(_CHARACTERS):
        state = _step(state, 0)
    return state ^ 1


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
    try:
        number = int(text[first:].encode().translate(_DIGITS), 32)
    except ValueError:
        return None
    remainder = reduce(xor, map(getitem, _remainders(), number.to_bytes(_NUMBER_BYTES, "big")))
    return (number >> 30).to_bytes(20, "big") if remainder == _right(prefix) else None
