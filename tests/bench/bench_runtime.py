"""How fast transactions are checked and blocks executed; `python -m tests.bench.bench_runtime` prints the figures.

Ratios are to one signature verification by libsecp256k1 on one thread (of receipts: to as many of ed25519), so that
they hold on any machine.
"""

import gc
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path

from chain.app import build_app, open_store
from chain.client.devices import DeviceKey
from chain.crypto import Algorithm
from chain.crypto.keys import verify
from chain.pb.cosmos.bank.v1beta1.tx_pb2 import MsgSend
from chain.pb.cosmos.base.abci.v1beta1.abci_pb2 import TxMsgData
from chain.pb.cosmos.base.v1beta1.coin_pb2 import Coin as CoinPb
from chain.pb.lamppost.device_registry.v1 import tx_pb2 as pb
from chain.pb.lamppost.work.v1 import tx_pb2 as work_pb
from chain.pb.tendermint.abci import types_pb2 as abci
from chain.primitives.coins import BASE_DENOM, Coin
from chain.primitives.ids import Address, DeviceId
from chain.primitives.ints import NANOS
from chain.sdk.context import Context
from chain.sdk.gas import GasMeter
from chain.store.overlay import BlockState
from chain.testing import CHAIN_ID, TestChain
from modules.device_registry.devices.verbs import find_device, save_new_device
from modules.work.receipts import Receipt
from tests.bench.bench_store import verification_seconds
from tests.modules.device_registry.world import device_key, device_message, network_message

BUILD = Path(__file__).resolve().parents[2] / "build" / "bench"
"""Where the large state is kept between runs."""
SENDS = 1_000
"""Sends of a block."""
BLOCKS = 8
"""Blocks of which the quickest counts."""
EPOCH_SECONDS = 100
"""Length of an epoch."""
MONEY = "100000000000000ulamp"
"""What people have."""
CHUNK = 20_000
"""Accounts or devices that are written in one block."""
Row = dict[str, float]


def _timed(call: Callable[[], object]) -> float:
    # A node sets aside what is old, so that collections pass it by (chain/runtime/memory.py).
    gc.collect()
    gc.freeze()
    start = time.perf_counter()
    call()
    taken = time.perf_counter() - start
    gc.unfreeze()
    return taken


def address(number: int) -> Address:
    """Return the address of an account that never signs."""
    return Address(sha256(b"account %d" % number).digest()[:20])


def write_blocks(chain: TestChain, count: int, write: Callable[[Context, int], None]) -> None:
    """Write many things straight into the state, a chunk a block."""
    for first in range(0, count, CHUNK):
        state = BlockState(chain.store)
        ctx = Context(state, chain.ctx().block, GasMeter(), chain.ctx().authority)
        for number in range(first, min(first + CHUNK, count)):
            write(ctx, number)
        chain.store.finalize(state.changes())
        chain.time += NANOS
        chain.store.commit(chain.height + 1, chain.time)


def add_accounts(chain: TestChain, count: int) -> None:
    """Make accounts that hold coins."""
    auth, bank = chain.wiring.accounts, chain.wiring.fees

    def write(ctx: Context, number: int) -> None:
        auth.touch(ctx, address(number))  # type: ignore[attr-defined]
        bank.endow(ctx, address(number), (Coin(BASE_DENOM, 1_000_000),))  # type: ignore[attr-defined]

    write_blocks(chain, count, write)


def senders(count: int = SENDS) -> dict[str, str]:
    """Return accounts that sign."""
    return {f"sender{number}": "1000000000ulamp" for number in range(count)}


def sends(chain: TestChain, accounts: int, count: int = SENDS) -> list[bytes]:
    """Return sends of different senders to accounts drawn from all, with a fee."""
    draw = random.Random(chain.height)
    made = []
    for number in range(count):
        name = f"sender{number}"
        message = MsgSend(
            from_address=str(chain.address(name)),
            to_address=str(address(draw.randrange(accounts))),
            amount=[CoinPb(denom=BASE_DENOM, amount="10")],
        )
        made.append(chain.tx(message, signer=name, fee="500ulamp", gas=100_000))
    return made


def _all_succeeded(response: abci.ResponseFinalizeBlock) -> bool:
    return not any(result.code for result in response.tx_results)


def _all_accepted(response: abci.ResponseFinalizeBlock) -> bool:
    made = work_pb.MsgSubmitWorkResponse()
    TxMsgData.FromString(response.tx_results[0].data).msg_responses[0].Unpack(made)
    return bool(made.results) and not any(result.code for result in made.results)


def block_seconds(
    chain: TestChain,
    txs: list[bytes],
    checked: bool = False,
    require: Callable[[abci.ResponseFinalizeBlock], bool] = _all_succeeded,
) -> float:
    """Return the time of FinalizeBlock and Commit; of transactions never seen before unless `checked`."""
    if checked:
        for raw in txs:
            chain.check(raw)
    request = chain.block(*txs)

    def run() -> None:
        gc.disable()
        response = chain.app.finalize_block(request)
        chain.app.commit(abci.RequestCommit())
        gc.enable()
        if not require(response):
            raise RuntimeError("all of the block must succeed")

    taken = _timed(run)
    chain.time = request.time.ToNanoseconds()
    chain._sequences.clear()
    return taken


def check_seconds(chain: TestChain, txs: list[bytes]) -> float:
    """Return the time of CheckTx of transactions never seen before."""
    requests = [abci.RequestCheckTx(tx=raw) for raw in txs]

    def run() -> None:
        for request in requests:
            if chain.app.check_tx(request).code:
                raise RuntimeError("all sends must be admitted")

    taken = _timed(run)
    chain._sequences.clear()
    return taken


def send_rows(accounts: int = 100_000) -> dict[str, Row]:
    """Measure sends among many accounts."""
    with TestChain(accounts=senders(), invariants=False) as chain:
        chain.deliver()
        add_accounts(chain, accounts)
        chain.reopen()
        block_seconds(chain, sends(chain, accounts))
        one = verification_seconds() * SENDS
        check = min(check_seconds(chain, _fresh(chain, accounts)) for _ in range(BLOCKS))
        cold = min(block_seconds(chain, sends(chain, accounts)) for _ in range(BLOCKS))
        warm = min(block_seconds(chain, sends(chain, accounts), checked=True) for _ in range(BLOCKS))
    return {
        "send_over_verify": {"value": cold / one, "must": 9, "aim": 5},
        "send_checked_over_verify": {"value": warm / one},
        "check_over_verify": {"value": check / one, "must": 3, "aim": 2},
        "verify_us": {"value": one / SENDS * 1e6},
        "send_us": {"value": cold / SENDS * 1e6},
        "send_checked_us": {"value": warm / SENDS * 1e6},
        "check_us": {"value": check / SENDS * 1e6},
    }


def _fresh(chain: TestChain, accounts: int) -> list[bytes]:
    # An empty block resets the check state and gives the transactions another content.
    block_seconds(chain, [])
    return sends(chain, accounts)


@contextmanager
def fleet(count: int, number_of: Callable[[int], DeviceId], key_of: Callable[[int], bytes]) -> Iterator[TestChain]:
    """A chain with senders and many devices in one network."""
    people = {**dict.fromkeys(("alice", "founder", "gateway", "council"), MONEY), **senders(100)}
    params = {"params": {"epoch_seconds": str(EPOCH_SECONDS), "max_receipts": 256, "audits_per_epoch": 0}}
    with TestChain(people, {"work": params}, authority="council", invariants=False) as chain:
        chain.ok(network_message(chain), signer="founder")
        council = str(chain.address("council"))
        chain.ok(pb.MsgSetNetworkWeight(authority=council, network=1, weight_bp=6_000), signer="council")
        chain.ok(device_message(chain, "pattern"), signer="alice")
        pattern = find_device(chain.ctx(), DeviceId(device_key("pattern").device_id))

        def write(ctx: Context, number: int) -> None:
            save_new_device(ctx, number_of(number), replace(pattern, public_key=key_of(number), position=0))

        write_blocks(chain, count, write)
        chain.reopen()
        yield chain


def device_rows() -> dict[str, Row]:
    """Measure blocks of sends with few and with many devices, turn by turn."""
    key = device_key("pattern").public_key

    def number_of(number: int) -> DeviceId:
        return DeviceId(address(number))

    with fleet(1_000, number_of, lambda _: key) as few, fleet(100_000, number_of, lambda _: key) as many:
        times: dict[int, list[float]] = {1: [], 100: []}
        for _ in range(60):
            for size, chain in ((1, few), (100, many)):
                times[size].append(block_seconds(chain, sends(chain, 1_000, 100)))
    return {"block_100k_over_1k": {"value": min(times[100][5:]) / min(times[1][5:]), "must": 1.1, "aim": 1.0}}


def receipt_rows(count: int = 256) -> dict[str, Row]:
    """Measure a message of as many receipts as it may hold: never seen before, and without a fee after its check."""
    keys = [device_key(f"device{number}") for number in range(count)]

    def number_of(number: int) -> DeviceId:
        return DeviceId(keys[number].device_id)

    with fleet(count, number_of, lambda number: keys[number].public_key) as chain:
        gateway = str(chain.address("gateway"))
        admin = str(chain.address("founder"))
        register = work_pb.MsgRegisterGateway(admin=admin, network=1, gateway=gateway, quota=count)
        chain.ok(register, signer="founder")
        best: dict[bool, list[float]] = {False: [], True: []}
        for turn in range(2 * BLOCKS):
            checked = turn % 2 == 1
            chain.advance(EPOCH_SECONDS)
            epoch = next(m.keeper for m in chain.wiring.modules if m.name == "work").clock(chain.ctx()).epoch
            receipts = [_receipt(key, epoch) for key in keys]
            message = work_pb.MsgSubmitWork(submitter=gateway, receipts=[receipt.to_proto() for receipt in receipts])
            tx = chain.tx(message, signer="gateway", gas=12_000_000)
            items = [
                (Algorithm.ED25519, key.public_key, receipt.sign_bytes(CHAIN_ID), receipt.signature)
                for key, receipt in zip(keys, receipts, strict=True)
            ]
            one = min(_timed(partial(_verify_all, items)) for _ in range(5))
            best[checked].append(block_seconds(chain, [tx], checked, _all_accepted) / one)
    return {
        "receipts_over_verify": {"value": min(best[False]), "must": 3, "aim": 2},
        "receipts_checked_over_verify": {"value": min(best[True]), "must": 2.5, "aim": 1},
    }


def _receipt(key: DeviceKey, epoch: int) -> Receipt:
    body = Receipt(1, key.device_id, epoch, epoch + 1, 24, 10_000, bytes(32), b"", b"")
    return replace(body, signature=key.sign(body.sign_bytes(CHAIN_ID)))


def _verify_all(items: list[tuple[Algorithm, bytes, bytes, bytes]]) -> None:
    for item in items:
        if not verify(*item):
            raise RuntimeError("the signature must verify")


def memory_rows(accounts: int = 1_000_000) -> dict[str, Row]:
    """Measure the memory of a process that executes 100 blocks on a large state."""
    folder = BUILD / f"accounts-{accounts}"
    if not (folder / "done").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        with TestChain(accounts=senders(100), invariants=False, keep_versions=2) as chain:
            chain.deliver()
            add_accounts(chain, accounts)
            chain.store.close()
            shutil.copytree(chain.folder / "state", folder / "state")
            (folder / "done").touch()
            chain.reopen()
    command = [sys.executable, "-m", "tests.bench.bench_runtime", "--memory", str(folder), str(accounts)]
    shown = subprocess.run(command, capture_output=True, text=True, check=True)
    after, most = map(float, shown.stdout.split())
    return {"rss_1m_mb": {"value": after, "must": 700, "aim": 400}, "rss_1m_most_mb": {"value": most}}


def measure_memory(folder: Path, accounts: int) -> None:
    """Execute 100 blocks of 100 sends on a copy of a state; print the memory used then, and the most used, in MB."""
    chain = TestChain(accounts=senders(100), invariants=False, start=False)
    chain.store.close()
    shutil.rmtree(chain.folder / "state")
    shutil.copytree(folder / "state", chain.folder / "state")
    chain.store = open_store(chain.folder / "state")
    chain.app = build_app(chain.store, wiring=chain.wiring, collect_garbage=True)
    chain.time = chain.store.block_time()
    for _ in range(100):
        block_seconds(chain, sends(chain, accounts, 100), checked=True)
    # Not getrusage: what it says is inherited from the parent, which filled the state.
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    print(*(int(status[name].split()[0]) // 1024 for name in ("VmRSS", "VmHWM")))
    chain.close()


def rows() -> dict[str, Row]:
    """Return all figures."""
    return {**send_rows(), **device_rows(), **receipt_rows(), **memory_rows()}


if __name__ == "__main__":
    if sys.argv[1:2] == ["--memory"]:
        measure_memory(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        chosen = {"send": send_rows, "device": device_rows, "receipt": receipt_rows, "memory": memory_rows}
        for wanted in sys.argv[1:] or chosen:
            for name, row in chosen[wanted]().items():
                print(f"{name}: {row['value']:.3f}", {key: row[key] for key in row if key != "value"} or "")
