from typing import Any

import pytest

from chain.pb.cosmos.bank.v1beta1 import query_pb2 as pb
from chain.pb.cosmos.base.query.v1beta1.pagination_pb2 import PageRequest
from chain.primitives.errors import SdkCode, SdkError
from modules.bank import queries
from modules.bank.metadata import LAMP
from modules.bank.wire import metadata_proto
from tests.modules.bank.world import address, world

WEALTH = "1uatom,2ubtc,3ulamp,4uzinc"


def pairs(items: Any) -> list[str]:
    return [f"{item.amount}{item.denom}" for item in items]


def test_balances_are_found_by_account_and_denomination() -> None:
    ctx, bank, _ = world({1: WEALTH, 2: "7ulamp"})
    one = str(address(1))
    assert pairs([queries.balance(ctx, bank, pb.QueryBalanceRequest(address=one, denom="ubtc")).balance]) == ["2ubtc"]
    for denom in ("unknown", "ibc/" + "A" * 64):
        answer = queries.balance(ctx, bank, pb.QueryBalanceRequest(address=one, denom=denom))
        assert pairs([answer.balance]) == [f"0{denom}"]
    request = pb.QuerySpendableBalanceByDenomRequest(address=one, denom="uatom")
    assert pairs([queries.spendable_balance_by_denom(ctx, bank, request).balance]) == ["1uatom"]


@pytest.mark.parametrize(
    ("handle", "request_type"),
    [
        (queries.all_balances, pb.QueryAllBalancesRequest),
        (queries.spendable_balances, pb.QuerySpendableBalancesRequest),
    ],
)
def test_all_balances_come_in_pages(handle: Any, request_type: Any) -> None:
    ctx, bank, _ = world({1: WEALTH, 2: "7ulamp"})
    request = request_type(address=str(address(1)), pagination=PageRequest(limit=3, count_total=True))
    first = handle(ctx, bank, request)
    assert (pairs(first.balances), first.pagination.total) == (["1uatom", "2ubtc", "3ulamp"], 4)
    request.pagination.CopyFrom(PageRequest(limit=3, key=first.pagination.next_key))
    second = handle(ctx, bank, request)
    assert (pairs(second.balances), second.pagination.next_key) == (["4uzinc"], b"")
    request.pagination.CopyFrom(PageRequest(limit=3, reverse=True))
    assert pairs(handle(ctx, bank, request).balances) == ["4uzinc", "3ulamp", "2ubtc"]
    assert pairs(handle(ctx, bank, request_type(address=str(address(3)))).balances) == []


def test_supplies_add_up_over_accounts() -> None:
    ctx, bank, _ = world({1: WEALTH, 2: "7ulamp"})
    answer = queries.total_supply(ctx, bank, pb.QueryTotalSupplyRequest())
    assert pairs(answer.supply) == ["1uatom", "2ubtc", "10ulamp", "4uzinc"]
    assert pairs([queries.supply_of(ctx, bank, pb.QuerySupplyOfRequest(denom="ulamp")).amount]) == ["10ulamp"]
    assert pairs([queries.supply_of(ctx, bank, pb.QuerySupplyOfRequest(denom="x" * 99)).amount]) == ["0" + "x" * 99]


@pytest.mark.parametrize(
    ("handle", "request_type"),
    [
        (queries.denom_owners, pb.QueryDenomOwnersRequest),
        (queries.denom_owners_by_query, pb.QueryDenomOwnersByQueryRequest),
    ],
)
def test_owners_of_a_denomination_come_in_pages(handle: Any, request_type: Any) -> None:
    ctx, bank, _ = world({number: f"{number}ulamp" for number in (3, 1, 2)} | {9: "1ulampx"})
    answer = handle(ctx, bank, request_type(denom="ulamp", pagination=PageRequest(limit=2)))
    found = [(owner.address, owner.balance.amount) for owner in answer.denom_owners]
    assert found == [(str(address(1)), "1"), (str(address(2)), "2")]
    page = PageRequest(key=answer.pagination.next_key)
    answer = handle(ctx, bank, request_type(denom="ulamp", pagination=page))
    assert [owner.address for owner in answer.denom_owners] == [str(address(3))]
    assert not handle(ctx, bank, request_type(denom="u" * 50)).denom_owners


def test_metadata_names_the_units() -> None:
    ctx, bank, _ = world({})
    expected = metadata_proto(LAMP)
    by_path = queries.denom_metadata(ctx, bank, pb.QueryDenomMetadataRequest(denom="ulamp"))
    request = pb.QueryDenomMetadataByQueryStringRequest(denom="ulamp")
    by_query = queries.denom_metadata_by_query_string(ctx, bank, request)
    assert by_path.metadata == by_query.metadata == expected
    assert list(queries.denoms_metadata(ctx, bank, pb.QueryDenomsMetadataRequest()).metadatas) == [expected]


def test_entries_of_send_enabled_are_listed_or_looked_up() -> None:
    entries = [{"denom": "ulamp", "enabled": True}, {"denom": "uatom", "enabled": False}]
    ctx, bank, _ = world({}, send_enabled=entries)

    def ask(*denoms: str) -> list[tuple[str, bool]]:
        answer = queries.send_enabled(ctx, bank, pb.QuerySendEnabledRequest(denoms=denoms))
        assert answer.pagination.total == len(answer.send_enabled)
        return [(entry.denom, entry.enabled) for entry in answer.send_enabled]

    assert ask() == [("uatom", False), ("ulamp", True)]
    assert ask("ulamp", "uother", "x" * 99) == [("ulamp", True)]


def test_parameters_are_shown() -> None:
    ctx, bank, _ = world({}, params={"default_send_enabled": True})
    assert queries.params(ctx, bank, pb.QueryParamsRequest()).params.default_send_enabled


ONE = str(address(1))
BAD: list[tuple[str, Any, Any, SdkCode, str]] = [
    ("address", queries.balance, pb.QueryBalanceRequest(address="x", denom="ulamp"), SdkCode.INVALID_REQUEST, "bech32"),
    ("denom", queries.balance, pb.QueryBalanceRequest(address=ONE, denom=""), SdkCode.INVALID_REQUEST, "invalid denom"),
    ("all", queries.all_balances, pb.QueryAllBalancesRequest(), SdkCode.INVALID_REQUEST, "empty address string"),
    (
        "key and offset",
        queries.all_balances,
        pb.QueryAllBalancesRequest(address=ONE, pagination=PageRequest(key=b"x", offset=1)),
        SdkCode.INVALID_REQUEST,
        "either offset or key is expected",
    ),
    ("supply", queries.supply_of, pb.QuerySupplyOfRequest(denom="1"), SdkCode.INVALID_REQUEST, "invalid denom: 1"),
    ("owners", queries.denom_owners, pb.QueryDenomOwnersRequest(), SdkCode.INVALID_REQUEST, "invalid denom"),
    (
        "no metadata",
        queries.denom_metadata,
        pb.QueryDenomMetadataRequest(denom="uother"),
        SdkCode.KEY_NOT_FOUND,
        "client metadata for denom uother: key not found",
    ),
]


@pytest.mark.parametrize(("handle", "request_", "code", "log"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_bad_query_is_refused_with_its_code(handle: Any, request_: Any, code: SdkCode, log: str) -> None:
    ctx, bank, _ = world({})
    with pytest.raises(SdkError) as caught:
        handle(ctx, bank, request_)
    assert caught.value.code is code
    assert log in caught.value.log
