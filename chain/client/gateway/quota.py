"""How many receipts a gateway may still hand in without fees."""

import threading
from collections.abc import Sequence
from enum import Enum

from chain.client.client import Client
from chain.client.errors import QueryFailed
from chain.pb.lamppost.work.v1 import query_pb2
from chain.pb.lamppost.work.v1.types_pb2 import Receipt
from chain.primitives.ids import Address

FREE_BATCH_BYTES = 96 << 10
"""Most bytes of receipts in a transaction without a fee; the chain takes up to 128 KiB with all that is around them."""


class FeeMode(Enum):
    """When a gateway offers fees."""

    AUTO = "auto"
    """Past its quota, and for networks that have not registered it."""
    ALWAYS = "always"
    """For every batch."""
    NEVER = "never"
    """Not at all: what the quota does not cover waits for the next epoch."""


class Quota:
    """What the chain says is left, by network; `left` may be read from any thread."""

    def __init__(self, client: Client, gateway: Address) -> None:
        self._client = client
        self._gateway = str(gateway)
        self._left: dict[int, int] = {}
        self._lock = threading.Lock()

    @property
    def left(self) -> dict[int, int]:
        """Receipts without fees that were left when last asked, of the networks asked about that gave any."""
        with self._lock:
            return {network: left for network, left in sorted(self._left.items()) if left}

    def split(self, receipts: Sequence[Receipt]) -> tuple[list[Receipt], list[Receipt]]:
        """Return the receipts that may go without a fee, and the others; asks the node. Raises: ClientError."""
        left = {network: self._ask(network) for network in sorted({receipt.network for receipt in receipts})}
        with self._lock:
            self._left.update(left)
        free: list[Receipt] = []
        others: list[Receipt] = []
        for receipt in receipts:
            if left[receipt.network] > 0:
                left[receipt.network] -= 1
                free.append(receipt)
            else:
                others.append(receipt)
        return free, others

    def _ask(self, network: int) -> int:
        request = query_pb2.QueryGatewayRequest(network=network, gateway=self._gateway)
        try:
            answer = self._client.query("/lamppost.work.v1.Query/Gateway", request, query_pb2.QueryGatewayResponse)
        except QueryFailed:
            # Not a gateway of this network, which is no reason not to hand its receipts in for a fee.
            return 0
        return int(answer.left)


def cut(receipts: Sequence[Receipt], most: int) -> tuple[list[Receipt], list[Receipt]]:
    """Return the first receipts of at most so many bytes together, at least one, and the rest."""
    size = 0
    for index, receipt in enumerate(receipts):
        size += receipt.ByteSize()
        if size > most and index:
            return list(receipts[:index]), list(receipts[index:])
    return list(receipts), []
