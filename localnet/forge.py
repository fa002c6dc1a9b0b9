"""Forge a receipt of a device of the fleet and show how it is refused: `python -m localnet.forge KEY_FILE`."""

import argparse
import sys
from pathlib import Path

from chain.client import Client, ClientError
from chain.client.agent.clock import read_clock
from chain.client.agent.submit import ChainSubmitter, GatewaySubmitter
from chain.client.devices import DeviceKey, DeviceKeyError, receipt_sign_bytes
from chain.client.rpc import DEFAULT_NODE
from chain.pb.lamppost.device_registry.v1 import query_pb2
from chain.pb.lamppost.work.v1.types_pb2 import Receipt
from localnet.founding import device_key
from localnet.layout import DATA, Layout


def main() -> None:
    """Forge a receipt; what is wrong with the call is told in one line."""
    try:
        _forge_and_hand_in()
    except (ClientError, DeviceKeyError, OSError) as error:
        sys.exit(f"Error: {error}")


def _forge_and_hand_in() -> None:
    """Hand in a forged receipt, first to a gateway, then in a transaction of alice's."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("key_file", type=Path, help="the forger's own device key")
    parser.add_argument("--node", default=DEFAULT_NODE)
    parser.add_argument("--gateway", default="http://127.0.0.1:8700")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the local network")
    given = parser.parse_args()
    layout = Layout(given.data)
    if not layout.data.is_dir():
        sys.exit(f"Error: there is no local network in {layout.data}; `make localnet` makes it")
    victim = device_key(layout, layout.names_of("weather")[0]).device_id
    with Client(given.node, layout.keys) as client:
        receipt = forge(client, DeviceKey.load(given.key_file), bytes(victim), str(victim))
        for name, submitter in (
            ("gateway", GatewaySubmitter(given.gateway)),
            ("chain", ChainSubmitter(client, "alice")),
        ):
            try:
                outcome = submitter.submit(receipt)
                print(f"{name}: {outcome.fate.value}: {outcome.reason}")
            except ClientError as error:
                print(f"{name}: {error}")


def forge(client: Client, key: DeviceKey, device: bytes, device_id: str) -> Receipt:
    """Return a receipt in a device's name, signed with another key."""
    found = client.query(
        "/lamppost.device_registry.v1.Query/Device",
        query_pb2.QueryDeviceRequest(device_id=device_id),
        query_pb2.QueryDeviceResponse,
    )
    receipt = Receipt(
        network=found.device.network,
        device=device,
        epoch=read_clock(client).epoch,
        sequence=1_000_000,
        units=24,
        uptime_bp=10_000,
        telemetry_root=bytes(32),
    )
    receipt.signature = key.sign(receipt_sign_bytes(client.chain_id, receipt))
    return receipt


if __name__ == "__main__":
    main()
