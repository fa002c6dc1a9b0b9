"""The messages and queries of reward emission on a whole chain."""

from collections.abc import Iterator
from typing import Any

import pytest

from chain.pb.lamppost.device_registry.v1 import tx_pb2 as registry_tx
from chain.pb.lamppost.reward_emission.v1 import query_pb2, tx_pb2, types_pb2
from chain.primitives.errors import SdkCode
from chain.primitives.ids import DeviceId
from chain.testing import QueryFailed, TestChain
from modules.reward_emission.errors import EmissionCode
from modules.reward_emission.params import Params
from tests.modules.work.village import EMISSION, Village, refused

NOBODY = str(DeviceId(bytes(20)))


@pytest.fixture
def village() -> Iterator[Village]:
    with Village(reward_emission={"params": {"holdback_bp": "0"}}) as made:
        yield made


def pool(village: Village, network: int, epoch: int) -> query_pb2.QueryNetworkEpochResponse:
    request = query_pb2.QueryNetworkEpochRequest(network=network, epoch=epoch)
    return village.chain.query(f"{EMISSION}/NetworkEpoch", request, query_pb2.QueryNetworkEpochResponse)


def test_devices_earn_by_units_and_owners_are_paid(village: Village) -> None:
    """Given three devices that worked in epoch 0, when epoch 1 ends, then claims pay their shares of the pools.

    `a` and `b` stand in one cell of a cap of 10 units.
    """
    village.submit(village.receipt("a", 24), village.receipt("b", 12), village.receipt("c", 8))
    village.next_epoch()
    weather, storage = pool(village, 1, 0), pool(village, 2, 0)
    assert (weather.book.units, storage.book.units, weather.final) == ("10", "4", False)
    assert weather.book.pool // 3 == storage.book.pool
    assert village.claim("alice", "a", "b") == 0
    village.next_epoch()

    shown = village.earnings("a")
    assert (shown.claimable, shown.accrued, shown.estimated) == (weather.book.pool * 12 // 18, 0, 0)
    before = village.balance("alice")
    amount = village.claim("alice", "a", "b")

    assert amount == weather.book.pool * 12 // 18 + weather.book.pool * 6 // 18
    assert village.balance("alice") == before + amount
    assert village.claim("bob", "c") == storage.book.pool
    assert village.claim("alice", "a", "b") == 0, "a claim is idempotent"
    assert (village.earnings("a").paid, village.earnings("a").accrued) == (weather.book.pool * 12 // 18, 0)


def test_a_claim_pays_the_payout_addresses(village: Village) -> None:
    alice, gateway = str(village.chain.address("alice")), str(village.chain.address("gateway"))
    message = registry_tx.MsgSetPayout(owner=alice, device_id=str(village.id("a")), payout=gateway)
    village.chain.ok(message, signer="alice")
    village.submit(village.receipt("a", 12), village.receipt("b", 12))
    village.next_epoch()
    village.next_epoch()
    before = village.balance("gateway")

    claim = village.claim_message("alice", "a", "b")
    response = village.chain.ok(claim, signer="alice", response=tx_pb2.MsgClaimResponse)

    half = pool(village, 1, 0).book.pool // 2
    assert [(item.payout, item.amount) for item in response.payments] == [(gateway, half), (alice, half)]
    assert village.balance("gateway") == before + half


def test_anyone_settles_and_only_the_owner_is_paid(village: Village) -> None:
    village.submit(village.receipt("a"))
    village.next_epoch()
    village.next_epoch()
    message = tx_pb2.MsgSettle(
        sender=str(village.chain.address("bob")), device_ids=[str(village.id("a")), str(village.id("b")), NOBODY]
    )
    response = village.chain.ok(message, signer="bob", response=tx_pb2.MsgSettleResponse)
    amount = pool(village, 1, 0).book.pool
    assert (response.amount, response.devices) == (amount, 1)
    assert village.earnings("a").accrued == amount
    response = village.chain.ok(message, signer="bob", response=tx_pb2.MsgSettleResponse)
    assert (response.amount, response.devices) == (0, 0)
    assert village.claim("alice", "a") == amount


def test_a_retired_device_is_still_paid_for_what_it_did(village: Village) -> None:
    village.submit(village.receipt("a"))
    alice = str(village.chain.address("alice"))
    village.chain.ok(registry_tx.MsgRetireDevice(owner=alice, device_id=str(village.id("a"))), signer="alice")
    village.next_epoch()
    village.next_epoch()
    assert village.claim("alice", "a") == pool(village, 1, 0).book.pool


BAD_LISTS = [
    ([], EmissionCode.NO_DEVICES),
    ([NOBODY] * 501, EmissionCode.TOO_MANY_DEVICES),
    (["lampdev1nonsense"], EmissionCode.INVALID_DEVICE_ID),
    ([""], EmissionCode.INVALID_DEVICE_ID),
    ([NOBODY, NOBODY], EmissionCode.DUPLICATE_DEVICE),
]


@pytest.mark.parametrize(("devices", "code"), BAD_LISTS)
def test_a_bad_list_of_devices_is_refused(village: Village, devices: list[str], code: EmissionCode) -> None:
    alice = str(village.chain.address("alice"))
    claim = tx_pb2.MsgClaim(owner=alice, device_ids=devices)
    settle = tx_pb2.MsgSettle(sender=alice, device_ids=devices)
    assert refused(village, claim, "alice") == ("reward_emission", code)
    assert refused(village, settle, "alice") == ("reward_emission", code)


def test_a_claim_for_a_device_that_is_not_there_is_refused(village: Village) -> None:
    message = tx_pb2.MsgClaim(owner=str(village.chain.address("alice")), device_ids=[NOBODY])
    assert refused(village, message, "alice") == ("reward_emission", EmissionCode.UNKNOWN_DEVICE)


def test_a_claim_with_one_device_of_somebody_else_pays_nothing(village: Village) -> None:
    village.submit(village.receipt("a"), village.receipt("c"))
    village.next_epoch()
    village.next_epoch()
    before = village.balance("alice")
    message = village.claim_message("alice", "a", "c")
    assert refused(village, message, "alice") == ("reward_emission", EmissionCode.NOT_OWNER)
    assert village.balance("alice") == before
    assert village.earnings("a").claimable > 0


def test_an_address_that_is_none_is_refused(village: Village) -> None:
    claim = tx_pb2.MsgClaim(owner="lamp1nonsense", device_ids=[NOBODY])
    assert refused(village, claim, "alice") == ("sdk", SdkCode.INVALID_ADDRESS)


def test_only_the_authority_changes_parameters(village: Village) -> None:
    def message(who: str, params: Params) -> tx_pb2.MsgUpdateParams:
        return tx_pb2.MsgUpdateParams(authority=str(village.chain.address(who)), params=params.to_proto())

    wanted = Params(decay=1, usage_bp=1)
    assert refused(village, message("alice", wanted), "alice") == ("reward_emission", EmissionCode.NOT_AUTHORITY)
    too_much = Params(usage_bp=9_000)
    assert refused(village, message("council", too_much), "council") == (
        "reward_emission",
        EmissionCode.INVALID_PARAMS,
    )
    village.chain.ok(message("council", wanted), signer="council")
    answer = village.chain.query(f"{EMISSION}/Params", query_pb2.QueryParamsRequest(), query_pb2.QueryParamsResponse)
    assert Params.from_proto(answer.params) == wanted


def provider_claim(village: Village, who: str) -> tx_pb2.MsgClaimUsage:
    return tx_pb2.MsgClaimUsage(provider=str(village.chain.address(who)))


def test_a_provider_without_customers_claims_nothing(village: Village) -> None:
    response = village.chain.ok(provider_claim(village, "bob"), signer="bob", response=tx_pb2.MsgClaimUsageResponse)
    assert (response.amount, len(response.shares)) == (0, 0)
    nobody = tx_pb2.MsgClaimUsage(provider="lamp1nonsense")
    assert refused(village, nobody, "bob") == ("sdk", SdkCode.INVALID_ADDRESS)


def spending(village: Village, who: str, amount: int, recipient: str = "bob") -> tx_pb2.MsgSpendTreasury:
    return tx_pb2.MsgSpendTreasury(
        authority=str(village.chain.address(who)), recipient=str(village.chain.address(recipient)), amount=amount
    )


def test_the_authority_spends_the_treasury(village: Village) -> None:
    village.next_epoch()
    held, before = reserve(village).treasury, village.balance("bob")
    assert held > 0
    village.chain.ok(spending(village, "council", held - 1), signer="council")
    assert village.balance("bob") == before + held - 1
    assert reserve(village).treasury == 1


@pytest.mark.parametrize(
    ("who", "amount", "code"),
    [
        ("alice", 1, EmissionCode.NOT_AUTHORITY),
        ("council", 0, EmissionCode.INVALID_AMOUNT),
        ("council", 10**18, EmissionCode.TREASURY_TOO_SMALL),
    ],
)
def test_the_treasury_is_not_spent(village: Village, who: str, amount: int, code: EmissionCode) -> None:
    village.next_epoch()
    assert refused(village, spending(village, who, amount), who) == ("reward_emission", code)


def test_a_recipient_that_is_none_is_refused(village: Village) -> None:
    message = tx_pb2.MsgSpendTreasury(authority=str(village.chain.address("council")), recipient="x", amount=1)
    assert refused(village, message, "council") == ("sdk", SdkCode.INVALID_ADDRESS)


def reserve(village: Village) -> query_pb2.QueryReserveResponse:
    return village.chain.query(f"{EMISSION}/Reserve", query_pb2.QueryReserveRequest(), query_pb2.QueryReserveResponse)


def test_the_reserve_query_accounts_for_the_cap(village: Village) -> None:
    village.next_epoch()
    shown = reserve(village)
    assert shown.supply + shown.reserve.remaining + shown.reserve.burned == shown.reserve.cap == 10**15
    assert shown.reserve.epochs_closed == 1
    assert shown.supply == 500_000_000_000_000 + shown.held_for_devices + shown.treasury


@pytest.mark.parametrize(
    ("path", "request_", "expected"),
    [
        ("UsageEpoch", query_pb2.QueryUsageEpochRequest(epoch=3), SdkCode.KEY_NOT_FOUND),
        ("ProviderUsage", query_pb2.QueryProviderUsageRequest(provider="x"), SdkCode.INVALID_REQUEST),
        ("Explain", query_pb2.QueryExplainRequest(device_id="x"), SdkCode.INVALID_REQUEST),
        ("Explain", query_pb2.QueryExplainRequest(device_id=NOBODY, epoch=1), SdkCode.INVALID_REQUEST),
    ],
)
def test_a_query_for_what_is_not_there_is_refused(
    village: Village, path: str, request_: Any, expected: SdkCode
) -> None:
    with pytest.raises(QueryFailed) as caught:
        village.chain.query(f"{EMISSION}/{path}", request_, getattr(query_pb2, f"Query{path}Response"))
    assert (caught.value.codespace, caught.value.code) == ("sdk", expected)


def emission(village: Village, **request: Any) -> query_pb2.QueryEpochEmissionResponse:
    return village.chain.query(
        f"{EMISSION}/EpochEmission",
        query_pb2.QueryEpochEmissionRequest(**request),
        query_pb2.QueryEpochEmissionResponse,
    )


def test_the_epoch_query_shows_the_split_and_the_pools(village: Village) -> None:
    village.submit(village.receipt("a"))
    village.next_epoch()
    shown = emission(village, epoch=0)
    assert shown == emission(village, latest=True)
    parts = shown.emission.buckets
    total = parts.usage + parts.availability + parts.stakers + parts.attesters + parts.delegators + parts.treasury
    assert total == shown.emission.emitted
    assert shown.emission.closed_at == village.chain.time
    assert [(book.network, book.units) for book in shown.books] == [(1, "10"), (2, "0")]
    assert sum(book.pool for book in shown.books) + shown.emission.to_treasury == total


@pytest.mark.parametrize("path", ["EpochEmission", "NetworkEpoch"])
def test_what_is_not_there_is_not_found(village: Village, path: str) -> None:
    request = query_pb2.QueryNetworkEpochRequest(network=9, epoch=9)
    if path == "EpochEmission":
        with pytest.raises(QueryFailed) as caught:
            emission(village, epoch=9)
    else:
        with pytest.raises(QueryFailed) as caught:
            village.chain.query(f"{EMISSION}/{path}", request, query_pb2.QueryNetworkEpochResponse)
    assert (caught.value.codespace, caught.value.code) == ("sdk", SdkCode.KEY_NOT_FOUND)


def test_a_device_id_that_is_none_is_refused(village: Village) -> None:
    with pytest.raises(QueryFailed) as caught:
        village.chain.query(
            f"{EMISSION}/DeviceEarnings",
            query_pb2.QueryDeviceEarningsRequest(device_id="x"),
            query_pb2.QueryDeviceEarningsResponse,
        )
    assert (caught.value.codespace, caught.value.code) == ("sdk", SdkCode.INVALID_REQUEST)


def test_slots_show_the_way_from_units_to_ulamp_until_they_expire(village: Village) -> None:
    village.submit(village.receipt("a"), village.receipt("b", 12))
    assert village.earnings("a").slots[0] == query_pb2.SlotShare(
        network=1, units=12, total_units="10", state=query_pb2.SLOT_STATE_OPEN
    )
    village.next_epoch()
    amount = pool(village, 1, 0).book.pool
    assert village.earnings("a").estimated == amount * 12 // 18
    village.next_epoch()
    slot = village.earnings("a").slots[0]
    assert (slot.pool, slot.share, slot.state) == (amount, amount * 12 // 18, query_pb2.SLOT_STATE_FINAL)
    for _ in range(7):
        village.next_epoch()
    assert village.earnings("a").slots[0].state == query_pb2.SLOT_STATE_EXPIRED
    assert village.claim("alice", "a") == 0
    assert village.earnings("a").slots[0].state == query_pb2.SLOT_STATE_EXPIRED


def test_a_chain_goes_on_from_its_export_to_the_last_ulamp(village: Village) -> None:
    """Given a chain with open books, when its export starts another chain, then both have the same app state."""
    for _ in range(3):
        village.submit(village.receipt("a"), village.receipt("b", 7), village.receipt("c", 3))
        village.next_epoch()
    village.claim("bob", "c")
    exported = village.chain.export()
    with TestChain(genesis=exported) as other:
        other.advance(0)
        assert other.export()["reward_emission"] == exported["reward_emission"]


def test_the_records_have_the_fields_that_the_wire_has() -> None:
    assert {field.name for field in types_pb2.Params.DESCRIPTOR.fields} == set(Params.__dataclass_fields__)
