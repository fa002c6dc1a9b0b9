"""Figures of the chain's state for metrics, asked of the application as any client would."""

from collections.abc import Callable, Mapping
from pathlib import Path

from google.protobuf.message import Message

from chain.pb.lamppost.device_registry.v1 import query_pb2 as devices
from chain.pb.lamppost.reward_emission.v1 import query_pb2 as rewards
from chain.pb.lamppost.work.v1 import query_pb2 as work
from chain.pb.tendermint.abci.types_pb2 import RequestQuery, ResponseQuery
from chain.store import StateStore

Ask = Callable[[RequestQuery], ResponseQuery]


def chain_figures(ask: Ask) -> Mapping[str, float]:
    """Return devices by status, the epoch, reserve and supply; what the state does not have yet is left out."""
    figures: dict[str, float] = {}
    count = devices.QueryDeviceCountResponse()
    if _ask(ask, "/lamppost.device_registry.v1.Query/DeviceCount", devices.QueryDeviceCountRequest(), count):
        figures["devices_active"] = count.devices.active
        figures["devices_paused"] = count.devices.paused
        figures["devices_retired"] = count.devices.retired
    epoch = work.QueryEpochResponse()
    if _ask(ask, "/lamppost.work.v1.Query/Epoch", work.QueryEpochRequest(), epoch):
        figures["epoch"] = epoch.epoch
    reserve = rewards.QueryReserveResponse()
    if _ask(ask, "/lamppost.reward_emission.v1.Query/Reserve", rewards.QueryReserveRequest(), reserve):
        figures["emission_remaining_ulamp"] = reserve.reserve.remaining
        figures["emission_emitted_ulamp"] = reserve.reserve.cap - reserve.reserve.remaining
        figures["rewards_held_ulamp"] = reserve.held_for_devices
        figures["treasury_ulamp"] = reserve.treasury
        figures["supply_ulamp"] = reserve.supply
    return figures


def store_figures(store: StateStore, folder: Path) -> Mapping[str, float]:
    """Return reads from memory and from disk, and the size of the state's folder."""
    return {
        "store_cache_hits_total": store.reads - store.disk_reads,
        "store_cache_misses_total": store.disk_reads,
        "store_bytes": sum(_size(path) for path in folder.glob("*")),
    }


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # LevelDB removes files at any time
        return 0


def _ask(ask: Ask, path: str, request: Message, response: Message) -> bool:
    answer = ask(RequestQuery(path=path, data=request.SerializeToString()))
    if answer.code == 0:
        response.ParseFromString(answer.value)
    return answer.code == 0
