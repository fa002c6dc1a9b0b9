"""A world with manufacturers: acme (1) vouches for models 5 (PRN) and 6 (DRN), and has batches in every status."""

from typing import Any

from chain.client.devices import DeviceKey
from chain.client.manufacturers import claim_message, register_manufacturer_message, sign_batch
from chain.codec.batches import leaf_bytes
from chain.codec.batchfiles import ProofFile
from chain.crypto import merkle
from chain.pb.lamppost.device_registry.v1 import manufacturers_pb2 as pb
from chain.pb.lamppost.device_registry.v1 import query_pb2, tx_pb2
from chain.testing import CHAIN_ID
from tests.modules.device_registry.world import CELL, World, build, device_key

QUERY = "/lamppost.device_registry.v1.Query/"
ISSUING = device_key("acme issuing", "p256")
KEYS = [device_key(f"unit {number}", ("ed25519", "secp256k1", "p256")[number % 3]) for number in range(7)]
"""The keys of every batch here."""
LEAVES = [merkle.leaf_hash(leaf_bytes(key.algorithm, key.public_key)) for key in KEYS]
ROOT = merkle.root(LEAVES)
COUNT = len(KEYS)
PRN_MODEL, DRN_MODEL = 5, 6
OPEN, CLOSED, REVOKED, DRN_BATCH = 1, 2, 3, 4
"""Batches by their ids; DRN_BATCH is of the model in the DRN, the others are of the one in the PRN."""


def place(index: int, key: DeviceKey | None = None) -> ProofFile:
    """Return the proof file of a key."""
    key = key or KEYS[index]
    path = tuple(merkle.path(LEAVES, index))
    return ProofFile(index, key.algorithm.name.lower(), key.public_key, path, ROOT, COUNT)


def maker_message(world: World, name: str = "acme", key: DeviceKey = ISSUING, owner: str = "maker") -> Any:
    """Return the message that registers a manufacturer."""
    return register_manufacturer_message(key, chain_id=CHAIN_ID, owner=world[owner], name=name)


def find(world: World, number: int = 1) -> pb.Manufacturer:
    """Return a manufacturer as the chain shows it."""
    request = query_pb2.QueryManufacturerRequest(manufacturer=number)
    return world.chain.query(QUERY + "Manufacturer", request, query_pb2.QueryManufacturerResponse).manufacturer


def issue_message(world: World, model: int = PRN_MODEL, owner: str = "maker", **changes: Any) -> pb.MsgIssueBatch:
    """Return the message that issues the batch of KEYS; `changes` are of what the issuing key signs."""
    fields: dict[str, Any] = {
        "chain_id": CHAIN_ID,
        "manufacturer": 1,
        "model": model,
        "root": ROOT,
        "count": COUNT,
        "number": find(world).signatures,
        **changes,
    }
    issue = sign_batch(fields.pop("key", ISSUING), **fields)
    return pb.MsgIssueBatch(
        owner=world[owner], model=issue.model, root=issue.root, count=issue.count, signature=issue.signature
    )


def claim(world: World, index: int, batch: int = OPEN, owner: str = "alice", **changes: Any) -> pb.MsgClaimDevice:
    """Return the message that claims a device of a batch; `changes` replace fields."""
    fields: dict[str, Any] = {
        "chain_id": CHAIN_ID,
        "owner": world[owner],
        "batch": batch,
        "network": 2 if batch == DRN_BATCH else 1,
        "cell": 0 if batch == DRN_BATCH else CELL,
        **changes,
    }
    return claim_message(KEYS[index], place(index), **fields)


def spec(name: str, **fields: Any) -> tx_pb2.ModelSpec:
    """Return a model that acme vouches for."""
    return tx_pb2.ModelSpec(**{"name": name, "hardware_bp": 10_000, "max_units": 24, "manufacturer": 1, **fields})


def build_makers() -> World:
    """Make the world; the devices of KEYS 0 and 1 are claimed, by alice from the open batch."""
    world = build()
    chain, maker = world.chain, world["maker"]
    chain.ok(maker_message(world), signer="maker")
    chain.ok(
        tx_pb2.MsgAddModel(admin=world["founder"], network=1, model=spec("station", level=2)),
        tx_pb2.MsgAddModel(admin=world["founder"], network=2, model=spec("disk", level=1)),
        signer="founder",
    )
    for number in range(4):
        chain.ok(issue_message(world, DRN_MODEL if number == 3 else PRN_MODEL), signer="maker")
    chain.ok(
        pb.MsgCloseBatch(owner=maker, batch=CLOSED), pb.MsgRevokeBatch(signer=maker, batch=REVOKED), signer="maker"
    )
    chain.ok(claim(world, 0), claim(world, 1, operator=world["bob"]), signer="alice")
    return world
