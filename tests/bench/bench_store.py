"""How fast the store commits and opens; `python -m tests.bench.bench_store` prints the figures.

Each is a ratio to one signature verification by libsecp256k1 on one thread, so that it holds on any machine.
"""

import gc
import random
import shutil
import sys
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from chain.store import StateStore

BUILD = Path(__file__).resolve().parents[2] / "build" / "bench"
"""Where the large state is kept between runs."""
STORE = "bench"
CHANGED = 5_000
"""Keys updated in a block."""
Rows = dict[str, dict[str, float]]


def verification_seconds(rounds: int = 5, count: int = 1_000) -> float:
    """Return the time of one ECDSA verification: parse key and signature, verify."""
    from coincurve import PrivateKey
    from coincurve._libsecp256k1 import ffi, lib

    key = PrivateKey(b"\x01" * 32)
    context, message = key.context.ctx, sha256(b"message").digest()
    public, der = key.public_key.format(), key.sign(message, hasher=None)
    signature, parsed = ffi.new("secp256k1_ecdsa_signature *"), ffi.new("secp256k1_pubkey *")
    lib.secp256k1_ecdsa_signature_parse_der(context, signature, der, len(der))
    buffer = ffi.new("unsigned char[64]")
    lib.secp256k1_ecdsa_signature_serialize_compact(context, buffer, signature)
    compact = bytes(ffi.buffer(buffer))

    def verify_all() -> None:
        for _ in range(count):
            lib.secp256k1_ec_pubkey_parse(context, parsed, public, len(public))
            lib.secp256k1_ecdsa_signature_parse_compact(context, signature, compact)
            if not lib.secp256k1_ecdsa_verify(context, signature, message, parsed):
                raise RuntimeError("the signature must verify")

    return min(_timed(verify_all) for _ in range(rounds)) / count


def _timed(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def _key(number: int) -> bytes:
    """Return a key like an account's: a prefix byte and 20 bytes of a hash."""
    return b"\x02" + sha256(b"%d" % number).digest()[:20]


def _fill(path: Path, count: int) -> None:
    """Make a store of `count` keys with 64-byte values, in blocks small enough for the memory."""
    shutil.rmtree(path, ignore_errors=True)
    values = random.Random(1)
    with StateStore.open(path, stores=(STORE,)) as store:
        for start in range(0, count, 100_000):
            block: dict[bytes, bytes | None] = {
                _key(n): values.randbytes(64) for n in range(start, min(count, start + 100_000))
            }
            store.finalize({STORE: block})
            store.commit(store.height + 1, 0)


def _commit_over_verify(store: StateStore, count: int, blocks: int, warm: int) -> float:
    """Return the time per changed key of finalize and commit, over one verification, the median of some blocks.

    Verifications are timed around each block, so that whatever else the machine does slows both.
    """
    values, ratios = random.Random(store.height), []
    before = verification_seconds(rounds=1)
    for at in range(warm + blocks):
        writes: dict[bytes, bytes | None] = {
            _key(n): values.randbytes(64) for n in values.sample(range(count), CHANGED)
        }
        gc.collect()
        gc.disable()
        start = time.perf_counter()
        store.finalize({STORE: writes})
        store.commit(store.height + 1, at)
        seconds = time.perf_counter() - start
        gc.enable()
        after = verification_seconds(rounds=1)
        if at >= warm:
            ratios.append(seconds / CHANGED / ((before + after) / 2))
        before = after
    return sorted(ratios)[len(ratios) // 2]


def bench_tree_100k() -> Rows:
    """Measure updates in a store of 100k keys that all fit the cache; versions are pruned in every block."""
    path = BUILD / "state-100k"
    _fill(path, 100_000)
    with StateStore.open(path, keep_versions=5) as store:
        ratio = _commit_over_verify(store, 100_000, blocks=9, warm=8)
    shutil.rmtree(path, ignore_errors=True)
    return {"tree_100k_over_verify": {"value": round(ratio, 2), "must": 2.2, "aim": 1.2}}


def bench_tree_1m() -> Rows:
    """Measure updates in a store of 1M keys with a cache for a twentieth of them, and opening that store."""
    path = BUILD / "state-1m"
    ready = path.with_suffix(".ready")
    if not ready.exists():
        _fill(path, 1_000_000)
        ready.touch()
    with StateStore.open(path, keep_versions=5, cache_entries=50_000) as store:
        ratio = _commit_over_verify(store, 1_000_000, blocks=9, warm=8)
    # The first opening after commits is the slow one: it reads LevelDB's log.
    start = time.perf_counter()
    with StateStore.open(path) as store:
        store.get(STORE, _key(7))
        opened = time.perf_counter() - start
    return {
        "tree_1m_over_verify": {"value": round(ratio, 2), "must": 4.5, "aim": 2.5},
        "reopen_1m_s": {"value": round(opened, 3), "must": 2.0, "aim": 0.5},
    }


def run() -> Rows:
    """Return all figures of the store."""
    return bench_tree_100k() | bench_tree_1m()


if __name__ == "__main__":
    for name, row in run().items():
        sys.stdout.write(f"{name}: {row['value']} (must {row['must']}, aim {row['aim']})\n")
