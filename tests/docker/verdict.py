"""What must hold after every disturbance, whatever it was."""

import base64
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chain.app import build_app, open_store
from chain.client.rpc import RpcClient
from chain.pb.cosmos.base.abci.v1beta1.abci_pb2 import TxMsgData
from chain.pb.cosmos.tx.v1beta1.tx_pb2 import TxBody, TxRaw
from chain.pb.lamppost.work.v1.tx_pb2 import MsgSubmitWork, MsgSubmitWorkResponse
from chain.pb.tendermint.abci import types_pb2 as abci
from chain.testing_docker import Testnet
from chain.testing_docker.agreement import read_headers
from chain.testing_docker.recording import percentile
from tests.docker.fleet import Fleet
from tests.docker.load import Load
from tests.localnet.replay import replay

UNDER_WAY = 20
"""Transactions in blocks before anything is broken, and again afterwards."""


@contextmanager
def under_load(net: Testnet, folder: Path) -> Iterator[Load]:
    """Run the load while the test breaks things; then let the network recover, and judge it."""
    with net.node(0).client(timeout=30.0) as client:
        fleet = Fleet(client)
    with Load(net, fleet) as load:
        wait_for_more(net, load)
        yield load
        net.wait_blocks(3, net.nodes, seconds=240)
        wait_for_more(net, load)
    judge(net, load, folder)


def wait_for_more(net: Testnet, load: Load, count: int = UNDER_WAY) -> None:
    """Wait until so many more transactions of the load are in blocks."""
    wanted = load.included() + count
    net.wait_until(lambda: load.included() >= wanted, f"{count} more transactions in blocks", 180)


def judge(net: Testnet, load: Load, folder: Path) -> None:
    """Check everything that must hold. Raises: AssertionError, ForkError, WaitTimeout."""
    facts = net.recording.facts
    assert load.wrong == []
    assert [f"{tx.kind} {tx.tx_hash} of {tx.sender}, taken by {tx.accepted_by}" for tx in load.lost()] == []
    taken = [tx for tx in net.recording.txs if tx.accepted]
    facts["transactions that a node took"] = f"{len(taken)}, all in blocks"
    facts["handed in more than once"] = str(sum(1 for tx in net.recording.txs if tx.tries > 1))
    latencies = load.net.recording.latencies()
    facts["latency, half and 99 % of all"] = f"{percentile(latencies, 50):.2f} s, {percentile(latencies, 99):.2f} s"

    with net.node(0).client(timeout=30.0) as client:
        facts["ulamp claimed by the devices' owner"] = str(load.fleet.claim(client))

    newest = net.wait_agreement(net.nodes, seconds=240)
    facts["blocks at which all nodes agree"] = str(newest)
    facts["receipts that counted"] = f"{receipts_counted_once(net.node(0).rpc, newest)}, each device once an epoch"
    replayed(net, newest, folder)
    facts["blocks executed again by an undisturbed application"] = f"{newest - 1}, equal app hashes and results"

    codes = net.shut_down()
    assert codes == [0] * len(net.nodes), f"the nodes ended with {codes}"
    for node in net.nodes:
        assert "is sound" in net.verify(node)
    facts["states verified with lampd verify"] = str(len(net.nodes))


def receipts_counted_once(rpc: RpcClient, newest: int) -> int:
    """Read all blocks; return how many receipts counted. Raises: AssertionError when one counted twice."""
    counted: Counter[tuple[bytes, int]] = Counter()
    for height in (height for height, header in read_headers(rpc, 1, newest).items() if header.txs):
        txs = rpc.block(height)["block"]["data"]["txs"]
        for text, result in zip(txs, rpc.block_results(height)["txs_results"], strict=True):
            if not result.get("code"):
                counted.update(_receipts_of(text, result.get("data") or ""))
    twice = {pair: times for pair, times in counted.items() if times > 1}
    assert twice == {}, "receipts counted more than once"
    assert counted, "no receipt counted at all"
    return len(counted)


def _receipts_of(tx: str, data: str) -> Iterator[tuple[bytes, int]]:
    """Yield device and epoch of the receipts of a transaction that the chain let count."""
    body = TxBody.FromString(TxRaw.FromString(base64.b64decode(tx)).body_bytes)
    answers = TxMsgData.FromString(base64.b64decode(data)).msg_responses
    for packed, answer in zip(body.messages, answers, strict=True):
        if packed.type_url == "/lamppost.work.v1.MsgSubmitWork":
            receipts = MsgSubmitWork.FromString(packed.value).receipts
            results = MsgSubmitWorkResponse.FromString(answer.value).results
            for receipt, result in zip(receipts, results, strict=True):
                if not result.code:
                    yield receipt.device, receipt.epoch


def replayed(net: Testnet, newest: int, folder: Path) -> None:
    """Execute the chain anew in this process: app hashes, results and invariants must be those of the nodes.

    It runs at another time than the nodes did, so that a clock that was read would show.
    """
    genesis = net.node(0).home.read_genesis()
    rpc = net.node(0).rpc
    headers = {height: rpc.block(height)["block"]["header"] for height in range(2, newest + 1)}
    for height, app_hash, results, _ in replay(genesis, rpc, newest - 1, folder / "replay"):
        following = headers[height + 1]
        assert (following["app_hash"], following["last_results_hash"]) == (app_hash, results), f"at height {height}"
    with open_store(folder / "replay") as store:
        app = build_app(store)
        assert app.info(abci.RequestInfo()).last_block_height == newest - 1
        ctx = app.context()
        broken = [
            f"{module.name}/{invariant.name}: {wrong}"
            for module in app.modules
            for invariant in module.invariants
            if (wrong := invariant.check(ctx, module.keeper)) is not None
        ]
    assert broken == []
