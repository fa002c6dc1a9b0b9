"""From the text of an argument to the value of a field."""

import time

import pytest

from chain.cli.fields import FieldError, choices, moment, parse_bytes, put
from chain.pb.cosmos.bank.v1beta1.tx_pb2 import MsgSend, MsgSetSendEnabled
from chain.pb.lamppost.device_registry.v1.places_pb2 import MsgAssertLocation
from chain.pb.lamppost.device_registry.v1.transfers_pb2 import MsgOfferTransfer
from chain.pb.lamppost.device_registry.v1.tx_pb2 import MsgRegisterDevice, MsgSetNetworkWeight
from chain.pb.lamppost.device_registry.v1.types_pb2 import Device
from chain.sdk.cli import Arg, Kind


def same(text: str) -> str:
    return text


def test_each_kind_of_field_is_read() -> None:
    device = MsgRegisterDevice()
    put(device, Arg("algorithm", ""), "p256", same)
    put(device, Arg("public_key", ""), "0x0203", same)
    put(device, Arg("cell", ""), "0x881f1d4891fffff", same)
    put(device, Arg("owner", "", Kind.ADDRESS), "alice", lambda name: f"address of {name}")
    assert (device.algorithm, device.public_key, device.cell) == (3, b"\x02\x03", 613036919435034623)
    assert device.owner == "address of alice"
    send = MsgSend()
    put(send, Arg("amount", "", Kind.COINS), "1.5lamp,3uatom", same)
    assert [(coin.denom, coin.amount) for coin in send.amount] == [("uatom", "3"), ("ulamp", "1500000")]
    enabled = MsgSetSendEnabled()
    put(enabled, Arg("send_enabled", "", Kind.JSON), ('{"denom": "a", "enabled": true}', '{"denom": "b"}'), same)
    put(enabled, Arg("use_default_for", ""), ("c", "d"), same)
    assert [(entry.denom, entry.enabled) for entry in enabled.send_enabled] == [("a", True), ("b", False)]
    assert list(enabled.use_default_for) == ["c", "d"]


@pytest.mark.parametrize(
    ("message", "arg", "text", "says"),
    [
        (MsgRegisterDevice(), Arg("algorithm", ""), "rsa", "expected one of"),
        (MsgRegisterDevice(), Arg("cell", ""), "x", "expected a whole number"),
        (MsgRegisterDevice(), Arg("public_key", ""), "zz!", "expected hex or base64"),
        (MsgSetNetworkWeight(), Arg("weight_bp", ""), "-1", "weight_bp"),
        (MsgSetNetworkWeight(), Arg("weight_bp", ""), str(1 << 40), "weight_bp"),
        (MsgSend(), Arg("amount", "", Kind.COINS), "lots", "expected an amount"),
        (MsgSend(), Arg("amount", "", Kind.COINS), "0.0000001lamp", "finer than one ulamp"),
        (MsgSetSendEnabled(), Arg("send_enabled", "", Kind.JSON), "{", "send_enabled"),
        (MsgSetSendEnabled(), Arg("send_enabled", "", Kind.JSON), '{"nope": 1}', "nope"),
    ],
)
def test_what_does_not_fit_is_refused_by_the_fields_name(message: object, arg: Arg, text: str, says: str) -> None:
    with pytest.raises(FieldError, match=says) as caught:
        put(message, arg, text, same)  # type: ignore[arg-type]  # any message
    assert str(caught.value).startswith(arg.field)


def test_a_cell_is_hexadecimal_and_a_time_is_a_date_or_a_while_from_now() -> None:
    moved = MsgAssertLocation()
    put(moved, Arg("cell", "", Kind.CELL), "8828d54681fffff", same)
    assert moved.cell == 0x8828D54681FFFFF
    now = 1_800_000_000_000_000_123
    day = 86_400 * 10**9
    assert moment("2027-01-31", now) == 1_801_353_600 * 10**9
    assert moment("2027-01-31T12:00:00", now) == moment("2027-01-31T13:00:00+01:00", now) == 1_801_396_800 * 10**9
    assert [moment(f"+2{unit}", now) - now for unit in "dhms"] == [2 * day, day // 12, 120 * 10**9, 2 * 10**9]
    offered = MsgOfferTransfer()
    before = time.time_ns()
    put(offered, Arg("expires_at", "", Kind.TIME), "+1h", same)
    assert before <= offered.expires_at - 3_600 * 10**9 <= time.time_ns()


@pytest.mark.parametrize("text", ["tomorrow", "+1w", "1h", "2027-02-30", "", "+", "9999-01-01"])
def test_no_time_is_refused(text: str) -> None:
    with pytest.raises(FieldError, match="expires_at"):
        put(MsgOfferTransfer(), Arg("expires_at", "", Kind.TIME), text, same)


@pytest.mark.parametrize("text", ["Seattle", "", "-1", "f" * 17])
def test_no_cell_is_refused(text: str) -> None:
    with pytest.raises(FieldError, match="cell"):
        put(MsgAssertLocation(), Arg("cell", "", Kind.CELL), text, same)


def test_members_of_enums_have_short_names() -> None:
    names = choices(Device.DESCRIPTOR.fields_by_name["status"].enum_type)
    assert {"unspecified", "active", "paused", "retired"} <= set(names)


@pytest.mark.parametrize(("text", "value"), [("", b""), ("00ff", b"\x00\xff"), ("0x00", b"\x00"), ("AQID", b"\1\2\3")])
def test_bytes_are_hex_or_base64(text: str, value: bytes) -> None:
    assert parse_bytes(text) == value
