"""A process that commits known blocks until it is killed; `python -m tests.chain.store.worker FOLDER`.

It prints a line when the store is open, and height and app hash after each commit.
"""

import argparse
import functools
import random
import resource
import signal
import tempfile

from chain.store import StateStore
from tests.chain.store.history import Changes

BLOCKS = 120
"""Blocks to commit."""


def block(height: int) -> Changes:
    """Return a height's writes; they depend on nothing else."""
    source = random.Random(height)
    changes: Changes = {}
    for name in ("bank", "ibc"):
        keys = [b"%d" % source.randint(0, 3_000) for _ in range(60)]
        changes[name] = {key: source.choice((None, source.randbytes(40))) for key in keys}
    return changes


@functools.cache
def expected_hashes() -> list[bytes]:
    """Return the app hashes of an undisturbed run."""
    with tempfile.TemporaryDirectory() as folder, StateStore.open(folder, ("bank", "ibc")) as store:
        return [_commit(store, height) for height in range(1, BLOCKS + 1)]


def _commit(store: StateStore, height: int) -> bytes:
    store.finalize(block(height))
    store.commit(height, 1_000 * height)
    return store.app_hash


def main() -> None:
    """Commit from where the folder's state is."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--most-bytes", type=int)
    options = parser.parse_args()
    with StateStore.open(options.folder, ("bank", "ibc"), keep_versions=5) as store:
        if options.most_bytes:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (options.most_bytes, options.most_bytes))
        print("open", flush=True)
        for height in range(store.height + 1, BLOCKS + 1):
            print(height, _commit(store, height).hex(), flush=True)


if __name__ == "__main__":
    main()
