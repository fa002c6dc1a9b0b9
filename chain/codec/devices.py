"""What a device's key signs: the same bytes for the chain, the agent and users' programs."""

from hashlib import sha256
from typing import Any

from chain.pb.lamppost.device_registry.v1.transfers_pb2 import KeyRotation, RecoveryVeto
from chain.pb.lamppost.device_registry.v1.types_pb2 import DeviceBinding
from chain.pb.lamppost.work.v1.types_pb2 import ReceiptBody
from chain.primitives.ids import Address, DeviceId

BINDING_DOMAIN = b"lamppost/device-binding\n"
"""First bytes of every binding, so that no other signature of the key can pass for one."""
RECEIPT_DOMAIN = b"lamppost/receipt\n"
"""First bytes of every receipt."""
ROTATION_DOMAIN = b"lamppost/key-rotation\n"
"""First bytes of what two keys sign when one replaces the other."""
VETO_DOMAIN = b"lamppost/recovery-veto\n"
"""First bytes of what a key signs that is not lost after all."""
LOCATION_DOMAIN = b"lamppost/location\n"
"""First bytes of what is hashed for the commitment to a place."""
SALT_SIZE = 32
"""Bytes of a commitment's salt."""


def binding_bytes(chain_id: str, device: DeviceId, owner: Address, network: int, nonce: int) -> bytes:
    """Return what the device's key signs to be bound to an owner in a network of a chain.

    `nonce` is the number of earlier bindings of this device, so that an old proof is worth nothing.
    """
    binding = DeviceBinding(chain_id=chain_id, device=bytes(device), owner=str(owner), network=network, nonce=nonce)
    return BINDING_DOMAIN + binding.SerializeToString(deterministic=True)


def receipt_bytes(body: ReceiptBody) -> bytes:
    """Return what the device's key signs for a receipt."""
    return RECEIPT_DOMAIN + body.SerializeToString(deterministic=True)


def rotation_bytes(
    chain_id: str, device: DeviceId, owner: Address, nonce: int, algorithm: int, public_key: bytes
) -> bytes:
    """Return what a device's old and new key sign so that the new one takes the old one's place.

    `nonce` is the number of earlier bindings of this device.
    """
    # The wire's enums are integers that have a type of their own in the stubs only.
    kind: Any = int(algorithm)
    rotation = KeyRotation(
        chain_id=chain_id,
        device=bytes(device),
        owner=str(owner),
        nonce=nonce,
        algorithm=kind,
        public_key=public_key,
    )
    return ROTATION_DOMAIN + rotation.SerializeToString(deterministic=True)


def veto_bytes(chain_id: str, device: DeviceId, nonce: int, public_key: bytes) -> bytes:
    """Return what a device's key signs to stop its replacement by the public key of a recovery."""
    veto = RecoveryVeto(chain_id=chain_id, device=bytes(device), nonce=nonce, public_key=public_key)
    return VETO_DOMAIN + veto.SerializeToString(deterministic=True)


def location_commitment(device: DeviceId, fine_cell: int, salt: bytes) -> bytes:
    """Return the commitment to a device's fine cell: the hash of domain, device id, cell (8 bytes) and salt (32 bytes).

    The device id makes a copied commitment worthless, the salt keeps the place from being found by trying all cells.
    """
    return sha256(LOCATION_DOMAIN + bytes(device) + fine_cell.to_bytes(8, "big") + salt).digest()
