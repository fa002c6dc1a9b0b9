"""A constant load of sends and receipts that knows what became of every transaction it handed in.

Each sender has one transaction under way at a time, so that none of them can be pushed out by another one of its own.
A transaction goes to the sender's node. When that node does not answer, or lost its memory after it had taken the
transaction, the same bytes go to the next node, as a careful client would do. A transaction that a node took, and that
kept its memory since, is never handed in again: if it were lost, it would stay lost, and the test would fail.
"""

import base64
import hashlib
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from google.protobuf.message import Message as ProtoMessage

from chain.client.errors import ClientError, TxFailed
from chain.client.keyring import Signer
from chain.client.rpc import RpcClient
from chain.client.tx import Fee, SignerData, sign_tx
from chain.pb.cosmos.bank.v1beta1.tx_pb2 import MsgSend
from chain.pb.lamppost.work.v1.tx_pb2 import MsgSubmitWork
from chain.primitives.coins import BASE_DENOM, Coin
from chain.primitives.errors import SdkCode
from chain.testing_docker import SentTx, Testnet
from chain.testing_docker.node import Node
from tests.docker.fleet import Fleet

SENDERS = 16
GATEWAYS = 2
COINS = (Coin(BASE_DENOM, 10**12),)
SEND_FEE = Fee(200_000, (Coin(BASE_DENOM, 1_000),))
RECEIPTS_FEE = Fee(5_000_000, (Coin(BASE_DENOM, 10_000),))
ANSWER_SECONDS = 3.0
"""How long a node may take to answer before another one is asked."""
POLL_SECONDS = 0.2
LOOK_SECONDS = 3.0
"""How often it is looked at whether the node that took a transaction still remembers it."""
SEQUENCE_CODES = (SdkCode.WRONG_SEQUENCE,)
"""A node that has not seen the block of the transaction before refuses the next one with these."""


def signer(name: str) -> Signer:
    """Return the key of a sender, the same in each run."""
    return Signer.from_private_key(hashlib.sha256(b"docker load " + name.encode()).digest(), name)


def names() -> list[str]:
    """Return the senders' names."""
    return [f"sender{index}" for index in range(SENDERS)] + [f"gateway{index}" for index in range(GATEWAYS)]


class Load:
    """The load of a testnet: a context manager; leaving it waits until what was taken is in blocks."""

    def __init__(self, net: Testnet, fleet: Fleet, senders: int = SENDERS) -> None:
        self.net = net
        self.fleet = fleet
        self.wrong: list[str] = []
        """Answers that no client should get."""
        self._ending = threading.Event()
        self._settled = threading.Event()
        self._blocks = threading.Condition()
        self._included: dict[str, tuple[int, float, int]] = {}
        self._rpc = {node.name: RpcClient(node.url, ANSWER_SECONDS) for node in net.nodes}
        self._chain_id = net.plan.chain_id
        self._threads = [
            threading.Thread(target=self._guarded, args=(self._send_coins, index), name=f"sender{index}", daemon=True)
            for index in range(senders)
        ]
        self._threads += [
            threading.Thread(target=self._guarded, args=(self._hand_in, index), name=f"gateway{index}", daemon=True)
            for index in range(GATEWAYS)
        ]
        self._follower = threading.Thread(target=self._follow, name="follower", daemon=True)

    def __enter__(self) -> "Load":
        self._follower.start()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.settle(0.0 if kind else 120.0)
        for rpc in self._rpc.values():
            rpc.close()

    # --- what is known ----------------------------------------------------------------------------------------

    def included(self) -> int:
        """Return how many transactions are in blocks."""
        return sum(1 for tx in list(self.net.recording.txs) if tx.height)

    def lost(self) -> list[SentTx]:
        """Return the transactions that a node took and that are in no block."""
        return [tx for tx in self.net.recording.txs if tx.accepted and not tx.height]

    def settle(self, seconds: float = 120.0) -> None:
        """Send nothing new, and wait until everything that was taken is in a block, or the time is over."""
        self._ending.set()
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.1, deadline - time.monotonic()))
        self._settled.set()
        for thread in (*self._threads, self._follower):
            thread.join(ANSWER_SECONDS * 3)

    # --- senders ----------------------------------------------------------------------------------------------

    def _guarded(self, work: Callable[[int], None], index: int) -> None:
        try:
            work(index)
        except Exception as error:
            self.wrong.append(f"{threading.current_thread().name} gave up: {type(error).__name__}: {error}")

    def _send_coins(self, index: int) -> None:
        key, other = signer(f"sender{index}"), signer(f"sender{(index + 1) % SENDERS}")
        message = MsgSend(from_address=str(key.address), to_address=str(other.address))
        message.amount.add(denom=BASE_DENOM, amount="1")
        data = self._account(key)
        while not self._ending.is_set():
            self._deliver("send", key, data, [message], SEND_FEE, index)
            data = SignerData(data.chain_id, data.account_number, data.sequence + 1)

    def _hand_in(self, index: int) -> None:
        """Hand in the receipts of every epoch; all gateways hand in the same ones, of which one may count."""
        key = signer(f"gateway{index}")
        data, done = self._account(key), -1
        while not self._ending.wait(POLL_SECONDS):
            epoch = self._epoch(index)
            if epoch <= done:
                continue
            message = MsgSubmitWork(submitter=str(key.address), receipts=self.fleet.receipts(epoch))
            self._deliver("receipts", key, data, [message], RECEIPTS_FEE, index)
            data, done = SignerData(data.chain_id, data.account_number, data.sequence + 1), epoch

    def _deliver(
        self, kind: str, key: Signer, data: SignerData, messages: Sequence[ProtoMessage], fee: Fee, home: int
    ) -> None:
        """Hand in a transaction and wait for its block; give up only when the load has ended."""
        raw = sign_tx(messages, key, data, fee)
        tx = SentTx(kind, hashlib.sha256(raw).hexdigest().upper(), key.name, "", time.time())
        self.net.recording.txs.append(tx)
        turn, taken, look_at = home, 0.0, 0.0
        while not self._settled.is_set() and not self._find(tx):
            if taken and time.time() > look_at:
                look_at = time.time() + LOOK_SECONDS
                taken = 0.0 if self._forgotten(tx, taken) else taken
            if not taken:
                if self._ending.is_set() and not tx.accepted:
                    return
                taken = self._offer(tx, raw, self.net.nodes[turn % len(self._rpc)])
                look_at = taken + LOOK_SECONDS
                if not taken:
                    turn += 1
                    tx.tries += 1
            with self._blocks:
                self._blocks.wait(POLL_SECONDS)

    def _offer(self, tx: SentTx, raw: bytes, node: Node) -> float:
        """Hand a transaction to a node; return when it was asked if it took it, now or before, else 0."""
        tx.node = node.name
        asked = time.time()
        try:
            self._rpc[node.name].broadcast(raw)
        except TxFailed as error:
            if (error.codespace, error.code) != ("sdk", SdkCode.TX_IN_MEMPOOL_CACHE):
                if error.code not in SEQUENCE_CODES:
                    self.wrong.append(f"{node.name} refused a {tx.kind}: {error}")
                return 0.0
        except ClientError:
            return 0.0
        tx.accepted, tx.accepted_by = tx.accepted or time.time(), node.name
        return asked

    def _forgotten(self, tx: SentTx, taken: float) -> bool:
        """Tell whether the node that took a transaction ended since."""
        node = next(node for node in self.net.nodes if node.name == tx.accepted_by)
        return not node.remembers(taken)

    def _find(self, tx: SentTx) -> bool:
        found = self._included.get(tx.tx_hash)
        if found is None:
            return False
        tx.height, tx.included, tx.code = found
        if tx.code:
            self.wrong.append(f"a {tx.kind} of {tx.sender} failed in block {tx.height} with code {tx.code}")
        return True

    # --- the chain --------------------------------------------------------------------------------------------

    def _account(self, key: Signer) -> SignerData:
        with self.net.node(0).client() as client:
            account = client.account(key.address)
        if account is None:
            raise AssertionError(f"{key.name} has no account")
        return SignerData(self._chain_id, account.account_number, account.sequence)

    def _epoch(self, index: int) -> int:
        """Return the running epoch as some node knows it, -1 when none answers."""
        for step in range(len(self._rpc)):
            node = self.net.nodes[(index + step) % len(self._rpc)]
            with suppress(ClientError):
                return self.fleet.epoch(self._rpc[node.name])
        return -1

    def _follow(self) -> None:
        """Read every block from some node that answers, and tell what is in it."""
        next_height, turn = 1, 0
        while not self._settled.wait(0.05):
            node = self.net.nodes[turn % len(self._rpc)]
            try:
                rpc = self._rpc[node.name]
                # The node's own height is that of a block that may not be executed yet.
                newest = int(rpc.call("abci_info")["response"].get("last_block_height", 0))
                if newest < next_height:
                    turn += 1
                    self._settled.wait(POLL_SECONDS / 2)
                    continue
                while next_height <= newest:
                    self._read(rpc, next_height)
                    next_height += 1
            except ClientError:
                turn += 1

    def _read(self, rpc: RpcClient, height: int) -> None:
        txs = rpc.block(height)["block"]["data"]["txs"]
        if txs:
            results = rpc.block_results(height)["txs_results"]
            now = time.time()
            for text, result in zip(txs, results, strict=True):
                digest = hashlib.sha256(base64.b64decode(text)).hexdigest().upper()
                self._included[digest] = (height, now, int(result.get("code", 0)))
        with self._blocks:
            self._blocks.notify_all()
