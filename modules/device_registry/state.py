"""State of the registry, store `device_registry`.

| prefix | name | key | value |
|---|---|---|---|
| 00 | params | | Params |
| 01 | networks | network | Network |
| 02 | network_names | name | network |
| 03 | models | model | Model |
| 04 | network_models | network, model | |
| 05 | devices | device | Device |
| 06 | devices_by_owner | owner, device | |
| 07 | devices_by_operator | operator, device | |
| 08 | devices_by_model | (network, model), device | |
| 09 | network_count | | number of networks; the newest id |
| 0a | model_count | | number of models; the newest id |
| 0b | weights | | networks with an emission weight above 0, in order of id |
| 0c | totals | | Counts of all devices |
| 0d | network_devices | network | Counts |
| 0e | model_devices | model | Counts |
| 0f | owner_devices | owner | Counts |
| 10 | model_names | network, name | model |

Prefixes 11 to 3f are kept for manufacturers, batches, transfers, locations, credentials and consents.
"""

from functools import lru_cache
from typing import Generic, TypeVar

from chain.codec.keys import TEXT_KEY, U64_KEY, FixedKey, PairKey
from chain.codec.values import U8, U32, U64, Blob, Choice, Fixed, Many, Maybe, Record, Text, ValueCodec
from chain.primitives.ids import Address, DeviceId
from chain.sdk.schema import Index, Item, Map, Schema
from modules.device_registry.params import Params
from modules.device_registry.types import (
    Counts,
    Device,
    DeviceStatus,
    Model,
    ModelStatus,
    Network,
    NetworkKind,
    NetworkStatus,
    ReceiptPolicy,
    Weight,
)

V = TypeVar("V")

_REMEMBERED = 1_024
"""Decoded networks and models kept: each is read for every receipt, and there are few of them."""


class Remembered(Generic[V]):
    """A codec of immutable values that remembers what it decoded; a pure function of the bytes, so it is safe."""

    def __init__(self, inner: ValueCodec[V]) -> None:
        self._inner = inner
        self._read = lru_cache(maxsize=_REMEMBERED)(inner.read)

    def write(self, value: V, out: bytearray) -> None:
        """Append the value. Raises: ValueError as the inner codec does."""
        self._inner.write(value, out)

    def read(self, data: bytes, at: int) -> tuple[V, int]:
        """Return the value, the same object for the same bytes. Raises: ValueError on malformed data."""
        return self._read(data, at)


SCHEMA = Schema("device_registry")
ADDRESS_KEY = FixedKey(Address, 20)
DEVICE_KEY = FixedKey(DeviceId, 20)
MODEL_KEY = PairKey(U64_KEY, U64_KEY)
_ADDRESS = Fixed(Address, 20)
_COUNTS = Record(Counts, active=U64, paused=U64, retired=U64)
_NETWORK = Record(
    Network,
    id=U64,
    name=Text(32),
    kind=Choice(NetworkKind),
    unit=Text(32),
    admin=_ADDRESS,
    status=Choice(NetworkStatus),
    deposit=U64,
    weight_bp=U32,
    receipt_policy=Choice(ReceiptPolicy),
    location_caps=Many(U64, 3),
    level_weights=Many(U32, 4),
    description=Text(256),
    models=U32,
)
_MODEL = Record(
    Model,
    id=U64,
    network=U64,
    name=Text(32),
    hardware_bp=U32,
    max_units=U64,
    level=U8,
    status=Choice(ModelStatus),
)
_DEVICE = Record(
    Device,
    algorithm=U8,
    public_key=Blob(33),
    owner=_ADDRESS,
    operator_or_none=Maybe(_ADDRESS),
    payout_or_none=Maybe(_ADDRESS),
    network=U64,
    model=U64,
    status=Choice(DeviceStatus),
    cell=U64,
    commitment=Blob(32),
    bond=U64,
    bindings=U64,
    registered_at=U64,
)

params: Item[Params] = Item(
    SCHEMA,
    0x00,
    "params",
    Remembered(
        Record(
            Params,
            network_deposit=U64,
            device_bond=U64,
            max_models=U32,
            max_weight_bp=U32,
            max_units=U64,
            max_weighted_networks=U32,
            bond_seconds=U64,
        )
    ),
)
networks: Map[int, Network] = Map(SCHEMA, 0x01, "networks", U64_KEY, Remembered(_NETWORK))
network_names: Map[str, int] = Map(SCHEMA, 0x02, "network_names", TEXT_KEY, U64)
models: Map[int, Model] = Map(SCHEMA, 0x03, "models", U64_KEY, Remembered(_MODEL))
network_models: Index[int, int] = Index(SCHEMA, 0x04, "network_models", U64_KEY, U64_KEY)
devices: Map[DeviceId, Device] = Map(SCHEMA, 0x05, "devices", DEVICE_KEY, _DEVICE)
devices_by_owner: Index[Address, DeviceId] = Index(SCHEMA, 0x06, "devices_by_owner", ADDRESS_KEY, DEVICE_KEY)
devices_by_operator: Index[Address, DeviceId] = Index(SCHEMA, 0x07, "devices_by_operator", ADDRESS_KEY, DEVICE_KEY)
devices_by_model: Index[tuple[int, int], DeviceId] = Index(SCHEMA, 0x08, "devices_by_model", MODEL_KEY, DEVICE_KEY)
network_count: Item[int] = Item(SCHEMA, 0x09, "network_count", U64)
model_count: Item[int] = Item(SCHEMA, 0x0A, "model_count", U64)
weights: Item[tuple[Weight, ...]] = Item(
    SCHEMA, 0x0B, "weights", Remembered(Many(Record(Weight, network=U64, weight_bp=U32), 500))
)
totals: Item[Counts] = Item(SCHEMA, 0x0C, "totals", _COUNTS)
network_devices: Map[int, Counts] = Map(SCHEMA, 0x0D, "network_devices", U64_KEY, _COUNTS)
model_devices: Map[int, Counts] = Map(SCHEMA, 0x0E, "model_devices", U64_KEY, _COUNTS)
owner_devices: Map[Address, Counts] = Map(SCHEMA, 0x0F, "owner_devices", ADDRESS_KEY, _COUNTS)
model_names: Map[tuple[int, str], int] = Map(SCHEMA, 0x10, "model_names", PairKey(U64_KEY, TEXT_KEY), U64)
