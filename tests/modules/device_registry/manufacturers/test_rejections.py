"""Every rejection of every message about manufacturers and batches, by code."""

from collections.abc import Iterator
from typing import Any

import pytest
from google.protobuf.message import Message as ProtoMessage

from chain.client.manufacturers import set_issuing_key_message
from chain.crypto import merkle
from chain.pb.lamppost.device_registry.v1 import manufacturers_pb2 as pb
from chain.pb.lamppost.device_registry.v1 import tx_pb2
from chain.pb.lamppost.device_registry.v1 import types_pb2 as types
from chain.testing import CHAIN_ID
from modules.device_registry.errors import RegistryCode as Code
from tests.modules.device_registry.manufacturers.makers import (
    CLOSED,
    COUNT,
    DRN_BATCH,
    ISSUING,
    KEYS,
    LEAVES,
    OPEN,
    PRN_MODEL,
    REVOKED,
    ROOT,
    build_makers,
    claim,
    issue_message,
    maker_message,
    place,
    spec,
)
from tests.modules.device_registry.rejections import ADDRESS, FUNDS, Case, Make, as_params, check_rejection, ours
from tests.modules.device_registry.world import COARSE_CELL, World, device_key, device_message, network_message

SUSPENDED_MAKER, RETIRED_MAKER, REVOKED_MAKER = 2, 3, 4
SUSPENDED_MODEL = 7
"""Model of acme in a network of its own that is suspended, with batch 5."""
OTHER = device_key("other issuing")


def build_all() -> World:
    """Make the world with manufacturers in every status, and a suspended model with a batch."""
    world = build_makers()
    chain, council = world.chain, world["council"]
    for number in (2, 3, 4):
        chain.ok(maker_message(world, f"maker-{number}", device_key(f"key {number}")), signer="maker")
    chain.ok(
        *(
            pb.MsgSetManufacturerStatus(authority=council, manufacturer=number, status=status)
            for number, status in (
                (SUSPENDED_MAKER, pb.MANUFACTURER_STATUS_SUSPENDED),
                (REVOKED_MAKER, pb.MANUFACTURER_STATUS_REVOKED),
            )
        ),
        signer="council",
    )
    chain.ok(pb.MsgRetireManufacturer(owner=world["maker"], manufacturer=RETIRED_MAKER), signer="maker")
    chain.ok(network_message(chain, "extra", "DRN", models=[spec("sold-out")]), signer="founder")
    chain.ok(issue_message(world, SUSPENDED_MODEL), signer="maker")
    suspend = tx_pb2.MsgSetModelStatus(
        admin=world["founder"], model=SUSPENDED_MODEL, status=types.MODEL_STATUS_SUSPENDED
    )
    chain.ok(suspend, signer="founder")
    return world


def altered(make: Make, **fields: Any) -> Make:
    """Return a maker whose message has other fields."""

    def alter(world: World) -> ProtoMessage:
        message = make(world)
        for name, value in fields.items():
            if isinstance(value, list):
                del getattr(message, name)[:]
                getattr(message, name).extend(value)
            else:
                setattr(message, name, value)
        return message

    return alter


def registration(name: str = "fresh", owner: str = "maker") -> Make:
    return lambda w: maker_message(w, name, OTHER, owner)


REGISTER_MANUFACTURER: list[Case] = [
    ("malformed owner", "maker", altered(registration(), owner="x"), ADDRESS),
    ("short name", "maker", registration("ab"), ours(Code.INVALID_NAME)),
    ("name with a capital", "maker", registration("Acme"), ours(Code.INVALID_NAME)),
    ("name of another", "maker", registration("acme"), ours(Code.NAME_TAKEN)),
    ("name of one that retired", "maker", registration("maker-3"), ours(Code.NAME_TAKEN)),
    ("no algorithm", "maker", altered(registration(), algorithm=0), ours(Code.INVALID_ALGORITHM)),
    ("short key", "maker", altered(registration(), public_key=b"k"), ours(Code.INVALID_PUBLIC_KEY)),
    ("key of small order", "maker", altered(registration(), public_key=bytes(32)), ours(Code.INVALID_PUBLIC_KEY)),
    ("no proof", "maker", altered(registration(), proof=b""), ours(Code.BAD_ISSUE_SIGNATURE)),
    (
        "proof for another name",
        "maker",
        altered(registration("first"), name="second"),
        ours(Code.BAD_ISSUE_SIGNATURE),
    ),
    (
        "proof of another owner",
        "bob",
        lambda w: altered(registration(), owner=w["bob"])(w),
        ours(Code.BAD_ISSUE_SIGNATURE),
    ),
    ("bond that can't be paid", "poor", registration(owner="poor"), FUNDS),
]


def new_key(manufacturer: int = 1, number: int = 5, signer: str = "maker", **changes: Any) -> Make:
    def make(world: World) -> ProtoMessage:
        fields: dict[str, Any] = {
            "chain_id": CHAIN_ID,
            "owner": world["maker"],
            "manufacturer": manufacturer,
            "name": "acme",
            "number": number + 1,
            **changes,
        }
        old = fields.pop("old", ISSUING)
        message = set_issuing_key_message(old, OTHER, **fields)
        message.owner = world[signer]
        return message

    return make


SET_ISSUING_KEY: list[Case] = [
    ("malformed owner", "maker", altered(new_key(), owner="x"), ADDRESS),
    ("unknown algorithm", "maker", altered(new_key(), algorithm=9), ours(Code.INVALID_ALGORITHM)),
    ("long key", "maker", altered(new_key(), public_key=b"k" * 34), ours(Code.INVALID_PUBLIC_KEY)),
    ("unknown manufacturer", "maker", new_key(99), ours(Code.UNKNOWN_MANUFACTURER)),
    ("stranger", "bob", new_key(signer="bob"), ours(Code.NOT_MANUFACTURER)),
    ("suspended", "maker", new_key(SUSPENDED_MAKER), ours(Code.MANUFACTURER_NOT_ACTIVE)),
    ("without the old key", "maker", new_key(old=OTHER), ours(Code.BAD_ISSUE_SIGNATURE)),
    ("new key that did not sign", "maker", altered(new_key(), new_proof=b""), ours(Code.BAD_ISSUE_SIGNATURE)),
    ("signature used before", "maker", new_key(number=4), ours(Code.BAD_ISSUE_SIGNATURE)),
    ("of another chain", "maker", new_key(chain_id="lamppost-2"), ours(Code.BAD_ISSUE_SIGNATURE)),
]


def strike(manufacturer: int, signer: str = "council", reason: str = "keys in public") -> Make:
    return lambda w: pb.MsgStrikeManufacturer(authority=w[signer], manufacturer=manufacturer, reason=reason)


STRIKE_MANUFACTURER: list[Case] = [
    ("malformed authority", "council", altered(strike(1), authority="x"), ADDRESS),
    ("somebody else", "founder", strike(1, "founder"), ours(Code.NOT_AUTHORITY)),
    ("no reason", "council", strike(1, reason=""), ours(Code.INVALID_TEXT)),
    ("long reason", "council", strike(1, reason="x" * 257), ours(Code.INVALID_TEXT)),
    ("reason with an escape", "council", strike(1, reason="\x1b[2J"), ours(Code.INVALID_TEXT)),
    ("unknown manufacturer", "council", strike(99), ours(Code.UNKNOWN_MANUFACTURER)),
    ("retired", "council", strike(RETIRED_MAKER), ours(Code.WRONG_STATUS)),
    ("revoked", "council", strike(REVOKED_MAKER), ours(Code.WRONG_STATUS)),
]


def set_status(manufacturer: int, status: int, signer: str = "council") -> Make:
    return lambda w: pb.MsgSetManufacturerStatus(
        authority=w[signer],
        manufacturer=manufacturer,
        status=status,  # type: ignore[arg-type]  # also numbers that are no status
    )


SET_MANUFACTURER_STATUS: list[Case] = [
    ("malformed authority", "council", altered(set_status(1, 2), authority="x"), ADDRESS),
    ("its owner", "maker", set_status(1, 2, "maker"), ours(Code.NOT_AUTHORITY)),
    ("no status", "council", set_status(1, 0), ours(Code.INVALID_STATUS)),
    ("unknown status", "council", set_status(1, 5), ours(Code.INVALID_STATUS)),
    ("retirement by another", "council", set_status(1, 3), ours(Code.INVALID_STATUS)),
    ("unknown manufacturer", "council", set_status(99, 2), ours(Code.UNKNOWN_MANUFACTURER)),
    ("status that it has", "council", set_status(1, 1), ours(Code.WRONG_STATUS)),
    ("suspended twice", "council", set_status(SUSPENDED_MAKER, 2), ours(Code.WRONG_STATUS)),
    ("retired made active", "council", set_status(RETIRED_MAKER, 1), ours(Code.WRONG_STATUS)),
    ("retired suspended", "council", set_status(RETIRED_MAKER, 2), ours(Code.WRONG_STATUS)),
    ("revoked made active", "council", set_status(REVOKED_MAKER, 1), ours(Code.WRONG_STATUS)),
    ("revoked twice", "council", set_status(REVOKED_MAKER, 4), ours(Code.WRONG_STATUS)),
]


def retire(manufacturer: int, signer: str = "maker") -> Make:
    return lambda w: pb.MsgRetireManufacturer(owner=w[signer], manufacturer=manufacturer)


RETIRE_MANUFACTURER: list[Case] = [
    ("malformed owner", "maker", altered(retire(1), owner="x"), ADDRESS),
    ("unknown manufacturer", "maker", retire(99), ours(Code.UNKNOWN_MANUFACTURER)),
    ("stranger", "bob", retire(1, "bob"), ours(Code.NOT_MANUFACTURER)),
    ("open batches", "maker", retire(1), ours(Code.BATCHES_OPEN)),
    ("suspended", "maker", retire(SUSPENDED_MAKER), ours(Code.MANUFACTURER_NOT_ACTIVE)),
    ("retired before", "maker", retire(RETIRED_MAKER), ours(Code.MANUFACTURER_NOT_ACTIVE)),
]


def bond(manufacturer: int) -> Make:
    return lambda w: pb.MsgReturnManufacturerBond(signer=w["bob"], manufacturer=manufacturer)


RETURN_MANUFACTURER_BOND: list[Case] = [
    ("malformed signer", "bob", altered(bond(1), signer="x"), ADDRESS),
    ("unknown manufacturer", "bob", bond(99), ours(Code.UNKNOWN_MANUFACTURER)),
    ("active", "bob", bond(1), ours(Code.WRONG_STATUS)),
    ("suspended", "bob", bond(SUSPENDED_MAKER), ours(Code.WRONG_STATUS)),
    ("revoked", "bob", bond(REVOKED_MAKER), ours(Code.WRONG_STATUS)),
    ("within the hold", "bob", bond(RETIRED_MAKER), ours(Code.BOND_LOCKED)),
]


def revoke_model(model: int, signer: str = "founder") -> Make:
    return lambda w: pb.MsgRevokeModel(signer=w[signer], model=model)


REVOKE_MODEL: list[Case] = [
    ("malformed signer", "founder", altered(revoke_model(1), signer="x"), ADDRESS),
    ("unknown model", "founder", revoke_model(99), ours(Code.UNKNOWN_MODEL)),
    ("stranger", "bob", revoke_model(PRN_MODEL, "bob"), ours(Code.NOT_ADMIN)),
    ("manufacturer of other models", "maker", revoke_model(1, "maker"), ours(Code.NOT_ADMIN)),
    ("authority", "council", revoke_model(PRN_MODEL, "council"), ours(Code.NOT_ADMIN)),
]


def issue(model: int = PRN_MODEL, signer: str = "maker", **changes: Any) -> Make:
    return lambda w: issue_message(w, model, signer, **changes)


ISSUE_BATCH: list[Case] = [
    ("malformed owner", "maker", altered(issue(), owner="x"), ADDRESS),
    ("no root", "maker", altered(issue(), root=b""), ours(Code.INVALID_ROOT)),
    ("long root", "maker", altered(issue(), root=b"r" * 33), ours(Code.INVALID_ROOT)),
    ("no keys", "maker", issue(count=0), ours(Code.INVALID_COUNT)),
    ("more than 2^32 keys", "maker", issue(count=2**32 + 1), ours(Code.INVALID_COUNT)),
    ("unknown model", "maker", issue(99), ours(Code.UNKNOWN_MODEL)),
    ("model that nobody vouches for", "maker", issue(1), ours(Code.MODEL_WITHOUT_MANUFACTURER)),
    ("stranger", "bob", issue(signer="bob"), ours(Code.NOT_MANUFACTURER)),
    ("network's admin", "founder", issue(signer="founder"), ours(Code.NOT_MANUFACTURER)),
    ("suspended model", "maker", issue(SUSPENDED_MODEL), ours(Code.MODEL_SUSPENDED)),
    ("no signature", "maker", altered(issue(), signature=b""), ours(Code.BAD_ISSUE_SIGNATURE)),
    ("signed by another key", "maker", issue(key=OTHER), ours(Code.BAD_ISSUE_SIGNATURE)),
    ("signature used before", "maker", issue(number=5), ours(Code.BAD_ISSUE_SIGNATURE)),
    ("signature for later", "maker", issue(number=7), ours(Code.BAD_ISSUE_SIGNATURE)),
    ("signature for another chain", "maker", issue(chain_id="lamppost-2"), ours(Code.BAD_ISSUE_SIGNATURE)),
    ("signature for another manufacturer", "maker", issue(manufacturer=2), ours(Code.BAD_ISSUE_SIGNATURE)),
    ("signature for another model", "maker", altered(issue(6), model=PRN_MODEL), ours(Code.BAD_ISSUE_SIGNATURE)),
    ("signature for another root", "maker", altered(issue(), root=bytes(32)), ours(Code.BAD_ISSUE_SIGNATURE)),
    ("signature for another count", "maker", altered(issue(), count=COUNT + 1), ours(Code.BAD_ISSUE_SIGNATURE)),
]


def close_batch(batch: int, signer: str = "maker") -> Make:
    return lambda w: pb.MsgCloseBatch(owner=w[signer], batch=batch)


CLOSE_BATCH: list[Case] = [
    ("malformed owner", "maker", altered(close_batch(1), owner="x"), ADDRESS),
    ("unknown batch", "maker", close_batch(99), ours(Code.UNKNOWN_BATCH)),
    ("network's admin", "founder", close_batch(OPEN, "founder"), ours(Code.NOT_MANUFACTURER)),
    ("closed before", "maker", close_batch(CLOSED), ours(Code.BATCH_NOT_ACTIVE)),
    ("revoked", "maker", close_batch(REVOKED), ours(Code.BATCH_NOT_ACTIVE)),
]


def revoke_batch(batch: int, signer: str = "maker") -> Make:
    return lambda w: pb.MsgRevokeBatch(signer=w[signer], batch=batch)


REVOKE_BATCH: list[Case] = [
    ("malformed signer", "maker", altered(revoke_batch(1), signer="x"), ADDRESS),
    ("unknown batch", "maker", revoke_batch(99), ours(Code.UNKNOWN_BATCH)),
    ("stranger", "bob", revoke_batch(OPEN, "bob"), ours(Code.NOT_MANUFACTURER)),
    ("revoked before", "maker", revoke_batch(REVOKED), ours(Code.BATCH_NOT_ACTIVE)),
]


def claims(index: int = 2, batch: int = OPEN, owner: str = "alice", **changes: Any) -> Make:
    return lambda w: claim(w, index, batch, owner, **changes)


def with_path(*hashes: bytes) -> Make:
    return altered(claims(), path=list(hashes))


RIGHT = place(2).path
CLAIM_DEVICE: list[Case] = [
    ("malformed owner", "alice", altered(claims(), owner="x"), ADDRESS),
    ("malformed operator", "alice", altered(claims(), operator="x"), ADDRESS),
    ("malformed payout", "alice", altered(claims(), payout="x"), ADDRESS),
    ("no algorithm", "alice", altered(claims(), algorithm=0), ours(Code.INVALID_ALGORITHM)),
    ("no key", "alice", altered(claims(), public_key=b""), ours(Code.INVALID_PUBLIC_KEY)),
    ("children of a node as a key", "alice", altered(claims(), public_key=ROOT * 2), ours(Code.INVALID_PUBLIC_KEY)),
    ("path of 33 hashes", "alice", with_path(*[ROOT] * 33), ours(Code.INVALID_PATH)),
    ("short hash", "alice", with_path(*RIGHT[:-1], RIGHT[-1][:-1]), ours(Code.INVALID_PATH)),
    ("empty hash", "alice", with_path(b""), ours(Code.INVALID_PATH)),
    ("no cell at all", "alice", altered(claims(), cell=1), ours(Code.INVALID_CELL)),
    ("short commitment", "alice", altered(claims(), commitment=b"c"), ours(Code.INVALID_COMMITMENT)),
    ("unknown batch", "alice", claims(batch=99), ours(Code.UNKNOWN_BATCH)),
    ("closed batch", "alice", claims(batch=CLOSED), ours(Code.BATCH_NOT_ACTIVE)),
    ("revoked batch", "alice", claims(batch=REVOKED), ours(Code.BATCH_NOT_ACTIVE)),
    ("suspended model", "alice", claims(batch=5), ours(Code.MODEL_SUSPENDED)),
    ("no path", "alice", with_path(), ours(Code.NOT_IN_BATCH)),
    ("cut path", "alice", with_path(*RIGHT[:-1]), ours(Code.NOT_IN_BATCH)),
    ("path without its first hash", "alice", with_path(*RIGHT[1:]), ours(Code.NOT_IN_BATCH)),
    ("grown path", "alice", with_path(*RIGHT, ROOT), ours(Code.NOT_IN_BATCH)),
    ("path backwards", "alice", with_path(*RIGHT[::-1]), ours(Code.NOT_IN_BATCH)),
    ("path of another leaf", "alice", with_path(*merkle.path(LEAVES, 3)), ours(Code.NOT_IN_BATCH)),
    ("wrong index", "alice", altered(claims(), index=3), ours(Code.NOT_IN_BATCH)),
    ("index beyond the count", "alice", altered(claims(), index=COUNT), ours(Code.NOT_IN_BATCH)),
    ("index beyond any batch", "alice", altered(claims(), index=2**64 - 1), ours(Code.NOT_IN_BATCH)),
    (
        "key that is not in the batch",
        "alice",
        altered(claims(), algorithm=int(OTHER.algorithm), public_key=OTHER.public_key),
        ours(Code.NOT_IN_BATCH),
    ),
    (
        "P-256 key as a secp256k1 key, where it is a point of both",
        "alice",
        altered(claims(1), algorithm=3, public_key=KEYS[2].public_key),
        ours(Code.NOT_IN_BATCH),
    ),
    ("PRN without a cell", "alice", claims(cell=0), ours(Code.CELL_REQUIRED)),
    ("PRN with a coarse cell", "alice", claims(cell=COARSE_CELL), ours(Code.INVALID_CELL)),
    ("DRN with a cell", "alice", claims(batch=DRN_BATCH, commitment=b"c" * 32), ours(Code.CELL_NOT_ALLOWED)),
    ("claimed before", "alice", claims(0), ours(Code.DEVICE_EXISTS)),
    ("claimed before by another", "bob", claims(0, owner="bob"), ours(Code.DEVICE_EXISTS)),
    ("claimed before from another batch", "alice", claims(0, DRN_BATCH), ours(Code.DEVICE_EXISTS)),
    ("no proof", "alice", altered(claims(), proof=b""), ours(Code.BAD_PROOF)),
    ("proof of another owner", "bob", lambda w: altered(claims(), owner=w["bob"])(w), ours(Code.BAD_PROOF)),
    ("proof for another network", "alice", claims(network=2), ours(Code.BAD_PROOF)),
    ("proof of another chain", "alice", claims(chain_id="lamppost-2"), ours(Code.BAD_PROOF)),
]


def new_model(**fields: Any) -> Make:
    return lambda w: tx_pb2.MsgAddModel(admin=w["founder"], network=2, model=spec("fresh", **fields))


MODELS: list[Case] = [
    ("level 4", "founder", new_model(level=4), ours(Code.INVALID_LEVEL)),
    (
        "level without a manufacturer",
        "founder",
        new_model(level=1, manufacturer=0),
        ours(Code.LEVEL_NEEDS_MANUFACTURER),
    ),
    ("unknown manufacturer", "founder", new_model(manufacturer=99), ours(Code.UNKNOWN_MANUFACTURER)),
    ("suspended manufacturer", "founder", new_model(manufacturer=2), ours(Code.MANUFACTURER_NOT_ACTIVE)),
    ("retired manufacturer", "founder", new_model(manufacturer=3), ours(Code.MANUFACTURER_NOT_ACTIVE)),
    ("revoked manufacturer", "founder", new_model(manufacturer=4), ours(Code.MANUFACTURER_NOT_ACTIVE)),
]
TABLES: dict[str, list[Case]] = {
    "MsgRegisterManufacturer": REGISTER_MANUFACTURER,
    "MsgSetIssuingKey": SET_ISSUING_KEY,
    "MsgStrikeManufacturer": STRIKE_MANUFACTURER,
    "MsgSetManufacturerStatus": SET_MANUFACTURER_STATUS,
    "MsgRetireManufacturer": RETIRE_MANUFACTURER,
    "MsgReturnManufacturerBond": RETURN_MANUFACTURER_BOND,
    "MsgRevokeModel": REVOKE_MODEL,
    "MsgIssueBatch": ISSUE_BATCH,
    "MsgCloseBatch": CLOSE_BATCH,
    "MsgRevokeBatch": REVOKE_BATCH,
    "MsgClaimDevice": CLAIM_DEVICE,
}


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    made = build_all()
    yield made
    made.chain.close()


@pytest.mark.parametrize(("case", "signer", "make", "code"), as_params({**TABLES, "MsgAddModel": MODELS}))
def test_a_bad_message_is_rejected_by_code_and_changes_nothing(
    world: World, case: str, signer: str, make: Make, code: tuple[str, int]
) -> None:
    check_rejection(world, signer, make, code)


def test_a_model_with_a_manufacturer_takes_no_device_without_a_batch(world: World) -> None:

    check_rejection(world, "alice", lambda w: device_message(w.chain, model=PRN_MODEL), ours(Code.MODEL_NEEDS_BATCH))
