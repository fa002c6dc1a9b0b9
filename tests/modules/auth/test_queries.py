from typing import Any

import pytest

from chain.pb.cosmos.auth.v1beta1 import auth_pb2
from chain.pb.cosmos.auth.v1beta1 import query_pb2 as pb
from chain.pb.cosmos.base.query.v1beta1.pagination_pb2 import PageRequest
from chain.pb.cosmos.crypto.secp256k1 import keys_pb2
from chain.primitives.errors import SdkCode, SdkError
from modules.auth import queries
from modules.auth.params import Params
from tests.modules.auth.world import address, world

KEY = b"\x02" + bytes(range(32))
ONE = str(address(1))


def ready() -> Any:
    ctx, keeper = world()
    account = keeper.ensure_account(ctx, address(1))
    keeper.set_account(ctx, account.with_sequence(5).with_public_key(KEY))
    keeper.touch(ctx, address(2))
    return ctx, keeper


def test_an_account_comes_as_an_any_of_a_base_account() -> None:
    ctx, keeper = ready()
    answer = queries.account(ctx, keeper, pb.QueryAccountRequest(address=ONE)).account
    assert answer.type_url == "/cosmos.auth.v1beta1.BaseAccount"
    account = auth_pb2.BaseAccount.FromString(answer.value)
    assert (account.address, account.account_number, account.sequence) == (ONE, 3, 5)
    assert account.pub_key.type_url == "/cosmos.crypto.secp256k1.PubKey"
    assert keys_pb2.PubKey.FromString(account.pub_key.value).key == KEY
    info = queries.account_info(ctx, keeper, pb.QueryAccountInfoRequest(address=ONE)).info
    assert info == account


def test_an_account_without_a_key_has_no_key_field() -> None:
    ctx, keeper = ready()
    answer = queries.account(ctx, keeper, pb.QueryAccountRequest(address=str(address(2)))).account
    assert not auth_pb2.BaseAccount.FromString(answer.value).HasField("pub_key")


def test_a_module_account_comes_as_an_any_of_its_own_kind() -> None:
    ctx, keeper = ready()
    request = pb.QueryModuleAccountByNameRequest(name="reserve")
    answer = queries.module_account_by_name(ctx, keeper, request).account
    assert answer.type_url == "/cosmos.auth.v1beta1.ModuleAccount"
    account = auth_pb2.ModuleAccount.FromString(answer.value)
    assert (account.name, list(account.permissions)) == ("reserve", ["minter", "burner"])
    assert account.base_account.address == str(keeper.module_address("reserve"))


def test_module_accounts_come_in_order_of_name() -> None:
    ctx, keeper = ready()
    answer = queries.module_accounts(ctx, keeper, pb.QueryModuleAccountsRequest())
    names = [auth_pb2.ModuleAccount.FromString(found.value).name for found in answer.accounts]
    assert names == ["fee_collector", "gov", "reserve"]


def test_all_accounts_come_in_pages() -> None:
    ctx, keeper = ready()
    answer = queries.accounts(ctx, keeper, pb.QueryAccountsRequest(pagination=PageRequest(limit=2, count_total=True)))
    found = [auth_pb2.BaseAccount.FromString(account.value).address for account in answer.accounts]
    assert (found, answer.pagination.total) == ([ONE, str(address(2))], 5)
    page = PageRequest(key=answer.pagination.next_key)
    answer = queries.accounts(ctx, keeper, pb.QueryAccountsRequest(pagination=page))
    assert [account.type_url.split(".")[-1] for account in answer.accounts] == ["ModuleAccount"] * 3


def test_an_account_is_found_by_its_number() -> None:
    ctx, keeper = ready()
    answer = queries.account_address_by_id(ctx, keeper, pb.QueryAccountAddressByIDRequest(account_id=3))
    assert answer.account_address == ONE


def test_addresses_turn_into_bytes_and_back() -> None:
    ctx, keeper = ready()
    text = queries.address_bytes_to_string(ctx, keeper, pb.AddressBytesToStringRequest(address_bytes=address(1)))
    assert text.address_string == ONE
    raw = queries.address_string_to_bytes(ctx, keeper, pb.AddressStringToBytesRequest(address_string=ONE))
    assert raw.address_bytes == address(1)
    assert queries.bech32_prefix(ctx, keeper, pb.Bech32PrefixRequest()).bech32_prefix == "lamp"


def test_parameters_are_shown() -> None:
    ctx, keeper = ready()
    shown = queries.params(ctx, keeper, pb.QueryParamsRequest()).params
    assert {field.name: value for field, value in shown.ListFields()} == {
        name: getattr(Params(), name) for name in Params.__slots__
    }


REQUEST, MISSING = SdkCode.INVALID_REQUEST, SdkCode.KEY_NOT_FOUND
BAD: list[tuple[str, Any, Any, SdkCode, str]] = [
    ("no address", queries.account, pb.QueryAccountRequest(), REQUEST, "empty address string"),
    ("bad address", queries.account_info, pb.QueryAccountInfoRequest(address="x"), REQUEST, "bech32"),
    (
        "unknown account",
        queries.account,
        pb.QueryAccountRequest(address=str(address(9))),
        MISSING,
        f"account {address(9)} not found: key not found",
    ),
    ("old id", queries.account_address_by_id, pb.QueryAccountAddressByIDRequest(id=1), REQUEST, "account-id"),
    ("number", queries.account_address_by_id, pb.QueryAccountAddressByIDRequest(account_id=99), MISSING, "number 99"),
    ("no name", queries.module_account_by_name, pb.QueryModuleAccountByNameRequest(), REQUEST, "is empty"),
    ("module", queries.module_account_by_name, pb.QueryModuleAccountByNameRequest(name="x"), MISSING, "x not found"),
    ("no bytes", queries.address_bytes_to_string, pb.AddressBytesToStringRequest(), REQUEST, "empty address bytes"),
    (
        "21 bytes",
        queries.address_bytes_to_string,
        pb.AddressBytesToStringRequest(address_bytes=bytes(21)),
        REQUEST,
        "is 20 bytes, got 21",
    ),
    ("no text", queries.address_string_to_bytes, pb.AddressStringToBytesRequest(), REQUEST, "empty address string"),
]


@pytest.mark.parametrize(("handle", "request_", "code", "log"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_bad_query_is_refused_with_its_code(handle: Any, request_: Any, code: SdkCode, log: str) -> None:
    ctx, keeper = ready()
    with pytest.raises(SdkError) as caught:
        handle(ctx, keeper, request_)
    assert caught.value.code is code
    assert log in caught.value.log
