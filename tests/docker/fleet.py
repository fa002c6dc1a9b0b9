"""Devices of the load: one network, one owner, and one receipt of each device for each epoch."""

import hashlib

from chain.app import default_genesis
from chain.client.client import Client
from chain.client.devices import DeviceKey, receipt_sign_bytes, register_message
from chain.client.keyring import Signer
from chain.client.networks import parse_network
from chain.client.rpc import RpcClient
from chain.pb.lamppost.device_registry.v1.tx_pb2 import MsgSetNetworkWeight
from chain.pb.lamppost.reward_emission.v1.tx_pb2 import MsgClaim
from chain.pb.lamppost.work.v1 import query_pb2
from chain.pb.lamppost.work.v1.types_pb2 import Receipt
from chain.primitives.coins import BASE_DENOM, Coin
from chain.testing_docker import Plan
from chain.testing_docker.homes import COMET_SETTINGS

DEVICES = 6
EPOCH_SECONDS = 6
FOUNDER = Signer.from_private_key(hashlib.sha256(b"docker founder").digest(), "founder")
OWNER = Signer.from_private_key(hashlib.sha256(b"docker owner").digest(), "owner")
NETWORK = """
[network]
name = "docker"
kind = "DRN"
unit = "unit"
description = "Devices of the load"
receipts = "direct"
[level_weights]
level_0 = 10000
level_1 = 10000
level_2 = 10000
level_3 = 10000
[emission]
weight_bp = 10000
[[model]]
name = "device"
hardware_bp = 10000
max_units = 1000
"""


def plan(accounts: list[Signer], **changes: object) -> Plan:
    """Return a plan with short epochs, a founder, an owner and further accounts."""
    work: dict[str, object] = {"epoch_seconds": str(EPOCH_SECONDS)}
    if "audits_per_epoch" in default_genesis()["work"]["params"]:
        # The receipts of this load are made up: there are no samples that could be audited.
        work["audits_per_epoch"] = 0
    state = {"runtime": {"authority": str(FOUNDER.address)}, "work": {"params": work}}
    coins = (Coin(BASE_DENOM, 10**12),)
    genesis = [(each.address, coins) for each in (FOUNDER, OWNER, *accounts)]
    return Plan(accounts=genesis, app_state=state, comet_settings=dict(COMET_SETTINGS), **changes)  # type: ignore[arg-type]


class Fleet:
    """Registered devices that sign receipts; the same receipt whoever asks for it."""

    def __init__(self, client: Client, devices: int = DEVICES) -> None:
        self.chain_id = client.chain_id
        self.keys = [
            DeviceKey.from_private("ed25519", hashlib.sha256(b"docker device %d" % index).digest())
            for index in range(devices)
        ]
        self.network = 1
        founder = str(FOUNDER.address)
        client.send_messages([parse_network(NETWORK).message(founder)], FOUNDER)
        weight = MsgSetNetworkWeight(authority=founder, network=self.network, weight_bp=10_000)
        client.send_messages([weight], FOUNDER)
        owner = str(OWNER.address)
        client.send_messages(
            [
                register_message(key, chain_id=self.chain_id, owner=owner, network=self.network, model=1)
                for key in self.keys
            ],
            OWNER,
        )

    def epoch(self, rpc: RpcClient) -> int:
        """Return the running epoch. Raises: ClientError."""
        answer = rpc.abci_query("/lamppost.work.v1.Query/Epoch", b"").value
        return int(query_pb2.QueryEpochResponse.FromString(answer).epoch)

    def receipts(self, epoch: int) -> list[Receipt]:
        """Return the receipts of all devices for an epoch."""
        made = []
        for index, key in enumerate(self.keys):
            receipt = Receipt(
                network=self.network,
                device=bytes(key.device_id),
                epoch=epoch,
                sequence=epoch + 1,
                units=100 + index,
                uptime_bp=10_000,
                telemetry_root=hashlib.sha256(b"%d %d" % (epoch, index)).digest(),
            )
            receipt.signature = key.sign(receipt_sign_bytes(self.chain_id, receipt))
            made.append(receipt)
        return made

    def claim(self, client: Client) -> int:
        """Claim what all devices earned; return the ulamp that the owner got, beside the fee."""
        message = MsgClaim(owner=str(OWNER.address), device_ids=[str(key.device_id) for key in self.keys])
        before = client.balance(OWNER.address)
        result = client.send_messages([message], OWNER)
        after = client.balance(OWNER.address)
        told = sum(
            int(event[1]["amount"].removesuffix(BASE_DENOM)) for event in result.events if event[0] == "rewards_claimed"
        )
        if after - before != told:
            raise AssertionError(f"the owner got {after - before} ulamp, and the chain says {told}")
        return told
