from typing import Any

import pytest

from chain.pb.cosmos.bank.v1beta1 import bank_pb2, tx_pb2
from chain.pb.cosmos.base.v1beta1 import coin_pb2
from chain.primitives.coins import MAX_AMOUNT, Coin
from chain.primitives.errors import ModuleError, SdkCode
from modules.bank.errors import BankCode
from modules.bank.messages import MultiSend, Send, SetSendEnabled, UpdateParams
from modules.bank.params import Params
from tests.modules.bank.world import address

A, B = str(address(1)), str(address(2))
OK = ("1", "ulamp")


def coin_list(*pairs: tuple[str, str]) -> list[coin_pb2.Coin]:
    return [coin_pb2.Coin(amount=amount, denom=denom) for amount, denom in pairs]


def send(sender: str = A, recipient: str = B, *pairs: tuple[str, str]) -> tx_pb2.MsgSend:
    return tx_pb2.MsgSend(from_address=sender, to_address=recipient, amount=coin_list(*pairs))


def multi(inputs: list[tuple[str, Any]], outputs: list[tuple[str, Any]]) -> tx_pb2.MsgMultiSend:
    return tx_pb2.MsgMultiSend(
        inputs=[bank_pb2.Input(address=who, coins=coin_list(*pairs)) for who, pairs in inputs],
        outputs=[bank_pb2.Output(address=who, coins=coin_list(*pairs)) for who, pairs in outputs],
    )


def enabled(*denoms: str, default: tuple[str, ...] = (), authority: str = A) -> tx_pb2.MsgSetSendEnabled:
    entries = [bank_pb2.SendEnabled(denom=denom, enabled=True) for denom in denoms]
    return tx_pb2.MsgSetSendEnabled(authority=authority, send_enabled=entries, use_default_for=default)


def test_messages_become_what_handlers_work_with() -> None:
    assert Send.from_proto(send(A, B, ("7", "uatom"), OK)) == Send(
        address(1), address(2), (Coin("uatom", 7), Coin("ulamp", 1))
    )
    assert MultiSend.from_proto(multi([(A, [("3", "ulamp")])], [(A, [OK]), (B, [("2", "ulamp")])])) == MultiSend(
        address(1),
        (Coin("ulamp", 3),),
        ((address(1), (Coin("ulamp", 1),)), (address(2), (Coin("ulamp", 2),))),
    )
    assert SetSendEnabled.from_proto(enabled("ulamp", default=("uatom",))) == SetSendEnabled(
        address(1), (("ulamp", True),), ("uatom",)
    )
    assert UpdateParams.from_proto(tx_pb2.MsgUpdateParams(authority=A)) == UpdateParams(address(1), Params(False))


@pytest.mark.parametrize(
    "parsed",
    [
        Send(address(1), address(2), ()),
        MultiSend(address(1), (), ()),
        SetSendEnabled(address(1), (), ()),
        UpdateParams(address(1), Params()),
    ],
)
def test_the_first_account_signs(parsed: Any) -> None:
    assert parsed.signers == (address(1),)


ADDRESS, COINS, REQUEST = (
    ("sdk", SdkCode.INVALID_ADDRESS),
    ("sdk", SdkCode.INVALID_COINS),
    ("sdk", SdkCode.INVALID_REQUEST),
)
BAD: list[tuple[str, Any, Any, tuple[str, int], str]] = [
    (
        "no sender",
        Send,
        send("", B, OK),
        ADDRESS,
        "invalid from address: empty address string is not allowed: invalid address",
    ),
    ("no bech32", Send, send("alice", B, OK), ADDRESS, "invalid from address: decoding bech32 failed"),
    (
        "other chain",
        Send,
        send(A, "cosmos10d07y265gmmuvt4z0w9aw880jnsr700j6zn9kn", OK),
        ADDRESS,
        "invalid to address: invalid Bech32 prefix; expected lamp, got cosmos",
    ),
    (
        "validator's address",
        Send,
        send(A, "lampvaloper1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqk8gvt8", OK),
        ADDRESS,
        "invalid to address",
    ),
    ("no coins", Send, send(A, B), COINS, "invalid coins"),
    ("zero", Send, send(A, B, ("0", "ulamp")), COINS, "0ulamp: invalid coins"),
    ("negative", Send, send(A, B, ("-5", "ulamp")), COINS, "-5ulamp: invalid coins"),
    ("no amount", Send, send(A, B, ("", "ulamp")), COINS, "ulamp: invalid coins"),
    ("fraction", Send, send(A, B, ("1.5", "ulamp")), COINS, "1.5ulamp: invalid coins"),
    ("leading zero", Send, send(A, B, ("01", "ulamp")), COINS, "01ulamp: invalid coins"),
    ("other digits", Send, send(A, B, ("١", "ulamp")), COINS, "invalid coins"),
    ("2^256", Send, send(A, B, (str(MAX_AMOUNT + 1), "ulamp")), COINS, "invalid coins"),
    ("a million digits", Send, send(A, B, ("9" * 1_000_000, "ulamp")), COINS, "invalid coins"),
    ("bad denomination", Send, send(A, B, ("1", "u")), COINS, "1u: invalid coins"),
    ("denomination of 129 characters", Send, send(A, B, ("1", "u" * 129)), COINS, "invalid coins"),
    ("denomination twice", Send, send(A, B, OK, OK), COINS, "1ulamp,1ulamp: invalid coins"),
    ("unsorted", Send, send(A, B, OK, ("1", "uatom")), COINS, "1ulamp,1uatom: invalid coins"),
    ("no inputs", MultiSend, multi([], [(B, [OK])]), ("bank", 2), "no inputs to send transaction"),
    ("two senders", MultiSend, multi([(A, [OK]), (B, [OK])], [(B, [OK])]), ("bank", 9), "multiple senders not allowed"),
    ("no outputs", MultiSend, multi([(A, [OK])], []), ("bank", 3), "no outputs to send transaction"),
    (
        "more out than in",
        MultiSend,
        multi([(A, [OK])], [(B, [("2", "ulamp")])]),
        ("bank", 4),
        "sum inputs != sum outputs",
    ),
    (
        "other coins out",
        MultiSend,
        multi([(A, [OK])], [(B, [("1", "uatom")])]),
        ("bank", 4),
        "sum inputs != sum outputs",
    ),
    ("input without coins", MultiSend, multi([(A, [])], [(B, [OK])]), COINS, "invalid coins"),
    ("output without coins", MultiSend, multi([(A, [OK])], [(B, [])]), COINS, "invalid coins"),
    ("bad input address", MultiSend, multi([("x", [OK])], [(B, [OK])]), ADDRESS, "invalid input address"),
    ("bad output address", MultiSend, multi([(A, [OK])], [("x", [OK])]), ADDRESS, "invalid output address"),
    ("bad authority", SetSendEnabled, enabled("ulamp", authority="x"), ADDRESS, "invalid authority address"),
    (
        "entry twice",
        SetSendEnabled,
        enabled("ulamp", "ulamp"),
        REQUEST,
        'duplicate denom entries found for "ulamp": invalid request',
    ),
    (
        "entry of a bad denomination",
        SetSendEnabled,
        enabled("1"),
        REQUEST,
        'invalid SendEnabled denom "1": invalid request',
    ),
    ("entry too long", SetSendEnabled, enabled("u" * 33), REQUEST, "longer than 32 characters"),
    (
        "default of a bad denomination",
        SetSendEnabled,
        enabled(default=("",)),
        REQUEST,
        'invalid UseDefaultFor denom ""',
    ),
    (
        "authority of parameters",
        UpdateParams,
        tx_pb2.MsgUpdateParams(authority="x"),
        ADDRESS,
        "invalid authority address",
    ),
    (
        "old entries",
        UpdateParams,
        tx_pb2.MsgUpdateParams(authority=A, params=bank_pb2.Params(send_enabled=[bank_pb2.SendEnabled()])),
        REQUEST,
        "no longer supported",
    ),
]


@pytest.mark.parametrize(("kind", "proto", "code", "log"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_bad_message_is_refused_with_its_code(kind: Any, proto: Any, code: tuple[str, int], log: str) -> None:
    with pytest.raises(ModuleError) as caught:
        kind.from_proto(proto)
    assert (caught.value.codespace, caught.value.code) == code
    assert log in caught.value.log
    assert len(caught.value.log) < 300


def test_the_codes_are_the_cosmos_sdks() -> None:
    assert {code.name: int(code) for code in BankCode} == {
        "NO_INPUTS": 2,
        "NO_OUTPUTS": 3,
        "INPUT_OUTPUT_MISMATCH": 4,
        "SEND_DISABLED": 5,
        "MULTIPLE_SENDERS": 9,
    }
