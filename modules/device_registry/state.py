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
| 07 | devices_by_operator | operator other than the owner, device | |
| 08 | devices_by_model | (network, model, batch or 0), device | |
| 09 | network_count | | number of networks; the newest id |
| 0a | model_count | | number of models; the newest id |
| 0b | weights | | networks with an emission weight above 0, in order of id |
| 0c | totals | | Counts of all devices |
| 0d | network_devices | network | Counts |
| 0e | model_devices | model | Counts |
| 0f | owner_devices | owner | Counts |
| 10 | model_names | network, name | model |
| 11 | manufacturers | manufacturer | Manufacturer |
| 12 | manufacturer_names | name | manufacturer |
| 13 | manufacturer_count | | number of manufacturers; the newest id |
| 14 | manufacturers_by_owner | owner, manufacturer | |
| 15 | manufacturer_models | manufacturer, model | |
| 16 | batches | batch | Batch |
| 17 | batch_count | | number of batches; the newest id |
| 18 | model_batches | model, batch | |
| 19 | manufacturer_batches | manufacturer, batch | |
| 1a | manufacturer_devices | manufacturer | Counts |
| 1b | batch_devices | batch | Counts; their sum is how many of its keys were claimed |
| 20 | living | position from 1 upward | device; all that are not retired, without gaps |
| 21 | devices_by_cell | place in the order of cells (7 bytes), device | of those that are not retired |
| 22 | rotated_keys | id that a device of the key would have | device whose key it became |
| 23 | offers | device | Offer |
| 24 | recoveries | device | Recovery |
| 25 | held_bonds | device | HeldBond |
| 26 | credentials | device, issuer, key | Credential |
| 27 | credential_counts | device | number of its credentials |
| 28 | consents | device, grantee | Consent |
| 29 | consent_counts | device | number of its consents |

Prefixes 1c to 1f and 2a to 3f are kept for later.
"""

from functools import lru_cache
from typing import Generic, TypeVar

from chain.codec.keys import TEXT_KEY, U32_KEY, U64_KEY, FixedKey, PairKey, TripleKey, UintKey
from chain.codec.values import FLAG, U8, U32, U64, Blob, Choice, Fixed, Many, Maybe, Record, Text, ValueCodec
from chain.primitives.ids import Address, DeviceId
from chain.sdk.schema import Index, Item, Map, Schema
from modules.device_registry.manufacturers.types import Batch, BatchStatus, Manufacturer, ManufacturerStatus
from modules.device_registry.params import Params
from modules.device_registry.types import (
    Consent,
    ConsentScope,
    Counts,
    Credential,
    Device,
    DeviceStatus,
    HeldBond,
    Model,
    ModelStatus,
    Moves,
    Network,
    NetworkKind,
    NetworkStatus,
    Offer,
    ReceiptPolicy,
    Recovery,
    Terms,
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
PLACE_KEY = UintKey(7)
MODEL_KEY = TripleKey(U32_KEY, U32_KEY, U32_KEY)
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
    terms=Many(Record(Terms, from_epoch=U64, location_caps=Many(U64, 3), level_weights=Many(U32, 4)), 4),
    description=Text(256),
    models=U32,
    offered_to=Maybe(_ADDRESS),
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
    manufacturer=U64,
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
    batch=U32,
    position=U32,
    suspended_until=U64,
    moves=Maybe(
        Record(
            Moves,
            asserts=U32,
            steps=U8,
            asserted_at=U64,
            since=U64,
            cell_before=U64,
            weightless_until=U64,
            weightless_before=U64,
        )
    ),
    revealed=FLAG,
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
            manufacturer_bond=U64,
            manufacturer_hold_seconds=U64,
            move_price=U64,
            recovery_seconds=U64,
            max_statements=U32,
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
devices_by_model: Index[tuple[int, int, int], DeviceId] = Index(SCHEMA, 0x08, "devices_by_model", MODEL_KEY, DEVICE_KEY)
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
manufacturers: Map[int, Manufacturer] = Map(
    SCHEMA,
    0x11,
    "manufacturers",
    U64_KEY,
    Remembered(
        Record(
            Manufacturer,
            id=U64,
            name=Text(32),
            owner=_ADDRESS,
            algorithm=U8,
            public_key=Blob(33),
            bond=U64,
            status=Choice(ManufacturerStatus),
            strikes=U32,
            signatures=U64,
            open_batches=U64,
            registered_at=U64,
            bond_due_at=U64,
        )
    ),
)
manufacturer_names: Map[str, int] = Map(SCHEMA, 0x12, "manufacturer_names", TEXT_KEY, U64)
manufacturer_count: Item[int] = Item(SCHEMA, 0x13, "manufacturer_count", U64)
manufacturers_by_owner: Index[Address, int] = Index(SCHEMA, 0x14, "manufacturers_by_owner", ADDRESS_KEY, U64_KEY)
manufacturer_models: Index[int, int] = Index(SCHEMA, 0x15, "manufacturer_models", U64_KEY, U64_KEY)
batches: Map[int, Batch] = Map(
    SCHEMA,
    0x16,
    "batches",
    U64_KEY,
    Remembered(
        Record(Batch, id=U64, model=U64, root=Fixed(bytes, 32), count=U64, status=Choice(BatchStatus), issued_at=U64)
    ),
)
batch_count: Item[int] = Item(SCHEMA, 0x17, "batch_count", U64)
model_batches: Index[int, int] = Index(SCHEMA, 0x18, "model_batches", U64_KEY, U64_KEY)
manufacturer_batches: Index[int, int] = Index(SCHEMA, 0x19, "manufacturer_batches", U64_KEY, U64_KEY)
manufacturer_devices: Map[int, Counts] = Map(SCHEMA, 0x1A, "manufacturer_devices", U64_KEY, _COUNTS)
batch_devices: Map[int, Counts] = Map(SCHEMA, 0x1B, "batch_devices", U64_KEY, _COUNTS)

living: Map[int, DeviceId] = Map(SCHEMA, 0x20, "living", U32_KEY, Fixed(DeviceId, 20))
devices_by_cell: Index[int, DeviceId] = Index(SCHEMA, 0x21, "devices_by_cell", PLACE_KEY, DEVICE_KEY)
rotated_keys: Map[DeviceId, DeviceId] = Map(SCHEMA, 0x22, "rotated_keys", DEVICE_KEY, Fixed(DeviceId, 20))
offers: Map[DeviceId, Offer] = Map(
    SCHEMA, 0x23, "offers", DEVICE_KEY, Record(Offer, buyer=_ADDRESS, price=U64, expires_at=U64)
)
recoveries: Map[DeviceId, Recovery] = Map(
    SCHEMA, 0x24, "recoveries", DEVICE_KEY, Record(Recovery, algorithm=U8, public_key=Blob(33), ready_at=U64)
)
held_bonds: Map[DeviceId, HeldBond] = Map(
    SCHEMA, 0x25, "held_bonds", DEVICE_KEY, Record(HeldBond, amount=U64, due_at=U64)
)
credentials: Map[tuple[DeviceId, Address, str], Credential] = Map(
    SCHEMA,
    0x26,
    "credentials",
    TripleKey(DEVICE_KEY, ADDRESS_KEY, TEXT_KEY),
    Record(Credential, value_hash=Blob(32), issued_at=U64, expires_at=U64),
)
credential_counts: Map[DeviceId, int] = Map(SCHEMA, 0x27, "credential_counts", DEVICE_KEY, U32)
consents: Map[tuple[DeviceId, Address], Consent] = Map(
    SCHEMA,
    0x28,
    "consents",
    PairKey(DEVICE_KEY, ADDRESS_KEY),
    Record(Consent, owner=_ADDRESS, scopes=Many(Choice(ConsentScope), 3), granted_at=U64, expires_at=U64),
)
consent_counts: Map[DeviceId, int] = Map(SCHEMA, 0x29, "consent_counts", DEVICE_KEY, U32)
