"""Decoded transactions are remembered within bounds, and so are refusals."""

import pytest

from chain.primitives.errors import ModuleError, SdkError
from chain.runtime import decode_cache
from chain.runtime.decode_cache import DecodeCache
from chain.runtime.router import Router
from tests.chain.runtime.transactions import bank_chain, send


def test_a_transaction_is_decoded_once_and_a_refusal_too(monkeypatch: pytest.MonkeyPatch) -> None:
    with bank_chain() as chain:
        cache = DecodeCache(Router(chain.app.modules))
        raw, bad = chain.tx(send(chain)), b"junk"
        first = cache.decode(raw)
        with pytest.raises(SdkError) as refused:
            cache.decode(bad)
        monkeypatch.setattr(decode_cache, "decode", None)
        assert cache.decode(raw) is first
        with pytest.raises(SdkError) as again:
            cache.decode(bad)
        assert (again.value.code, again.value.log) == (refused.value.code, refused.value.log)
        assert again.value is not refused.value and again.value.__cause__ is None


@pytest.mark.parametrize(("name", "limit"), [("MAX_ENTRIES", 3), ("MAX_BYTES", 30)])
def test_two_generations_bound_what_is_remembered(monkeypatch: pytest.MonkeyPatch, name: str, limit: int) -> None:
    monkeypatch.setattr(decode_cache, name, limit)
    cache = DecodeCache(Router([]))
    for number in range(100):
        with pytest.raises(ModuleError):
            cache.decode(b"number %04d" % number)
    assert len(cache._young) + len(cache._old) <= 8


def test_what_is_used_again_outlives_its_generation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decode_cache, "MAX_ENTRIES", 3)
    with bank_chain() as chain:
        cache = DecodeCache(Router(chain.app.modules))
        raw = chain.tx(send(chain))
        kept = cache.decode(raw)
        for number in range(20):
            with pytest.raises(ModuleError):
                cache.decode(b"number %d" % number)
            assert cache.decode(raw) is kept


def test_a_forgotten_transaction_is_decoded_anew() -> None:
    with bank_chain() as chain:
        cache = DecodeCache(Router(chain.app.modules))
        raw = chain.tx(send(chain))
        first = cache.decode(raw)
        cache.forget(raw)
        cache.forget(b"never seen")
        assert cache._bytes == 0
        second = cache.decode(raw)
        assert second is not first
        cache.clear()
        assert cache.decode(raw) is not second
