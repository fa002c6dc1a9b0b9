"""What manufacturers and the owners of their devices sign: for the CLI, agents and users' programs.

key = DeviceKey.load("issuing-key.json")
message = register_manufacturer_message(key, chain_id="lamppost-1", owner="lamp1...", name="acme")
issue = sign_batch(key, chain_id="lamppost-1", manufacturer=1, model=3, root=tree.root, count=tree.count, number=1)
"""

from chain.client.client import Client
from chain.client.devices import DeviceKey
from chain.codec.batches import issue_bytes, issuing_key_bytes
from chain.codec.batchfiles import IssueFile, ProofFile
from chain.pb.lamppost.device_registry.v1 import query_pb2
from chain.pb.lamppost.device_registry.v1.manufacturers_pb2 import (
    MsgClaimDevice,
    MsgIssueBatch,
    MsgRegisterManufacturer,
    MsgSetIssuingKey,
)
from chain.pb.lamppost.device_registry.v1.types_pb2 import KeyAlgorithm

_QUERY = "/lamppost.device_registry.v1.Query/"


def register_manufacturer_message(key: DeviceKey, *, chain_id: str, owner: str, name: str) -> MsgRegisterManufacturer:
    """Return the message by which an account becomes a manufacturer with this issuing key."""
    signed = issuing_key_bytes(chain_id, name, owner, 0, int(key.algorithm), key.public_key)
    return MsgRegisterManufacturer(
        owner=owner, name=name, algorithm=_number(key), public_key=key.public_key, proof=key.sign(signed)
    )


def set_issuing_key_message(
    old: DeviceKey, new: DeviceKey, *, chain_id: str, owner: str, manufacturer: int, name: str, number: int
) -> MsgSetIssuingKey:
    """Return the message that replaces an issuing key; `number` is the manufacturer's count of signatures."""
    signed = issuing_key_bytes(chain_id, name, owner, number, int(new.algorithm), new.public_key)
    return MsgSetIssuingKey(
        owner=owner,
        manufacturer=manufacturer,
        algorithm=_number(new),
        public_key=new.public_key,
        old_proof=old.sign(signed),
        new_proof=new.sign(signed),
    )


def sign_batch(
    key: DeviceKey, *, chain_id: str, manufacturer: int, model: int, root: bytes, count: int, number: int
) -> IssueFile:
    """Return a batch signed by the issuing key; `number` is the manufacturer's count of signatures."""
    return IssueFile(model, root, count, key.sign(issue_bytes(chain_id, manufacturer, model, root, count, number)))


def issue_message(client: Client, key: DeviceKey, *, owner: str, model: int, root: bytes, count: int) -> MsgIssueBatch:
    """Return the message that issues a batch, with what the issuing key's signature needs asked of the node.

    Raises: ClientError when there is no such model, or nobody vouches for it.
    """
    asked = query_pb2.QueryModelRequest(model=model)
    number = client.query(_QUERY + "Model", asked, query_pb2.QueryModelResponse).model.manufacturer
    request = query_pb2.QueryManufacturerRequest(manufacturer=number)
    maker = client.query(_QUERY + "Manufacturer", request, query_pb2.QueryManufacturerResponse).manufacturer
    issue = sign_batch(
        key,
        chain_id=client.chain_id,
        manufacturer=maker.id,
        model=model,
        root=root,
        count=count,
        number=maker.signatures,
    )
    return MsgIssueBatch(owner=owner, model=model, root=root, count=count, signature=issue.signature)


def claim_message(
    key: DeviceKey,
    place: ProofFile,
    *,
    chain_id: str,
    owner: str,
    batch: int,
    network: int,
    operator: str = "",
    payout: str = "",
    cell: int = 0,
    commitment: bytes = b"",
) -> MsgClaimDevice:
    """Return the message by which an owner claims the device of a key, with the key's proof.

    `network` is that of the batch's model. Raises: ValueError for a bad owner address or another device's place.
    """
    if place.public_key != key.public_key:
        raise ValueError(f"the proof is of another device's key: {place.public_key.hex()}")
    return MsgClaimDevice(
        owner=owner,
        batch=batch,
        index=place.index,
        algorithm=_number(key),
        public_key=key.public_key,
        path=place.path,
        operator=operator,
        payout=payout,
        cell=cell,
        commitment=commitment,
        proof=key.prove(chain_id, owner, network),
    )


def network_of_batch(client: Client, batch: int) -> int:
    """Return the network that the devices of a batch work for. Raises: ClientError when there is no such batch."""
    asked = query_pb2.QueryBatchRequest(batch=batch)
    found = client.query(_QUERY + "Batch", asked, query_pb2.QueryBatchResponse).batch
    request = query_pb2.QueryModelRequest(model=found.model)
    return client.query(_QUERY + "Model", request, query_pb2.QueryModelResponse).model.network


def _number(key: DeviceKey) -> KeyAlgorithm.ValueType:
    return KeyAlgorithm.Value(f"KEY_ALGORITHM_{key.algorithm.name}")
