"""Device keys: made, kept, signing."""

import json
from pathlib import Path

import pytest

from chain.client.devices import DeviceKey, DeviceKeyError, receipt_sign_bytes, register_message
from chain.codec.devices import binding_bytes
from chain.crypto.keys import Algorithm, verify
from chain.pb.lamppost.work.v1.types_pb2 import Receipt, ReceiptBody
from chain.primitives.ids import Address

ALGORITHMS = ("ed25519", "p256", "secp256k1")
OWNER = Address(bytes(range(20)))


@pytest.fixture(params=ALGORITHMS)
def key(request: pytest.FixtureRequest) -> DeviceKey:
    return DeviceKey.generate(request.param)


def test_a_key_signs_what_its_public_key_verifies(key: DeviceKey) -> None:
    signature = key.sign(b"reading")
    assert len(signature) == 64
    assert verify(key.algorithm, key.public_key, b"reading", signature)
    assert not verify(key.algorithm, key.public_key, b"other", signature)


def test_signing_twice_gives_the_same_signature(key: DeviceKey) -> None:
    assert key.sign(b"reading") == key.sign(b"reading")


def test_p256_signatures_have_the_lower_s() -> None:
    key = DeviceKey.generate("p256")
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    for number in range(20):
        assert int.from_bytes(key.sign(bytes([number]))[32:], "big") <= order // 2


def test_two_keys_differ() -> None:
    assert DeviceKey.generate("ed25519").device_id != DeviceKey.generate("ed25519").device_id


def test_a_key_is_saved_for_its_owner_alone_and_loaded_again(key: DeviceKey, tmp_path: Path) -> None:
    path = tmp_path / "station.json"
    key.save(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert DeviceKey.load(path) == key


def test_a_key_file_is_never_overwritten(key: DeviceKey, tmp_path: Path) -> None:
    path = tmp_path / "station.json"
    key.save(path)
    with pytest.raises(DeviceKeyError, match="is there already"):
        DeviceKey.generate("ed25519").save(path)
    assert DeviceKey.load(path) == key


def test_the_private_key_is_not_in_the_text_of_a_key(key: DeviceKey) -> None:
    assert key.private_key.hex() not in repr(key)
    assert repr(key.private_key) not in repr(key)


def test_a_key_file_that_others_may_read_is_refused(key: DeviceKey, tmp_path: Path) -> None:
    path = tmp_path / "station.json"
    key.save(path)
    path.chmod(0o640)
    with pytest.raises(DeviceKeyError, match="chmod 600"):
        DeviceKey.load(path)


def damaged(content: dict[str, str], **changes: object) -> str:
    return json.dumps({**content, **changes})


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"private_key": "00" * 31}, "a private key is 32 bytes"),
        ({"private_key": "no hex"}, "is damaged"),
        ({"algorithm": "rsa"}, "none of ed25519, p256, secp256k1"),
        ({"algorithm": 2}, "all values are texts"),
        ({"public_key": "00" * 32}, "do not belong together"),
        ({"device_id": "lampdev1"}, "do not belong together"),
        ({"extra": "1"}, "it needs exactly"),
    ],
)
def test_a_damaged_key_file_is_refused(changes: dict[str, object], text: str, tmp_path: Path) -> None:
    path = tmp_path / "station.json"
    DeviceKey.generate("ed25519").save(path)
    path.write_text(damaged(json.loads(path.read_text()), **changes))
    with pytest.raises(DeviceKeyError, match=text):
        DeviceKey.load(path)


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "station.json"
    path.write_text("{")
    path.chmod(0o600)
    with pytest.raises(DeviceKeyError, match="no JSON file of a device key"):
        DeviceKey.load(path)
    with pytest.raises(DeviceKeyError, match="can't be read"):
        DeviceKey.load(tmp_path / "none.json")
    with pytest.raises(DeviceKeyError, match="can't be written"):
        DeviceKey.generate("ed25519").save(tmp_path / "none" / "station.json")


@pytest.mark.parametrize("algorithm", ["p256", "secp256k1"])
@pytest.mark.parametrize("private_key", [bytes(32), b"\xff" * 32])
def test_a_number_that_is_no_private_key_is_refused(algorithm: str, private_key: bytes) -> None:
    with pytest.raises(DeviceKeyError, match="no private key"):
        DeviceKey.from_private(algorithm, private_key)


def test_the_registering_message_carries_a_proof_for_this_owner_network_and_chain(key: DeviceKey) -> None:
    message = register_message(key, chain_id="lamppost-1", owner=str(OWNER), network=3, model=5, cell=7)
    signed = binding_bytes("lamppost-1", key.device_id, OWNER, 3, 0)
    assert verify(Algorithm(message.algorithm), message.public_key, signed, message.proof)
    assert (message.network, message.model, message.cell) == (3, 5, 7)


def test_binding_bytes_are_those_of_the_specification() -> None:
    """Golden: the domain, then the fields in order of their numbers as protobuf writes them."""
    key = DeviceKey.from_private("ed25519", bytes(range(32)))
    owner = str(OWNER).encode()
    assert binding_bytes("c", key.device_id, OWNER, 3, 0) == (
        b"lamppost/device-binding\n"
        + b"\x0a\x01c"
        + b"\x12\x14"
        + bytes(key.device_id)
        + b"\x1a"
        + bytes([len(owner)])
        + owner
        + b"\x20\x03"
    )


def test_receipt_bytes_are_the_domain_and_the_body_with_the_chain_id() -> None:
    receipt = Receipt(network=1, device=b"d" * 20, epoch=2, sequence=3, units=4, uptime_bp=5, telemetry_root=b"r" * 32)
    body = ReceiptBody(chain_id="c")
    body.MergeFromString(receipt.SerializeToString())
    assert receipt_sign_bytes("c", receipt) == b"lamppost/receipt\n" + body.SerializeToString(deterministic=True)
