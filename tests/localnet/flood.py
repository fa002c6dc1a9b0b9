"""What hostile gateways flood a node with: signed transactions without a fee that no block should take, and good ones.

Run as a process of its own, `python -m tests.localnet.flood`, so that it takes no time of the one that measures.
"""

import argparse
import itertools
import json
import signal
import sys
import threading
import time
from collections.abc import Iterator
from hashlib import sha256

from chain.client.client import Client
from chain.client.devices import DeviceKey, receipt_sign_bytes
from chain.client.keyring import Signer
from chain.client.tx import Fee, SignerData, sign_tx
from chain.pb.lamppost.work.v1.query_pb2 import (
    QueryDeviceWorkRequest,
    QueryDeviceWorkResponse,
    QueryEpochRequest,
    QueryEpochResponse,
)
from chain.pb.lamppost.work.v1.tx_pb2 import MsgSubmitWork
from chain.pb.lamppost.work.v1.types_pb2 import Receipt
from tests.localnet.load import Connection, request_of

NETWORK = 1
DEVICES = 256
"""Registered devices; the first REPLAYED have handed in their receipt before the flood begins."""
REPLAYED = 32
QUOTA = 10_000
"""Of each gateway but for `greedy`, whose quota is 1."""
JUNK = ("bad", "small", "unknown", "greedy", "replay", "forged", "stranger")
"""Kinds of junk, each with a gateway of its own but for the last two.

Receipts that nobody signed, in long and in short transactions; of devices that nobody registered; more than the quota;
handed in before; transactions in the name of the gateway `good` that it did not sign; of an account that is no gateway.
"""
GATEWAYS = ("good", *JUNK[:5])
DIFFERENT = 20
"""Different transactions of each kind, sent in turn."""
CHUNK = 16
"""Receipts in a good transaction."""


def gateway(name: str) -> Signer:
    return Signer.from_private_key(sha256(b"gateway " + name.encode()).digest())


def device(number: int) -> DeviceKey:
    return DeviceKey.from_private("ed25519", sha256(b"flooding device %d" % number).digest())


def receipt(key: DeviceKey, chain_id: str, epoch: int) -> Receipt:
    made = Receipt(
        network=NETWORK,
        device=bytes(key.device_id),
        epoch=epoch,
        sequence=epoch + 1,
        units=1,
        uptime_bp=10_000,
        telemetry_root=bytes(32),
    )
    made.signature = key.sign(receipt_sign_bytes(chain_id, made))
    return made


class Flood:
    """Makes transactions for a chain whose accounts and epoch it asks for."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.chain_id = client.chain_id
        self.keys = [device(number) for number in range(DEVICES)]
        self.numbers = {name: self._account(gateway(name)) for name in (*GATEWAYS, "stranger")}

    def epoch(self) -> int:
        return self.client.query("/lamppost.work.v1.Query/Epoch", QueryEpochRequest(), QueryEpochResponse).epoch

    def _reported(self, key: DeviceKey) -> int:
        request = QueryDeviceWorkRequest(device_id=str(key.device_id))
        return self.client.query("/lamppost.work.v1.Query/DeviceWork", request, QueryDeviceWorkResponse).last_epoch

    def junk(self, kind: str, epoch: int) -> list[bytes]:
        """Return different transactions of a kind; none of them uses up its sequence."""
        receipts = self._junk_receipts(kind, epoch)
        return [self._tx("good" if kind == "forged" else kind, receipts, 0, str(turn)) for turn in range(DIFFERENT)]

    def _junk_receipts(self, kind: str, epoch: int) -> list[Receipt]:
        if kind in ("bad", "small"):
            made = [receipt(key, self.chain_id, epoch) for key in self.keys[REPLAYED:]]
            for one in made:
                one.signature = one.signature[:-1] + bytes([one.signature[-1] ^ 1])
            return made[:8] if kind == "small" else made
        if kind == "unknown":
            return [receipt(device(DEVICES + number), self.chain_id, epoch) for number in range(DEVICES)]
        if kind == "replay":
            # The epoch may have changed since they were handed in.
            return [receipt(key, self.chain_id, self._reported(key)) for key in self.keys[:REPLAYED]]
        return [receipt(key, self.chain_id, epoch) for key in self.keys]

    def good(self, epoch: int, sequence: Iterator[int]) -> list[bytes]:
        """Return transactions that hand in the receipts of all devices for an epoch."""
        chosen = self.keys[REPLAYED:]
        parts = [chosen[at : at + CHUNK] for at in range(0, len(chosen), CHUNK)]
        return [
            self._tx("good", [receipt(key, self.chain_id, epoch) for key in part], next(sequence)) for part in parts
        ]

    def _tx(self, name: str, receipts: list[Receipt], sequence: int, memo: str = "") -> bytes:
        signer = gateway(name)
        message = MsgSubmitWork(submitter=str(signer.address), receipts=receipts)
        number, _ = self.numbers[name]
        # A wrong number makes the signature nobody's.
        data = SignerData(self.chain_id, number + (10_000 if memo and name == "good" else 0), sequence)
        return sign_tx([message], signer, data, Fee(gas=100_000 + 30_000 * len(receipts)), memo)

    def _account(self, signer: Signer) -> tuple[int, int]:
        account = self.client.account(signer.address)
        return (account.account_number, account.sequence) if account else (0, 0)


class Sender:
    """Sends what it is given on a connection of its own, at most so many a second, and counts the answers by code."""

    def __init__(self, url: str, rate: float) -> None:
        self.url = url
        self.rate = rate
        self.counts: dict[str, int] = {}
        self.stopping = threading.Event()

    def junk(self, kind: str, txs: list[bytes]) -> None:
        connection = Connection(self.url)
        requests = [request_of([tx], wait=True) for tx in txs]
        due = time.monotonic()
        for request in itertools.cycle(requests):
            due = max(due + 1 / self.rate, time.monotonic() - 1) if self.rate else 0
            if self.stopping.wait(max(0.0, due - time.monotonic())):
                break
            self._count(kind, connection.exchange(request))
        connection.close()

    def good(self, flood: Flood) -> None:
        """Hand in what is good as fast as the node takes it; what it refuses for now is offered again."""
        connection = Connection(self.url)
        sequence = itertools.count(flood.numbers["good"][1])
        done = -1
        while not self.stopping.wait(0.1):
            epoch = flood.epoch()
            if epoch == done:
                continue
            done = epoch
            for tx in flood.good(epoch, sequence):
                request = request_of([tx], wait=True)
                while self._count("good", connection.exchange(request)) == "sdk/20" and not self.stopping.wait(0.05):
                    pass
        connection.close()

    def _count(self, kind: str, body: bytes) -> str:
        answer = json.loads(body)
        # CometBFT answers a batch of one as if it were none.
        answer = answer[0] if isinstance(answer, list) else answer
        told = answer.get("result", {})
        code = f"{told.get('codespace')}/{told.get('code')}" if told.get("code") else "taken" if told else "cache"
        self.counts[f"{kind} {code}"] = self.counts.get(f"{kind} {code}", 0) + 1
        return code


def main() -> None:
    """Flood until told to stop, then print what was answered as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("--rate", type=float, default=20.0)
    given = parser.parse_args()
    sender = Sender(given.url, given.rate)
    signal.signal(signal.SIGTERM, lambda *_: sender.stopping.set())
    with Client(given.url) as client:
        flood = Flood(client)
        epoch = flood.epoch()
        threads = [threading.Thread(target=sender.junk, args=(kind, flood.junk(kind, epoch))) for kind in JUNK]
        threads.append(threading.Thread(target=sender.good, args=(flood,)))
        print("ready", flush=True)
        sys.stdin.readline()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    print(json.dumps(sender.counts), flush=True)


if __name__ == "__main__":
    main()
