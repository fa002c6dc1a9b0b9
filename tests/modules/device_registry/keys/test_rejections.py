"""Every rejection of every message about devices' keys, by code."""

from collections.abc import Iterator
from typing import Any

import pytest
from google.protobuf.message import Message as ProtoMessage

from chain.pb.lamppost.device_registry.v1 import manufacturers_pb2
from chain.pb.lamppost.device_registry.v1 import transfers_pb2 as pb
from chain.pb.lamppost.device_registry.v1.types_pb2 import KEY_ALGORITHM_ED25519
from chain.testing import CHAIN_ID
from modules.device_registry.errors import RegistryCode as Code
from tests.modules.device_registry.lives import (
    APPROVED,
    ASKED,
    CLAIMED,
    approve,
    build_lives,
    found,
    recover,
    rotate,
)
from tests.modules.device_registry.manufacturers.makers import KEYS
from tests.modules.device_registry.rejections import ADDRESS, STRANGER, Case, Make, as_params, check_rejection, ours
from tests.modules.device_registry.world import World, device_key

OTHER = device_key("other").sign(b"x")


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    made = build_lives()
    yield made
    made.chain.close()


def with_fields(message: Any, world: World, fields: dict[str, Any]) -> Any:
    for key, value in fields.items():
        setattr(message, key, value(world) if callable(value) else value)
    return message


def rotating(name: str = "active", new: str = "next", **fields: Any) -> Make:
    return lambda w: with_fields(rotate(w, name, new), w, fields)


def rotation_of_other_chain(world: World) -> bytes:
    device = found(world, world.active)
    return device_key("active").rotation(
        "lamppost-2", device_key("active").device_id, device.owner, device.bindings, device_key("next")
    )


ROTATE: list[Case] = [
    ("malformed owner", "alice", lambda w: pb.MsgRotateKey(owner="x", device_id=w.active), ADDRESS),
    ("malformed device", "alice", rotating(device_id="x"), ADDRESS),
    ("no algorithm", "alice", rotating(algorithm=0), ours(Code.INVALID_ALGORITHM)),
    ("short key", "alice", rotating(public_key=b"k" * 31), ours(Code.INVALID_PUBLIC_KEY)),
    ("key of small order", "alice", rotating(public_key=b"\x01" + bytes(31)), ours(Code.INVALID_PUBLIC_KEY)),
    ("unknown device", "alice", rotating(device_id=STRANGER), ours(Code.UNKNOWN_DEVICE)),
    ("operator", "bob", rotating(owner=lambda w: w["bob"]), ours(Code.NOT_OWNER)),
    ("retired device", "alice", rotating("retired"), ours(Code.WRONG_STATUS)),
    ("its own key", "alice", rotating(new="active"), ours(Code.KEY_IN_USE)),
    ("key of another device", "alice", rotating(new="paused"), ours(Code.KEY_IN_USE)),
    ("key of a retired device", "alice", rotating(new="retired"), ours(Code.KEY_IN_USE)),
    ("no proof of the old key", "alice", rotating(old_proof=b""), ours(Code.BAD_PROOF)),
    ("no proof of the new key", "alice", rotating(new_proof=b""), ours(Code.BAD_PROOF)),
    ("old key signed by another", "alice", rotating(old_proof=OTHER), ours(Code.BAD_PROOF)),
    ("new key signed by another", "alice", rotating(new_proof=OTHER), ours(Code.BAD_PROOF)),
    (
        "new key signed twice",
        "alice",
        rotating(old_proof=lambda w: rotate(w, "active", "next").new_proof),
        ours(Code.BAD_PROOF),
    ),
    ("proof of another chain", "alice", rotating(old_proof=rotation_of_other_chain), ours(Code.BAD_PROOF)),
    (
        "proof for another new key",
        "alice",
        rotating(old_proof=lambda w: rotate(w, "active", "another").old_proof),
        ours(Code.BAD_PROOF),
    ),
]


def requesting(number: str = CLAIMED, **fields: Any) -> Make:
    return lambda w: with_fields(recover(w, number, device_key("fresh")), w, fields)


REQUEST: list[Case] = [
    ("malformed owner", "alice", lambda w: pb.MsgRequestRecovery(owner="x", device_id=CLAIMED), ADDRESS),
    ("malformed device", "alice", requesting(device_id="x"), ADDRESS),
    ("no algorithm", "alice", requesting(algorithm=0), ours(Code.INVALID_ALGORITHM)),
    ("no key", "alice", requesting(public_key=b""), ours(Code.INVALID_PUBLIC_KEY)),
    ("unknown device", "alice", requesting(device_id=STRANGER), ours(Code.UNKNOWN_DEVICE)),
    ("manufacturer", "maker", requesting(owner=lambda w: w["maker"]), ours(Code.NOT_OWNER)),
    (
        "retired device",
        "alice",
        lambda w: pb.MsgRequestRecovery(
            owner=w["alice"],
            device_id=w.retired,
            algorithm=KEY_ALGORITHM_ED25519,
            public_key=device_key("fresh").public_key,
        ),
        ours(Code.WRONG_STATUS),
    ),
    ("device without a manufacturer", "alice", requesting(device_id=lambda w: w.active), ours(Code.NO_MANUFACTURER)),
    ("key of a device", "alice", lambda w: recover(w, CLAIMED, device_key("active")), ours(Code.KEY_IN_USE)),
    ("no proof", "alice", requesting(proof=b""), ours(Code.BAD_PROOF)),
    ("proof by another key", "alice", requesting(proof=OTHER), ours(Code.BAD_PROOF)),
]


def approving(number: str = ASKED, signer: str = "maker", **fields: Any) -> Make:
    return lambda w: with_fields(approve(w, number, signer), w, fields)


APPROVE: list[Case] = [
    ("malformed signer", "maker", lambda w: pb.MsgApproveRecovery(signer="x", device_id=ASKED), ADDRESS),
    ("malformed device", "maker", approving("x"), ADDRESS),
    ("unknown device", "maker", approving(STRANGER), ours(Code.UNKNOWN_DEVICE)),
    ("device without a recovery", "maker", approving(CLAIMED), ours(Code.NO_RECOVERY)),
    ("owner", "alice", approving(signer="alice"), ours(Code.NOT_MANUFACTURER)),
    ("another key", "maker", approving(public_key=b"k" * 33), ours(Code.RECOVERY_DIFFERS)),
    (
        "approved before",
        "maker",
        lambda w: approve(w, APPROVED, new=device_key("second replacement")),
        ours(Code.APPROVED_ALREADY),
    ),
]


def cancelling(number: str = ASKED, signer: str = "alice", proof: bytes = b"") -> Make:
    return lambda w: pb.MsgCancelRecovery(signer=w[signer], device_id=number, proof=proof)


def veto_for_another_key(world: World) -> ProtoMessage:
    proof = KEYS[1].veto(CHAIN_ID, KEYS[1].device_id, 1, b"k" * 33)
    return pb.MsgCancelRecovery(signer=world["poor"], device_id=ASKED, proof=proof)


CANCEL: list[Case] = [
    ("malformed signer", "alice", lambda w: pb.MsgCancelRecovery(signer="x", device_id=ASKED), ADDRESS),
    ("malformed device", "alice", cancelling("x"), ADDRESS),
    ("unknown device", "alice", cancelling(STRANGER), ours(Code.UNKNOWN_DEVICE)),
    ("device without a recovery", "alice", cancelling(CLAIMED), ours(Code.NO_RECOVERY)),
    ("manufacturer", "maker", cancelling(signer="maker"), ours(Code.NOT_OWNER)),
    ("proof by another key", "poor", cancelling(signer="poor", proof=OTHER), ours(Code.BAD_PROOF)),
    ("veto of another key", "poor", veto_for_another_key, ours(Code.BAD_PROOF)),
]


def completing(number: str = ASKED, owner: str = "alice") -> Make:
    return lambda w: pb.MsgCompleteRecovery(owner=w[owner], device_id=number)


COMPLETE: list[Case] = [
    ("malformed owner", "alice", lambda w: pb.MsgCompleteRecovery(owner="x", device_id=ASKED), ADDRESS),
    ("malformed device", "alice", completing("x"), ADDRESS),
    ("unknown device", "alice", completing(STRANGER), ours(Code.UNKNOWN_DEVICE)),
    ("manufacturer", "maker", completing(owner="maker"), ours(Code.NOT_OWNER)),
    ("device without a recovery", "alice", completing(CLAIMED), ours(Code.NO_RECOVERY)),
    ("recovery that waits for the manufacturer", "alice", completing(), ours(Code.RECOVERY_NOT_READY)),
]
TABLES: dict[str, list[Case]] = {
    "MsgRotateKey": ROTATE,
    "MsgRequestRecovery": REQUEST,
    "MsgApproveRecovery": APPROVE,
    "MsgCancelRecovery": CANCEL,
    "MsgCompleteRecovery": COMPLETE,
}


@pytest.mark.parametrize(("case", "signer", "make", "code"), as_params(TABLES))
def test_a_bad_message_is_rejected_by_code_and_changes_nothing(
    world: World, case: str, signer: str, make: Make, code: tuple[str, int]
) -> None:
    check_rejection(world, signer, make, code)


def test_a_suspended_manufacturer_vouches_for_no_key() -> None:
    world = build_lives()
    suspend = manufacturers_pb2.MsgSetManufacturerStatus(
        authority=world["council"], manufacturer=1, status=manufacturers_pb2.MANUFACTURER_STATUS_SUSPENDED
    )
    world.chain.ok(suspend, signer="council")
    for make, signer in ((approving(), "maker"), (requesting(), "alice")):
        check_rejection(world, signer, make, ours(Code.MANUFACTURER_NOT_ACTIVE))
    world.chain.close()
