"""The contract of a module, and the checks that most messages share."""

import pytest

from chain.pb.cosmos.bank.v1beta1.tx_pb2 import MsgSend
from chain.primitives.errors import SdkCode, SdkError
from chain.primitives.ids import Address
from chain.sdk.module import GenesisError, Message
from chain.sdk.parsing import parse_address


def test_a_message_is_known_by_its_type_url() -> None:
    message = Message(MsgSend, lambda proto: proto, lambda ctx, keeper, msg: msg)
    assert message.type_url == "/cosmos.bank.v1beta1.MsgSend"


def test_a_genesis_error_names_path_and_reason() -> None:
    error = GenesisError("bank.balances[3].address", "is missing")
    assert (error.path, error.reason, str(error)) == (
        "bank.balances[3].address",
        "is missing",
        "bank.balances[3].address: is missing",
    )


def test_an_address_is_read_or_refused_by_the_name_of_its_field() -> None:
    address = Address(b"x" * 20)
    assert parse_address(str(address)) == address
    for text in ("", "x", str(address)[:-1], str(address).replace("lamp", "other", 1)):
        with pytest.raises(SdkError, match="invalid payer: ") as caught:
            parse_address(text, "payer")
        assert caught.value.code is SdkCode.INVALID_ADDRESS
