"""Good signatures are verified once; nothing else is ever taken for one of them."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from chain.crypto import verified
from chain.crypto.algorithms import Algorithm
from chain.crypto.batch import Item, verify_batch
from chain.crypto.keys import secp256k1_public_key, secp256k1_sign
from chain.crypto.verified import VerifiedSignatures

SECRET = b"\x07" * 32
KEY = secp256k1_public_key(SECRET)


def item(number: int, good: bool = True) -> Item:
    message = number.to_bytes(4, "big")
    return Algorithm.SECP256K1, KEY, message, secp256k1_sign(SECRET, message if good else b"something else")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many signatures each batch had that was really verified."""
    counts: list[int] = []

    def counted(items: list[Item]) -> list[bool]:
        counts.append(len(items))
        return verify_batch(items)

    monkeypatch.setattr(verified, "verify_batch", counted)
    return counts


def test_what_verified_is_not_verified_again_and_what_did_not_is(asked: list[int]) -> None:
    memory = VerifiedSignatures()
    items = [item(number, good=number % 3 != 0) for number in range(9)]
    expected = [number % 3 != 0 for number in range(9)]
    assert memory.verify(items) == expected
    assert memory.verify(items) == expected
    assert memory.verify(items[1:3]) == [True, True]
    assert asked == [9, 3]
    assert len(memory) == 6


@pytest.mark.parametrize("place", range(4))
def test_any_other_byte_anywhere_is_another_signature(place: int) -> None:
    memory = VerifiedSignatures()
    algorithm, key, message, signature = good = item(1)
    assert memory.verify([good]) == [True]
    changed: list[Item] = [
        (Algorithm.P256, key, message, signature),
        (algorithm, key[:-1] + bytes([key[-1] ^ 1]), message, signature),
        (algorithm, key, message + b"\0", signature),
        (algorithm, key, message, signature[:-1] + bytes([signature[-1] ^ 1])),
    ]
    assert memory.verify([changed[place]]) == [False]


def test_the_same_bytes_cut_elsewhere_are_another_signature() -> None:
    memory = VerifiedSignatures()
    algorithm, key, message, signature = good = item(1)
    assert memory.verify([good]) == [True]
    whole = key + message + signature
    for first in range(len(whole)):
        for second in (first, first + len(message), len(whole)):
            other = (algorithm, whole[:first], whole[first:second], whole[second:])
            assert memory.verify([other]) == [other == good]


def test_the_memory_is_bounded_and_keeps_what_is_asked_for(asked: list[int]) -> None:
    memory = VerifiedSignatures(capacity=4)
    for number in range(20):
        assert memory.verify([item(0), item(number)]) == [True, True]
        assert len(memory) <= 8
    assert sum(asked) == 20 + 1  # the kept one once, in the first batch twice
    memory.clear()
    assert len(memory) == 0
    assert memory.verify([item(0)]) == [True]


def test_many_threads_get_the_same_verdicts() -> None:
    memory = VerifiedSignatures(capacity=16)
    items = [item(number, good=number % 4 != 0) for number in range(40)]
    expected = [number % 4 != 0 for number in range(40)]
    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(lambda _: memory.verify(items) == expected, range(24)))
    assert len(memory) <= 32
