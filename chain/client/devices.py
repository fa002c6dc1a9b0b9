"""Device keys for agents and programs: make one, keep it, register the device, sign receipts.

key = DeviceKey.generate("ed25519")
key.save("station.json")
message = register_message(key, chain_id="lamppost-1", owner="lamp1...", network=1, model=1)
"""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path

from chain.codec.devices import (
    SALT_SIZE,
    binding_bytes,
    location_commitment,
    receipt_bytes,
    rotation_bytes,
    veto_bytes,
)
from chain.crypto.addresses import device_id
from chain.crypto.keys import Algorithm
from chain.pb.lamppost.device_registry.v1.transfers_pb2 import MsgAcceptTransfer, MsgRequestRecovery, MsgRotateKey
from chain.pb.lamppost.device_registry.v1.tx_pb2 import MsgRegisterDevice
from chain.pb.lamppost.device_registry.v1.types_pb2 import Device, KeyAlgorithm
from chain.pb.lamppost.work.v1.types_pb2 import Receipt, ReceiptBody
from chain.primitives.ids import Address, DeviceId

_FIELDS = ("algorithm", "device_id", "private_key", "public_key")
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Order of the group of NIST P-256 (FIPS 186-5)."""


class DeviceKeyError(ValueError):
    """A device key or its file that can't be used; the text names the file."""


@dataclass(frozen=True, slots=True)
class DeviceKey:
    """A device's key pair; the private key is 32 bytes in all three algorithms and is never printed."""

    algorithm: Algorithm
    private_key: bytes = field(repr=False)
    public_key: bytes

    @classmethod
    def generate(cls, algorithm: str | Algorithm = Algorithm.ED25519) -> "DeviceKey":
        """Make a new key: `ed25519`, `p256` or `secp256k1`. Raises: DeviceKeyError for another algorithm."""
        kind = _algorithm(algorithm)
        private = os.urandom(32)
        while kind is not Algorithm.ED25519 and not 0 < int.from_bytes(private, "big") < _P256_ORDER:
            private = os.urandom(32)
        return cls.from_private(kind, private)

    @classmethod
    def from_private(cls, algorithm: str | Algorithm, private_key: bytes) -> "DeviceKey":
        """Return the key pair of a private key of 32 bytes. Raises: DeviceKeyError for an invalid one."""
        kind = _algorithm(algorithm)
        if len(private_key) != 32:
            raise DeviceKeyError(f"a private key is 32 bytes, got {len(private_key)}")
        try:
            return cls(kind, bytes(private_key), _public_key(kind, private_key))
        except ValueError as error:
            raise DeviceKeyError(f"no private key of {kind.name.lower()}: {error}") from error

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "DeviceKey":
        """Read a key file. Raises: DeviceKeyError when others may read it, or it is damaged."""
        file = Path(path)
        try:
            if file.stat().st_mode & 0o077:
                raise DeviceKeyError(f"{file} may be read by others: run `chmod 600 {file}`")
            content = json.loads(file.read_text(encoding="utf-8"))
        except OSError as error:
            raise DeviceKeyError(f"{file} can't be read: {error.strerror}") from error
        except ValueError as error:
            if isinstance(error, DeviceKeyError):
                raise
            raise DeviceKeyError(f"{file} is no JSON file of a device key") from error
        return _from_json(file, content)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the key to a new file that only its owner may read. Raises: DeviceKeyError when it is there already."""
        file = Path(path)
        content = {
            "device_id": str(self.device_id),
            "algorithm": self.algorithm.name.lower(),
            "public_key": self.public_key.hex(),
            "private_key": self.private_key.hex(),
        }
        try:
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
                json.dump(content, out, indent=2)
                out.write("\n")
                out.flush()
                os.fsync(out.fileno())
        except FileExistsError as error:
            raise DeviceKeyError(f"{file} is there already; a key is never overwritten") from error
        except OSError as error:
            raise DeviceKeyError(f"{file} can't be written: {error.strerror}") from error

    @property
    def device_id(self) -> DeviceId:
        """The device's id, which follows from the public key."""
        return device_id(self.algorithm, self.public_key)

    def sign(self, message: bytes) -> bytes:
        """Return the signature of a message, 64 bytes."""
        return _SIGN[self.algorithm](self.private_key, message)

    def prove(self, chain_id: str, owner: str, network: int, nonce: int = 0) -> bytes:
        """Return the proof that this device belongs to an owner in a network of a chain."""
        return self.sign(binding_bytes(chain_id, self.device_id, Address.parse(owner), network, nonce))

    def rotation(self, chain_id: str, device: DeviceId, owner: str, nonce: int, new: "DeviceKey") -> bytes:
        """Return this key's signature of a device's change to a new key; both keys make one."""
        return self.sign(
            rotation_bytes(chain_id, device, Address.parse(owner), nonce, int(new.algorithm), new.public_key)
        )

    def veto(self, chain_id: str, device: DeviceId, nonce: int, public_key: bytes) -> bytes:
        """Return this key's objection to its replacement by the public key of a recovery."""
        return self.sign(veto_bytes(chain_id, device, nonce, public_key))


def register_message(
    key: DeviceKey,
    *,
    chain_id: str,
    owner: str,
    network: int,
    model: int,
    operator: str = "",
    payout: str = "",
    cell: int = 0,
    commitment: bytes = b"",
) -> MsgRegisterDevice:
    """Return the message by which an owner registers the device of a key, with the key's proof.

    `cell` is the H3 cell of a device in a PRN, of resolution 8 or finer. Raises: ValueError for a bad owner address.
    """
    return MsgRegisterDevice(
        owner=owner,
        algorithm=KeyAlgorithm.Value(f"KEY_ALGORITHM_{key.algorithm.name}"),
        public_key=key.public_key,
        network=network,
        model=model,
        operator=operator,
        payout=payout,
        cell=cell,
        commitment=commitment,
        proof=key.prove(chain_id, owner, network),
    )


def accept_message(key: DeviceKey, *, chain_id: str, buyer: str, device: Device, price: int = 0) -> MsgAcceptTransfer:
    """Return the message by which a buyer takes an offered device over, with the device key's proof.

    `device` is as the chain shows it, `price` that of the offer in ulamp. Raises: ValueError for a bad address.
    """
    number = DeviceId.parse(device.id)
    signed = binding_bytes(chain_id, number, Address.parse(buyer), device.network, device.bindings)
    return MsgAcceptTransfer(buyer=buyer, device_id=device.id, price=price, proof=key.sign(signed))


def rotate_message(old: DeviceKey, new: DeviceKey, *, chain_id: str, device: Device) -> MsgRotateKey:
    """Return the message by which a device's owner replaces its key, with both keys' proofs.

    `device` is as the chain shows it. Raises: ValueError for a bad address.
    """
    number = DeviceId.parse(device.id)
    signed = (chain_id, number, device.owner, device.bindings, new)
    return MsgRotateKey(
        owner=device.owner,
        device_id=device.id,
        algorithm=KeyAlgorithm.Value(f"KEY_ALGORITHM_{new.algorithm.name}"),
        public_key=new.public_key,
        old_proof=old.rotation(*signed),
        new_proof=new.rotation(*signed),
    )


def recovery_message(new: DeviceKey, *, chain_id: str, device: Device) -> MsgRequestRecovery:
    """Return the message by which a device's owner asks for a new key in the place of a lost one.

    `device` is as the chain shows it. Raises: ValueError for a bad address.
    """
    number = DeviceId.parse(device.id)
    return MsgRequestRecovery(
        owner=device.owner,
        device_id=device.id,
        algorithm=KeyAlgorithm.Value(f"KEY_ALGORITHM_{new.algorithm.name}"),
        public_key=new.public_key,
        proof=new.rotation(chain_id, number, device.owner, device.bindings, new),
    )


def commit_to(device: DeviceId, fine_cell: int) -> tuple[bytes, bytes]:
    """Return a commitment to a device's fine cell and the salt that opens it, 32 random bytes to be kept secret."""
    salt = os.urandom(SALT_SIZE)
    return location_commitment(device, fine_cell, salt), salt


def receipt_sign_bytes(chain_id: str, receipt: Receipt) -> bytes:
    """Return what a device signs for a receipt on a chain."""
    return receipt_bytes(
        ReceiptBody(
            chain_id=chain_id,
            network=receipt.network,
            device=receipt.device,
            epoch=receipt.epoch,
            sequence=receipt.sequence,
            units=receipt.units,
            uptime_bp=receipt.uptime_bp,
            telemetry_root=receipt.telemetry_root,
            audit_answer=receipt.audit_answer,
        )
    )


def _algorithm(name: str | Algorithm) -> Algorithm:
    if isinstance(name, Algorithm):
        return name
    try:
        return Algorithm[name.upper()]
    except KeyError as error:
        raise DeviceKeyError(f"{name!r} is none of ed25519, p256, secp256k1") from error


def _from_json(file: Path, content: object) -> DeviceKey:
    if not isinstance(content, dict) or sorted(content) != list(_FIELDS):
        raise DeviceKeyError(f"{file} is no device key: it needs exactly {', '.join(_FIELDS)}")
    if not all(isinstance(value, str) for value in content.values()):
        raise DeviceKeyError(f"{file} is no device key: all values are texts")
    try:
        key = DeviceKey.from_private(content["algorithm"], bytes.fromhex(content["private_key"]))
    except ValueError as error:
        raise DeviceKeyError(f"{file} is damaged: {error}") from error
    if key.public_key.hex() != content["public_key"] or str(key.device_id) != content["device_id"]:
        raise DeviceKeyError(f"{file} is damaged: private key, public key and device id do not belong together")
    return key


def _public_key(kind: Algorithm, private_key: bytes) -> bytes:
    if kind is Algorithm.SECP256K1:
        from chain.crypto.keys import secp256k1_public_key

        return secp256k1_public_key(private_key)
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    if kind is Algorithm.ED25519:
        return ed25519.Ed25519PrivateKey.from_private_bytes(private_key).public_key().public_bytes_raw()
    pair = ec.derive_private_key(int.from_bytes(private_key, "big"), ec.SECP256R1())
    return pair.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)


def _sign_secp256k1(private_key: bytes, message: bytes) -> bytes:
    from chain.crypto.keys import secp256k1_sign

    return secp256k1_sign(private_key, message)


def _sign_ed25519(private_key: bytes, message: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric import ed25519

    return ed25519.Ed25519PrivateKey.from_private_bytes(private_key).sign(message)


def _sign_p256(private_key: bytes, message: bytes) -> bytes:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, utils

    pair = ec.derive_private_key(int.from_bytes(private_key, "big"), ec.SECP256R1())
    r, s = utils.decode_dss_signature(pair.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True)))
    # The chain takes the lower of the two possible values of s, so that a signature has one form only.
    return r.to_bytes(32, "big") + min(s, _P256_ORDER - s).to_bytes(32, "big")


_SIGN = {
    Algorithm.SECP256K1: _sign_secp256k1,
    Algorithm.ED25519: _sign_ed25519,
    Algorithm.P256: _sign_p256,
}
