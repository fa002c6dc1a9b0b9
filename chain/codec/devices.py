"""What a device's key signs: the same bytes for the chain, the agent and users' programs."""

from chain.pb.lamppost.device_registry.v1.types_pb2 import DeviceBinding
from chain.pb.lamppost.work.v1.types_pb2 import ReceiptBody
from chain.primitives.ids import Address, DeviceId

BINDING_DOMAIN = b"lamppost/device-binding\n"
"""First bytes of every binding, so that no other signature of the key can pass for one."""
RECEIPT_DOMAIN = b"lamppost/receipt\n"
"""First bytes of every receipt."""


def binding_bytes(chain_id: str, device: DeviceId, owner: Address, network: int, nonce: int) -> bytes:
    """Return what the device's key signs to be bound to an owner in a network of a chain.

    `nonce` is the number of earlier bindings of this device, so that an old proof is worth nothing.
    """
    binding = DeviceBinding(chain_id=chain_id, device=bytes(device), owner=str(owner), network=network, nonce=nonce)
    return BINDING_DOMAIN + binding.SerializeToString(deterministic=True)


def receipt_bytes(body: ReceiptBody) -> bytes:
    """Return what the device's key signs for a receipt."""
    return RECEIPT_DOMAIN + body.SerializeToString(deterministic=True)
