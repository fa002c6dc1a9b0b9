"""Readers in threads see whole versions while blocks commit and are pruned."""

import random
import threading
from collections.abc import Callable

from chain.store import StateStore
from chain.store.errors import HeightPrunedError
from tests.chain.store.history import Model, apply, commit, random_changes
from tests.chain.store.verifier import verify_ops


def test_readers_in_threads_prove_their_height_while_blocks_commit_and_prune(
    open_store: Callable[..., StateStore],
) -> None:
    store = open_store(keep_versions=3, page_limit=6, cache_entries=50)
    states: dict[int, Model] = {0: {"bank": {}, "ibc": {}}}
    hashes: dict[int, bytes] = {}
    source = random.Random(1)
    done = threading.Event()
    failures: list[BaseException] = []
    answers = [0] * 3

    def write(blocks: int) -> None:
        for _ in range(blocks):
            height = store.height + 1
            changes = random_changes(source, states[height - 1], most=60)
            states[height] = apply(states[height - 1], changes)
            hashes[height] = store.finalize(changes)
            store.commit(height, height)

    def read(number: int) -> None:
        choice = random.Random(number)
        try:
            while not done.is_set():
                try:
                    view = store.at(max(1, store.height - choice.randint(0, 2)))
                except HeightPrunedError:
                    continue
                with view:
                    _check(view, choice)
                    answers[number] += 1
        except BaseException as error:
            failures.append(error)

    def _check(view, choice: random.Random) -> None:  # type: ignore[no-untyped-def]
        assert view.app_hash == hashes[view.height]
        for name, items in states[view.height].items():
            if not items:
                continue
            for key in [*choice.sample(sorted(items), min(5, len(items))), b"none", choice.randbytes(2)]:
                value, ops = view.prove(name, key)
                assert value == items.get(key) == view.get(name, key)
                verify_ops(ops, view.app_hash, name, key, value)
            assert dict(view.iterate(name, b"", None)) == items

    write(3)
    threads = [threading.Thread(target=read, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    write(80)
    done.set()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    assert min(answers) > 0


def test_the_cache_of_values_never_keeps_what_a_commit_replaced(open_store: Callable[..., StateStore]) -> None:
    # Given threads that read and fill a tiny cache all the time
    store = open_store(cache_entries=8)
    keys = [b"%d" % n for n in range(12)]
    commit(store, {"bank": dict.fromkeys(keys, b"0")})
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            for key in keys:
                store.get("bank", key)

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    # When blocks replace all values, then the newest ones are what is read after each commit.
    stale = 0
    for n in range(1, 150):
        commit(store, {"bank": dict.fromkeys(keys, b"%d" % n)})
        stale += sum(store.get("bank", key) != b"%d" % n for key in keys)
    done.set()
    for thread in threads:
        thread.join()
    assert stale == 0
