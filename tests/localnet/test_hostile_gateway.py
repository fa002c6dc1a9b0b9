"""Hostile gateways under load: a flood of transactions without fees pushes out nobody who pays."""

import base64
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chain.client.client import Client
from chain.client.devices import register_message
from chain.client.keyring import Signer
from chain.client.rpc import RpcClient
from chain.node.home import Home
from chain.node.toml import Scalar, set_in_file
from chain.pb.cosmos.base.abci.v1beta1.abci_pb2 import TxMsgData
from chain.pb.cosmos.tx.v1beta1.tx_pb2 import AuthInfo, TxRaw
from chain.pb.lamppost.device_registry.v1 import tx_pb2 as registry
from chain.pb.lamppost.device_registry.v1.types_pb2 import NETWORK_KIND_DRN, RECEIPT_POLICY_DIRECT
from chain.pb.lamppost.work.v1.tx_pb2 import MsgRegisterGateway, MsgSubmitWork, MsgSubmitWorkResponse
from chain.pb.lamppost.work.v1.types_pb2 import ReceiptResult
from chain.primitives.coins import BASE_DENOM
from tests.localnet import flood
from tests.localnet.load import Load, lanes, sign_sends, signers
from tests.localnet.nodes import environment
from tests.localnet.testnets import Ours, make, rpc_url

SENDERS = 200
FOUNDER = SENDERS
"""Number of the load's account that founds the network and owns the devices."""
ROUNDS = 240
CONNECTIONS = 4
WINDOW = 400
"""Most paying transactions that wait for a block."""
SECONDS = 7.0
EPOCH_SECONDS = 5
GAS_PRICE = "0.001ulamp"
"""What the sends of the load offer."""
RATE = 20.0
"""Transactions of each kind of junk in a second."""
OFFERED = 3
"""Those who pay offer this part of what the node takes when nobody else sends."""
KEPT = 0.8
"""Share of that which must be taken as it comes while the node is flooded."""
MAX_LATENCY = 3.0
"""Longest time that 99 of 100 of these may take, in seconds."""
LEAST = 0.3
"""Share of the throughput that must be left when they offer all they can: the flood's process and what CometBFT does
with each request take processors that this machine has two of."""
SETTINGS: dict[str, Scalar] = {"mempool.cache_size": 100_000, "tx_index.indexer": "kv"}


@dataclass(frozen=True)
class Figures:
    """What those who pay saw; seconds."""

    per_second: float
    p50: float
    p99: float

    def __str__(self) -> str:
        return f"{self.per_second:.0f} paying tx/s, latency p50 {self.p50:.2f} s, p99 {self.p99:.2f} s"


def prepare(folder: Path) -> Home:
    """Make a node that wants to be paid, with short epochs and without audits."""
    home = make(folder, 1, SENDERS + 1, SETTINGS, timeout_commit="200ms")[0]
    genesis = home.read_genesis()
    params = genesis["app_state"]["work"]["params"]
    genesis["app_state"]["work"]["params"] = params | {"epoch_seconds": str(EPOCH_SECONDS), "audits_per_epoch": 0}
    home.write_genesis(genesis)
    set_in_file(home.app_toml, {"minimum-gas-prices": GAS_PRICE})
    return home


def found(client: Client, founder: Signer) -> None:
    """Create the network, its devices and its gateways, and hand in what will be replayed."""
    owner = str(founder.address)
    network = registry.MsgCreateNetwork(
        admin=owner,
        name="storage",
        kind=NETWORK_KIND_DRN,
        unit="GiB-day",
        receipt_policy=RECEIPT_POLICY_DIRECT,
        level_weights=[10_000] * 4,
        models=[registry.ModelSpec(name="disk", hardware_bp=10_000, max_units=24)],
    )
    devices = [
        register_message(flood.device(number), chain_id=client.chain_id, owner=owner, network=flood.NETWORK, model=1)
        for number in range(flood.DEVICES)
    ]
    gateways = [
        MsgRegisterGateway(
            admin=owner,
            network=flood.NETWORK,
            gateway=str(flood.gateway(name).address),
            quota=1 if name == "greedy" else flood.QUOTA,
        )
        for name in flood.GATEWAYS
    ]
    client.send_messages([network], founder, gas_price=GAS_PRICE)
    client.send_messages([*devices, *gateways], founder, gas_price=GAS_PRICE)
    client.send(founder, flood.gateway("stranger").address, f"1{BASE_DENOM}", gas_price=GAS_PRICE)


def hand_in(client: Client, founder: Signer) -> None:
    """Hand in the receipts that are replayed."""
    makers = flood.Flood(client)
    receipts = [flood.receipt(key, client.chain_id, makers.epoch()) for key in makers.keys[: flood.REPLAYED]]
    message = MsgSubmitWork(submitter=str(founder.address), receipts=receipts)
    client.send_messages([message], founder, gas_price=GAS_PRICE)


def measure(url: str, sends: list[list[bytes]], rate: float = 0.0) -> tuple[Figures, list[list[bytes]]]:
    """Put the node under paying load, as much as it takes or so much a second; also return what is left to send."""
    load = Load(lanes([url], sends, CONNECTIONS), WINDOW, SECONDS, rate)
    load.run()
    assert not load.errors, load.errors[0]
    latencies = load.latencies()
    # Blocks count free transactions, too, so a few of the last paying ones may not have been waited for.
    assert len(latencies) >= 0.97 * len(load.sent_at), f"{len(latencies)} of {len(load.sent_at)} were committed"
    full = sorted(height for height, count in load.counts.items() if count)
    taken = load.committed_at[full[-1]] - load.committed_at[full[0]]
    p50, p99 = latencies[len(latencies) // 2], latencies[len(latencies) * 99 // 100]
    left = [[tx for tx in txs if tx not in load.sent_at] for txs in sends]
    return Figures(len(latencies) / taken, p50, p99), left


class Flooding:
    """The flood's process; a context manager. `counts` holds the answers it got, by kind and code."""

    def __init__(self, url: str, rate: float) -> None:
        self.counts: dict[str, int] = {}
        command = [sys.executable, "-m", "tests.localnet.flood", url, "--rate", str(rate)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment()
        )
        self._expect("ready")

    def __enter__(self) -> "Flooding":
        self._stdin("go\n")
        return self

    def __exit__(self, *_: Any) -> None:
        self._process.terminate()
        self.counts = json.loads(self._process.communicate(timeout=20)[0])

    def _expect(self, line: str) -> None:
        stdout = self._process.stdout
        assert stdout is not None and stdout.readline().strip() == line

    def _stdin(self, text: str) -> None:
        stdin = self._process.stdin
        assert stdin is not None
        stdin.write(text)
        stdin.flush()


def counted(counts: dict[str, int], kind: str) -> dict[str, int]:
    """Return the answers to one kind by code."""
    return {key.split()[1]: count for key, count in sorted(counts.items()) if key.split()[0] == kind}


def free_results(url: str, heights: range) -> list[ReceiptResult]:
    """Return the verdicts on all receipts that blocks hold without a fee."""
    found: list[ReceiptResult] = []
    with RpcClient(url, timeout=60) as rpc:
        for height in heights:
            txs = [base64.b64decode(text) for text in rpc.block(height)["block"]["data"]["txs"] or ()]
            results = rpc.block_results(height)["txs_results"] or ()
            for raw, result in zip(txs, results, strict=True):
                if AuthInfo.FromString(TxRaw.FromString(raw).auth_info_bytes).fee.amount:
                    continue
                assert not result["code"], result["log"]
                answers = TxMsgData.FromString(base64.b64decode(result["data"])).msg_responses
                found += MsgSubmitWorkResponse.FromString(answers[0].value).results
    return found


def test_a_flood_without_fees_pushes_out_nobody_who_pays(tmp_path: Path) -> None:
    """Given a node that takes so many paying transactions, when seven kinds of junk and good receipts flood it without
    fees, then a third as many are taken as they come, more come through, no junk is in a block, good receipts are."""
    home = prepare(tmp_path)
    url = rpc_url(home)
    sends = sign_sends(home.read_genesis(), SENDERS, ROUNDS)
    founder = signers(SENDERS + 1)[FOUNDER]
    with Ours([home]) as node, Client(url, timeout=30) as client:
        node.start()
        found(client, founder)
        alone, sends = measure(url, sends)
        offered = alone.per_second / OFFERED
        hand_in(client, founder)
        first = client.rpc.height() + 1
        with Flooding(url, RATE) as flooding:
            steady, sends = measure(url, sends, offered)
            full, _ = measure(url, sends)
        verdicts = free_results(url, range(first, client.rpc.height() + 1))
    print(f"\nalone, all it takes: {alone}\nflooded, a third of it: {steady}\nflooded, all it takes: {full}")
    for kind in ("good", *flood.JUNK):
        print(f"{kind:9} {counted(flooding.counts, kind)}")
    print(f"receipts without a fee in blocks: {len(verdicts)}")

    assert steady.per_second >= KEPT * offered
    assert steady.p99 <= MAX_LATENCY
    assert full.per_second >= LEAST * alone.per_second
    assert not any(verdict.code for verdict in verdicts)
    assert len(verdicts) >= flood.DEVICES - flood.REPLAYED
    for kind in flood.JUNK:
        answers = counted(flooding.counts, kind)
        assert "taken" not in answers, f"{kind}: {answers}"
        assert sum(answers.values()) >= SECONDS * RATE, f"{kind} was no flood: {answers}"
