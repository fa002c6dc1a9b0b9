"""What density, settlement and the close of an epoch cost; `python -m tests.bench.bench_emission` prints the figures.

Two chains of 200 networks with caps, one with a thousand and one with a million devices, run the same blocks turn by
turn. Their states are written straight into the store, once, and kept under build/bench; each device has worked in
nine epochs, so that its account is full, and so are the cells around it. The large one takes some minutes to make
and about 3 GB.
"""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache, partial
from hashlib import sha256
from pathlib import Path

import h3

from chain.app import build_app, open_store
from chain.client.devices import DeviceKey
from chain.codec.devices import receipt_bytes
from chain.codec.values import encode
from chain.crypto import Algorithm
from chain.pb.lamppost.device_registry.v1 import tx_pb2 as registry_pb
from chain.pb.lamppost.reward_emission.v1 import tx_pb2 as emission_pb
from chain.pb.lamppost.work.v1 import tx_pb2 as work_pb
from chain.pb.lamppost.work.v1 import types_pb2 as work_types
from chain.primitives.coins import BASE_DENOM, Coin
from chain.primitives.ids import DeviceId
from chain.primitives.ints import Epoch
from chain.sdk.context import Context
from chain.testing import CHAIN_ID, TestChain
from modules.device_registry.devices.verbs import find_device, save_new_device
from modules.reward_emission.accounts import Account, Slot, SlotState, pack
from modules.reward_emission.books import cells_of
from modules.reward_emission.schedule import climb
from modules.reward_emission.state import ACCOUNTS, BOOKS, CELLS, RESERVE, RING, Book
from modules.work.state import CLOCK, DEVICES, DeviceWork
from tests.bench.bench_runtime import (
    BUILD,
    EPOCH_SECONDS,
    MONEY,
    Row,
    _all_accepted,
    _all_succeeded,
    _timed,
    _verify_all,
    address,
    block_seconds,
    senders,
    sends,
    write_blocks,
)
from tests.modules.device_registry.world import device_key, device_message, network_message

FEW, MANY = 1_000, 1_000_000
"""Devices of the small and of the large state."""
NETWORKS = 200
WORKERS = 500
"""Devices with keys of their own, spread over all networks; the rest never work again."""
RECEIPTS = 256
TURNS = 12
"""Epochs of a measurement; the quickest counts."""
NOW = 10
"""Running epoch of the written state."""
UNITS = 12
"""What each device counted in each epoch."""
CAPS = (30, 200, 1_000)
PEOPLE = {**dict.fromkeys(("alice", "founder", "council", "gateway"), MONEY), **senders(100)}
PLACES = [h3.str_to_int(cell) for cell in sorted(h3.grid_disk(h3.latlng_to_cell(47.4, 8.5, 8), 28))]
"""2,437 cells of resolution 8 that every network uses."""


@lru_cache
def worker(number: int) -> DeviceKey:
    """Return the key of a device that works."""
    return device_key(f"worker{number}")


def place_of(number: int) -> int:
    """Return a device's cell."""
    return PLACES[number // NETWORKS % len(PLACES)]


def network_of(number: int) -> int:
    """Return a device's network, whose only model has the same number."""
    return number % NETWORKS + 1


def counts_of(devices: int) -> tuple[dict[int, int], int]:
    """Return the counts of a network's cells after an epoch in which all of its devices worked, and its total."""
    counts: dict[int, int] = {}
    total = 0
    for number in range(0, devices, NETWORKS):
        cells = cells_of(place_of(number), CAPS)
        grown, rest = climb(UNITS, [counts.get(cell, 0) for cell in cells], CAPS)
        counts |= dict(zip(cells, grown, strict=False))
        total += rest
    return counts, total


def write_state(chain: TestChain, devices: int) -> None:
    """Fill a chain that has its networks and one device to copy."""
    pattern = find_device(chain.ctx(), DeviceId(device_key("pattern").device_id))
    alice = chain.address("alice")

    def write_device(ctx: Context, number: int) -> None:
        works = number < WORKERS
        key = worker(number) if works else None
        device = DeviceId(key.device_id) if key else DeviceId(address(number))
        record = replace(
            pattern,
            public_key=key.public_key if key else pattern.public_key,
            owner=alice if works else address(number),
            network=network_of(number),
            model=network_of(number),
            cell=place_of(number),
            position=0,
        )
        save_new_device(ctx, device, record)
        DEVICES.set(ctx, device, DeviceWork(NOW, Epoch(NOW), bytes(32)))
        ACCOUNTS.set(ctx, device, account_of(number))

    write_blocks(chain, devices, write_device)
    counts, total = counts_of(devices)
    ring = tuple((epoch, 0) for epoch in range(NOW - RING, NOW))

    def write_network(ctx: Context, number: int) -> None:
        for cell, count in counts.items():
            CELLS.set(ctx, (number + 1, cell), tuple((epoch, count) for epoch, _ in ring))
        for epoch, _ in ring:
            BOOKS.set(ctx, (epoch, number + 1), Book(10**9, total, 0, 0, CAPS))
        if number == 0:
            reserve = RESERVE.require(ctx)
            RESERVE.set(ctx, replace(reserve, epochs_closed=NOW))
            CLOCK.set(ctx, replace(CLOCK.require(ctx), epoch=Epoch(NOW), start=ctx.time))
            bank = next(module.keeper for module in chain.wiring.modules if module.name == "bank")
            bank.mint(ctx, "reward_emission", (Coin(BASE_DENOM, NETWORKS * RING * 10**9),))

    write_blocks(chain, NETWORKS, write_network)


def account_of(number: int) -> Account:
    """Return a full account with two open receipts."""
    slots = [
        Slot(
            epoch,
            network_of(number),
            UNITS,
            place_of(number),
            *(24, 24, 10_000, 10_000, 5_000, 0),
            *((SlotState.SETTLED, 1_000, 3_000) if epoch < NOW - 2 else (SlotState.OPEN, 0, 0)),
        )
        for epoch in range(NOW - RING, NOW)
    ]
    return Account(1_000, 5_000, 900, 30, NOW - 2, 2, pack(slots))


def begin(chain: TestChain) -> None:
    """Create the networks, their weights, and the device whose record the others copy."""
    council, founder = str(chain.address("council")), str(chain.address("founder"))
    for first in range(0, NETWORKS, 50):
        made = [network_message(chain, f"network-{number}") for number in range(first, first + 50)]
        chain.ok(*made, signer="founder", gas=50_000_000)
    weights = [
        registry_pb.MsgSetNetworkWeight(authority=council, network=number + 1, weight_bp=50)
        for number in range(NETWORKS)
    ]
    chain.ok(*weights, signer="council", gas=50_000_000)
    chain.ok(
        work_pb.MsgRegisterGateway(admin=founder, network=1, gateway=str(chain.address("gateway")), quota=1),
        signer="founder",
    )
    chain.ok(device_message(chain, "pattern"), signer="alice")


def settings() -> dict[str, dict[str, object]]:
    """Return the genesis of both chains: no audits, because no device of the written state could answer one."""
    params = {"epoch_seconds": str(EPOCH_SECONDS), "max_receipts": RECEIPTS, "audits_per_epoch": 0}
    return {"work": {"params": params}}


def layout() -> str:
    """Return a name for how the written records look: a state of other records is made anew."""
    parts = [encode(ACCOUNTS.value, account_of(0)), encode(CELLS.value, ((NOW, UNITS),))]
    parts.append(encode(DEVICES.value, DeviceWork(NOW, Epoch(NOW), bytes(32))))
    parts.append(encode(BOOKS.value, Book(10**9, UNITS, 0, 0, CAPS)))
    registry = BUILD.parents[1] / "modules" / "device_registry"
    parts += [(registry / f"{name}.py").read_bytes() for name in ("state", "types")]
    return sha256(b"".join(parts)).hexdigest()[:8]


@contextmanager
def fleet(devices: int) -> Iterator[TestChain]:
    """A chain over a copy of the written state, which is made when it is not there yet."""
    folder = BUILD / f"devices-{devices}-{layout()}"
    if not (folder / "done").exists():
        for old in BUILD.glob(f"devices-{devices}-*"):
            shutil.rmtree(old)
        folder.parent.mkdir(parents=True, exist_ok=True)
        with TestChain(PEOPLE, settings(), authority="council", invariants=False, keep_versions=2) as chain:
            begin(chain)
            write_state(chain, devices)
            chain.store.close()
            shutil.copytree(chain.folder / "state", folder / "state")
            (folder / "done").touch()
            chain.reopen()
    chain = TestChain(PEOPLE, settings(), authority="council", invariants=False, keep_versions=2, start=False)
    chain.store.close()
    shutil.rmtree(chain.folder / "state")
    shutil.copytree(folder / "state", chain.folder / "state", copy_function=link)
    chain.store = open_store(chain.folder / "state", keep_versions=2)
    chain.app = build_app(chain.store, wiring=chain.wiring, collect_garbage=True)
    chain.time = chain.store.block_time()
    with chain:
        yield chain


def link(source: str, target: str) -> None:
    """Copy a file, or link to one that LevelDB never changes."""
    if Path(source).suffix in (".ldb", ".sst"):
        os.link(source, target)
    else:
        shutil.copy2(source, target)


def close_epoch(chain: TestChain) -> float:
    """Return the milliseconds of the block that closes an epoch."""
    chain.time = chain.time + EPOCH_SECONDS * 10**9
    return block_seconds(chain, []) * 1_000


def running(chain: TestChain) -> int:
    """Return the running epoch."""
    return CLOCK.require(chain.ctx()).epoch


def receipts(chain: TestChain, workers: range) -> tuple[bytes, list[tuple[Algorithm, bytes, bytes, bytes]]]:
    """Return a transaction of receipts, and what of them must be verified."""
    epoch = running(chain)
    message = work_pb.MsgSubmitWork(submitter=str(chain.address("gateway")))
    items = []
    for number in workers:
        key = worker(number)
        body = work_types.ReceiptBody(
            chain_id=CHAIN_ID,
            network=network_of(number),
            device=bytes(key.device_id),
            epoch=epoch,
            sequence=epoch + 1,
            units=24,
            uptime_bp=10_000,
            telemetry_root=bytes(32),
        )
        signed = receipt_bytes(body)
        receipt = work_types.Receipt(signature=key.sign(signed))
        for name in ("network", "device", "epoch", "sequence", "units", "uptime_bp", "telemetry_root"):
            setattr(receipt, name, getattr(body, name))
        message.receipts.append(receipt)
        items.append((Algorithm.ED25519, key.public_key, signed, receipt.signature))
    return chain.tx(message, signer="gateway", gas=30_000_000), items


def settlement(chain: TestChain, workers: int) -> list[bytes]:
    """Return transactions that settle devices and claim for them."""
    alice = str(chain.address("alice"))
    ids = [str(worker(number).device_id) for number in range(workers)]
    settle = emission_pb.MsgSettle(sender=str(chain.address("gateway")), device_ids=ids)
    claim = emission_pb.MsgClaim(owner=alice, device_ids=ids)
    return [
        chain.tx(settle, signer="gateway", gas=100_000_000),
        chain.tx(claim, signer="alice", gas=100_000_000),
    ]


def measure(few: TestChain, many: TestChain) -> dict[str, Row]:
    """Run the same epochs on both chains.

    The mixed block is the worst one for the state tree: 244 receipts, each of a network and cells of its own.
    """
    closes: dict[str, list[float]] = {"few": [], "many": []}
    settles: dict[str, list[float]] = {"few": [], "many": []}
    works: list[float] = []
    blocks: dict[str, list[float]] = {"few": [], "many": []}
    plain: dict[str, list[float]] = {"few": [], "many": []}
    for _ in range(TURNS):
        for name, chain in (("few", few), ("many", many)):
            closes[name].append(close_epoch(chain))
            settles[name].append(block_seconds(chain, settlement(chain, WORKERS), True, _all_succeeded) * 1_000)
            tx, items = receipts(chain, range(RECEIPTS))
            one = min(_timed(partial(_verify_all, items)) for _ in range(3))
            works.append(block_seconds(chain, [tx], False, _all_accepted) / one)
            rest, _ = receipts(chain, range(RECEIPTS, WORKERS))
            txs = [rest, *sends(chain, FEW, 100)]
            blocks[name].append(block_seconds(chain, txs, False, _all_succeeded))
            plain[name].append(block_seconds(chain, sends(chain, FEW, 100), False, _all_succeeded))
    return {
        "epoch_close_1m_ms": {"value": min(closes["many"]), "must": 50},
        "epoch_close_1m_over_1k": {"value": min(closes["many"]) / min(closes["few"])},
        "settle_and_claim_500_ms": {"value": min(settles["many"]), "must": 60},
        "dense_receipts_over_verify": {"value": min(works), "must": 3},
        "sends_1m_over_1k": {"value": min(plain["many"]) / min(plain["few"]), "must": 1.1},
        "block_1m_over_1k": {"value": min(blocks["many"]) / min(blocks["few"]), "must": 1.1},
    }


def rows(devices: int = MANY) -> dict[str, Row]:
    """Return the figures."""
    with fleet(FEW) as few, fleet(devices) as many:
        return measure(few, many)


if __name__ == "__main__":
    for name, row in rows(int(sys.argv[1]) if sys.argv[1:] else MANY).items():
        print(f"{name:<42}{row['value']:>10.3f}{row.get('must') or '':>8}")
