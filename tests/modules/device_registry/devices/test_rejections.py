"""Every rejection of every message about devices, by code."""

from collections.abc import Callable, Iterator
from typing import Any

import h3.api.basic_int as h3_library
import pytest
from google.protobuf.message import Message as ProtoMessage

from chain.pb.lamppost.device_registry.v1 import tx_pb2 as pb
from chain.pb.lamppost.device_registry.v1.transfers_pb2 import MsgReturnBond
from chain.testing import CHAIN_ID
from modules.device_registry.errors import RegistryCode as Code
from tests.modules.device_registry.rejections import (
    ADDRESS,
    FUNDS,
    STRANGER,
    Case,
    Make,
    as_params,
    check_rejection,
    ours,
)
from tests.modules.device_registry.world import CELL, COARSE_CELL, World, build, device_key, device_message


def device(**changes: Any) -> Make:
    return lambda w: device_message(w.chain, **changes)


def altered(**fields: Any) -> Make:
    def make(world: World) -> ProtoMessage:
        message = device_message(world.chain)
        for name, value in fields.items():
            setattr(message, name, value)
        return message

    return make


def proof_for(**changes: Any) -> Make:
    """Return a right message whose proof was made for something else."""

    def make(world: World) -> ProtoMessage:
        other = {"chain_id": CHAIN_ID, "owner": world["alice"], "network": 1, "nonce": 0, **changes}
        return device_message(world.chain, proof=device_key("new").prove(**other))

    return make


def stolen(world: World) -> ProtoMessage:
    """Return bob's attempt with the message that alice published."""
    message = device_message(world.chain, owner="alice")
    message.owner = world["bob"]
    return message


def other_key(world: World) -> ProtoMessage:
    proof = device_key("other").prove(CHAIN_ID, world["alice"], 1)
    return device_message(world.chain, proof=proof)


def receipt_as_proof(world: World) -> ProtoMessage:
    return device_message(world.chain, proof=device_key("new").sign(b"lamppost/receipt\n"))


REGISTER_DEVICE: list[Case] = [
    ("malformed owner", "alice", altered(owner="x"), ADDRESS),
    ("malformed operator", "alice", altered(operator="x"), ADDRESS),
    ("malformed payout", "alice", altered(payout="x"), ADDRESS),
    ("no algorithm", "alice", altered(algorithm=0), ours(Code.INVALID_ALGORITHM)),
    ("unknown algorithm", "alice", altered(algorithm=4), ours(Code.INVALID_ALGORITHM)),
    ("no key", "alice", altered(public_key=b""), ours(Code.INVALID_PUBLIC_KEY)),
    ("short key", "alice", altered(public_key=b"k" * 31), ours(Code.INVALID_PUBLIC_KEY)),
    ("key of another algorithm", "alice", altered(algorithm=1), ours(Code.INVALID_PUBLIC_KEY)),
    ("no cell at all", "alice", altered(cell=1), ours(Code.INVALID_CELL)),
    ("edge instead of a cell", "alice", altered(cell=CELL | 1 << 60), ours(Code.INVALID_CELL)),
    ("cell with the highest bit", "alice", altered(cell=CELL | 1 << 63), ours(Code.INVALID_CELL)),
    ("short commitment", "alice", altered(commitment=b"c" * 31), ours(Code.INVALID_COMMITMENT)),
    ("unknown network", "alice", device(network=99), ours(Code.UNKNOWN_NETWORK)),
    ("closed network", "alice", device(network=3, model=4, cell=0), ours(Code.NETWORK_CLOSED)),
    ("unknown model", "alice", device(model=99), ours(Code.UNKNOWN_MODEL)),
    ("model of another network", "alice", device(model=3), ours(Code.MODEL_OF_OTHER_NETWORK)),
    ("suspended model", "alice", device(model=2), ours(Code.MODEL_SUSPENDED)),
    ("PRN without a cell", "alice", device(cell=0), ours(Code.CELL_REQUIRED)),
    ("PRN with a coarse cell", "alice", device(cell=COARSE_CELL), ours(Code.INVALID_CELL)),
    ("DRN with a cell", "alice", device(network=2, model=3), ours(Code.CELL_NOT_ALLOWED)),
    (
        "DRN with a commitment",
        "alice",
        device(network=2, model=3, cell=0, commitment=b"c" * 32),
        ours(Code.CELL_NOT_ALLOWED),
    ),
    ("registered before", "alice", device(name="active"), ours(Code.DEVICE_EXISTS)),
    ("registered before by another", "bob", device(name="active", owner="bob"), ours(Code.DEVICE_EXISTS)),
    ("retired before", "alice", device(name="retired"), ours(Code.DEVICE_EXISTS)),
    ("no proof", "alice", altered(proof=b""), ours(Code.BAD_PROOF)),
    ("long proof", "alice", altered(proof=b"p" * 65), ours(Code.BAD_PROOF)),
    ("proof of another owner", "bob", stolen, ours(Code.BAD_PROOF)),
    ("proof of another chain", "alice", proof_for(chain_id="lamppost-2"), ours(Code.BAD_PROOF)),
    ("proof for another network", "alice", proof_for(network=2), ours(Code.BAD_PROOF)),
    ("proof with another nonce", "alice", proof_for(nonce=1), ours(Code.BAD_PROOF)),
    ("proof by another key", "alice", other_key, ours(Code.BAD_PROOF)),
    ("receipt's signature as proof", "alice", receipt_as_proof, ours(Code.BAD_PROOF)),
    (
        "key that is no point",
        "alice",
        altered(algorithm=1, public_key=b"\x02" + b"\xff" * 32),
        ours(Code.INVALID_PUBLIC_KEY),
    ),
    ("key of small order", "alice", altered(public_key=b"\x01" + bytes(31)), ours(Code.INVALID_PUBLIC_KEY)),
    ("bond that can't be paid", "poor", device(owner="poor"), FUNDS),
]


def of_device(kind: type[Any], **fields: str) -> Callable[[str, str], Make]:
    """Return a maker of makers: (device's name in the world or id, signer) -> message."""

    def for_device(name: str, signer: str) -> Make:
        def make(world: World) -> ProtoMessage:
            role = "owner" if "owner" in kind.DESCRIPTOR.fields_by_name else "signer"
            number = getattr(world, name) if hasattr(world, name) else name
            return kind(**{role: world[signer] if signer else "x", "device_id": number, **fields})

        return make

    return for_device


def device_cases(kind: type[Any], refused: Code, statuses: tuple[str, ...], **fields: str) -> list[Case]:
    make = of_device(kind, **fields)
    return [
        ("malformed signer", "alice", make("active", ""), ADDRESS),
        ("malformed device", "alice", make("lampdev1", "alice"), ADDRESS),
        ("account instead of a device", "alice", lambda w: make(w["alice"], "alice")(w), ADDRESS),
        ("unknown device", "alice", make(STRANGER, "alice"), ours(Code.UNKNOWN_DEVICE)),
        ("stranger", "founder", make("active", "founder"), ours(refused)),
        *((f"{status} device", "alice", make(status, "alice"), ours(Code.WRONG_STATUS)) for status in statuses),
    ]


OPERATOR = of_device(pb.MsgRetireDevice)("active", "bob")
DEVICE_MESSAGES: dict[str, list[Case]] = {
    "MsgSetOperator": [
        *device_cases(pb.MsgSetOperator, Code.NOT_OWNER, ("retired",)),
        ("operator", "bob", of_device(pb.MsgSetOperator)("active", "bob"), ours(Code.NOT_OWNER)),
        ("malformed operator", "alice", of_device(pb.MsgSetOperator, operator="x")("active", "alice"), ADDRESS),
    ],
    "MsgSetPayout": [
        *device_cases(pb.MsgSetPayout, Code.NOT_OWNER, ()),
        ("operator", "bob", of_device(pb.MsgSetPayout)("active", "bob"), ours(Code.NOT_OWNER)),
        ("malformed payout", "alice", of_device(pb.MsgSetPayout, payout="x")("active", "alice"), ADDRESS),
    ],
    "MsgPauseDevice": device_cases(pb.MsgPauseDevice, Code.NOT_OPERATOR, ("paused", "retired")),
    "MsgResumeDevice": device_cases(pb.MsgResumeDevice, Code.NOT_OPERATOR, ("active", "retired")),
    "MsgRetireDevice": [
        *device_cases(pb.MsgRetireDevice, Code.NOT_OWNER, ("retired",)),
        ("operator", "bob", OPERATOR, ours(Code.NOT_OWNER)),
    ],
    "MsgReturnBond": [
        ("malformed signer", "alice", of_device(MsgReturnBond)("active", ""), ADDRESS),
        ("malformed device", "alice", of_device(MsgReturnBond)("lampdev1", "alice"), ADDRESS),
        ("unknown device", "alice", of_device(MsgReturnBond)(STRANGER, "alice"), ours(Code.UNKNOWN_DEVICE)),
        ("device that lives", "alice", of_device(MsgReturnBond)("active", "alice"), ours(Code.NO_BOND)),
        ("bond that went back", "alice", of_device(MsgReturnBond)("retired", "alice"), ours(Code.NO_BOND)),
    ],
}

TABLES: dict[str, list[Case]] = {"MsgRegisterDevice": REGISTER_DEVICE, **DEVICE_MESSAGES}


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    made = build()
    yield made
    made.chain.close()


@pytest.mark.parametrize(("case", "signer", "make", "code"), as_params(TABLES))
def test_a_bad_message_is_rejected_by_code_and_changes_nothing(
    world: World, case: str, signer: str, make: Make, code: tuple[str, int]
) -> None:
    check_rejection(world, signer, make, code)


def test_a_device_may_give_any_finer_cell(world: World) -> None:
    for resolution in (9, 15):
        cell = h3_library.latlng_to_cell(47.6, -122.3, resolution)
        world.chain.ok(device_message(world.chain, f"fine {resolution}", cell=cell), signer="alice")
