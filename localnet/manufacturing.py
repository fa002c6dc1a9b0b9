"""What makers of devices do on a local network: register, issue batches of keys, and let owners claim them."""

import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path

from chain.client import Client, QueryFailed
from chain.client.devices import DeviceKey
from chain.client.keybuild import build
from chain.client.keytree import KeyTree
from chain.client.manufacturers import claim_message, register_manufacturer_message, sign_batch
from chain.pb.cosmos.base.abci.v1beta1.abci_pb2 import TxMsgData
from chain.pb.lamppost.device_registry.v1 import query_pb2
from chain.pb.lamppost.device_registry.v1.manufacturers_pb2 import (
    Manufacturer,
    MsgClaimDevice,
    MsgIssueBatch,
    MsgIssueBatchResponse,
)
from chain.pb.lamppost.device_registry.v1.types_pb2 import Model
from chain.primitives.errors import SdkCode
from localnet.layout import MAKER, Layout

_QUERY = "/lamppost.device_registry.v1.Query/"


def register_makers(client: Client, layout: Layout, names: Sequence[str], say: Callable[[str], None]) -> dict[str, int]:
    """Register the manufacturers that network files name and the chain does not know; return numbers by name."""
    numbers = {}
    for name in names:
        maker = _maker_named(client, name)
        if maker is None:
            say(f"registering the manufacturer {name}")
            message = register_manufacturer_message(
                _issuing_key(layout, name),
                chain_id=client.chain_id,
                owner=str(client.signer(MAKER).address),
                name=name,
            )
            client.send_messages([message], MAKER)
            maker = _maker_named(client, name)
        if maker is None:
            raise RuntimeError(f"manufacturer {name} was registered and is not there")
        numbers[name] = maker.id
    return numbers


def claims(
    client: Client, layout: Layout, model: Model, devices: Sequence[tuple[DeviceKey, int]], owner: str
) -> list[MsgClaimDevice]:
    """Issue one batch over the keys of new devices (key, H3 cell) of a model; return an owner's claims to them."""
    maker = client.query(
        _QUERY + "Manufacturer",
        query_pb2.QueryManufacturerRequest(manufacturer=model.manufacturer),
        query_pb2.QueryManufacturerResponse,
    ).manufacturer
    with KeyTree.open(_tree_over(layout, maker, devices)) as tree:
        issue = sign_batch(
            _issuing_key(layout, maker.name),
            chain_id=client.chain_id,
            manufacturer=maker.id,
            model=model.id,
            root=tree.root,
            count=tree.count,
            number=maker.signatures,
        )
        message = MsgIssueBatch(
            owner=maker.owner, model=model.id, root=issue.root, count=issue.count, signature=issue.signature
        )
        result = client.send_messages([message], MAKER)
        answer = TxMsgData.FromString(result.data).msg_responses[0]
        batch = MsgIssueBatchResponse.FromString(answer.value).batch
        return [
            claim_message(
                key,
                tree.proof(index),
                chain_id=client.chain_id,
                owner=owner,
                batch=batch,
                network=model.network,
                cell=cell,
            )
            for index, (key, cell) in enumerate(devices)
        ]


def _tree_over(layout: Layout, maker: Manufacturer, devices: Sequence[tuple[DeviceKey, int]]) -> Path:
    """Build the tree over device keys with the tool that manufacturers use, and return its file."""
    lines = (
        json.dumps({"algorithm": key.algorithm.name.lower(), "public_key": key.public_key.hex()}) for key, _ in devices
    )
    tree = layout.devices_dir / f"{maker.name}-{maker.signatures}.tree"
    # Left by a run that was stopped before the batch was issued.
    tree.unlink(missing_ok=True)
    build(io.BytesIO("\n".join(lines).encode()), f"keys of {maker.name}", tree)
    return tree


def _issuing_key(layout: Layout, maker: str) -> DeviceKey:
    file = layout.devices_dir / f"{maker}-issuing.json"
    layout.devices_dir.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        DeviceKey.generate("p256").save(file)
    return DeviceKey.load(file)


def _maker_named(client: Client, name: str) -> Manufacturer | None:
    try:
        return client.query(
            _QUERY + "ManufacturerByName",
            query_pb2.QueryManufacturerByNameRequest(name=name),
            query_pb2.QueryManufacturerByNameResponse,
        ).manufacturer
    except QueryFailed as error:
        if error.code == SdkCode.KEY_NOT_FOUND:
            return None
        raise
