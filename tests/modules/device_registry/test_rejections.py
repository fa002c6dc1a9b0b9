"""Every rejection of the message about parameters, and a case for every code in the folders' tables."""

from collections.abc import Iterator

import pytest
from google.protobuf.message import Message as ProtoMessage

from chain.pb.lamppost.device_registry.v1 import tx_pb2 as pb
from modules.device_registry.errors import RegistryCode as Code
from modules.device_registry.module import module
from modules.device_registry.params import BOUNDS, Params, params_to_proto
from tests.modules.device_registry.devices import test_rejections as devices
from tests.modules.device_registry.keys import test_rejections as keys
from tests.modules.device_registry.manufacturers import test_rejections as manufacturers
from tests.modules.device_registry.networks import test_rejections as networks
from tests.modules.device_registry.places import test_rejections as places
from tests.modules.device_registry.rejections import ADDRESS, Case, Make, as_params, check_rejection, ours
from tests.modules.device_registry.statements import test_rejections as statements
from tests.modules.device_registry.transfers import test_rejections as transfers
from tests.modules.device_registry.world import World, build


def params(signer: str = "council", **changes: int) -> Make:
    def make(world: World) -> ProtoMessage:
        wanted = params_to_proto(Params())
        for name, value in changes.items():
            setattr(wanted, name, value)
        return pb.MsgUpdateParams(authority=world[signer], params=wanted)

    return make


UPDATE_PARAMS: list[Case] = [
    (
        "malformed authority",
        "council",
        lambda w: pb.MsgUpdateParams(authority="x", params=params_to_proto(Params())),
        ADDRESS,
    ),
    ("no parameters", "council", lambda w: pb.MsgUpdateParams(authority=w["council"]), ours(Code.INVALID_PARAMS)),
    ("somebody else", "alice", params("alice"), ours(Code.NOT_AUTHORITY)),
    *(
        (f"{name} above its bound", "council", params(**{name: high + 1}), ours(Code.INVALID_PARAMS))
        for name, (_, high) in BOUNDS.items()
    ),
    *(
        (f"{name} below its bound", "council", params(**{name: low - 1}), ours(Code.INVALID_PARAMS))
        for name, (low, _) in BOUNDS.items()
        if low
    ),
]

TABLES: dict[str, list[Case]] = {"MsgUpdateParams": UPDATE_PARAMS}
ELSEWHERE = {
    Code.TOO_MANY_WEIGHTED_NETWORKS,
    Code.BOND_LOCKED,
    Code.MODEL_NEEDS_BATCH,
    Code.DEVICE_SUSPENDED,
    Code.PRICE_ABOVE_LIMIT,
}
"""Need worlds of their own: in networks, devices, manufacturers and places."""


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


def test_every_message_has_a_table_and_every_code_a_case() -> None:
    tables = [("MsgUpdateParams", UPDATE_PARAMS), ("MsgAddModel", manufacturers.MODELS)]
    for folder in (networks, manufacturers, devices, transfers, keys, places, statements):
        tables += folder.TABLES.items()
    declared = {message.proto.DESCRIPTOR.name for message in module(None).messages}  # type: ignore[arg-type]  # nothing runs here
    assert {message for message, _ in tables} == declared
    found = {code for _, cases in tables for _, _, _, (space, code) in cases if space == "device_registry"}
    assert found | set(map(int, ELSEWHERE)) == set(map(int, Code))
