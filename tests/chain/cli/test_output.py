"""What people see of messages and plain data."""

import json

import pytest
from google.protobuf.any_pb2 import Any as AnyPb

from chain.cli.output import show_json_or_text, show_message, show_plain, show_table
from chain.cli.readable import cell, readable, show_amount, show_coin, show_time, show_value
from chain.pb.cosmos.auth.v1beta1.auth_pb2 import BaseAccount
from chain.pb.cosmos.bank.v1beta1.query_pb2 import QueryAllBalancesResponse
from chain.pb.cosmos.base.query.v1beta1.pagination_pb2 import PageResponse
from chain.pb.cosmos.base.v1beta1.coin_pb2 import Coin
from chain.pb.lamppost.device_registry.v1.query_pb2 import QueryDevicesByOwnerResponse
from chain.pb.lamppost.device_registry.v1.types_pb2 import Device, Network
from chain.sdk.cli import Column, Command


@pytest.mark.parametrize(
    ("ulamp", "text"),
    [
        (0, "0 LAMP"),
        (1, "0.000001 LAMP"),
        (1_500_000, "1.5 LAMP"),
        (1_234_567_000_000, "1,234,567 LAMP"),
        (-2_000_000, "-2 LAMP"),
    ],
)
def test_amounts_are_shown_in_lamp(ulamp: int, text: str) -> None:
    assert show_amount(ulamp) == text


@pytest.mark.parametrize(
    ("value", "show", "text"),
    [
        (250, "bp", "2.5 %"),
        (0, "bp", "0 %"),
        (1_700_000_000_000_000_000, "time", "2023-11-14 22:13:20 UTC"),
        (0, "time", "-"),
        (613036919435034623, "hex", "881f1d4891fffff"),
        (30, "seconds", "30 s"),
        (True, "text", "yes"),
        (False, "text", "no"),
        ("", "text", "-"),
        (b"", "text", "-"),
        (b"\x01\xff", "text", "01ff"),
        (None, "amount", "-"),
        ("12", "amount", "0.000012 LAMP"),
    ],
)
def test_a_value_is_shown_with_its_unit(value: object, show: str, text: str) -> None:
    assert show_value(value, show) == text


def test_other_coins_keep_their_denomination() -> None:
    assert show_coin("uatom", 1_234) == "1,234 uatom"
    assert show_coin("ulamp", 1_234) == "0.001234 LAMP"
    assert show_time(1) == "1970-01-01 00:00:00 UTC"


def test_enum_members_are_short_and_bytes_hex_and_units_follow_from_names() -> None:
    network = Network(id=1, kind="NETWORK_KIND_PRN", status="NETWORK_STATUS_ACTIVE", weight_bp=3_000, deposit=5)
    shown = readable(network, {"deposit": "amount"}, frozenset({"location_caps", "level_weights"}))
    assert (shown["kind"], shown["status"], shown["weight_bp"]) == ("prn", "active", "30 %")
    assert shown["deposit"] == "0.000005 LAMP"
    assert cell(Device(public_key=b"\x02\x03"), "public_key", "text") == "0203"


def test_an_any_is_shown_as_what_is_in_it_and_an_unknown_one_as_bytes() -> None:
    packed = AnyPb()
    packed.Pack(BaseAccount(address="lamp1x", account_number=3), type_url_prefix="")
    response = readable(packed_account(packed), {})
    assert response["account"] == {"type": "BaseAccount", "address": "lamp1x", "account_number": "3", "sequence": "0"}
    unknown = readable(packed_account(AnyPb(type_url="/no.such.Type", value=b"\x01")), {})
    assert unknown["account"] == {"type": "no.such.Type", "value": "01"}


def packed_account(packed: AnyPb) -> object:
    from chain.pb.cosmos.auth.v1beta1.query_pb2 import QueryAccountResponse

    return QueryAccountResponse(account=packed)


def test_an_empty_page_leaves_no_noise_and_a_next_page_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    balances = [Coin(denom="ulamp", amount="2000000")]
    show_message(QueryAllBalancesResponse(balances=balances, pagination=PageResponse()), "text")
    assert capsys.readouterr().out == "balances:\n  - 2 LAMP\n"
    page = PageResponse(next_key=b"\x01\x02", total=7)
    show_message(QueryAllBalancesResponse(balances=balances, pagination=page), "text")
    assert capsys.readouterr().out == "balances:\n  - 2 LAMP\n7 in all\nmore: --page-key 0102\n"


def test_json_is_that_of_the_protobuf_message(capsys: pytest.CaptureFixture[str]) -> None:
    show_message(QueryAllBalancesResponse(balances=[Coin(denom="ulamp", amount="2")]), "json")
    assert json.loads(capsys.readouterr().out) == {"balances": [{"denom": "ulamp", "amount": "2"}]}


def test_rows_become_a_table_behind_the_other_fields(capsys: pytest.CaptureFixture[str]) -> None:
    columns = (Column("id", "device"), Column("bond", "bond", "amount"), Column("status", "status"))
    command = Command("devices", "List.", "", rows="devices", columns=columns)
    device = Device(id="lampdev1x", bond=1_000_000, status="DEVICE_STATUS_PAUSED")
    show_message(QueryDevicesByOwnerResponse(devices=[device]), "text", command)
    assert capsys.readouterr().out == "DEVICE       BOND  STATUS\nlampdev1x  1 LAMP  paused\n"
    show_message(QueryDevicesByOwnerResponse(), "text", command)
    assert capsys.readouterr().out == "(none)\n"


def test_tables_put_numbers_to_the_right(capsys: pytest.CaptureFixture[str]) -> None:
    show_table([{"a": "x", "b": 1}, {"a": "longer", "b": 100}], (Column("a", "a"), Column("b", "b")))
    assert capsys.readouterr().out == "A         B\nx         1\nlonger  100\n"


def test_nested_data_is_indented_and_small_items_take_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    show_plain({"a": {"b": [{"c": 1, "d": "x"}, {"e": ["f"]}], "g": []}, "long name": True})
    assert capsys.readouterr().out == (
        "a:\n  b:\n    - c: 1  d: x\n    -\n      e:\n        - f\n  g: -\nlong name: yes\n"
    )
    show_json_or_text(["x"], "text")
    assert capsys.readouterr().out == "- x\n"
