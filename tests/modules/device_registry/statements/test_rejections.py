"""Every rejection of every message about credentials and consents, by code."""

from collections.abc import Iterator
from typing import Any

import pytest

from chain.pb.lamppost.device_registry.v1 import statements_pb2 as pb
from modules.device_registry.errors import RegistryCode as Code
from tests.modules.device_registry.lives import build_lives, consent, issue
from tests.modules.device_registry.rejections import ADDRESS, STRANGER, Case, Make, as_params, check_rejection, ours
from tests.modules.device_registry.world import World


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """Make the world, with room for no more statements about `active`."""
    made = build_lives()
    made.chain.ok(issue(made, made.active, key="third"), signer="founder")
    made.chain.ok(consent(made, made.active, "founder"), signer="alice")
    yield made
    made.chain.close()


def issuing(issuer: str = "founder", number: str | None = None, **fields: Any) -> Make:
    return lambda w: issue(w, number or w.active, issuer, **fields)


ISSUE: list[Case] = [
    ("malformed issuer", "founder", lambda w: pb.MsgIssueCredential(issuer="x", device_id=w.active), ADDRESS),
    ("malformed device", "founder", issuing(number="x"), ADDRESS),
    ("no key", "founder", issuing(key=""), ours(Code.INVALID_KEY)),
    ("long key", "founder", issuing(key="k" * 33), ours(Code.INVALID_KEY)),
    ("key with a capital", "founder", issuing(key="Key"), ours(Code.INVALID_KEY)),
    ("key with a line feed behind", "founder", issuing(key="key\n"), ours(Code.INVALID_KEY)),
    ("no hash", "founder", issuing(value_hash=b""), ours(Code.INVALID_VALUE_HASH)),
    ("long hash", "founder", issuing(value_hash=b"h" * 33), ours(Code.INVALID_VALUE_HASH)),
    ("unknown device", "founder", issuing(number=STRANGER), ours(Code.UNKNOWN_DEVICE)),
    ("retired device", "founder", lambda w: issue(w, w.retired), ours(Code.WRONG_STATUS)),
    ("stranger", "council", issuing("council"), ours(Code.NOT_ISSUER)),
    ("owner", "alice", issuing("alice"), ours(Code.NOT_ISSUER)),
    ("consent of another scope", "bob", issuing("bob"), ours(Code.NOT_ISSUER)),
    ("consent that has ended", "maker", issuing("maker"), ours(Code.NOT_ISSUER)),
    ("end that has passed", "founder", issuing(expires_at=1), ours(Code.INVALID_EXPIRY)),
    ("end before 1970", "founder", issuing(expires_at=-1), ours(Code.INVALID_EXPIRY)),
    ("one more than there may be", "founder", issuing(key="fourth"), ours(Code.TOO_MANY_STATEMENTS)),
]


def revoking(signer: str = "founder", number: str | None = None, **fields: Any) -> Make:
    return lambda w: pb.MsgRevokeCredential(
        **{
            "signer": w[signer],
            "device_id": number or w.active,
            "issuer": w["founder"],
            "key": "calibration",
            **fields,
        }
    )


REVOKE: list[Case] = [
    ("malformed signer", "founder", lambda w: pb.MsgRevokeCredential(signer="x"), ADDRESS),
    ("malformed device", "founder", revoking(number="x"), ADDRESS),
    ("malformed issuer", "founder", revoking(issuer="x"), ADDRESS),
    ("malformed key", "founder", revoking(key="No"), ours(Code.INVALID_KEY)),
    ("unknown device", "founder", revoking(number=STRANGER), ours(Code.UNKNOWN_DEVICE)),
    ("what nobody stated", "founder", revoking(key="none"), ours(Code.UNKNOWN_STATEMENT)),
    ("stranger", "council", revoking("council"), ours(Code.NOT_REVOCABLE)),
    ("operator", "bob", revoking("bob"), ours(Code.NOT_REVOCABLE)),
]


def granting(number: str | None = None, **fields: Any) -> Make:
    return lambda w: consent(w, number or w.active, **fields)


GRANT: list[Case] = [
    ("malformed owner", "alice", granting(owner="x"), ADDRESS),
    ("malformed device", "alice", granting("x"), ADDRESS),
    ("malformed grantee", "alice", lambda w: pb.MsgGrantConsent(owner=w["alice"], device_id=w.active), ADDRESS),
    ("no scope", "alice", granting(scopes=[]), ours(Code.INVALID_SCOPES)),
    ("scope 0", "alice", granting(scopes=[0, 1]), ours(Code.INVALID_SCOPES)),
    ("unknown scope", "alice", granting(scopes=[4]), ours(Code.INVALID_SCOPES)),
    ("scope given twice", "alice", granting(scopes=[1, 1]), ours(Code.INVALID_SCOPES)),
    ("unknown device", "alice", granting(STRANGER), ours(Code.UNKNOWN_DEVICE)),
    ("operator", "bob", lambda w: consent(w, w.active, "maker", owner=w["bob"]), ours(Code.NOT_OWNER)),
    ("retired device", "alice", lambda w: consent(w, w.retired), ours(Code.WRONG_STATUS)),
    ("end that has passed", "alice", granting(expires_at=1), ours(Code.INVALID_EXPIRY)),
    ("one more than there may be", "alice", granting(grantee="council"), ours(Code.TOO_MANY_STATEMENTS)),
]


def taking_back(signer: str = "alice", grantee: str = "bob", number: str | None = None) -> Make:
    return lambda w: pb.MsgRevokeConsent(signer=w[signer], device_id=number or w.active, grantee=w[grantee])


TAKE_BACK: list[Case] = [
    ("malformed signer", "alice", lambda w: pb.MsgRevokeConsent(signer="x", device_id=w.active), ADDRESS),
    ("malformed device", "alice", taking_back(number="x"), ADDRESS),
    ("malformed grantee", "alice", lambda w: pb.MsgRevokeConsent(signer=w["alice"], device_id=w.active), ADDRESS),
    ("unknown device", "alice", taking_back(number=STRANGER), ours(Code.UNKNOWN_DEVICE)),
    ("what nobody granted", "alice", taking_back(grantee="council"), ours(Code.UNKNOWN_STATEMENT)),
    ("stranger", "council", taking_back("council"), ours(Code.NOT_REVOCABLE)),
]
TABLES: dict[str, list[Case]] = {
    "MsgIssueCredential": ISSUE,
    "MsgRevokeCredential": REVOKE,
    "MsgGrantConsent": GRANT,
    "MsgRevokeConsent": TAKE_BACK,
}


@pytest.mark.parametrize(("case", "signer", "make", "code"), as_params(TABLES))
def test_a_bad_message_is_rejected_by_code_and_changes_nothing(
    world: World, case: str, signer: str, make: Make, code: tuple[str, int]
) -> None:
    check_rejection(world, signer, make, code)
