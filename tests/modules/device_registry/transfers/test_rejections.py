"""Every rejection of every message about transfers, by code."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from google.protobuf.message import Message as ProtoMessage

from chain.pb.lamppost.device_registry.v1 import transfers_pb2 as pb
from modules.device_registry.errors import RegistryCode as Code
from tests.modules.device_registry.lives import accept, build_lives, offer
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
from tests.modules.device_registry.world import World, device_key


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    made = build_lives()
    yield made
    made.chain.close()


def offering(number: Callable[[World], str] = lambda w: w.active, **changes: Any) -> Make:
    return lambda w: offer(w, number(w), **changes)


def bad_offer(**changes: str) -> Make:
    """Return an offer with some people replaced; names of people become addresses."""

    def make(world: World) -> ProtoMessage:
        people: dict[str, Any] = {key: world[value] if value.isalpha() else value for key, value in changes.items()}
        return offer(world, world.active, **people)

    return make


OFFER: list[Case] = [
    ("malformed owner", "alice", bad_offer(owner="lamp1"), ADDRESS),
    ("malformed device", "alice", offering(lambda w: "lampdev1"), ADDRESS),
    ("malformed buyer", "alice", bad_offer(buyer="lamp1"), ADDRESS),
    ("no buyer", "alice", bad_offer(buyer=""), ADDRESS),
    ("owner as buyer", "alice", bad_offer(buyer="alice"), ours(Code.INVALID_BUYER)),
    ("price above all there is", "alice", offering(price=10**15 + 1), ours(Code.INVALID_PRICE)),
    ("unknown device", "alice", offering(lambda w: STRANGER), ours(Code.UNKNOWN_DEVICE)),
    ("operator", "bob", bad_offer(owner="bob", buyer="maker"), ours(Code.NOT_OWNER)),
    ("retired device", "alice", offering(lambda w: w.retired), ours(Code.WRONG_STATUS)),
    ("end that has passed", "alice", offering(seconds=-1), ours(Code.INVALID_EXPIRY)),
    ("no end", "alice", offering(expires_at=0), ours(Code.INVALID_EXPIRY)),
    ("end before 1970", "alice", offering(expires_at=-1), ours(Code.INVALID_EXPIRY)),
]


def accepting(name: str = "active", buyer: str = "bob", **fields: Any) -> Make:
    def make(world: World) -> ProtoMessage:
        message = accept(world, name, buyer)
        for key, value in fields.items():
            setattr(message, key, value(world) if callable(value) else value)
        return message

    return make


ACCEPT: list[Case] = [
    ("malformed device", "bob", accepting(device_id="x"), ADDRESS),
    ("malformed address", "bob", lambda w: pb.MsgAcceptTransfer(buyer="x", device_id=w.active), ADDRESS),
    ("unknown device", "bob", accepting(device_id=STRANGER), ours(Code.UNKNOWN_DEVICE)),
    ("device that is not offered", "bob", accepting("hidden"), ours(Code.NO_OFFER)),
    ("retired device", "bob", accepting("retired"), ours(Code.NO_OFFER)),
    ("somebody else", "maker", accepting(buyer="maker"), ours(Code.NOT_BUYER)),
    ("owner", "alice", accepting(buyer="alice"), ours(Code.NOT_BUYER)),
    ("offer that has ended", "bob", accepting("stale"), ours(Code.OFFER_EXPIRED)),
    ("another price", "bob", accepting(price=1), ours(Code.PRICE_DIFFERS)),
    ("no proof", "bob", accepting(proof=b""), ours(Code.BAD_PROOF)),
    ("proof by another key", "bob", accepting(proof=device_key("other").sign(b"x")), ours(Code.BAD_PROOF)),
    (
        "proof for another buyer",
        "bob",
        accepting(proof=lambda w: accept(w, "active", "maker").proof),
        ours(Code.BAD_PROOF),
    ),
    (
        "proof of the registration",
        "bob",
        accepting(proof=lambda w: device_key("active").prove("lamppost-test", w["bob"], 1, 0)),
        ours(Code.BAD_PROOF),
    ),
]


def cancelling(number: Callable[[World], str] = lambda w: w.active, signer: str = "alice") -> Make:
    return lambda w: pb.MsgCancelTransfer(signer=w[signer], device_id=number(w))


CANCEL: list[Case] = [
    ("malformed signer", "alice", lambda w: pb.MsgCancelTransfer(signer="x", device_id=w.active), ADDRESS),
    ("malformed device", "alice", cancelling(lambda w: "x"), ADDRESS),
    ("unknown device", "alice", cancelling(lambda w: STRANGER), ours(Code.UNKNOWN_DEVICE)),
    ("device that is not offered", "alice", cancelling(lambda w: w.paused), ours(Code.NO_OFFER)),
    ("stranger", "maker", cancelling(signer="maker"), ours(Code.NOT_OWNER)),
]
TABLES: dict[str, list[Case]] = {
    "MsgOfferTransfer": OFFER,
    "MsgAcceptTransfer": ACCEPT,
    "MsgCancelTransfer": CANCEL,
}


@pytest.mark.parametrize(("case", "signer", "make", "code"), as_params(TABLES))
def test_a_bad_message_is_rejected_by_code_and_changes_nothing(
    world: World, case: str, signer: str, make: Make, code: tuple[str, int]
) -> None:
    check_rejection(world, signer, make, code)


def test_a_buyer_who_cant_pay_gets_nothing(world: World) -> None:
    world.chain.ok(offer(world, world.active, buyer=world["poor"]), signer="alice")
    check_rejection(world, "poor", accepting(buyer="poor"), FUNDS)
