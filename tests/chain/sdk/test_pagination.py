"""Pages: all items once, by key and by offset, in both directions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.codec.keys import TEXT_KEY, U64_KEY, PairKey
from chain.codec.values import U64
from chain.pb.cosmos.base.query.v1beta1.pagination_pb2 import PageRequest
from chain.primitives.errors import SdkCode, SdkError
from chain.sdk.context import Context
from chain.sdk.pagination import DEFAULT_LIMIT, MAX_COUNT, MAX_LIMIT, MAX_OFFSET, page, page_keys, page_span
from chain.sdk.schema import KeySet, Map, Schema
from tests.chain.sdk.kit import context


def numbers(size: int) -> tuple[Context, Map[tuple[str, int], int]]:
    ctx, store = context(), Map(Schema("s"), 1, "map", PairKey(TEXT_KEY, U64_KEY), U64)
    for key in range(size):
        store.set(ctx, ("mine", key), key * 2)
    store.set(ctx, ("lower", 5), 1)
    store.set(ctx, ("upper", 5), 1)
    return ctx, store


@given(st.integers(0, 30), st.integers(1, 12), st.booleans())
def test_pages_by_key_give_every_item_once(size: int, limit: int, reverse: bool) -> None:
    ctx, store = numbers(size)
    found: list[int] = []
    key = b""
    while True:
        request = PageRequest(key=key, limit=limit, reverse=reverse)
        items, response = page(ctx, store, request, TEXT_KEY.encode("mine"))
        assert len(items) <= limit
        found += [item[0][1] for item in items]
        key = response.next_key
        if not key:
            break
    assert found == sorted(range(size), reverse=reverse)


@given(st.sets(st.integers(0, 40)), st.integers(0, 40), st.integers(0, 40), st.integers(1, 5), st.booleans())
def test_pages_of_a_span_give_every_key_between_its_ends_once(
    keys: set[int], first: int, last: int, limit: int, reverse: bool
) -> None:
    ctx, store = context(), KeySet(Schema("s"), 1, "set", PairKey(U64_KEY, U64_KEY))
    for number in keys:
        store.add(ctx, (number, 1))
        store.add(ctx, (number, 2**64 - 1))
    found: list[tuple[int, int]] = []
    key = b""
    while True:
        request = PageRequest(key=key, limit=limit, reverse=reverse)
        items, response = page_span(ctx, store, request, U64_KEY.encode(first), U64_KEY.encode(last))
        assert len(items) <= limit
        found += items
        key = response.next_key
        if not key:
            break
    between = [(number, part) for number in sorted(keys) if first <= number <= last for part in (1, 2**64 - 1)]
    assert found == (between[::-1] if reverse else between)


def test_a_key_outside_of_a_span_is_refused() -> None:
    ctx, store = context(), KeySet(Schema("s"), 1, "set", PairKey(U64_KEY, U64_KEY))
    for key in (U64_KEY.encode(4), U64_KEY.encode(8), b"\xff"):
        with pytest.raises(SdkError) as caught:
            page_span(ctx, store, PageRequest(key=key), U64_KEY.encode(5), U64_KEY.encode(7))
        assert caught.value.code == SdkCode.INVALID_REQUEST


@given(st.integers(0, 30), st.integers(0, 35), st.integers(1, 12), st.booleans())
def test_pages_by_offset_skip_items(size: int, offset: int, limit: int, reverse: bool) -> None:
    ctx, store = numbers(size)
    request = PageRequest(offset=offset, limit=limit, reverse=reverse, count_total=True)
    items, response = page(ctx, store, request, TEXT_KEY.encode("mine"))
    everything = sorted(range(size), reverse=reverse)
    assert [key[1] for key, _ in items] == everything[offset : offset + limit]
    assert bool(response.next_key) is (offset + limit < size)
    assert response.total == size


@given(st.integers(0, 30), st.integers(0, 10), st.integers(1, 5))
def test_only_what_is_kept_counts_for_a_page(size: int, offset: int, limit: int) -> None:
    ctx, store = numbers(size)
    request = PageRequest(offset=offset, limit=limit)
    items, _ = page(ctx, store, request, TEXT_KEY.encode("mine"), keep=lambda key, value: key[1] % 3 == 0)
    assert [key[1] for key, _ in items] == list(range(0, size, 3))[offset : offset + limit]


def test_limits_default_and_are_capped() -> None:
    ctx, store = numbers(MAX_LIMIT + 5)
    within = TEXT_KEY.encode("mine")
    assert len(page(ctx, store, PageRequest(), within)[0]) == DEFAULT_LIMIT
    assert len(page(ctx, store, PageRequest(limit=10**6), within)[0]) == MAX_LIMIT


def test_the_total_is_counted_when_asked_or_without_a_limit_and_is_bounded() -> None:
    ctx, store = context(), KeySet(Schema("s"), 1, "set", U64_KEY)
    for key in range(MAX_COUNT + 5):
        store.add(ctx, key)
    assert page_keys(ctx, store, PageRequest(limit=1))[1].total == 0
    assert page_keys(ctx, store, PageRequest(limit=1, count_total=True))[1].total == MAX_COUNT
    assert page_keys(ctx, store, PageRequest())[1].total == MAX_COUNT


@pytest.mark.parametrize("request_", [PageRequest(key=b"k", offset=1), PageRequest(offset=MAX_OFFSET + 1)])
def test_contradictory_and_too_far_requests_are_refused(request_: PageRequest) -> None:
    ctx, store = numbers(1)
    with pytest.raises(SdkError) as caught:
        page(ctx, store, request_)
    assert caught.value.code is SdkCode.INVALID_REQUEST
