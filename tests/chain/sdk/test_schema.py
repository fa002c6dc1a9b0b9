"""Collections: each behaves as a plain dict or set in order of keys."""

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.codec.keys import TEXT_KEY, U8_KEY, U64_KEY, PairKey
from chain.codec.values import TEXT, U64
from chain.sdk.schema import Index, Item, KeySet, Map, Schema, prefix_end
from tests.chain.sdk.kit import context

PAIRS = st.dictionaries(st.tuples(st.text("ab", max_size=3), st.integers(0, 300)), st.integers(0, 2**64 - 1))


def test_an_item_is_one_value() -> None:
    ctx, item = context(), Item(Schema("s"), 0, "item", TEXT)
    assert item.get(ctx) is None
    with pytest.raises(LookupError, match="s/item is not set"):
        item.require(ctx)
    item.set(ctx, "")
    assert item.get(ctx) == item.require(ctx) == ""
    item.delete(ctx)
    assert item.get(ctx) is None


@given(PAIRS, st.sets(st.tuples(st.text("ab", max_size=3), st.integers(0, 300))))
def test_a_map_is_a_sorted_dict(pairs: dict[tuple[str, int], int], gone: set[tuple[str, int]]) -> None:
    ctx, store = context(), Map(Schema("s"), 1, "map", PairKey(TEXT_KEY, U64_KEY), U64)
    for key, value in pairs.items():
        store.set(ctx, key, value)
    for key in gone:
        store.delete(ctx, key)
    left = sorted((key, value) for key, value in pairs.items() if key not in gone)
    assert list(store.scan(ctx)) == left
    assert list(store.scan(ctx, reverse=True)) == left[::-1]
    for text in ("", "a", "ab"):
        within = TEXT_KEY.encode(text)
        mine = [item for item in left if item[0][0] == text]
        assert list(store.scan(ctx, within)) == mine
        start = U64_KEY.encode(100)
        assert list(store.scan(ctx, within, start)) == [item for item in mine if item[0][1] >= 100]
        down = [item for item in mine[::-1] if item[0][1] <= 100]
        assert list(store.scan(ctx, within, start, reverse=True)) == down
    for key in pairs:
        assert store.has(ctx, key) is (key not in gone)
        assert store.get(ctx, key) == (None if key in gone else pairs[key])


@given(st.sets(st.integers(0, 255)), st.sets(st.integers(0, 255)))
def test_a_key_set_is_a_sorted_set(keys: set[int], gone: set[int]) -> None:
    ctx, store = context(), KeySet(Schema("s"), 2, "set", U8_KEY)
    for key in keys:
        store.add(ctx, key)
    for key in gone:
        store.remove(ctx, key)
    assert list(store.scan(ctx)) == sorted(keys - gone)
    assert all(store.has(ctx, key) is (key in keys - gone) for key in range(256))


@given(st.sets(st.tuples(st.text("ab", max_size=2), st.integers(0, 9))))
def test_an_index_finds_primary_keys(pairs: set[tuple[str, int]]) -> None:
    ctx, store = context(), Index(Schema("s"), 3, "index", TEXT_KEY, U64_KEY)
    for pair in pairs:
        store.add(ctx, pair)
    for text in ("", "a", "b", "ab"):
        found = sorted(number for by, number in pairs if by == text)
        assert list(store.find(ctx, text)) == found
        assert list(store.find(ctx, text, reverse=True)) == found[::-1]


def test_collections_of_one_store_do_not_see_each_other() -> None:
    ctx, schema = context(), Schema("s")
    first, second = Map(schema, 0xFE, "first", U64_KEY, U64), Map(schema, 0xFF, "second", U64_KEY, U64)
    first.set(ctx, 1, 10)
    second.set(ctx, 2, 20)
    assert list(first.scan(ctx)) == list(first.scan(ctx, reverse=True)) == [(1, 10)]
    assert list(second.scan(ctx)) == list(second.scan(ctx, reverse=True)) == [(2, 20)]


@pytest.mark.parametrize(("prefix", "name"), [(0, "other"), (1, "same"), (256, "other"), (-1, "other")])
def test_a_prefix_and_a_name_are_used_once(prefix: int, name: str) -> None:
    schema = Schema("s")
    Item(schema, 0, "same", U64)
    with pytest.raises(ValueError, match="store s:"):
        Item(schema, prefix, name, U64)


@given(st.binary(max_size=4))
def test_the_end_of_a_prefix_is_the_smallest_key_above(prefix: bytes) -> None:
    end = prefix_end(prefix)
    if end is None:
        assert set(prefix) <= {0xFF}
    else:
        assert prefix < end and not end.startswith(prefix)
        assert all(prefix + bytes([byte]) < end for byte, _ in zip(range(256), count(), strict=False))
