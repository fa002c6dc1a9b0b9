"""What batches cost; `python -m tests.bench registry` prints the figures.

The build of a million keys runs as `lampd` does, in a process of its own, so that its memory is its own.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

from chain.client.keytree import KeyTree
from chain.crypto.keys import Algorithm, valid_public_key
from chain.primitives.ids import DeviceId
from tests.bench.bench_staking import quickest
from tests.modules.device_registry.manufacturers.makers import KEYS, build_makers
from tests.modules.device_registry.world import World

COUNT = 1_000_000
"""Device keys of the large batch."""
PROOFS = 2_000
"""Proofs of one measurement."""
READS = 2_000
"""Devices looked up in one measurement."""
_MIX = (Algorithm.ED25519, Algorithm.P256, Algorithm.SECP256K1)


def some_keys(count: int) -> Iterator[tuple[str, str]]:
    """Yield algorithms and valid public keys, whose private keys nobody knows."""
    for number in range(count):
        algorithm = _MIX[number % 3]
        seed = b"%d" % number
        while True:
            seed = sha256(seed).digest()
            key = seed if algorithm is Algorithm.ED25519 else b"\x02" + seed
            if valid_public_key(algorithm, key):
                break
        yield algorithm.name.lower(), key.hex()


def build_costs(folder: Path) -> tuple[float, float]:
    """Build the tree of a million keys; return seconds and megabytes."""
    lines = folder / "keys.jsonl"
    with lines.open("w") as out:
        for algorithm, key in some_keys(COUNT):
            out.write(json.dumps({"algorithm": algorithm, "public_key": key}) + "\n")
    command = [sys.executable, "-m", "chain.cli", "manufacturer", "batch", "build", str(lines)]
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"the build ended with {process.returncode}")
    return seconds, usage.ru_maxrss / 1_024


def proof_us(tree_file: Path) -> float:
    """Return the microseconds of a proof by index, checked, from an open tree."""
    with KeyTree.open(tree_file) as tree:
        began = time.perf_counter()
        for number in range(PROOFS):
            tree.proof(number * 7_919 % tree.count)
        return (time.perf_counter() - began) / PROOFS * 1e6


def judged_ratio() -> float:
    """Return the time to look up a device of a batch over that of one nobody vouches for: two reads more."""
    world: World = build_makers()
    with world.chain as chain:
        keeper = next(module.keeper for module in chain.wiring.modules if module.name == "device_registry")
        ctx = chain.ctx()
        # Both have an operator of their own, so that their records are of one length.
        plain = DeviceId.parse(world.active)

        def often(device: DeviceId) -> Callable[[], object]:
            def run() -> None:
                for _ in range(READS):
                    keeper.work_device(ctx, device, 0)

            return run

        vouched, alone = quickest(often(KEYS[1].device_id), often(plain))
    return vouched / alone


def rows() -> dict[str, dict[str, float | None]]:
    """Return the figures."""
    with tempfile.TemporaryDirectory(prefix="lamppost-bench-") as name:
        seconds, megabytes = build_costs(Path(name))
        proof = proof_us(Path(name) / "keys.tree")
    return {
        "batch_build_1m_s": {"value": seconds, "must": 60, "aim": 30},
        "batch_build_1m_mb": {"value": megabytes, "must": 300, "aim": 200},
        "batch_proof_us": {"value": proof, "must": 1_000, "aim": 200},
        "batch_device_over_plain": {"value": judged_ratio(), "must": 2.0, "aim": 1.5},
    }


if __name__ == "__main__":
    for title, row in rows().items():
        print(f"{title:28} {row['value']:10.3f}")
