"""From keys and names to the ids that the chain uses."""

from chain.crypto.algorithms import Algorithm
from chain.crypto.hashing import ripemd160, sha256
from chain.primitives.ids import Address, DeviceId

_DEVICE_DOMAIN = b"lamppost/device"


def address_of(public_key: bytes) -> Address:
    """Return the account of a compressed secp256k1 key: ripemd160(sha256(key)). Raises: ValueError unless 33 bytes."""
    if len(public_key) != 33:
        raise ValueError(f"a compressed secp256k1 key is 33 bytes, got {len(public_key)}")
    return Address(ripemd160(sha256(public_key)))


def module_address(name: str) -> Address:
    """Return a module's account: the first 20 bytes of sha256(name), as in the Cosmos SDK."""
    return Address(sha256(name.encode())[:20])


def device_id(algorithm: Algorithm, public_key: bytes) -> DeviceId:
    """Return a device's id: the first 20 bytes of sha256("lamppost/device" + algorithm byte + key)."""
    return DeviceId(sha256(_DEVICE_DOMAIN + bytes((algorithm,)) + public_key)[:20])
