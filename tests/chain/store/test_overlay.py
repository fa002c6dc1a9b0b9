"""A block's writes over a base behave like a copied dict, and undo exactly."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chain.store import BlockState, StateStore
from chain.store.errors import InvalidWriteError, UnknownStoreError
from chain.store.hashing import MAX_KEY, MAX_VALUE
from tests.chain.store.history import commit

NAMES = ("bank", "ibc")
KEY = st.text("abc", min_size=1, max_size=3).map(str.encode)
WRITE = st.tuples(st.just("write"), st.sampled_from(NAMES), KEY, st.none() | st.binary(min_size=1, max_size=2))
STEP = st.one_of(WRITE, WRITE, WRITE, st.tuples(st.sampled_from(("mark", "revert"))))


class Base:
    """A dict as base."""

    def __init__(self, stores: dict[str, dict[bytes, bytes]]) -> None:
        self.stores = stores

    def get(self, name: str, key: bytes) -> bytes | None:
        return self.stores[name].get(key)

    def iterate(self, name: str, start: bytes, end: bytes | None, reverse: bool = False):  # type: ignore[no-untyped-def]
        pairs = sorted(self.stores[name].items(), reverse=reverse)
        return (pair for pair in pairs if start <= pair[0] and (end is None or pair[0] < end))


BASE = {"bank": {b"a": b"1", b"ab": b"2", b"c": b"3"}, "ibc": {b"b": b"4"}}


@settings(max_examples=120)
@given(st.lists(STEP, max_size=30), KEY, st.none() | KEY)
def test_an_overlay_is_a_dict_with_undo(steps: list[tuple[str, ...]], start: bytes, end: bytes | None) -> None:
    state = BlockState(Base(BASE))
    model = {name: dict(items) for name, items in BASE.items()}
    marks: list[tuple[int, dict[str, dict[bytes, bytes]]]] = []
    for kind, *rest in steps:
        if kind == "mark":
            marks.append((state.mark(), {name: dict(items) for name, items in model.items()}))
        elif kind == "revert":
            if marks:
                mark, model = marks.pop()
                state.revert(mark)
        else:
            name, key, value = rest
            if value is None:
                state.delete(name, key)
                model[name].pop(key, None)
            else:
                state.set(name, key, value)
                model[name][key] = value
        for name in NAMES:
            for reverse in (False, True):
                expected = Base(model).iterate(name, start, end, reverse)
                assert list(state.iterate(name, start, end, reverse)) == list(expected)
    for name in NAMES:
        assert dict(state.iterate(name, b"", None)) == model[name]
        assert all(state.get(name, key) == model[name].get(key) for key in (b"a", b"ab", b"b", b"c", b"zz"))
        merged = dict(BASE[name])
        for key, value in state.changes().get(name, {}).items():
            merged.pop(key, None)
            if value is not None:
                merged[key] = value
        assert merged == model[name]


def test_overlays_stack_and_the_upper_one_leaves_the_lower_alone() -> None:
    block = BlockState(Base(BASE))
    block.set("bank", b"a", b"block")
    upper = BlockState(block)
    upper.set("bank", b"a", b"upper")
    upper.delete("bank", b"c")
    assert (upper.get("bank", b"a"), block.get("bank", b"a")) == (b"upper", b"block")
    assert list(upper.iterate("bank", b"", None)) == [(b"a", b"upper"), (b"ab", b"2")]
    assert block.changes() == {"bank": {b"a": b"block"}}


def test_an_iteration_sees_the_writes_that_were_there_when_it_began() -> None:
    state = BlockState(Base(BASE))
    state.set("bank", b"b", b"new")
    seen = []
    for key, value in state.iterate("bank", b"", None):
        seen.append((key, value))
        state.delete("bank", b"b")
        state.set("bank", b"d", b"late")
    assert seen == [(b"a", b"1"), (b"ab", b"2"), (b"b", b"new"), (b"c", b"3")]


def test_clear_forgets_everything() -> None:
    state = BlockState(Base(BASE))
    state.set("bank", b"z", b"1")
    state.clear()
    assert (state.changes(), state.mark(), state.get("bank", b"z")) == ({}, 0, None)
    assert list(state.iterate("bank", b"c", None)) == [(b"c", b"3")]


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        (b"", b"1", "a key has 1 to 1024 bytes, this one has 0"),
        (b"k" * (MAX_KEY + 1), b"1", "a key has 1 to 1024 bytes, this one has 1025"),
        (b"k", b"", "a value has 1 to 1048576 bytes, this one has 0"),
        (b"k", b"v" * (MAX_VALUE + 1), "a value has 1 to 1048576 bytes, this one has 1048577"),
    ],
)
def test_what_no_proof_could_show_is_refused_and_leaves_no_write(
    open_store: Callable[..., StateStore], key: bytes, value: bytes, says: str
) -> None:
    state = BlockState(Base(BASE))
    with pytest.raises(InvalidWriteError, match=says):
        state.set("bank", key, value)
    assert (state.changes(), state.mark()) == ({}, 0)
    store = open_store()
    with pytest.raises(InvalidWriteError, match=says):
        store.finalize({"bank": {key: value}})


def test_the_longest_key_and_value_are_taken(open_store: Callable[..., StateStore]) -> None:
    store = open_store()
    state = BlockState(store)
    state.set("bank", b"k" * MAX_KEY, b"v" * MAX_VALUE)
    commit(store, state.changes())
    assert store.get("bank", b"k" * MAX_KEY) == b"v" * MAX_VALUE
    assert store.verify() == []


def test_an_unknown_store_is_named(open_store: Callable[..., StateStore]) -> None:
    store = open_store()
    calls = (
        lambda: store.get("nope", b"k"),
        lambda: BlockState(store).get("nope", b"k"),
        lambda: store.iterate("nope", b"", None),
        lambda: store.finalize({"nope": {b"k": b"v"}}),
    )
    for call in calls:
        with pytest.raises(UnknownStoreError, match="'nope'"):
            call()
