"""The chain's epochs as an agent knows them, also while the node is away."""

from dataclasses import dataclass

from chain.client.client import Client
from chain.client.errors import ClientError
from chain.pb.lamppost.work.v1 import query_pb2


@dataclass(frozen=True, slots=True)
class EpochClock:
    """An epoch with its start (unix nanoseconds) and the length of epochs (nanoseconds)."""

    epoch: int
    start: int
    length: int

    def epoch_at(self, unix_nanos: int) -> int:
        """Return the epoch that a time belongs to, at least the known one."""
        return self.epoch + max(0, unix_nanos - self.start) // self.length


def read_clock(client: Client) -> EpochClock:
    """Ask the node for the running epoch. Raises: ClientError, also when the address leads to another chain by now."""
    found = client.rpc.chain_id()
    if found != client.chain_id:
        raise ClientError(f"the node is of chain {found}, not of {client.chain_id}")
    answer = client.query("/lamppost.work.v1.Query/Epoch", query_pb2.QueryEpochRequest(), query_pb2.QueryEpochResponse)
    return EpochClock(answer.epoch, answer.start, answer.end - answer.start)
