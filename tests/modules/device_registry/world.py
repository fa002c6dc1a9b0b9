"""A small world for the registry's tests: networks, models and devices in every status."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import h3.api.basic_int as h3_library

from chain.client.devices import DeviceKey, register_message
from chain.pb.lamppost.device_registry.v1 import tx_pb2 as pb
from chain.pb.lamppost.device_registry.v1 import types_pb2 as types
from chain.testing import CHAIN_ID, TestChain

CELL = h3_library.latlng_to_cell(47.6, -122.3, 8)
COARSE_CELL = h3_library.latlng_to_cell(47.6, -122.3, 7)
MONEY = "10000000000ulamp"
DEPOSIT = 100_000_000
BOND = 1_000_000
MAKER_BOND = 500_000_000
PARAMS = {
    "network_deposit": str(DEPOSIT),
    "device_bond": str(BOND),
    "max_models": 3,
    "max_weight_bp": 20_000,
    "max_units": "1000",
    "max_weighted_networks": 2,
    "manufacturer_bond": str(MAKER_BOND),
    "manufacturer_hold_seconds": "100",
    "recovery_seconds": "60",
    "move_price": "1000000",
    "max_statements": 3,
}


def device_key(name: str, algorithm: str = "ed25519") -> DeviceKey:
    """Return the device key that belongs to a name."""
    return DeviceKey.from_private(algorithm, sha256(b"device " + name.encode()).digest())


def start(**genesis: Mapping[str, Any]) -> TestChain:
    """Return a chain with people and no network."""
    return TestChain(
        accounts={"founder": MONEY, "alice": MONEY, "bob": MONEY, "maker": MONEY, "council": MONEY, "poor": "10ulamp"},
        genesis={"device_registry": {"params": PARAMS}, **genesis},
        authority="council",
    )


def network_message(chain: TestChain, name: str = "weather", kind: str = "PRN", **changes: Any) -> pb.MsgCreateNetwork:
    """Return the message that creates a network with one model; `changes` replace fields."""
    prn = kind == "PRN"
    fields: dict[str, Any] = {
        "admin": str(chain.address("founder")),
        "name": name,
        "kind": types.NETWORK_KIND_PRN if prn else types.NETWORK_KIND_DRN,
        "unit": "station-hour",
        "description": "Readings",
        "receipt_policy": types.RECEIPT_POLICY_DIRECT,
        "location_caps": caps(10, 20, 30) if prn else [],
        "level_weights": [5_000, 7_000, 9_000, 10_000],
        "models": [pb.ModelSpec(name="garden", hardware_bp=10_000, max_units=24)],
        **changes,
    }
    return pb.MsgCreateNetwork(**fields)


def caps(*values: int) -> list[types.LocationCap]:
    """Return caps of resolutions 8, 7, 6."""
    return [types.LocationCap(resolution=8 - number, cap=cap) for number, cap in enumerate(values)]


def device_message(chain: TestChain, name: str = "new", owner: str = "alice", **changes: Any) -> pb.MsgRegisterDevice:
    """Return the message that registers a device in network 1 (`algorithm` picks its key's); `changes` replace fields.

    The proof is right unless `proof` replaces it.
    """
    key = device_key(name, changes.pop("algorithm", "ed25519"))
    proof = changes.pop("proof", None)
    fields: dict[str, Any] = {
        "chain_id": CHAIN_ID,
        "owner": str(chain.address(owner)),
        "network": 1,
        "model": 1,
        "cell": CELL,
        **changes,
    }
    message = register_message(key, **fields)
    if proof is not None:
        message.proof = proof
    return message


@dataclass(frozen=True)
class World:
    """A chain with an open PRN (1), an open DRN (2) and a closed DRN (3), and devices of alice run by bob."""

    chain: TestChain
    active: str
    paused: str
    retired: str

    def __getitem__(self, name: str) -> str:
        """Return a person's address as text."""
        return str(self.chain.address(name))


def build() -> World:
    """Make the world: models 1 (garden) and 2 (suspended) in network 1, 3 in network 2, 4 in network 3."""
    chain = start()
    founder = str(chain.address("founder"))
    council = str(chain.address("council"))
    suspended = pb.ModelSpec(name="old", hardware_bp=10_000, max_units=24)
    chain.ok(
        network_message(chain),
        pb.MsgAddModel(admin=founder, network=1, model=suspended),
        pb.MsgSetModelStatus(admin=founder, model=2, status=types.MODEL_STATUS_SUSPENDED),
        network_message(chain, "storage", "DRN"),
        network_message(chain, "gone", "DRN"),
        pb.MsgCloseNetwork(admin=founder, network=3),
        signer="founder",
    )
    chain.ok(
        pb.MsgSetNetworkWeight(authority=council, network=1, weight_bp=6_000),
        pb.MsgSetNetworkWeight(authority=council, network=2, weight_bp=3_000),
        signer="council",
    )
    alice, bob = str(chain.address("alice")), str(chain.address("bob"))
    active, paused, retired = (str(device_key(name).device_id) for name in ("active", "paused", "retired"))
    chain.ok(
        device_message(chain, "active", operator=bob),
        device_message(chain, "paused", operator=bob),
        device_message(chain, "retired", operator=bob),
        pb.MsgPauseDevice(signer=alice, device_id=paused),
        pb.MsgRetireDevice(owner=alice, device_id=retired),
        signer="alice",
    )
    return World(chain, active, paused, retired)
