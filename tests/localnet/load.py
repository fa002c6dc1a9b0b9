"""Load for tests and benches: bank sends signed ahead of time, handed to a node in batches over a few connections.

The client is to cost little, because it shares the processors with what it measures: requests are complete before
the clock starts, connections are plain sockets, and answers are read but not parsed unless they hold an error.
"""

import base64
import socket
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from hashlib import sha256
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from chain.client.keyring import Signer
from chain.client.rpc import RpcClient
from chain.client.tx import Fee, SignerData, sign_tx
from chain.pb.cosmos.bank.v1beta1.tx_pb2 import MsgSend
from chain.primitives.coins import BASE_DENOM, Coin, Coins
from chain.primitives.ids import Address

BATCH = 10
"""Transactions in one request: what CometBFT takes by default."""
COINS: Coins = (Coin(BASE_DENOM, 1_000_000_000),)
"""What each account begins with."""
FEE = Fee(gas=100_000, amount=(Coin(BASE_DENOM, 100),))
"""Offered by each send, which uses about two thirds of the gas."""
POLL_SECONDS = 0.05
"""How often the committed height is asked for."""


def private_keys(count: int) -> list[bytes]:
    """Return the keys of the load's accounts, the same in each run."""
    return [sha256(b"load %d" % index).digest() for index in range(count)]


def signers(count: int) -> list[Signer]:
    return [Signer.from_private_key(key) for key in private_keys(count)]


def genesis_accounts(count: int) -> list[tuple[Address, Coins]]:
    """Return the accounts to put into genesis."""
    return [(signer.address, COINS) for signer in signers(count)]


def account_numbers(genesis: Mapping[str, Any]) -> dict[str, int]:
    """Return the numbers of accounts by address."""
    return {
        entry["address"]: int(entry["account_number"])
        for entry in genesis["app_state"]["auth"]["accounts"]
        if "address" in entry
    }


def send(signer: Signer, recipient: Address, data: SignerData) -> bytes:
    """Return a signed send of one ulamp."""
    message = MsgSend(from_address=str(signer.address), to_address=str(recipient))
    message.amount.add(denom=BASE_DENOM, amount="1")
    return sign_tx([message], signer, data, FEE)


def sign_sends(genesis: Mapping[str, Any], count: int, rounds: int) -> list[list[bytes]]:
    """Return the sends of each account, `rounds` of them each, to be sent in this order; done on all processors."""
    numbers, chain_id = account_numbers(genesis), str(genesis["chain_id"])
    keys = private_keys(count)
    addresses = [signer.address for signer in signers(count)]
    jobs = [
        (keys[index], numbers[str(addresses[index])], addresses[(index * 7 + 1) % count], chain_id, rounds)
        for index in range(count)
    ]
    with ProcessPoolExecutor(2) as pool:
        return list(pool.map(_sign_account, jobs, chunksize=max(1, count // 16)))


def _sign_account(job: tuple[bytes, int, Address, str, int]) -> list[bytes]:
    key, number, recipient, chain_id, rounds = job
    signer = Signer.from_private_key(key)
    return [send(signer, recipient, SignerData(chain_id, number, sequence)) for sequence in range(rounds)]


def kvstore_txs(count: int, size: int) -> list[bytes]:
    """Return transactions of a size that the kvstore takes: each sets a key of its own."""
    made = []
    for index in range(count):
        head = b"k%08d=" % index
        made.append(head + sha256(head).hexdigest().encode().ljust(size - len(head), b"v")[: size - len(head)])
    return made


class Connection:
    """A keep-alive connection to a node's RPC that sends requests made ahead."""

    def __init__(self, url: str, timeout: float = 60.0) -> None:
        parts = urlsplit(url)
        self._socket = socket.create_connection((parts.hostname or "", parts.port or 0), timeout)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._file: BinaryIO = self._socket.makefile("rb")

    def exchange(self, request: bytes) -> bytes:
        """Send a request and return the body of its answer. Raises: OSError."""
        self._socket.sendall(request)
        length, chunked = 0, False
        status = self._file.readline()
        if not status:
            raise ConnectionError("the node hung up")
        while (line := self._file.readline()) not in (b"\r\n", b""):
            name, _, value = line.lower().partition(b":")
            if name == b"content-length":
                length = int(value)
            elif name == b"transfer-encoding":
                chunked = b"chunked" in value
        body = self._chunks() if chunked else self._file.read(length)
        if b" 200 " not in status:
            raise ConnectionError(f"{status.decode().strip()}: {body[:200]!r}")
        return body

    def _chunks(self) -> bytes:
        parts = []
        while size := int(self._file.readline() or b"0", 16):
            parts.append(self._file.read(size))
            self._file.readline()
        self._file.readline()
        return b"".join(parts)

    def close(self) -> None:
        self._file.close()
        self._socket.close()


def request_of(txs: Sequence[bytes], wait: bool = False) -> bytes:
    """Return the HTTP request that hands in some transactions, and waits for their checks if wanted."""
    method = b"sync" if wait else b"async"
    calls = b",".join(
        b'{"jsonrpc":"2.0","id":%d,"method":"broadcast_tx_%b","params":{"tx":"%b"}}'
        % (index, method, base64.b64encode(tx))
        for index, tx in enumerate(txs)
    )
    head = b"POST / HTTP/1.1\r\nHost: node\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    return head % (len(calls) + 2) + b"[" + calls + b"]"


class Lane:
    """What one connection sends: transactions in order, in requests of a batch each."""

    def __init__(self, url: str, txs: Sequence[bytes]) -> None:
        self.url = url
        self.batches = [txs[at : at + BATCH] for at in range(0, len(txs), BATCH)]
        self.requests = [request_of(batch) for batch in self.batches]


def lanes(urls: Sequence[str], by_sender: Sequence[Sequence[bytes]], connections: int) -> list[Lane]:
    """Spread senders over connections and these over nodes; a sender's transactions stay in order on one of them."""
    made = []
    for index in range(connections):
        mine = by_sender[index::connections]
        rounds = max(map(len, mine), default=0)
        txs = [sent[turn] for turn in range(rounds) for sent in mine if turn < len(sent)]
        made.append(Lane(urls[index % len(urls)], txs))
    return made


class Load:
    """Sends lanes until they are empty, with at most `window` transactions uncommitted; knows when each was sent.

    A `rate` above 0 is the most transactions in a second.
    """

    def __init__(self, lanes: Sequence[Lane], window: int, seconds: float, rate: float = 0.0) -> None:
        self._pause = BATCH * len(lanes) / rate if rate else 0.0
        self._lanes = lanes
        self._window = window
        self._until = time.monotonic() + seconds
        self._seconds = seconds
        self._lock = threading.Lock()
        self.stopping = threading.Event()
        self.sent_at: dict[bytes, float] = {}
        self.committed_at: dict[int, float] = {}
        self.committed = 0
        self.counts: dict[int, int] = {}
        self.errors: list[str] = []
        self._watch = RpcClient(lanes[0].url)

    def run(self, settle_seconds: float = 60.0) -> None:
        """Send for the given time or until the lanes are empty, then wait until what was sent is committed."""
        first = self._height()
        self.committed_at[first] = time.monotonic()
        self._until = time.monotonic() + self._seconds
        threads = [threading.Thread(target=self._send, args=(lane,)) for lane in self._lanes]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            self.poll()
            time.sleep(POLL_SECONDS)
        deadline = time.monotonic() + settle_seconds
        while self.committed < len(self.sent_at) and time.monotonic() < deadline and not self.errors:
            self.poll()
            time.sleep(POLL_SECONDS)
        self._watch.close()

    def _send(self, lane: Lane) -> None:
        connection = Connection(lane.url)
        due = time.monotonic()
        try:
            for batch, request in zip(lane.batches, lane.requests, strict=True):
                time.sleep(max(0.0, due - time.monotonic()))
                due += self._pause
                while len(self.sent_at) - self.committed > self._window:
                    time.sleep(0.002)
                now = time.monotonic()
                if now > self._until or self.errors:
                    return
                body = connection.exchange(request)
                if b'"error"' in body:
                    self.errors.append(body.decode()[:500])
                    return
                with self._lock:
                    self.sent_at.update(dict.fromkeys(batch, now))
        except OSError as error:
            self.errors.append(str(error))
        finally:
            connection.close()

    def _height(self) -> int:
        """Return the height that the application has committed; a node's own height is ahead of it for a while."""
        return int(self._watch.call("abci_info")["response"].get("last_block_height", 0))

    def poll(self) -> None:
        """Note which blocks were committed since the last time."""
        height = self._height()
        now = time.monotonic()
        newest = max(self.committed_at)
        while newest < height:
            upper = min(height, newest + 20)
            metas = self._watch.call("blockchain", minHeight=str(newest + 1), maxHeight=str(upper))["block_metas"]
            for meta in metas:
                number = int(meta["header"]["height"])
                self.counts[number] = int(meta["num_txs"])
                self.committed_at[number] = now
                self.committed += self.counts[number]
            newest = upper

    def latencies(self) -> list[float]:
        """Return how long each committed transaction took, seconds, in ascending order; reads all blocks."""
        found = []
        with RpcClient(self._lanes[0].url, timeout=60.0) as rpc:
            for height, count in self.counts.items():
                if count:
                    for text in rpc.block(height)["block"]["data"]["txs"]:
                        sent = self.sent_at.get(base64.b64decode(text))
                        if sent is not None:
                            found.append(self.committed_at[height] - sent)
        return sorted(found)
