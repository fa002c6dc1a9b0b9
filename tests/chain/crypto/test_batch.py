from concurrent.futures import ThreadPoolExecutor

import pytest

from chain.crypto import batch
from chain.crypto.algorithms import Algorithm
from chain.crypto.batch import verify_batch
from chain.crypto.keys import secp256k1_public_key, secp256k1_sign, valid_public_key, verify

SECRET = b"\x07" * 32


def item(number: int, good: bool):
    message = number.to_bytes(4, "big")
    signature = secp256k1_sign(SECRET, message if good else b"something else")
    return Algorithm.SECP256K1, secp256k1_public_key(SECRET), message, signature


@pytest.mark.parametrize("count", [0, 1, 63, 64, 65, 96, 257])
def test_a_batch_gives_the_verdicts_of_its_items_in_their_order(count):
    expected = [number % 3 != 0 and number % 17 != 5 for number in range(count)]
    assert verify_batch([item(number, good) for number, good in enumerate(expected)]) == expected


def test_batches_of_many_threads_do_not_mix():
    def run(caller: int) -> bool:
        expected = [(number + caller) % 4 != 0 for number in range(130)]
        return verify_batch([item(number, good) for number, good in enumerate(expected)]) == expected

    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(run, range(12)))


def test_one_processor_suffices(monkeypatch):
    monkeypatch.setattr(batch, "_helpers", lambda: None)
    assert verify_batch([item(number, True) for number in range(100)]) == [True] * 100


@pytest.mark.parametrize("algorithm", [0, 4, -1, 255])
def test_an_unknown_scheme_accepts_nothing(algorithm):
    assert not verify(algorithm, b"\x02" * 33, b"message", b"\x01" * 64)
    assert not valid_public_key(algorithm, b"\x02" * 33)


def test_a_machine_out_of_threads_gives_the_same_verdicts(monkeypatch):
    class Exhausted:
        def submit(self, work):
            work()
            raise RuntimeError("can't start new thread")

    monkeypatch.setattr(batch, "_helpers", Exhausted)
    monkeypatch.setattr(batch, "_spare_processors", lambda: 3)
    expected = [number % 3 != 0 for number in range(200)]
    assert verify_batch([item(number, good) for number, good in enumerate(expected)]) == expected
