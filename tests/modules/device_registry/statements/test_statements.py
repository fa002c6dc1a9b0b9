"""What others say about a device, and who may know of it."""

from collections.abc import Iterator

import pytest

from chain.pb.cosmos.base.query.v1beta1.pagination_pb2 import PageRequest
from chain.pb.lamppost.device_registry.v1 import manufacturers_pb2 as makers_pb2
from chain.pb.lamppost.device_registry.v1 import statements_pb2 as pb
from chain.testing import QueryFailed, TestChain
from modules.device_registry import state
from modules.device_registry.errors import RegistryCode
from tests.modules.device_registry.lives import CLAIMED, HASH, QUERY, build_lives, consent, issue, retire
from tests.modules.device_registry.world import World


@pytest.fixture
def world() -> Iterator[World]:
    made = build_lives()
    yield made
    made.chain.close()


def credentials(world: World, number: str) -> list[tuple[str, bool, str]]:
    request = pb.QueryCredentialsRequest(device_id=number)
    answer = world.chain.query(QUERY + "Credentials", request, pb.QueryCredentialsResponse)
    return [(item.credential.key, item.valid, item.reason) for item in answer.credentials]


def consents(world: World, number: str) -> dict[str, tuple[bool, str]]:
    request = pb.QueryConsentsRequest(device_id=number)
    answer = world.chain.query(QUERY + "Consents", request, pb.QueryConsentsResponse)
    return {item.consent.grantee: (item.valid, item.reason) for item in answer.consents}


def test_a_credential_is_found_as_it_was_issued(world: World) -> None:
    world.chain.ok(issue(world, world.active, key="fw.2-1_a", value_hash=b"v" * 32), signer="founder")
    request = pb.QueryCredentialRequest(device_id=world.active, issuer=world["founder"], key="fw.2-1_a")
    answer = world.chain.query(QUERY + "Credential", request, pb.QueryCredentialResponse)
    assert answer.credential == pb.CredentialState(
        credential=pb.Credential(
            device_id=world.active,
            issuer=world["founder"],
            key="fw.2-1_a",
            value_hash=b"v" * 32,
            issued_at=world.chain.time,
        ),
        valid=True,
    )


def test_credentials_with_an_end_are_shown_as_expired_behind_it(world: World) -> None:
    assert credentials(world, world.active) == [("calibration", True, ""), ("old", False, "expired")]


def test_one_changed_statement_leaves_the_others(world: World) -> None:
    world.chain.ok(issue(world, world.active, value_hash=b"n" * 32), signer="founder")
    found = dict(state.credentials.scan(world.chain.ctx()))
    by_key = {key: item.value_hash for (_, _, key), item in found.items()}
    assert by_key == {"calibration": b"n" * 32, "old": HASH}


def test_the_manufacturer_and_whom_the_owner_allows_may_issue(world: World) -> None:
    world.chain.ok(issue(world, CLAIMED, "maker"), signer="maker")
    scopes = [pb.CONSENT_SCOPE_CREDENTIALS]
    world.chain.ok(consent(world, world.paused, "bob", scopes=scopes), signer="alice")
    world.chain.ok(issue(world, world.paused, "bob"), signer="bob")


def test_a_suspended_manufacturer_states_nothing(world: World) -> None:
    status = makers_pb2.MANUFACTURER_STATUS_SUSPENDED
    message = makers_pb2.MsgSetManufacturerStatus(authority=world["council"], manufacturer=1, status=status)
    world.chain.ok(message, signer="council")
    assert world.chain.run(issue(world, CLAIMED, "maker"), signer="maker").code == RegistryCode.NOT_ISSUER


def test_void_statements_make_room_when_anybody_removes_them(world: World) -> None:
    """Given three statements at most, two there and one of them expired, then a fourth fits once that is removed."""
    world.chain.ok(issue(world, world.active, key="third"), signer="founder")
    assert world.chain.run(issue(world, world.active, key="fourth"), signer="founder").code
    world.chain.ok(
        pb.MsgRevokeCredential(signer=world["poor"], device_id=world.active, issuer=world["founder"], key="old"),
        signer="poor",
    )
    world.chain.ok(issue(world, world.active, key="fourth"), signer="founder")


def test_an_expired_statement_is_overwritten_without_room(world: World) -> None:
    world.chain.ok(issue(world, world.active, key="third"), signer="founder")
    world.chain.ok(issue(world, world.active, key="old"), signer="founder")
    assert ("old", True, "") in credentials(world, world.active)


def test_issuer_and_owner_remove_a_credential_that_holds(world: World) -> None:
    for signer in ("founder", "alice"):
        world.chain.ok(
            pb.MsgRevokeCredential(
                signer=world[signer], device_id=world.active, issuer=world["founder"], key="calibration"
            ),
            signer=signer,
        )
        world.chain.ok(issue(world, world.active), signer="founder")


def test_a_consent_names_scopes_and_ends(world: World) -> None:
    assert consents(world, world.active) == {world["bob"]: (True, ""), world["maker"]: (False, "expired")}
    scopes = [pb.CONSENT_SCOPE_LOCATION, pb.CONSENT_SCOPE_TELEMETRY]
    world.chain.ok(consent(world, world.active, "bob", scopes=scopes), signer="alice")
    request = pb.QueryConsentRequest(device_id=world.active, grantee=world["bob"])
    found = world.chain.query(QUERY + "Consent", request, pb.QueryConsentResponse).consent
    assert found == pb.ConsentState(
        consent=pb.Consent(
            device_id=world.active,
            grantee=world["bob"],
            scopes=[pb.CONSENT_SCOPE_TELEMETRY, pb.CONSENT_SCOPE_LOCATION],
            granted_at=world.chain.time,
            owner=world["alice"],
        ),
        valid=True,
    )


def test_owner_and_grantee_take_a_consent_back(world: World) -> None:
    for signer in ("alice", "bob"):
        revoke = pb.MsgRevokeConsent(signer=world[signer], device_id=world.active, grantee=world["bob"])
        world.chain.ok(revoke, signer=signer)
        assert world["bob"] not in consents(world, world.active)
        world.chain.ok(consent(world, world.active), signer="alice")


def test_whom_a_consent_has_ended_for_may_issue_no_more(world: World) -> None:
    assert world.chain.run(issue(world, world.active, "maker"), signer="maker").code


def test_statements_about_a_retired_device_are_void_and_leave_nothing_when_removed(world: World) -> None:
    world.chain.ok(retire(world, world.active), signer="alice")
    assert all(not valid and reason == "device is retired" for _, valid, reason in credentials(world, world.active))
    assert set(consents(world, world.active).values()) == {(False, "device is retired")}
    poor = world["poor"]
    world.chain.ok(
        *(
            pb.MsgRevokeCredential(signer=poor, device_id=world.active, issuer=world["founder"], key=key)
            for key in ("calibration", "old")
        ),
        *(
            pb.MsgRevokeConsent(signer=poor, device_id=world.active, grantee=world[grantee])
            for grantee in ("bob", "maker")
        ),
        signer="poor",
    )
    ctx = world.chain.ctx()
    for collection in (state.credentials, state.credential_counts, state.consents, state.consent_counts):
        assert list(collection.scan(ctx)) == []


def test_statements_come_in_pages(world: World) -> None:
    world.chain.ok(issue(world, world.active, key="third"), signer="founder")
    found: list[str] = []
    page = PageRequest(limit=2)
    while True:
        request = pb.QueryCredentialsRequest(device_id=world.active, pagination=page)
        answer = world.chain.query(QUERY + "Credentials", request, pb.QueryCredentialsResponse)
        found += [item.credential.key for item in answer.credentials]
        if not answer.pagination.next_key:
            break
        page.key = answer.pagination.next_key
    assert found == ["calibration", "old", "third"]


@pytest.mark.parametrize(
    ("path", "request_message", "response"),
    [
        ("Credential", pb.QueryCredentialRequest(key="none"), pb.QueryCredentialResponse),
        ("Credential", pb.QueryCredentialRequest(key="x" * 99), pb.QueryCredentialResponse),
        ("Credential", pb.QueryCredentialRequest(key="a\0b"), pb.QueryCredentialResponse),
        ("Consent", pb.QueryConsentRequest(), pb.QueryConsentResponse),
    ],
)
def test_what_nobody_stated_is_not_found(
    world: World,
    path: str,
    request_message: pb.QueryCredentialRequest | pb.QueryConsentRequest,
    response: type[pb.QueryCredentialResponse],
) -> None:
    request_message.device_id = world.active
    setattr(request_message, "issuer" if path == "Credential" else "grantee", world["founder"])
    with pytest.raises(QueryFailed) as failed:
        world.chain.query(QUERY + path, request_message, response)
    assert (failed.value.codespace, failed.value.code) == ("sdk", 22)


def test_statements_outlive_export_and_import(world: World) -> None:
    exported = world.chain.export()
    with TestChain(genesis=exported) as again:
        again.advance(1)
        assert again.export()["device_registry"] == exported["device_registry"]
