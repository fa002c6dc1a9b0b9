"""What there is to see of a running network, asked of its nodes."""

import time
from collections import deque
from dataclasses import dataclass, field

from chain.client import Client, ClientError, QueryFailed, RpcClient
from chain.client.devices import DeviceKey
from chain.pb.lamppost.device_registry.v1 import query_pb2 as registry
from chain.pb.lamppost.reward_emission.v1 import query_pb2 as emission
from chain.pb.lamppost.work.v1 import query_pb2 as work

EARNERS_SECONDS = 5.0
"""How often every device is asked for its share."""


@dataclass(slots=True)
class NodeView:
    """One validator as it sees itself."""

    name: str
    rpc: str
    height: int = 0
    app_hash: str = ""
    peers: int = 0
    catching_up: bool = False
    alive: bool = False
    id: str = ""


@dataclass(slots=True)
class Earner:
    """A device and its share of the epoch closed last, by the units counted so far."""

    name: str
    network: str
    units: int
    ulamp: int


@dataclass(slots=True)
class View:
    """Everything that the live view shows."""

    nodes: list[NodeView]
    epoch: int = 0
    epoch_ends: int = 0
    transactions: int = 0
    devices: dict[str, int] = field(default_factory=dict)
    closed_epoch: int = -1
    emitted: int = 0
    pools: dict[str, int] = field(default_factory=dict)
    supply: int = 0
    earners: list[Earner] = field(default_factory=list)
    news: deque[str] = field(default_factory=lambda: deque(maxlen=6))


class Watcher:
    """Refreshes a view from the nodes; whatever does not answer keeps its last value."""

    def __init__(self, view: View, networks: dict[str, int], keys: dict[str, tuple[str, DeviceKey]]) -> None:
        self.view = view
        self._networks = networks
        self._keys = keys
        self._clients = [Client(node.rpc, timeout=3.0) for node in view.nodes]
        self._counted_to = 0
        self._earners_due = 0.0

    def close(self) -> None:
        """Close the connections."""
        for client in self._clients:
            client.close()

    def refresh(self) -> None:
        """Ask everything anew."""
        for node, client in zip(self.view.nodes, self._clients, strict=True):
            _refresh_node(node, client.rpc)
        living = [client for node, client in zip(self.view.nodes, self._clients, strict=True) if node.alive]
        if not living:
            return
        client = living[0]
        try:
            self._count_transactions(client.rpc, client.rpc.height())
            self._refresh_chain(client)
        except ClientError as error:
            self.view.news.append(f"not answered: {error}")

    def _count_transactions(self, rpc: RpcClient, newest: int) -> None:
        if not self._counted_to:
            self._counted_to = max(0, newest - 1_000)
        while self._counted_to < newest:
            upper = min(newest, self._counted_to + 20)
            metas = rpc.call("blockchain", minHeight=str(self._counted_to + 1), maxHeight=str(upper))["block_metas"]
            self.view.transactions += sum(int(meta["num_txs"]) for meta in metas)
            self._counted_to = upper

    def _refresh_chain(self, client: Client) -> None:
        view = self.view
        clock = client.query("/lamppost.work.v1.Query/Epoch", work.QueryEpochRequest(), work.QueryEpochResponse)
        view.epoch, view.epoch_ends = clock.epoch, clock.end
        for name, network in self._networks.items():
            counts = client.query(
                "/lamppost.device_registry.v1.Query/DeviceCount",
                registry.QueryDeviceCountRequest(network=network),
                registry.QueryDeviceCountResponse,
            )
            view.devices[name] = counts.devices.active
        reserve = client.query(
            "/lamppost.reward_emission.v1.Query/Reserve", emission.QueryReserveRequest(), emission.QueryReserveResponse
        )
        view.supply = reserve.supply
        closed = last_closed_epoch(client)
        if closed >= 0 and (closed != view.closed_epoch or time.monotonic() > self._earners_due):
            self._earners_due = time.monotonic() + EARNERS_SECONDS
            self._refresh_epoch(client, closed)

    def _refresh_epoch(self, client: Client, closed: int) -> None:
        view = self.view
        last = client.query(
            "/lamppost.reward_emission.v1.Query/EpochEmission",
            emission.QueryEpochEmissionRequest(epoch=closed),
            emission.QueryEpochEmissionResponse,
        )
        names = {number: name for name, number in self._networks.items()}
        view.closed_epoch, view.emitted = closed, last.emission.emitted
        view.pools = {names.get(book.network, str(book.network)): book.pool for book in last.books}
        # Its books stay open for one more epoch: until then receipts come in and shares move.
        view.earners = self._earners(client, closed)

    def _earners(self, client: Client, epoch: int) -> list[Earner]:
        found = []
        for name, (network, key) in self._keys.items():
            answer = client.query(
                "/lamppost.reward_emission.v1.Query/DeviceEarnings",
                emission.QueryDeviceEarningsRequest(device_id=str(key.device_id)),
                emission.QueryDeviceEarningsResponse,
            )
            for slot in answer.slots:
                if slot.epoch == epoch:
                    found.append(Earner(name, network, slot.units, slot.share))
        return sorted(found, key=lambda earner: (-earner.ulamp, earner.name))


def last_closed_epoch(client: Client) -> int:
    """Return the number of the epoch closed last, -1 before the first."""
    try:
        answer = client.query(
            "/lamppost.reward_emission.v1.Query/EpochEmission",
            emission.QueryEpochEmissionRequest(latest=True),
            emission.QueryEpochEmissionResponse,
        )
    except QueryFailed:
        return -1
    return int(answer.emission.epoch)


def _refresh_node(node: NodeView, rpc: RpcClient) -> None:
    try:
        status = rpc.status()
        peers = rpc.call("net_info")["n_peers"]
    except ClientError:
        node.alive = False
        return
    identity = str(status["node_info"]["id"])
    node.id = node.id or identity
    # When ours is down, another network on this machine may take its port.
    node.alive = identity == node.id
    if not node.alive:
        return
    sync = status["sync_info"]
    node.height = int(sync["latest_block_height"])
    node.app_hash = sync["latest_app_hash"]
    node.catching_up = bool(sync["catching_up"])
    node.peers = int(peers)
