"""What there is to see of a running network, asked of its nodes."""

import time
from collections import deque
from dataclasses import dataclass, field

from chain.client import Client, ClientError, QueryFailed, RpcClient
from chain.client.devices import DeviceKey
from chain.pb.lamppost.device_registry.v1 import query_pb2 as registry
from chain.pb.lamppost.reward_emission.v1 import query_pb2 as emission
from chain.pb.lamppost.work.v1 import query_pb2 as work
from chain.pb.lamppost.work.v1 import types_pb2
from chain.primitives.ints import FULL_BP

_REGISTRY = "/lamppost.device_registry.v1.Query/"
PAGE = 200
"""Most manufacturers, batches and audits that are looked at."""
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
class MakerView:
    """A manufacturer, and how many keys of its batches have become devices."""

    name: str
    batches: int = 0
    keys: int = 0
    claimed: int = 0


@dataclass(slots=True)
class AuditsView:
    """The audits of the epoch before the running one."""

    epoch: int = -1
    drawn: int = 0
    answered: int = 0
    missed: int = 0


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
    counted_bp: dict[str, int] = field(default_factory=dict)
    """By network, how much of its devices' units the caps on crowded cells let through, in basis points."""
    makers: list[MakerView] = field(default_factory=list)
    audits: AuditsView = field(default_factory=AuditsView)
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
                _REGISTRY + "DeviceCount",
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
        reported: dict[str, int] = {}
        for earner in view.earners:
            reported[earner.network] = reported.get(earner.network, 0) + earner.units
        for book in last.books:
            name = names.get(book.network, "")
            if reported.get(name):
                view.counted_bp[name] = min(FULL_BP, int(book.units) * FULL_BP // reported[name])
        view.audits = _audits(client, closed)
        view.makers = _makers(client)

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


def _audits(client: Client, epoch: int) -> AuditsView:
    """Return what became of the audits drawn in an epoch; those that are not answered yet may still be."""
    request = work.QueryAuditsRequest(epoch=epoch)
    request.pagination.limit = PAGE
    found = client.query("/lamppost.work.v1.Query/Audits", request, work.QueryAuditsResponse).audits
    outcomes = [audit.outcome for audit in found]
    return AuditsView(
        epoch,
        len(outcomes),
        outcomes.count(types_pb2.AUDIT_OUTCOME_ANSWERED),
        outcomes.count(types_pb2.AUDIT_OUTCOME_MISSED),
    )


def _makers(client: Client) -> list[MakerView]:
    request = registry.QueryManufacturersRequest()
    request.pagination.limit = PAGE
    found = client.query(_REGISTRY + "Manufacturers", request, registry.QueryManufacturersResponse)
    return [_maker(client, maker.id, maker.name) for maker in found.manufacturers]


def _maker(client: Client, number: int, name: str) -> MakerView:
    request = registry.QueryBatchesByManufacturerRequest(manufacturer=number)
    request.pagination.limit = PAGE
    batches = client.query(
        _REGISTRY + "BatchesByManufacturer", request, registry.QueryBatchesByManufacturerResponse
    ).batches
    devices = client.query(
        _REGISTRY + "Manufacturer",
        registry.QueryManufacturerRequest(manufacturer=number),
        registry.QueryManufacturerResponse,
    ).devices
    claimed = devices.active + devices.paused + devices.retired
    return MakerView(name, len(batches), sum(batch.count for batch in batches), claimed)


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
