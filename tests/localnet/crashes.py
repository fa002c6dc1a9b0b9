"""What crash tests share: a node under load that may die at any moment, and processes that are awaited or killed."""

import os
import signal
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from chain.client.client import Client
from chain.client.errors import ClientError
from chain.client.keyring import Signer
from chain.client.tx import SignerData
from chain.node.genesis import add_accounts
from tests.localnet.load import BATCH, Connection, genesis_accounts, request_of, send, signers
from tests.localnet.nodes import Node

ACCOUNTS = 40
"""Senders of the load: four requests of a batch."""


def make_node(folder: Path, chain_id: str = "crash-1") -> Node:
    """Return a node of one validator whose genesis has the accounts of the load."""
    node = Node(folder).init(chain_id=chain_id)
    document = node.home.read_genesis()
    add_accounts(document, genesis_accounts(ACCOUNTS))
    node.home.write_genesis(document)
    return node


class Sender:
    """Sends without end, in a thread; begins anew with the accounts' sequences whenever the node comes back."""

    def __init__(self, url: str, chain_id: str, pause: float = 0.02) -> None:
        self.sent = 0
        self._url = url
        self._chain_id = chain_id
        self._pause = pause
        self._signers: Sequence[Signer] = signers(ACCOUNTS)
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sender", daemon=True)

    def __enter__(self) -> "Sender":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ending.is_set():
            with suppress(OSError, ClientError, ValueError):
                self._send_while_up()
            self._ending.wait(0.05)

    def _send_while_up(self) -> None:
        state = []
        with Client(self._url, timeout=2.0) as client:
            for signer in self._signers:
                account = client.account(signer.address)
                if account is None:
                    return
                state.append(SignerData(self._chain_id, account.account_number, account.sequence))
        connection = Connection(self._url, 2.0)
        turn = 0
        try:
            while not self._ending.wait(self._pause):
                picked = [(turn + step) % ACCOUNTS for step in range(BATCH)]
                turn += BATCH
                txs = [send(self._signers[at], self._signers[at - 1].address, state[at]) for at in picked]
                if b'"error"' in connection.exchange(request_of(txs)):
                    return
                self.sent += BATCH
                for at in picked:
                    before = state[at]
                    state[at] = SignerData(before.chain_id, before.account_number, before.sequence + 1)
        finally:
            connection.close()


def gone(pid: int, seconds: float) -> bool:
    """Wait until a process has ended; one that nobody reaps has."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].startswith("Z"):
                return True
        except OSError:
            return True
        time.sleep(0.02)
    return False


def kill(*pids: int) -> None:
    """Kill processes, as far as they are still there."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
